"""What the rules cost a month, as a sentence: from what was played, or from what somebody assumes."""

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db.models import Avg, Count, Q
from django.utils.translation import gettext as _, ngettext

from campaigns.models import Campaign
from config.lib.money import Money, money_words
from config.lib.rounding import BASIS_POINTS, round_half_away
from referrals.models import ReferralEvent
from rewards.models import Coupon
from rewards.play.cost import SEED, Cost, TooLittle, month_cost, poisson, rounded
from rewards.play.game import Game
from rewards.play.happenings import Person
from rewards.play.recorder import Recorder, Told
from rewards.play.setting import PlayRule, Setting
from rewards.play.totals import Entry, would_be_entries
from rewards.rules.registry import PERCENT

MAX_MONTHS = 12
# Below so many coupons, the share that is used says nothing yet.
MIN_COUPONS = 20
MONTH = timedelta(days=30)
# Played in all, whatever somebody assumes: a page waits for it.
MAX_PLAYED = 6_000


@dataclass(frozen=True, slots=True)
class Prices:
    """What a coupon costs: `share` of them is used, in basis points; a sale is worth `sale` minor units of `unit`."""

    share: int
    sale: int
    unit: str

    def priced(self, entry: Entry, benefit: str) -> tuple[int, str]:
        """A coupon costs what it takes off times the share that is used; other rewards cost what they are."""
        if benefit != "coupon":
            return entry.amount, entry.unit
        amount = round_half_away(self.sale * entry.amount, BASIS_POINTS) if entry.unit == PERCENT else entry.amount
        unit = self.unit if entry.unit == PERCENT else entry.unit
        return round_half_away(amount * self.share, BASIS_POINTS), unit


@dataclass(frozen=True, slots=True)
class Assumptions:
    """`friends` come in a month, of whom `buyers` (basis points) buy, for about `sale` minor units of `unit`.

    `spread`: how far sales lie apart, as a share of the average in basis points. `each`: friends of one advocate.
    """

    friends: int
    buyers: int
    sale: int
    unit: str
    spread: int = 5_000
    each: int = 2


@dataclass(frozen=True, slots=True)
class Outlook:
    """`costs` by unit; `months`: what each whole month cost, by unit and month, for a drawing."""

    costs: Mapping[str, Cost | TooLittle]
    months: Mapping[str, Mapping[str, int]]
    prices: Prices


def prices_of(campaign: Campaign) -> Prices:
    """As seen so far in this campaign: until there are enough coupons, all of them are taken to be used."""
    coupons = Coupon.objects.filter(campaign=campaign, reward__isnull=False, reward__is_test=False)
    seen = coupons.aggregate(all=Count("pk"), used=Count("pk", filter=Q(status=Coupon.Status.USED)))
    sales = ReferralEvent.objects.filter(campaign=campaign, unit=campaign.currency, amount__gt=0, is_test=False)
    sale = sales.filter(takes_back=None).aggregate(mean=Avg("amount"))["mean"]
    share = round(seen["used"] / seen["all"] * BASIS_POINTS) if seen["all"] >= MIN_COUPONS else BASIS_POINTS
    return Prices(share, round(sale or 0), campaign.currency)


def outlook_of(
    entries: Iterable[Entry], *, rules: Sequence[PlayRule], prices: Prices, first: date, last: date
) -> Outlook:
    """From the rewards of a time: of its whole months the last twelve, `first` and `last` day included."""
    months = _whole_months(first, last)[-MAX_MONTHS:]
    benefits = {by.rule.key: by.rule.benefit for by in rules}
    by_friend: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: {month: defaultdict(int) for month in months})
    for entry in entries:
        if entry.month in months:
            amount, unit = prices.priced(entry, benefits.get(entry.rule, ""))
            by_friend[unit][entry.month][entry.friend or entry.party] += amount
    costs = {
        unit: month_cost([list(friends.values()) for friends in cells.values()], unit=unit)
        for unit, cells in by_friend.items()
    }
    sums = {unit: {month: sum(cell.values()) for month, cell in cells.items()} for unit, cells in by_friend.items()}
    return Outlook(costs or {prices.unit: TooLittle(0, len(months))}, sums, prices)


