"""Days and months as the company counts them. A day begins at midnight in its time zone."""

from datetime import date, datetime, time, timedelta

from campaigns.selectors import company
from referrals.working_hours import zone_of


def day_start(day: date) -> datetime:
    return datetime.combine(day, time.min, zone_of(company().time_zone))


def day_end(day: date) -> datetime:
    """The first moment that is no longer in it."""
    return day_start(day + timedelta(days=1))


def month_of(moment: datetime) -> date:
    """The first day of the month in which that moment lies."""
    return moment.astimezone(zone_of(company().time_zone)).date().replace(day=1)


def next_month(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def last_month(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)
