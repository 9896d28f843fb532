"""What comes together: by unit, rule, month and person. Units are never added up, and percentages are counted."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from campaigns.models import Campaign
from rewards.models import Reward
from rewards.play.game import WouldBe
from rewards.rules.registry import PERCENT

CHUNK = 2_000
NOT_PAID = (Reward.Status.DECLINED, Reward.Status.CANCELLED, Reward.Status.EXPIRED, Reward.Status.REVERSED)


@dataclass(frozen=True, slots=True)
class Entry:
    """One reward, would-be or real, as it stands. `party`: the public id of who gets it; `friend`: thanks to whom."""

    rule: str
    recipient: str
    party: str
    unit: str
    amount: int
    day: date
    friend: str = ""

    @property
    def month(self) -> str:
        return f"{self.day:%Y-%m}"


@dataclass(slots=True)
class Totals:
    """Amounts by unit and by what else; `counts`: rewards by unit."""

    counts: Counter[str] = field(default_factory=Counter)
    by_unit: Counter[str] = field(default_factory=Counter)
    by_rule: Counter[tuple[str, str]] = field(default_factory=Counter)
    by_month: Counter[tuple[str, str]] = field(default_factory=Counter)
    by_recipient: Counter[tuple[str, str]] = field(default_factory=Counter)
    by_party: Counter[tuple[str, str]] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Difference:
    """How many people get more, less or the same in one unit."""

    more: int
    less: int
    same: int


def totals_of(entries: Iterable[Entry]) -> Totals:
    totals = Totals()
    for entry in entries:
        amount = addend(entry.amount, entry.unit)
        totals.counts[entry.unit] += 1
        totals.by_unit[entry.unit] += amount
        totals.by_rule[entry.rule, entry.unit] += amount
        totals.by_month[entry.month, entry.unit] += amount
        totals.by_recipient[entry.recipient, entry.unit] += amount
        totals.by_party[entry.party, entry.unit] += amount
    return totals


def addend(amount: int, unit: str) -> int:
    """What goes into a sum: twelve coupons of 10 % are twelve coupons, and not 120 %."""
    return 1 if unit == PERCENT else amount


def would_be_entries(rewards: Iterable[WouldBe]) -> Iterator[Entry]:
    """Of what is left and goes out, or has gone out."""
    for reward in rewards:
        if not reward.left or reward.waits:
            continue
        friend = reward.happening.referred.friend.key if reward.happening.referred else ""
        rule = reward.by.rule
        yield Entry(rule.key, rule.recipient, reward.party.key, reward.unit, reward.left, reward.day, friend)


def paid_entries(campaign: Campaign, *, since: datetime | None) -> Iterator[Entry]:
    """What was really earned since then and stands, paid out already or on its way; not what waits for room."""
    zone = ZoneInfo(campaign.time_zone)
    rows = Reward.objects.filter(campaign=campaign).exclude(status__in=NOT_PAID)
    if since:
        rows = rows.filter(created_at__gte=since)
    if not campaign.is_test:
        rows = rows.filter(is_test=False)
    names = (
        "rule_key",
        "recipient_kind",
        "party_key",
        "unit",
        "amount",
        "taken_back",
        "eligible_at",
        "rule__hold_days",
    )
    columns = (*names, "referral__friend__public_id", "waits_for_limit", "rule__budget", "budget_period")
    for rule, kind, party, unit, amount, back, at, hold, friend, queue, budget, period in (
        rows.order_by("pk").values_list(*columns).iterator(chunk_size=CHUNK)
    ):
        if amount > back and not queue and not (budget and period is None):
            day = (at - timedelta(days=hold)).astimezone(zone).date()
            yield Entry(rule, kind, party, unit, amount - back, day, friend or "")


def differences(would: Totals, paid: Totals) -> dict[str, Difference]:
    """By unit: how many people would get more than they got, less, or the same."""
    found: dict[str, Counter[int]] = defaultdict(Counter)
    for party, unit in would.by_party.keys() | paid.by_party.keys():
        change = would.by_party[party, unit] - paid.by_party[party, unit]
        found[unit][(change > 0) - (change < 0)] += 1
    return {unit: Difference(more=signs[1], less=signs[-1], same=signs[0]) for unit, signs in found.items()}
