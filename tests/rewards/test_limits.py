"""The arithmetic of limits, without a database. That rows answer as the dict does: tests/rewards/test_waiting.py."""

from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from rewards.rules.facts import Value
from rewards.rules.limits import Limit, MemoryCounters, Place, Taken, limits_enter, limits_give_back, limits_take

DAY = date(2026, 11, 21)


def place(day: date = DAY, *, advocate: str = "con_lena", friend: str = "con_ben") -> Place:
    return Place("cmp_1", "credit", "USD", day, {"advocate": advocate, "friend": friend})


def taken(limits: list[Limit], amounts: list[int], counters: MemoryCounters | None = None) -> list[int | None]:
    counters = counters or MemoryCounters()
    found = [limits_take(limits, value=Value(amount, "USD"), place=place(), counters=counters) for amount in amounts]
    return [one.value.amount if one.value else None for one in found]


@pytest.mark.parametrize(
    ("limits", "wanted", "expected"),
    [
        ([Limit("amount", "advocate", "year", "skip", 5_000)], [2_000, 4_000, 3_000], [2_000, None, 3_000]),
        ([Limit("amount", "advocate", "year", "partial", 5_000)], [2_000, 4_000, 3_000], [2_000, 3_000, None]),
        ([Limit("amount", "advocate", "event", "partial", 1_500)], [2_000, 1_000], [1_500, 1_000]),
        ([Limit("amount", "advocate", "event", "skip", 1_500)], [2_000, 1_500], [None, 1_500]),
        ([Limit("rewards", "advocate", "lifetime", "skip", 2)], [1, 1, 1], [1, 1, None]),
        ([Limit("friends", "advocate", "lifetime", "skip", 1)], [1, 1], [1, 1]),
        # What is cut fits where the whole would not have: in whatever order they were typed.
        (
            [Limit("amount", "advocate", "day", "skip", 800), Limit("amount", "advocate", "event", "partial", 800)],
            [2_000],
            [800],
        ),
    ],
)
def test_limits_cut_and_refuse(limits: list[Limit], wanted: list[int], expected: list[int | None]) -> None:
    assert taken(limits, wanted) == expected
    assert taken(limits[::-1], wanted) == expected


def test_what_one_limit_refuses_uses_up_no_other() -> None:
    counters = MemoryCounters()
    limits = [Limit("amount", "campaign", "day", "skip", 9_000), Limit("rewards", "advocate", "lifetime", "skip", 1)]
    assert taken(limits, [2_000, 2_000], counters) == [2_000, None]
    assert sorted(counters.counts.values()) == [1, 2_000]


def test_a_verdict_says_which_limit_bit_and_by_how_much() -> None:
    counters = MemoryCounters()
    limit = Limit("amount", "advocate", "month", "partial", 3_000)
    taken([limit], [2_000], counters)
    [verdict] = limits_take([limit], value=Value(2_000, "USD"), place=place(), counters=counters).verdicts
    assert (verdict.code, verdict.passed) == ("limit_partial", True)
    expected = {
        "limit": 3_000,
        "used": 2_000,
        "amount": 1_000,
        "window": "month",
        "period": "2026-11",
        "per": "advocate",
    }
    assert {name: verdict.values[name] for name in expected} == expected

    [verdict] = limits_take([limit], value=Value(2_000, "USD"), place=place(), counters=counters).verdicts
    assert (verdict.code, verdict.values["used"], verdict.values["amount"]) == ("limit_reached", 3_000, 2_000)


def test_what_could_never_fit_does_not_stand_in_everybodys_way() -> None:
    counters = MemoryCounters()
    found = limits_take(
        [Limit("amount", "advocate", "month", "wait", 1_000)],
        value=Value(2_000, "USD"),
        place=place(),
        counters=counters,
    )
    assert (found.value, found.waits_for, found.verdicts[-1].code) == (None, "", "limit_reached")


def test_who_waits_holds_what_decided_at_once_and_takes_the_rest_later() -> None:
    counters = MemoryCounters()
    limits = [Limit("rewards", "advocate", "lifetime", "skip", 2), Limit("amount", "campaign", "month", "wait", 2_000)]
    one = Value(2_000, "USD")
    limits_take(limits, value=one, place=place(), counters=counters)
    second = limits_take(limits, value=one, place=place(), counters=counters)
    assert (second.value, second.waits_for) == (one, "cmp_1:credit:amount.USD:campaign:cmp_1")
    assert limits_take(limits, value=one, place=place(), counters=counters).value is None

    next_month = limits_enter(limits, value=one, place=place(date(2026, 12, 1)), counters=counters)
    assert [use["key"] for use in next_month.uses] == ["cmp_1:credit:amount.USD:campaign:cmp_1:2026-12"]


def test_nobody_overtakes_who_waits() -> None:
    counters = MemoryCounters()
    limits = [Limit("rewards", "campaign", "day", "wait", 1)]
    counters.waiting["cmp_1:credit:rewards:campaign:cmp_1"] = 1
    assert limits_take(limits, value=Value(1, "USD"), place=place(), counters=counters).waits_for


# --- days in a row ----------------------------------------------------------------------------------------------------

Claim = tuple[int, int, int, bool]  # day, amount, friend, is it given back later?
CLAIMS = st.lists(st.tuples(st.integers(0, 25), st.integers(1, 40), st.integers(0, 3), st.booleans()), max_size=25)


@given(
    claims=CLAIMS,
    days=st.integers(1, 9),
    value=st.integers(1, 60),
    measure=st.sampled_from(["amount", "rewards", "friends"]),
    over=st.sampled_from(["skip", "partial"]),
)
def test_in_no_days_in_a_row_is_more_used_than_the_limit(
    claims: list[Claim], days: int, value: int, measure: str, over: str
) -> None:
    """Whatever the order in which events arrive: each is taken if, and only if, every window it falls into has room."""
    over = over if measure == "amount" else "skip"
    value = value if measure == "amount" else 1 + value % 5
    limit, counters = Limit(measure, "advocate", "rolling", over, value, days), MemoryCounters()
    stand: list[tuple[int, int, int, Taken]] = []
    for day, amount, friend, comes_back in claims:
        where = place(DAY + timedelta(days=day), friend=f"con_{friend}")
        found = limits_take([limit], value=Value(amount, "USD"), place=where, counters=counters)
        room = _room(limit, [(d, a, f) for d, a, f, _found in stand], day, friend)
        wanted = min(amount, room) if over == "partial" else amount if measure == "amount" else 1
        if not 0 < wanted <= room:
            assert found.value is None
            continue
        assert found.value == Value(wanted if measure == "amount" else amount, "USD")
        stand.append((day, found.value.amount, friend, found))
        if comes_back:
            limits_give_back(stand.pop()[3].uses, counters=counters)


def _room(limit: Limit, stand: list[tuple[int, int, int]], day: int, friend: int) -> int:
    """By looking at every day on which a window that holds this one may begin."""
    most = 0
    for first in range(day - limit.days + 1, day + 1):
        inside = [(amount, who) for d, amount, who in stand if first <= d < first + limit.days]
        if limit.measure == "amount":
            used = sum(amount for amount, _who in inside)
        elif limit.measure == "rewards":
            used = len(inside)
        else:
            used = len({who for _amount, who in inside} - {friend})
        most = max(most, used)
    return limit.value - most
