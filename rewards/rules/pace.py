"""How fast a budget is used: what a straight line would have used by now, and when it runs out at the pace so far."""

from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = {"month": 1, "quarter": 3, "year": 12}

# Before a tenth of the period is over, and half of the budget used, a few rewards say nothing about the rest.
EARLY = 10
HALF = 2
# Of a budget that has no end: this many days count as soon, and fewer than a week make no pace.
SOON_DAYS = 30
WEEK = 7


@dataclass(frozen=True, slots=True)
class Pace:
    """`amount` for the days from `first` to `last`, both of them in; `last` None: no end is known.

    `waiting`: so many rewards stand in line for it.
    """

    amount: int
    used: int
    first: date
    last: date | None
    as_of: date
    waiting: int = 0

    @property
    def left(self) -> int:
        """Staff may have lowered the amount below what was already used."""
        return max(self.amount - self.used, 0)

    @property
    def days(self) -> int:
        """So far, today in it."""
        return max((self.as_of - self.first).days + 1, 1)

    @property
    def all_days(self) -> int | None:
        return (self.last - self.first).days + 1 if self.last else None

    @property
    def percent(self) -> int:
        return _percent(self.used, self.amount)

    @property
    def expected(self) -> int | None:
        """What the straight line had used by the end of today."""
        if self.all_days is None:
            return None
        return self.amount * min(self.days, self.all_days) // self.all_days

    @property
    def forecast(self) -> int | None:
        """What would be used by the end, were there no cap."""
        return self.used * self.all_days // self.days if self.all_days else None

    @property
    def is_used_up(self) -> bool:
        """Nothing is left, or what is left is too little for who stands in line."""
        return self.left == 0 or self.waiting > 0

    @property
    def runs_out(self) -> date | None:
        """The day on which it is used up at the pace so far; None where it lasts."""
        if self.is_used_up:
            return self.as_of
        if self.used == 0:
            return None
        try:
            day = self.first + timedelta(days=-(-self.amount * self.days // self.used) - 1)
        except OverflowError:
            return None
        return day if self.last is None or day < self.last else None

    @property
    def is_worrying(self) -> bool:
        """Is it time to tell somebody?"""
        if self.is_used_up:
            return True
        if self.runs_out is None:
            return False
        if self.used * HALF >= self.amount:
            return True
        if self.all_days is None:
            return self.days >= WEEK and (self.runs_out - self.as_of).days <= SOON_DAYS
        return self.days * EARLY >= self.all_days


def period_days(cycle: str, day: date) -> tuple[date, date] | None:
    """First and last day of the period that this day is in; None for the whole campaign."""
    if cycle not in MONTHS:
        return None
    first = _begin(cycle, day)
    return first, next_begin(cycle, day) - timedelta(days=1)


def next_begin(cycle: str, day: date) -> date:
    """The first day of the next period."""
    first = _begin(cycle, day)
    month = first.month - 1 + MONTHS[cycle]
    return date(first.year + month // 12, month % 12 + 1, 1)


def _begin(cycle: str, day: date) -> date:
    length = MONTHS[cycle]
    return date(day.year, (day.month - 1) // length * length + 1, 1)


def _percent(part: int, whole: int) -> int:
    """Whole hundredths, rounded down: 100 is all of it."""
    return min(part * 100 // whole, 100) if whole else 100
