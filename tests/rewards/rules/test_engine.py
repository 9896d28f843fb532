"""The rules together: facts in, decisions out."""

from typing import Any

import pytest
from hypothesis import given, strategies as st

from rewards.rules.calculators import Percent, calculator_build
from rewards.rules.conditions import Condition, condition_build
from rewards.rules.engine import decide, evaluate, verdict_json
from rewards.rules.facts import Item, Value
from rewards.rules.rule import Group
from rewards.rules.verdict import Verdict
from tests.rewards.rules.cast import LENA, facts, rule

PASSES: Condition = condition_build("first", {})
FAILS: Condition = condition_build("within_days", {"days": 1})
NO_ANSWER: Condition = condition_build("minimum_amount", {"amounts": {"JPY": 1}})


@pytest.mark.parametrize(
    ("mode", "conditions", "passed"),
    [
        ("all", (PASSES, PASSES), True),
        ("all", (PASSES, FAILS), False),
        ("any", (FAILS, PASSES), True),
        ("any", (FAILS, FAILS), False),
        ("any", (NO_ANSWER, PASSES), True),
        ("not", (FAILS, FAILS), True),
        ("not", (FAILS, PASSES), False),
        ("not", (FAILS, NO_ANSWER), False),
    ],
)
def test_conditions_stand_in_groups(mode: str, conditions: tuple[Condition, ...], passed: bool) -> None:
    answer, verdicts = Group(mode, conditions).check(facts())
    assert answer is passed
    assert [verdict.group for verdict in verdicts] == [mode, mode]


def test_the_trace_ends_at_the_first_group_that_fails_and_has_all_of_that_group() -> None:
    groups = (Group("all", (FAILS, PASSES)), Group("any", (PASSES,)))
    assert [verdict.code for verdict in decide(rule(groups=groups), facts()).trace] == ["within_days", "first"]


def test_the_trace_says_the_amount_step_by_step() -> None:
    decision = decide(rule(groups=(Group("all", (PASSES,)),), calculator=Percent(1_000)), facts())
    assert [verdict.code for verdict in decision.trace] == ["first", "share_of", "due"]
    assert verdict_json(decision.trace[-1]) == {
        "code": "due",
        "passed": True,
        "values": {"amount": 1_000, "unit": "USD"},
        "group": "all",
    }


def test_a_rule_answers_only_to_its_trigger() -> None:
    assert evaluate([rule(trigger="claimed")], facts()) == []


@pytest.mark.parametrize(
    ("wanted", "known", "code"),
    [
        ({"recipient": "charity"}, {}, "no_recipient"),
        ({"calculator": Percent(1)}, {"value": Value(10, "USD")}, "nothing_due"),
        ({"amounts": {"JPY": 5}}, {}, "currency_mismatch"),
        ({"amounts": {"percent": 10_001}}, {}, "too_much"),
        (
            {"calculator": calculator_build("per_unit", {}), "amounts": {"USD": 10**12}},
            {"items": (Item("tea", 2),)},
            "too_much",
        ),
    ],
)
def test_nothing_is_paid_and_the_last_step_says_why(wanted: dict[str, Any], known: dict[str, Any], code: str) -> None:
    decision = decide(rule(**wanted), facts(**known))
    assert (decision.value, decision.trace[-1].code, decision.trace[-1].passed) == (None, code, False)


# --- once -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "slot"),
    [
        ({}, "friend:con_ben"),
        ({"trigger": "purchase"}, "event:evt_1"),
        ({"once_per": "event"}, "event:evt_1"),
        ({"trigger": "purchase", "once_per": "friend"}, "friend:con_ben"),
        ({"once_per": "party"}, "party"),
        ({"calculator": calculator_build("milestones", {"milestones": {"5": {"USD": 1}}})}, "milestone:5"),
    ],
)
def test_what_a_rule_pays_once_for(wanted: dict[str, Any], slot: str) -> None:
    assert decide(rule(**wanted), facts(confirmed=5)).slot == slot


def test_without_a_friend_it_is_the_event() -> None:
    assert rule(once_per="friend").slot(facts(parties={"advocate": LENA})) == "event:evt_1"


# --- exclusive groups -------------------------------------------------------------------------------------------------


def thanks(key: str, amounts: dict[str, int], priority: int = 1, **wanted: Any) -> Any:
    return rule(key=key, priority=priority, exclusive_group="thanks", amounts=amounts, **wanted)


def test_of_an_exclusive_group_the_best_is_paid_to_each_recipient() -> None:
    rules = [
        thanks("none", {"JPY": 1}),
        thanks("small", {"USD": 100}, priority=2),
        thanks("points", {"points": 9_999}, priority=3),
        thanks("big", {"USD": 900}, priority=4),
        thanks("as-big", {"USD": 900}, priority=5),
        thanks("friend", {"USD": 50}, priority=6, recipient="friend"),
        rule(key="apart", priority=9),
    ]
    decided = {decision.rule.key: decision for decision in evaluate(rules, facts())}
    assert {key: decision.value for key, decision in decided.items() if decision.value} == {
        "big": Value(900, "USD"),
        "friend": Value(50, "USD"),
        "apart": Value(2_000, "USD"),
    }
    shut_out = Verdict("exclusive_group", False, {"group": "thanks", "rule": "big", "amount": 900, "unit": "USD"})
    assert decided["small"].trace == decided["points"].trace == decided["as-big"].trace == (shut_out,)
    assert decided["none"].trace[-1].code == "currency_mismatch"


GROUPED = st.lists(
    st.tuples(st.integers(1, 3), st.sampled_from(["USD", "points"]), st.integers(1, 4)), min_size=1, max_size=6
)


@given(said=GROUPED, order=st.randoms())
def test_the_order_in_which_rules_are_read_makes_no_difference(said: list[tuple[int, str, int]], order: Any) -> None:
    rules = [thanks(f"r{place}", {unit: amount}, priority) for place, (priority, unit, amount) in enumerate(said)]
    decisions = evaluate(order.sample(rules, len(rules)), facts())
    assert decisions == evaluate(rules, facts())
    [paid] = [decision.rule for decision in decisions if decision.value]
    first = min(rules, key=lambda each: (each.priority, each.key))
    rivals = [each for each in rules if each.amounts.keys() == first.amounts.keys()]
    assert paid is min(rivals, key=lambda each: (-max(each.amounts.values()), each.priority, each.key))
