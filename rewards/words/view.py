"""What the words need to know of a rule: alike for a row of the table and for a draft that nobody has saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from campaigns.models import Campaign
from rewards.models import Condition, Limit, RewardRule
from rewards.services.rules import ConditionDraft, LimitDraft, RuleDraft

AnyRule = RewardRule | RuleDraft
AnyCondition = Condition | ConditionDraft
AnyLimit = Limit | LimitDraft


@dataclass(frozen=True, slots=True)
class RuleView:
    """`amounts`: minor units by unit. `campaign`: whose tiers have names; None for a draft that has none yet."""

    rule: AnyRule
    amounts: Mapping[str, int]
    conditions: Sequence[AnyCondition]
    limits: Sequence[AnyLimit]
    campaign: Campaign | None = None


def view_of(rule: AnyRule, campaign: Campaign | None = None) -> RuleView:
    if isinstance(rule, RewardRule):
        amounts = {row.unit: row.amount for row in _rows(rule.amounts)}
        return RuleView(rule, amounts, _rows(rule.conditions), _rows(rule.limits), rule.campaign)
    return RuleView(rule, rule.amounts, rule.conditions, rule.limits, campaign)


def _rows(manager: Any) -> list[Any]:
    """In the order in which they were written; no question more than was asked beforehand."""
    return sorted(manager.all(), key=lambda row: row.pk)
