"""The clock of the first answer runs only while the company works: nobody is late over a weekend."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import format_datetime
from django.utils.translation import to_locale

Span = tuple[time, time]

# ISO weekdays: Monday is 1.
USUAL_WEEK: Mapping[int, Span] = {day: (time(9), time(17)) for day in range(1, 6)}
HORIZON_DAYS = 1000


@dataclass(frozen=True, slots=True)
class WorkingWeek:
    """From when to when, by ISO weekday, in the company's zone. Days that are missing are days off."""

    days: Mapping[int, Span]
    zone: ZoneInfo


def working_week(stored: Any, *, time_zone: str) -> WorkingWeek:
    """From what stands on the company's page: `{"1": ["09:00", "17:00"], …}`.

    Empty or unreadable means the usual week, in UTC where the zone is unknown: a slip there must not stop a form.
    """
    try:
        days = {int(day): _span(hours) for day, hours in stored.items()}
    except (AttributeError, TypeError, ValueError):
        days = {}
    return WorkingWeek(days or USUAL_WEEK, zone_of(time_zone))


def zone_of(name: str) -> ZoneInfo:
    """The zone of that name, UTC where there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def moment_words(moment: datetime, *, language: str, zone: ZoneInfo) -> str:
    """'Tuesday, 17 November, 14:30' as that language writes it."""
    return str(format_datetime(moment, "EEEE, d MMMM, HH:mm", tzinfo=zone, locale=to_locale(language)))


def answer_due(*, since: datetime, hours: int, week: WorkingWeek) -> datetime:
    """The moment at which `hours` hours of working time have passed since `since`; both aware.

    Days are added up in real hours, so that a change to summer time neither gives nor takes one.
    """
    left = timedelta(hours=hours)
    utc = since.tzinfo
    first_day = since.astimezone(week.zone).date()
    for offset in range(HORIZON_DAYS):
        opens, closes = _opening(first_day + timedelta(days=offset), week)
        starts = max(opens.astimezone(utc), since)
        worked = closes.astimezone(utc) - starts
        if worked <= timedelta(0):
            continue
        if worked >= left:
            return starts + left
        left -= worked
    return since + timedelta(days=HORIZON_DAYS)


def day_due(*, since: datetime, days: int, week: WorkingWeek) -> datetime:
    """The close of business on the `days`-th working day after the day of `since`."""
    first_day = since.astimezone(week.zone).date()
    left = days
    for offset in range(1, HORIZON_DAYS):
        opens, closes = _opening(first_day + timedelta(days=offset), week)
        left -= closes > opens
        if not left:
            return closes.astimezone(since.tzinfo)
    return since + timedelta(days=HORIZON_DAYS)


def _opening(day: date, week: WorkingWeek) -> tuple[datetime, datetime]:
    opens, closes = week.days.get(day.isoweekday(), (time(0), time(0)))
    return datetime.combine(day, opens, week.zone), datetime.combine(day, closes, week.zone)


def _span(hours: Any) -> Span:
    opens, closes = (time.fromisoformat(moment) for moment in hours)
    if closes <= opens:
        raise ValueError("a working day ends after it begins")
    return opens, closes
