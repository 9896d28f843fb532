"""What somebody's purchases come to, read from what is known one by one."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from advocates.models import Contact, Purchase
from config.lib.rounding import BASIS_POINTS, round_half_away

MONTHS = 24


@dataclass(frozen=True, slots=True)
class CurrencyFigures:
    """`kept` is what was bought without what came back, in minor units."""

    unit: str
    bought: int
    returned: int

    @property
    def kept(self) -> int:
        return self.bought - self.returned


@dataclass(frozen=True, slots=True)
class Month:
    """`count` purchases that still count, in the month that begins on `start`."""

    start: date
    count: int


@dataclass(frozen=True, slots=True)
class PurchaseFigures:
    """`count`, first and last are of what still counts. `values`: the currency with most purchases first.

    `days_between`: the mean, in whole days, from one day of purchase to the next; None where there is one only.
    `returned_bp`: how many of all purchases came back in whole or in part, in basis points; None without a purchase.
    """

    count: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    days_between: int | None = None
    returned_bp: int | None = None
    values: Sequence[CurrencyFigures] = ()
    months: Sequence[Month] = field(default=())


def purchase_figures(contact: Contact, *, today: date) -> PurchaseFigures:
    """One query; of any number of purchases only what is reckoned with is read."""
    rows = list(
        contact.purchases.order_by("occurred_at", "pk").values_list(
            "occurred_at", "unit", "amount", "returned_amount", "status"
        )
    )
    if not rows:
        return PurchaseFigures()
    kept = [at for at, _unit, _amount, _returned, status in rows if status in Purchase.COUNTING]
    touched = sum(status != Purchase.Status.COMPLETE for *_rest, status in rows)
    return PurchaseFigures(
        count=len(kept),
        first_at=kept[0] if kept else None,
        last_at=kept[-1] if kept else None,
        days_between=_days_between(kept),
        returned_bp=round_half_away(touched * BASIS_POINTS, len(rows)),
        values=_values(rows),
        months=_months(kept, today) if kept else (),
    )


def _days_between(kept: Sequence[datetime]) -> int | None:
    days = sorted({at.astimezone(UTC).date() for at in kept})
    if len(days) < 2:
        return None
    return round_half_away((days[-1] - days[0]).days, len(days) - 1)


def _values(rows: Sequence[tuple[datetime, str, int, int, str]]) -> list[CurrencyFigures]:
    bought: dict[str, int] = defaultdict(int)
    returned: dict[str, int] = defaultdict(int)
    times: dict[str, int] = defaultdict(int)
    for _at, unit, amount, back, _status in rows:
        bought[unit] += amount
        returned[unit] += back
        times[unit] += 1
    return [CurrencyFigures(unit, bought[unit], returned[unit]) for unit in sorted(times, key=lambda u: (-times[u], u))]


def _months(kept: Sequence[datetime], today: date) -> list[Month]:
    """The months up to this one, the oldest first, empty ones too."""
    counts: dict[int, int] = defaultdict(int)
    for at in kept:
        counts[_number(at.astimezone(UTC).date())] += 1
    now = _number(today)
    return [
        Month(date(number // 12, number % 12 + 1, 1), counts[number]) for number in range(now - MONTHS + 1, now + 1)
    ]


def _number(day: date) -> int:
    return day.year * 12 + day.month - 1