def outlook_assumed(setting: Setting, rules: Sequence[PlayRule], assumed: Assumptions, *, seed: int = SEED) -> Outlook:
    """Without a history: months are made up from what is assumed, and played under these rules."""
    chance = random.Random(seed)  # noqa: S311 - it has to be the same each time
    months = max(6, min(60, MAX_PLAYED // max(assumed.friends * 2, 1)))
    prices = Prices(BASIS_POINTS, assumed.sale, assumed.unit)
    begin = datetime(2026, 1, 15, 12, tzinfo=UTC)
    made: list[list[int]] = []
    for month in range(months):
        game = _month_played(setting, rules, assumed, chance, begin + MONTH * (month % 12))
        cell: dict[str, int] = defaultdict(int)
        for entry in would_be_entries(game.rewards):
            benefit = next(by.rule.benefit for by in rules if by.rule.key == entry.rule)
            amount, unit = prices.priced(entry, benefit)
            cell[entry.friend or entry.party] += amount if unit == assumed.unit else 0
        made.append(list(cell.values()))
    cost = month_cost(made, unit=assumed.unit, seed=seed)
    sums = {f"{number + 1}": sum(cell) for number, cell in enumerate(made[:MAX_MONTHS])}
    return Outlook({assumed.unit: cost}, {assumed.unit: sums}, prices)


def cost_sentence(cost: Cost | TooLittle) -> str:
    """'About US$3,200.00 a month, between US$2,600.00 and US$3,900.00.', or that too little is known."""
    if isinstance(cost, TooLittle):
        known = ngettext(
            "Too little is known: %(count)s friend has cost something so far.",
            "Too little is known: %(count)s friends have cost something so far.",
            cost.friends,
        )
        return known % {"count": cost.friends}
    mean, low, high = (money_words(Money(rounded(amount), cost.unit)) for amount in (cost.mean, cost.low, cost.high))
    return _("About %(mean)s a month, between %(low)s and %(high)s in four months of five.") % {
        "mean": mean,
        "low": low,
        "high": high,
    }


def prices_sentence(prices: Prices) -> str:
    """What coupons are reckoned with."""
    share = money_words(Money(prices.share, PERCENT))
    sale = money_words(Money(prices.sale, prices.unit))
    return _("Coupons: %(share)s of them are taken to be used, on sales of %(sale)s.") % {"share": share, "sale": sale}


def _month_played(
    setting: Setting, rules: Sequence[PlayRule], assumed: Assumptions, chance: random.Random, begin: datetime
) -> Game:
    game, recorder = Game(setting, rules), Recorder(setting)
    what = min(setting.conversions, default="purchase")
    for number in range(poisson(assumed.friends, chance)):
        advocate, friend = Person(f"advocate-{number // assumed.each}"), Person(f"friend-{number}")
        at = begin + timedelta(minutes=number)
        claim = Told(f"claim-{number}", ReferralEvent.CLAIMED, at, advocate, friend)
        buys = chance.random() * BASIS_POINTS < assumed.buyers
        sale = Told(f"sale-{number}", what, at, advocate, friend, amount=_sale(assumed, chance), unit=assumed.unit)
        for told in (claim, sale) if buys else (claim,):
            happening = recorder.record(told)
            if happening:
                game.one(happening)
    return game


def _sale(assumed: Assumptions, chance: random.Random) -> int:
    """Gamma distributed: never below nothing, with the assumed average and spread."""
    if not assumed.spread or not assumed.sale:
        return assumed.sale
    shape = (BASIS_POINTS / assumed.spread) ** 2
    return round(chance.gammavariate(shape, assumed.sale / shape))


def _whole_months(first: date, last: date) -> list[str]:
    """Months that lie wholly between these days."""
    months = []
    month = first if first.day == 1 else _next(first)
    while _next(month) - timedelta(days=1) <= last:
        months.append(f"{month:%Y-%m}")
        month = _next(month)
    return months


def _next(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
