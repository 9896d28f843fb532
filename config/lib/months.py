"""Months as people count them: a month after the 31st of January is the last of February."""

from calendar import monthrange
from datetime import date, datetime
from typing import TypeVar

Day = TypeVar("Day", date, datetime)


def months_later(day: Day, months: int) -> Day:
    """The same day so many months on, or the last one of a shorter month. Nothing is after the year 9999."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    year = min(years, date.max.year)
    return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))


def months_before(day: Day, months: int) -> Day:
    return months_later(day, -months)
