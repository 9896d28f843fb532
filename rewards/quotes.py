"""Who signed up under a rule is paid by it: of each rule the version that stood at that moment.

A process remembers the rules of a campaign, all versions, for as long as the stamp of its book stands
(services/rulebook.py); which of them count at a moment is chosen in memory. Whoever has the stamp from a statement that
is made anyway hands it in, and the rules cost none.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from itertools import groupby

from campaigns.models import Campaign
from referrals.models import ReferralEvent
from rewards.models import RewardRule, RuleBook
from rewards.rules.calculators import calculator_build
from rewards.rules.conditions import condition_build
from rewards.rules.limits import Limit
from rewards.rules.rule import Group, Rule

# Campaigns whose rules a process keeps at hand.
BOOKS = 256


@dataclass(frozen=True, slots=True)
class StoodRules:
    """The rules of a campaign at one moment, pure, and the row behind each of them by its key.

    The rows are the caller's own. Their budgets have not been read: `row.budget` asks for it as it is now. `cycles`: by
    rule key, the period of its budget, which never changes under a rule; "" without one.
    """

    rules: tuple[Rule, ...]
    rows: Mapping[str, RewardRule]
    cycles: Mapping[str, str]


class Version:
    """One version of one rule, remembered. Built when it is first asked for: an old one may be broken."""

    def __init__(self, row: RewardRule) -> None:
        self._row = row

    @cached_property
    def rule(self) -> Rule:
        return pure_rule(self._row)

    @property
    def pk(self) -> int:
        return self._row.pk

    @property
    def release_on(self) -> str:
        return self._row.release_on

    @property
    def cycle(self) -> str:
        return self._row.budget.period if self._row.budget else ""

    def stood(self, at: datetime) -> bool:
        """valid_from ≤ `at` < superseded_at"""
        row = self._row
        return row.valid_from <= at and (row.superseded_at is None or at < row.superseded_at)

    def row(self) -> RewardRule:
        """A copy: what one caller reads or changes on it, no other meets. Budgets change without a new version."""
        row = copy.copy(self._row)
        row._state.fields_cache.pop("budget", None)
        return row


def quote(*, campaign: Campaign, at: datetime, stamp: int | None = None) -> StoodRules:
    """The versions that stood `at`. `stamp`: of the campaign's book, as read just now; without it, it is read here."""
    stood = [version for version in _book(campaign, stamp) if version.stood(at)]
    rows = [version.row() for version in stood]
    cycles = {version.rule.key: version.cycle for version in stood}
    return StoodRules(tuple(version.rule for version in stood), {row.key: row for row in rows}, cycles)


def waited_for(*, campaign: Campaign, stamp: int | None = None) -> frozenset[str]:
    """Names of the events that some version of a rule waits for before it pays."""
    return frozenset(version.release_on for version in _book(campaign, stamp)) - {""}


def rule_version(*, campaign: Campaign, rule_id: int, stamp: int | None = None) -> Rule:
    """One version of a rule, pure, whenever it stood. Raises KeyError for one of another campaign."""
    return {version.pk: version for version in _book(campaign, stamp)}[rule_id].rule


def stamp_of(campaign: Campaign) -> int | None:
    """The stamp of the campaign's book; None before its first rule was saved. One statement."""
    return RuleBook.objects.filter(campaign=campaign).values_list("stamp", flat=True).first()


def friend_coupon(stood: StoodRules) -> RewardRule | None:
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
            Limit(limit.measure, limit.per, limit.window, limit.over, limit.value, limit.days or 0)
            for limit in row.limits.all()
        ),
        priority=row.priority,
        exclusive_group=row.exclusive_group,
        budget_unit=row.budget.unit if row.budget else "",
        once_per=row.once_per,
        charity=str(row.benefit_settings.get("charity", "")),
    )


def _groups(row: RewardRule) -> tuple[Group, ...]:
    conditions = sorted(row.conditions.all(), key=lambda condition: (condition.group, condition.pk))
    return tuple(
        Group(mode, tuple(condition_build(condition.kind, condition.parameters) for condition in members))
        for mode, members in groupby(conditions, key=lambda condition: condition.group)
    )


def _book(campaign: Campaign, stamp: int | None) -> tuple[Version, ...]:
    stamp = stamp_of(campaign) if stamp is None else stamp
    return _read(campaign.pk) if stamp is None else _remembered(campaign.pk, stamp)


@lru_cache(maxsize=BOOKS)
def _remembered(campaign_id: int, _stamp: int) -> tuple[Version, ...]:
    return _read(campaign_id)


def _read(campaign_id: int) -> tuple[Version, ...]:
    rows = RewardRule.objects.filter(campaign=campaign_id).select_related("budget").order_by("key", "version")
    return tuple(Version(row) for row in rows.prefetch_related("amounts", "conditions", "limits"))
