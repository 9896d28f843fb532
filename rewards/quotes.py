"""Who signed up under a rule is paid by it: of each rule the version that stood at that moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db.models import Q

from campaigns.models import Campaign
from referrals.models import ReferralEvent
from rewards.models import RewardRule
from rewards.rules.calculators import calculator_build
from rewards.rules.conditions import condition_build
from rewards.rules.limits import Limit
from rewards.rules.rule import Group, Rule


@dataclass(frozen=True, slots=True)
class Quote:
    """The rules of a campaign at one moment, pure, and the row behind each of them by its key."""

    rules: tuple[Rule, ...]
    rows: Mapping[str, RewardRule]


def quote(*, campaign: Campaign, at: datetime) -> Quote:
    """The versions with valid_from ≤ `at` < superseded_at."""
    stood = RewardRule.objects.filter(campaign=campaign, valid_from__lte=at)
    stood = stood.filter(Q(superseded_at=None) | Q(superseded_at__gt=at))
    rows = list(stood.select_related("budget").prefetch_related("amounts", "conditions", "limits"))
    return Quote(tuple(pure_rule(row) for row in rows), {row.key: row for row in rows})


def friend_coupon(stood: Quote) -> RewardRule | None:
    """The rule that gives friends a coupon for leaving their address; of several the first by priority."""
    offered = [
        rule
        for rule in stood.rules
        if (rule.trigger, rule.recipient, rule.benefit) == (ReferralEvent.CLAIMED, "friend", "coupon")
    ]
    first = min(offered, key=lambda rule: (rule.priority, rule.key), default=None)
    return stood.rows[first.key] if first else None


def pure_rule(row: RewardRule) -> Rule:
    """Raises BadParameters for settings that rule_save would have refused."""
    return Rule(
        key=row.key,
        version=row.version,
        trigger=row.trigger,
        recipient=row.recipient,
        benefit=row.benefit,
        calculator=calculator_build(row.calculator, row.parameters),
        amounts={amount.unit: amount.amount for amount in row.amounts.all()},
        groups=_groups(row),
        limits=tuple(
            Limit(limit.measure, limit.per, limit.window, limit.over, limit.value) for limit in row.limits.all()
        ),
        priority=row.priority,
        exclusive_group=row.exclusive_group,
        budget_unit=row.budget.unit if row.budget else "",
    )


def _groups(row: RewardRule) -> tuple[Group, ...]:
    conditions = sorted(row.conditions.all(), key=lambda condition: (condition.group, condition.pk))
    return tuple(
        Group(mode, tuple(condition_build(condition.kind, condition.parameters) for condition in members))
        for mode, members in groupby(conditions, key=lambda condition: condition.group)
    )
