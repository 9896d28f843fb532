from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from referrals.working_hours import USUAL_WEEK, answer_due, working_week

BERLIN = "Europe/Berlin"


def moment(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("since", "hours", "zone", "due"),
    [
        ("2026-11-16T10:00", 4, "UTC", "2026-11-16T14:00"),
        ("2026-11-16T16:00", 4, "UTC", "2026-11-17T12:00"),
        ("2026-11-16T09:00", 8, "UTC", "2026-11-16T17:00"),
        ("2026-11-16T03:00", 1, "UTC", "2026-11-16T10:00"),
        ("2026-11-20T16:30", 1, "UTC", "2026-11-23T09:30"),
        ("2026-11-21T12:00", 2, "UTC", "2026-11-23T11:00"),
        ("2026-11-16T10:00", 24, "UTC", "2026-11-19T10:00"),
        ("2026-11-21T12:00", 0, "UTC", "2026-11-23T09:00"),
        ("2026-03-27T16:00", 2, BERLIN, "2026-03-30T10:00"),
    ],
    ids=[
        "within the day",
        "over the night",
        "to the end of the day",
        "before the day begins",
        "over the weekend",
        "from a Saturday",
        "three days of eight hours",
        "at once means when somebody is there",
        "over the change to summer time",
    ],
)
def test_the_clock_runs_only_while_somebody_works(since, hours, zone, due):
    week = working_week({}, time_zone=zone)

    assert answer_due(since=moment(since, zone), hours=hours, week=week) == moment(due, zone)


def test_the_company_works_as_it_says():
    week = working_week({"6": ["10:00", "12:00"]}, time_zone="UTC")

    assert answer_due(since=moment("2026-11-16T10:00"), hours=3, week=week) == moment("2026-11-28T11:00")


@pytest.mark.parametrize(
    "stored", [None, {}, [], "nine to five", {"1": ["17:00", "09:00"]}, {"1": ["9", "17"]}, {"x": ["09:00", "10:00"]}]
)
def test_a_slip_on_the_companys_page_means_the_usual_week(stored):
    week = working_week(stored, time_zone="Europe/Nowhere")

    assert (week.days, str(week.zone)) == (USUAL_WEEK, "UTC")


def test_a_wish_for_years_ends_somewhere():
    due = answer_due(since=moment("2026-11-16T10:00"), hours=2_000_000_000, week=working_week({}, time_zone="UTC"))

    assert due.year == 2029
