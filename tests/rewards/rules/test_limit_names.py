"""Whose use of a limit is counted where."""

from datetime import date

import pytest

from rewards.rules.limits import Limit, period_key, place_of
from tests.rewards.rules.cast import LENA, facts


@pytest.mark.parametrize(
    ("window", "day", "key"),
    [
        ("day", date(2026, 1, 2), "2026-01-02"),
        ("month", date(2026, 1, 2), "2026-01"),
        ("quarter", date(2026, 3, 31), "2026-Q1"),
        ("quarter", date(2026, 4, 1), "2026-Q2"),
        ("year", date(2026, 12, 31), "2026"),
        ("lifetime", date(2026, 12, 31), "all"),
    ],
)
def test_the_window_that_a_day_is_in(window: str, day: date, key: str) -> None:
    assert period_key(window, day) == key


@pytest.mark.parametrize(
    ("measure", "per", "name"),
    [
        ("amount", "advocate", "cam_1:thanks:amount.USD:advocate:con_lena"),
        ("rewards", "friend", "cam_1:thanks:rewards:friend:con_ben"),
        ("friends", "campaign", "cam_1:thanks:friends:campaign:cam_1"),
    ],
)
def test_a_counter_is_named_after_what_it_counts_and_outlives_versions(measure: str, per: str, name: str) -> None:
    limit = Limit(measure, per, "lifetime", "skip", 3)
    assert limit.queue(place_of(facts(), rule_key="thanks", unit="USD")) == name


def test_a_limit_for_somebody_who_is_not_there_counts_nothing() -> None:
    limit = Limit("rewards", "friend", "lifetime", "skip", 3)
    assert limit.queue(place_of(facts(parties={"advocate": LENA}), rule_key="thanks", unit="USD")) is None
