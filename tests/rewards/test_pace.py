"""How fast a budget is used, in days and minor units."""

from datetime import date

import pytest

from config.lib.months import months_before
from rewards.rules.pace import Pace, next_begin, period_days

FIRST, LAST = date(2026, 10, 1), date(2026, 12, 31)


def pace(used: int, today: date, *, last: date | None = LAST, waiting: int = 0) -> Pace:
    return Pace(100_000, used, FIRST, last, today, waiting)


@pytest.mark.parametrize(
    ("cycle", "first", "last", "following"),
    [
        ("month", date(2026, 11, 1), date(2026, 11, 30), date(2026, 12, 1)),
        ("quarter", date(2026, 10, 1), date(2026, 12, 31), date(2027, 1, 1)),
        ("year", date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1)),
    ],
)
def test_the_days_of_a_period(cycle: str, first: date, last: date, following: date) -> None:
    day = date(2026, 11, 16)
    assert (period_days(cycle, day), next_begin(cycle, day)) == ((first, last), following)
    assert period_days("lifetime", day) is None


def test_half_the_money_on_half_the_days_lasts() -> None:
    found = pace(50_000, date(2026, 11, 15))  # 46 of 92 days
    assert (found.expected, found.forecast, found.percent) == (50_000, 100_000, 50)
    assert (found.runs_out, found.is_worrying) == (None, False)


def test_twice_as_fast_runs_out_in_the_middle() -> None:
    found = pace(40_000, date(2026, 10, 19))  # 19 days: 2,105 a day, so on day 48
    assert found.expected == 20_652
    assert (found.runs_out, found.is_worrying) == (date(2026, 11, 17), True)


def test_a_few_rewards_on_the_first_days_are_no_pace_yet() -> None:
    assert not pace(5_000, FIRST).is_worrying
    assert pace(5_000, FIRST).runs_out == date(2026, 10, 20)
    assert pace(50_000, FIRST).is_worrying
    assert pace(0, date(2026, 11, 15)).runs_out is None


def test_what_is_left_may_be_too_little_for_who_stands_in_line() -> None:
    found = pace(96_000, date(2026, 12, 30), waiting=1)
    assert (found.left, found.is_used_up, found.runs_out) == (4_000, True, date(2026, 12, 30))
    assert pace(120_000, date(2026, 12, 30)).left == 0


def test_without_an_end_only_what_is_near_is_told() -> None:
    assert pace(20_000, date(2026, 10, 10), last=None).runs_out == date(2026, 11, 19)
    assert not pace(20_000, date(2026, 10, 10), last=None).is_worrying
    assert pace(40_000, date(2026, 10, 20), last=None).is_worrying
    assert (pace(1, LAST, last=None).expected, pace(1, LAST, last=None).forecast) == (None, None)


def test_months_back_end_on_the_last_day_of_a_shorter_month() -> None:
    assert months_before(date(2026, 5, 31), 3) == date(2026, 2, 28)
    assert months_before(date(2026, 1, 15), 13) == date(2024, 12, 15)
