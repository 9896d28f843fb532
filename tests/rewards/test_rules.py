"""The rules alone: facts in, decisions out. No database."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, strategies as st

from rewards.rules.calculators import Fixed, Offer, Percent, calculator_build
from rewards.rules.conditions import CONDITIONS, Condition, Verdict, condition_build
from rewards.rules.engine import decide, evaluate
from rewards.rules.facts import Facts, Party, Value
from rewards.rules.limits import Limit, period_key
from rewards.rules.parameters import BadParameters
from rewards.rules.registry import CALCULATORS_BY_BENEFIT, may_serve, units_refused
from rewards.rules.rule import Group, Rule

LENA, BEN = Party("con_lena", "EUR"), Party("con_ben")


def facts(**known: Any) -> Facts:
    """Ben, whom Lena recommended, buys for the first time, for 100.00 USD."""
    values: dict[str, Any] = {
        "event_key": "evt_1",
        "campaign_key": "cam_1",
        "triggers": frozenset({"purchase", "converted"}),
        "local_date": date(2026, 11, 16),
        "parties": {"advocate": LENA, "friend": BEN},
        "company_currency": "GBP",
        "value": Value(10_000, "USD"),
        "sequence": 1,
        "friend_is_new": True,
        "days_since_signup": 3,
    }
    return Facts(**values | known)


def rule(**wanted: Any) -> Rule:
    values: dict[str, Any] = {
        "key": "thanks",
        "version": 1,
        "trigger": "converted",
        "recipient": "advocate",
        "benefit": "credit",
        "calculator": Fixed(),
        "amounts": {"USD": 2_000},
    }
    return Rule(**values | wanted)


# --- conditions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "parameters", "known", "verdict"),
    [
        ("first", {}, {"sequence": 1}, ("first", True)),
        ("first", {}, {"sequence": 2}, ("first", False)),
        ("first", {}, {"sequence": 0}, ("first", False)),
        ("minimum_amount", {"amounts": {"USD": 10_000}}, {}, ("minimum_amount", True)),
        ("minimum_amount", {"amounts": {"USD": 10_001}}, {}, ("minimum_amount", False)),
        ("minimum_amount", {"amounts": {"EUR": 1}}, {}, ("currency_mismatch", False)),
        ("minimum_amount", {"amounts": {"USD": 1}}, {"value": None}, ("no_amount", False)),
        ("friend_is_new", {}, {}, ("friend_is_new", True)),
        ("friend_is_new", {}, {"friend_is_new": False}, ("friend_is_new", False)),
        ("within_days", {"days": 3}, {}, ("within_days", True)),
        ("within_days", {"days": 2}, {}, ("within_days", False)),
        ("within_days", {"days": 2}, {"days_since_signup": None}, ("no_referral", False)),
    ],
)
def test_a_condition_answers_with_a_code(
    kind: str, parameters: dict[str, Any], known: dict[str, Any], verdict: tuple[str, bool]
) -> None:
    found = condition_build(kind, parameters).check(facts(**known))
    assert (found.code, found.passed) == verdict


def test_each_kind_of_condition_is_known_by_its_name() -> None:
    assert {name: condition.kind for name, condition in CONDITIONS.items()} == {name: name for name in CONDITIONS}


@pytest.mark.parametrize(
    ("kind", "parameters"),
    [
        ("phase_of_the_moon", {}),
        ("first", {"second": True}),
        ("minimum_amount", {}),
        ("minimum_amount", {"amounts": {}}),
        ("minimum_amount", {"amounts": {"USD": 0}}),
        ("minimum_amount", {"amounts": {"USD": 1.5}}),
        ("minimum_amount", {"amounts": {"USD": True}}),
        ("within_days", {"days": 0}),
        ("within_days", {"days": "7"}),
    ],
)
def test_settings_that_make_no_sense_are_refused(kind: str, parameters: dict[str, Any]) -> None:
    with pytest.raises(BadParameters):
        condition_build(kind, parameters)


PASSES: Condition = condition_build("first", {})
FAILS: Condition = condition_build("within_days", {"days": 1})


@pytest.mark.parametrize(
    ("mode", "conditions", "passed"),
    [
        ("all", (PASSES, PASSES), True),
        ("all", (PASSES, FAILS), False),
        ("any", (FAILS, PASSES), True),
        ("any", (FAILS, FAILS), False),
        ("not", (FAILS, FAILS), True),
        ("not", (FAILS, PASSES), False),
    ],
)
def test_conditions_stand_in_groups(mode: str, conditions: tuple[Condition, ...], passed: bool) -> None:
    assert Group(mode, conditions).check(facts())[0] is passed


# --- calculators ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amounts", "value", "given"),
    [
        ({"USD": 2_000, "EUR": 1_900, "GBP": 1_600}, Value(1, "USD"), Value(2_000, "USD")),
        ({"EUR": 1_900, "GBP": 1_600}, Value(1, "USD"), Value(1_900, "EUR")),
        ({"GBP": 1_600}, Value(1, "USD"), Value(1_600, "GBP")),
        ({"GBP": 1_600}, None, Value(1_600, "GBP")),
        ({"percent": 1_000}, None, Value(1_000, "percent")),
        ({"points": 500}, Value(1, "USD"), Value(500, "points")),
        ({"JPY": 3_000}, Value(1, "USD"), Verdict("currency_mismatch", False, {"units": ["JPY"]})),
    ],
    ids=["the sale's", "the recipient's", "the company's", "no sale", "percent", "points", "none"],
)
def test_a_fixed_amount_in_the_currency_that_counts(
    amounts: dict[str, int], value: Value | None, given: Value | Verdict
) -> None:
    assert Fixed().calculate(Offer(amounts, LENA), facts(value=value)) == given


def test_a_budget_pays_in_its_own_currency_only() -> None:
    offer = Offer({"USD": 2_000, "EUR": 1_900}, LENA, only_unit="EUR")
    assert Fixed().calculate(offer, facts()) == Value(1_900, "EUR")


@pytest.mark.parametrize(
    ("percent", "sale", "given"),
    [
        (Percent(1_000), 10_000, 1_000),
        (Percent(1_000), 9_995, 1_000),
        (Percent(1_000), 9_994, 999),
        (Percent(1), 4_999, 0),
        (Percent(1), 5_000, 1),
        (Percent(1_000, floor={"USD": 500}), 100, 500),
        (Percent(1_000, ceiling={"USD": 300}), 10_000, 300),
        (Percent(1_000, floor={"USD": 500}, ceiling={"USD": 500}), 10_000, 500),
    ],
)
def test_a_share_of_the_sale(percent: Percent, sale: int, given: int) -> None:
    assert percent.calculate(Offer({}, LENA), facts(value=Value(sale, "USD"))) == Value(given, "USD")


@pytest.mark.parametrize(
    ("percent", "value", "code"),
    [
        (Percent(1_000), None, "no_amount"),
        (Percent(1_000, ceiling={"EUR": 300}), Value(10_000, "USD"), "currency_mismatch"),
    ],
)
def test_a_share_that_cannot_be_reckoned_says_why(percent: Percent, value: Value | None, code: str) -> None:
    refusal = percent.calculate(Offer({}, LENA), facts(value=value))
    assert isinstance(refusal, Verdict)
    assert refusal.code == code


@given(
    sale=st.integers(0, 10**12),
    points=st.integers(1, 10_000),
    low=st.integers(1, 10**6),
    room=st.integers(0, 10**6),
)
def test_a_share_is_never_outside_its_bounds_nor_off_by_more_than_half(
    sale: int, points: int, low: int, room: int
) -> None:
    bounded = Percent(points, floor={"USD": low}, ceiling={"USD": low + room})
    value = bounded.calculate(Offer({}, LENA), facts(value=Value(sale, "USD")))
    free = Percent(points).calculate(Offer({}, LENA), facts(value=Value(sale, "USD")))
    assert isinstance(value, Value)
    assert isinstance(free, Value)
    assert low <= value.amount <= low + room
    assert 2 * abs(free.amount * 10_000 - sale * points) <= 10_000


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("horoscope", {}),
        ("fixed", {"basis_points": 100}),
        ("percent", {}),
        ("percent", {"basis_points": 10_001}),
        ("percent", {"basis_points": 2.5}),
        ("percent", {"basis_points": 100, "floor": {"USD": 20}, "ceiling": {"USD": 10}}),
    ],
)
def test_a_calculator_refuses_nonsense(name: str, parameters: dict[str, Any]) -> None:
    with pytest.raises(BadParameters):
        calculator_build(name, parameters)


@pytest.mark.parametrize(
    ("benefit", "units", "refused"),
    [
        ("cash", ["EUR", "points"], ["points"]),
        ("credit", ["EUR", "points", "percent"], ["percent"]),
        ("coupon", ["EUR", "percent", "MB"], ["MB"]),
    ],
)
def test_which_units_a_benefit_is_given_in(benefit: str, units: list[str], refused: list[str]) -> None:
    assert units_refused(benefit, units) == refused


def test_each_calculator_serves_only_what_it_is_listed_for() -> None:
    assert may_serve("percent", "cash")
    assert not may_serve("percent", "coupon")
    assert not may_serve("fixed", "moon")
    assert set(CALCULATORS_BY_BENEFIT) == {"cash", "credit", "coupon"}


# --- the engine -------------------------------------------------------------------------------------------------------


def test_a_rule_answers_only_to_its_trigger() -> None:
    assert evaluate([rule(trigger="claimed")], facts()) == []


def test_what_happens_once_to_a_friend_has_the_friends_slot() -> None:
    assert rule().slot(facts()) == "friend:con_ben"
    assert rule(trigger="purchase").slot(facts()) == "event:evt_1"


def test_nobody_to_give_it_to() -> None:
    decision = decide(rule(recipient="charity"), facts())
    assert (decision.value, decision.trace[-1].code) == (None, "no_recipient")


def test_a_sum_of_nothing_makes_no_reward() -> None:
    decision = decide(rule(calculator=Percent(1)), facts(value=Value(10, "USD")))
    assert (decision.value, decision.trace[-1].code) == (None, "nothing_due")


def test_the_trace_ends_at_the_first_group_that_fails() -> None:
    groups = (Group("all", (FAILS,)), Group("any", (PASSES,)))
    assert [verdict.code for verdict in decide(rule(groups=groups), facts()).trace] == ["within_days"]


def test_of_an_exclusive_group_the_first_that_pays_wins() -> None:
    rules = [
        rule(key="small", priority=3, exclusive_group="thanks", amounts={"USD": 100}),
        rule(key="none", priority=1, exclusive_group="thanks", amounts={"JPY": 1}),
        rule(key="big", priority=2, exclusive_group="thanks", amounts={"USD": 900}),
        rule(key="friend", priority=9, exclusive_group="thanks", recipient="friend"),
    ]
    decided = {decision.rule.key: decision.value for decision in evaluate(rules, facts())}
    assert decided == {"none": None, "big": Value(900, "USD"), "small": None, "friend": Value(2_000, "USD")}


@given(st.permutations(range(5)))
def test_the_order_in_which_rules_are_read_makes_no_difference(order: list[int]) -> None:
    rules = [rule(key=f"rule-{number}", priority=number % 2, exclusive_group="one") for number in order]
    [paid] = [decision.rule.key for decision in evaluate(rules, facts()) if decision.value]
    assert paid == "rule-0"


# --- limits -----------------------------------------------------------------------------------------------------------


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
    ("measure", "per", "key"),
    [
        ("amount", "advocate", "cam_1:thanks:amount.USD:advocate:con_lena:all"),
        ("rewards", "friend", "cam_1:thanks:rewards:friend:con_ben:all"),
        ("friends", "campaign", "cam_1:thanks:friends:campaign:cam_1:all"),
    ],
)
def test_a_counter_is_named_after_what_it_counts_and_outlives_versions(measure: str, per: str, key: str) -> None:
    limit = Limit(measure, per, "lifetime", "skip", 3)
    assert limit.key(rule_key="thanks", facts=facts(), unit="USD") == key


def test_a_limit_for_somebody_who_is_not_there_counts_nothing() -> None:
    limit = Limit("rewards", "friend", "lifetime", "skip", 3)
    assert limit.key(rule_key="thanks", facts=facts(parties={"advocate": LENA}), unit="USD") is None
