"""A rule as somebody wants it, before it is saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from rewards.models import Budget, Condition, Limit, RewardRule


@dataclass(frozen=True, slots=True)
class ConditionDraft:
    kind: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    group: str = Condition.Group.ALL


@dataclass(frozen=True, slots=True)
class LimitDraft:
    """`days`: of the rolling window, and of no other."""

    measure: str
    per: str
    value: int
    window: str = Limit.Window.LIFETIME
    over: str = Limit.Over.SKIP
    days: int | None = None


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """A rule as somebody wants it. `amounts`: minor units by currency or unit (1000 percent is 10 %).

    `calculator` and `parameters`: see rewards/rules/calculators; `benefit_settings`: see rewards/rules/benefits.
    `once_per`: "" leaves it to the trigger. `release_on`: an event of the friend that has to follow; "" for none.
    """

    key: str
    trigger: str
    recipient: str
    benefit: str
    amounts: Mapping[str, int] = field(default_factory=dict)
    calculator: str = "fixed"
    parameters: Mapping[str, Any] = field(default_factory=dict)
    conditions: Sequence[ConditionDraft] = ()
    limits: Sequence[LimitDraft] = ()
    priority: int = 100
    exclusive_group: str = ""
    once_per: str = ""
    hold_days: int = 0
    expires_after_days: int | None = None
    approval_above: int | None = None
    budget: Budget | None = None
    benefit_settings: Mapping[str, Any] = field(default_factory=dict)
    release_on: str = ""


def draft_of(rule: RewardRule) -> RuleDraft:
    """The rule as a draft: to compare it, and to begin the next version from it."""
    return RuleDraft(
        key=rule.key,
        trigger=rule.trigger,
        recipient=rule.recipient,
        benefit=rule.benefit,
        amounts={row.unit: row.amount for row in rule.amounts.order_by("pk")},
        calculator=rule.calculator,
        parameters=rule.parameters,
        conditions=[ConditionDraft(row.kind, row.parameters, row.group) for row in rule.conditions.order_by("pk")],
        limits=[
            LimitDraft(row.measure, row.per, row.value, row.window, row.over, row.days)
            for row in rule.limits.order_by("pk")
        ],
        priority=rule.priority,
        exclusive_group=rule.exclusive_group,
        hold_days=rule.hold_days,
        expires_after_days=rule.expires_after_days,
        approval_above=rule.approval_above,
        budget=rule.budget,
        once_per=rule.once_per,
        benefit_settings=rule.benefit_settings,
        release_on=rule.release_on,
    )


def is_same(one: RuleDraft, other: RuleDraft) -> bool:
    """Do they say the same, whatever kind of sequence holds their parts?"""
    return _listed(one) == _listed(other)


def _listed(draft: RuleDraft) -> RuleDraft:
    return replace(draft, conditions=list(draft.conditions), limits=list(draft.limits))
