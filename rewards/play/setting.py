"""What a play stands on: the campaign's zone, tiers, demand and rules, read once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from campaigns.models import Campaign
from campaigns.selectors import company
from rewards.models import Budget, Charity, DemandRate, RewardRule
from rewards.play.happenings import Person
from rewards.quotes import pure_rule
from rewards.rules.calculators import calculator_build
from rewards.rules.conditions import condition_build
from rewards.rules.facts import Tier
from rewards.rules.limits import Limit, period_key
from rewards.rules.rule import Group, Rule, charity_party
from rewards.services.rules import RuleDraft
from rewards.triggers.people import tiers_of


@dataclass(frozen=True, slots=True)
class Pot:
    """A budget: `amount` of `unit` in each `period`.."""

    name: str
    unit: str
    amount: int
    period: str

    def key(self, day: date) -> str:
        return f"{self.name}:{period_key(self.period, day)}"


@dataclass(frozen=True, slots=True)
class PlayRule:
    rule: Rule
    pot: Pot | None = None
    hold_days: int = 0


@dataclass(frozen=True, slots=True)
class Rate:
    region: str
    unit: str
    amount: int
    valid_from: datetime
    valid_until: datetime | None

    def stands(self, at: datetime) -> bool:
        return self.valid_from <= at and (self.valid_until is None or at < self.valid_until)


@dataclass(frozen=True, slots=True)
class Setting:
    """`tiers` by rank; `rates`: of all regions and times; `conversions`: types of events that win a referral.

    `charities`: those that may be given to, by the name under which rules know them.
    """

    campaign_key: str
    zone: ZoneInfo
    currency: str
    conversions: frozenset[str]
    quote_days: int | None = None
    tiers: Sequence[Tier] = ()
    rates: Sequence[Rate] = field(default=())
    charities: Mapping[str, Person] = field(default_factory=dict)

    def day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def demand(self, region: str, at: datetime) -> Mapping[str, int]:
        return {rate.unit: rate.amount for rate in self.rates if rate.region == region and rate.stands(at)}


def setting_of(campaign: Campaign) -> Setting:
    """In four statements."""
    rates = DemandRate.objects.filter(campaign=campaign).order_by("valid_from")
    return Setting(
        campaign_key=campaign.public_id,
        zone=ZoneInfo(campaign.time_zone),
        currency=company().currency,
        conversions=frozenset(campaign.conversion_events),
        quote_days=campaign.quote_days,
        tiers=tiers_of(campaign),
        charities={
            charity_party(key): Person(public_id, name)
            for key, public_id, name in Charity.objects.filter(is_active=True).values_list("key", "public_id", "name")
        },
        rates=[Rate(row.region, row.unit, row.amount, row.valid_from, row.valid_until) for row in rates],
    )


def standing_rules(campaign: Campaign) -> list[PlayRule]:
    """The rules that stand today."""
    rows = RewardRule.objects.standing().filter(campaign=campaign).select_related("budget").order_by("key")
    return [
        PlayRule(pure_rule(row), _pot(row.budget), row.hold_days)
        for row in rows.prefetch_related("amounts", "conditions", "limits")
    ]


def drafted_rules(drafts: Iterable[RuleDraft]) -> list[PlayRule]:
    """Rules that nobody has saved. Raises BadParameters for settings that draft_problems would have named."""
    return [PlayRule(_pure(draft), _pot(draft.budget), draft.hold_days) for draft in drafts]


def _pot(budget: Budget | None) -> Pot | None:
    return Pot(budget.name, budget.unit, budget.amount, budget.period) if budget else None


def _pure(draft: RuleDraft) -> Rule:
    return Rule(
        key=draft.key,
        version=0,
        trigger=draft.trigger,
        recipient=draft.recipient,
        benefit=draft.benefit,
        calculator=calculator_build(draft.calculator, draft.parameters),
        amounts=dict(draft.amounts),
        groups=_groups(draft),
        limits=tuple(
            Limit(limit.measure, limit.per, limit.window, limit.over, limit.value, limit.days or 0)
            for limit in draft.limits
        ),
        priority=draft.priority,
        exclusive_group=draft.exclusive_group,
        budget_unit=draft.budget.unit if draft.budget else "",
        once_per=draft.once_per,
        charity=str(draft.benefit_settings.get("charity", "")),
    )


def _groups(draft: RuleDraft) -> tuple[Group, ...]:
    conditions = sorted(draft.conditions, key=lambda condition: condition.group)
    return tuple(
        Group(mode, tuple(condition_build(condition.kind, condition.parameters) for condition in members))
        for mode, members in groupby(conditions, key=lambda condition: condition.group)
    )
