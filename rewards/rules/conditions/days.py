from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

from rewards.rules.conditions.condition import Condition
from rewards.rules.facts import Facts
from rewards.rules.parameters import Parameter
from rewards.rules.verdict import Verdict

MAX_DAYS = 3_650
MAX_MONTHS = 120


@dataclass(frozen=True, slots=True)
class WithinDays(Condition):
    """At most so many days after the friend came in, the last day included."""

    kind: ClassVar[str] = "within_days"
    parameters: ClassVar[tuple[Parameter, ...]] = (Parameter("days", "whole", high=MAX_DAYS),)
    needs: ClassVar[tuple[str, ...]] = ("referral",)
    days: int

    def check(self, facts: Facts) -> Verdict:
        if facts.days_since_signup is None:
            return Verdict("no_referral", False)
        values = {"days": facts.days_since_signup, "limit": self.days}
        return Verdict(self.kind, facts.days_since_signup <= self.days, values)


@dataclass(frozen=True, slots=True)
class Deadline(Condition):
    """By that day in the campaign's zone, the day included."""

    kind: ClassVar[str] = "deadline"
    parameters: ClassVar[tuple[Parameter, ...]] = (Parameter("day", "day"),)
    day: date

    def check(self, facts: Facts) -> Verdict:
        values = {"happened": facts.local_date.isoformat(), "day": self.day.isoformat()}
        return Verdict(self.kind, facts.local_date <= self.day, values)


@dataclass(frozen=True, slots=True)
class NotCustomerFor(Condition):
    """When the friend came in, their last purchase was at least so many months ago; who never bought passes."""

    kind: ClassVar[str] = "not_customer_for"
    parameters: ClassVar[tuple[Parameter, ...]] = (Parameter("months", "whole", high=MAX_MONTHS),)
    needs: ClassVar[tuple[str, ...]] = ("friend",)
    months: int

    def check(self, facts: Facts) -> Verdict:
        if facts.friend_last_bought is None:
            return Verdict(self.kind, True, {"last_bought": "", "months": self.months})
        came_in = facts.local_date - timedelta(days=facts.days_since_signup or 0)
        values = {"last_bought": facts.friend_last_bought.isoformat(), "months": self.months}
        return Verdict(self.kind, came_in >= months_after(facts.friend_last_bought, self.months), values)


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last of a month that has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
