"""A table for each condition: its settings, what is known, what it answers."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from rewards.rules.conditions import CONDITIONS, condition_build
from rewards.rules.conditions.days import months_after
from rewards.rules.facts import Item, Tier
from rewards.rules.parameters import BadParameters
from tests.rewards.rules.cast import BEN, LENA, facts

Known = dict[str, Any]
ROOF, PANELS = Item("roof"), Item("panel", 12)


def lena(**known: Any) -> Known:
    return {"parties": {"advocate": replace(LENA, **known), "friend": BEN}}


def ben(**known: Any) -> Known:
    return {"parties": {"advocate": LENA, "friend": replace(BEN, **known)}}


GOLD = Tier("gold", 10, 15_000)
NOBODY: Known = {"parties": {}}
MAY_31 = date(2026, 5, 31)

# (settings, known, passes, values); a text for the values is the code that says why it could not be asked.
ANSWERS: dict[str, list[tuple[Known, Known, bool, Known | str]]] = {
    "first": [
        ({}, {"sequence": 1}, True, {"sequence": 1}),
        ({}, {"sequence": 2}, False, {"sequence": 2}),
        ({}, {"sequence": 0}, False, {"sequence": 0}),
    ],
    "nth": [
        ({"number": 2}, {"sequence": 2}, True, {"sequence": 2, "number": 2}),
        ({"number": 2}, {"sequence": 3}, False, {"sequence": 3, "number": 2}),
        ({"number": 2}, {"sequence": 0}, False, {"sequence": 0, "number": 2}),
    ],
    "from_nth": [
        ({"number": 2}, {"sequence": 1}, False, {"sequence": 1, "number": 2}),
        ({"number": 2}, {"sequence": 2}, True, {"sequence": 2, "number": 2}),
        ({"number": 2}, {"sequence": 3}, True, {"sequence": 3, "number": 2}),
    ],
    "events_at_least": [
        (
            {"type": "ride", "count": 2},
            {"counts": {"ride": 2, "visit": 9}},
            True,
            {"type": "ride", "found": 2, "count": 2},
        ),
        ({"type": "ride", "count": 2}, {"counts": {"ride": 1}}, False, {"type": "ride", "found": 1, "count": 2}),
        ({"type": "ride", "count": 2}, {}, False, {"type": "ride", "found": 0, "count": 2}),
    ],
    "minimum_amount": [
        ({"amounts": {"USD": 10_000}}, {}, True, {"amount": 10_000, "minimum": 10_000, "unit": "USD"}),
        ({"amounts": {"USD": 10_001}}, {}, False, {"amount": 10_000, "minimum": 10_001, "unit": "USD"}),
        ({"amounts": {"EUR": 1}}, {}, False, "currency_mismatch"),
        ({"amounts": {"USD": 1}}, {"value": None}, False, "no_amount"),
    ],
    "product": [
        (
            {"products": ["roof", "car"]},
            {"items": (ROOF, PANELS)},
            True,
            {"found": ["roof"], "products": ["roof", "car"]},
        ),
        ({"products": ["car"]}, {"items": (ROOF,)}, False, {"found": [], "products": ["car"]}),
        ({"products": ["roof"]}, {"items": (Item("roof", 0),)}, False, {"found": [], "products": ["roof"]}),
    ],
    "minimum_quantity": [
        ({"quantity": 13}, {"items": (ROOF, PANELS)}, True, {"found": 13, "quantity": 13, "products": []}),
        ({"quantity": 14}, {"items": (ROOF, PANELS)}, False, {"found": 13, "quantity": 14, "products": []}),
        (
            {"quantity": 12, "products": ["panel"]},
            {"items": (ROOF, PANELS)},
            True,
            {"found": 12, "quantity": 12, "products": ["panel"]},
        ),
        (
            {"quantity": 2, "products": ["roof"]},
            {"items": (ROOF, PANELS)},
            False,
            {"found": 1, "quantity": 2, "products": ["roof"]},
        ),
    ],
    "region": [
        ({"regions": ["north", "east"]}, {"region": "east"}, True, {"region": "east", "regions": ["north", "east"]}),
        ({"regions": ["north"]}, {"region": "North"}, False, {"region": "North", "regions": ["north"]}),
        ({"regions": ["north"]}, {}, False, {"region": "", "regions": ["north"]}),
    ],
    "within_days": [
        ({"days": 3}, {}, True, {"days": 3, "limit": 3}),
        ({"days": 2}, {}, False, {"days": 3, "limit": 2}),
        ({"days": 2}, {"days_since_signup": None}, False, "no_referral"),
    ],
    "deadline": [
        ({"day": "2026-11-16"}, {}, True, {"happened": "2026-11-16", "day": "2026-11-16"}),
        ({"day": "2026-11-15"}, {}, False, {"happened": "2026-11-16", "day": "2026-11-15"}),
    ],
    "fact_at_least": [
        (
            {"name": "agents", "value": 3},
            {"metadata": {"agents": 3}},
            True,
            {"name": "agents", "found": 3, "value": 3},
        ),
        (
            {"name": "agents", "value": 3},
            {"metadata": {"agents": 2.5}},
            False,
            {"name": "agents", "found": 2.5, "value": 3},
        ),
        (
            {"name": "balance", "value": -5},
            {"metadata": {"balance": -5}},
            True,
            {"name": "balance", "found": -5} | {"value": -5},
        ),
        ({"name": "agents", "value": 3}, {"metadata": {"agents": "3"}}, False, "no_number"),
        ({"name": "agents", "value": 1}, {"metadata": {"agents": True}}, False, "no_number"),
        ({"name": "agents", "value": 3}, {}, False, "no_number"),
    ],
    "fact_is": [
        (
            {"name": "plan", "values": ["plus"]},
            {"metadata": {"plan": "plus"}},
            True,
            {"name": "plan", "found": "plus", "values": ["plus"]},
        ),
        (
            {"name": "plan", "values": ["plus"]},
            {"metadata": {"plan": "Plus"}},
            False,
            {"name": "plan", "found": "Plus", "values": ["plus"]},
        ),
        (
            {"name": "months", "values": [12]},
            {"metadata": {"months": "12"}},
            True,
            {"name": "months", "found": "12", "values": ["12"]},
        ),
        (
            {"name": "months", "values": ["12"]},
            {"metadata": {"months": 12}},
            True,
            {"name": "months", "found": "12", "values": ["12"]},
        ),
        (
            {"name": "paid", "values": [True]},
            {"metadata": {"paid": 1}},
            False,
            {"name": "paid", "found": "1", "values": ["true"]},
        ),
        (
            {"name": "paid", "values": ["true"]},
            {"metadata": {"paid": True}},
            True,
            {"name": "paid", "found": "true", "values": ["true"]},
        ),
        (
            {"name": "tags", "values": ["a"]},
            {"metadata": {"tags": ["a"]}},
            False,
            {"name": "tags", "found": "", "values": ["a"]},
        ),
        ({"name": "plan", "values": ["plus"]}, {}, False, {"name": "plan", "found": "", "values": ["plus"]}),
    ],
    "advocate_tier": [
        ({"tiers": ["silver", "gold"]}, lena(tier=GOLD), True, {"tier": "gold", "tiers": ["silver", "gold"]}),
        ({"tiers": ["silver"]}, lena(tier=GOLD), False, {"tier": "gold", "tiers": ["silver"]}),
        ({"tiers": ["silver"]}, {}, False, {"tier": "", "tiers": ["silver"]}),
        ({"tiers": ["silver"]}, NOBODY, False, {"tier": "", "tiers": ["silver"]}),
    ],
    "advocate_segment": [
        ({"segment": "seg_a"}, lena(segments=frozenset({"seg_a"})), True, {"segment": "seg_a"}),
        ({"segment": "seg_a"}, ben(segments=frozenset({"seg_a"})), False, {"segment": "seg_a"}),
        ({"segment": "seg_a"}, NOBODY, False, {"segment": "seg_a"}),
    ],
    "friend_segment": [
        ({"segment": "seg_a"}, ben(segments=frozenset({"seg_a"})), True, {"segment": "seg_a"}),
        ({"segment": "seg_a"}, lena(segments=frozenset({"seg_a"})), False, {"segment": "seg_a"}),
        ({"segment": "seg_a"}, NOBODY, False, {"segment": "seg_a"}),
    ],
    "circle_level": [
        ({"levels": ["Heart"]}, lena(circle_level="Heart"), True, {"level": "Heart", "levels": ["Heart"]}),
        ({"levels": ["Heart"]}, lena(circle_level="Friends"), False, {"level": "Friends", "levels": ["Heart"]}),
        ({"levels": ["Heart"]}, NOBODY, False, {"level": "", "levels": ["Heart"]}),
    ],
    "advocate_relation": [
        (
            {"relations": ["customer"]},
            lena(relation="customer"),
            True,
            {"relation": "customer", "relations": ["customer"]},
        ),
        (
            {"relations": ["customer"]},
            lena(relation="vendor"),
            False,
            {"relation": "vendor", "relations": ["customer"]},
        ),
        ({"relations": ["customer"]}, NOBODY, False, {"relation": "", "relations": ["customer"]}),
    ],
    "friend_relation": [
        (
            {"relations": ["customer"]},
            ben(relation="customer"),
            True,
            {"relation": "customer", "relations": ["customer"]},
        ),
        ({"relations": ["customer"]}, lena(relation="customer"), False, {"relation": "", "relations": ["customer"]}),
        ({"relations": ["customer"]}, NOBODY, False, {"relation": "", "relations": ["customer"]}),
    ],
    "advocate_purchases": [
        ({"count": 1}, lena(purchases=1), True, {"found": 1, "count": 1}),
        ({"count": 2}, lena(purchases=1), False, {"found": 1, "count": 2}),
        ({"count": 1}, NOBODY, False, {"found": 0, "count": 1}),
    ],
    "friend_is_new": [({}, {}, True, {}), ({}, {"friend_is_new": False}, False, {})],
    "not_customer_for": [
        ({"months": 6}, {}, True, {"last_bought": "", "months": 6}),
        # Came in on 13 November.
        ({"months": 6}, {"friend_last_bought": date(2026, 5, 13)}, True, {"last_bought": "2026-05-13", "months": 6}),
        ({"months": 6}, {"friend_last_bought": date(2026, 5, 14)}, False, {"last_bought": "2026-05-14", "months": 6}),
        # The last of a month that has no 31st day.
        (
            {"months": 6},
            {"friend_last_bought": MAY_31, "local_date": date(2026, 11, 30), "days_since_signup": 0},
            True,
            {"last_bought": "2026-05-31", "months": 6},
        ),
        (
            {"months": 6},
            {"friend_last_bought": MAY_31, "local_date": date(2026, 11, 29), "days_since_signup": None},
            False,
            {"last_bought": "2026-05-31", "months": 6},
        ),
    ],
}


def answers() -> list[Any]:
    return [
        pytest.param(kind, *row, id=f"{kind}-{number}")
        for kind, rows in ANSWERS.items()
        for number, row in enumerate(rows, start=1)
    ]


@pytest.mark.parametrize(("kind", "parameters", "known", "passed", "values"), answers())
def test_a_condition_answers_with_a_code_and_numbers(
    kind: str, parameters: Known, known: Known, passed: bool, values: Known | str
) -> None:
    verdict = condition_build(kind, parameters).check(facts(**known))
    if isinstance(values, str):
        assert (verdict.code, verdict.passed) == (values, False)
    else:
        assert (verdict.code, verdict.passed, verdict.values) == (kind, passed, values)


def test_each_condition_is_known_by_its_name_and_stands_in_the_table_with_both_answers() -> None:
    assert {kind: condition.kind for kind, condition in CONDITIONS.items()} == {kind: kind for kind in CONDITIONS}
    assert set(ANSWERS) == set(CONDITIONS)
    for kind, rows in ANSWERS.items():
        assert {passed for _settings, _known, passed, _values in rows} == {True, False}, kind


# (settings, the setting that is refused, why)
REFUSED: dict[str, list[tuple[Any, str, str]]] = {
    "phase_of_the_moon": [({}, "kind", "unknown")],
    "first": [({"second": True}, "first", "unknown_parameter"), ([], "first", "not_settings")],
    "nth": [
        ({}, "number", "missing"),
        ({"number": 0}, "number", "out_of_bounds"),
        ({"number": 100_001}, "number", "out_of_bounds"),
        ({"number": True}, "number", "not_whole"),
        ({"number": 2.0}, "number", "not_whole"),
        ({"number": "2"}, "number", "not_whole"),
        ({"number": None}, "number", "not_whole"),
    ],
    "from_nth": [({"number": -1}, "number", "out_of_bounds")],
    "events_at_least": [
        ({"type": "", "count": 1}, "type", "not_named"),
        ({"type": "ride", "count": 0}, "count", "out_of_bounds"),
    ],
    "minimum_amount": [
        ({}, "amounts", "missing"),
        ({"amounts": {}}, "amounts", "not_amounts"),
        ({"amounts": [100]}, "amounts", "not_amounts"),
        ({"amounts": {"USD": 0}}, "amounts", "out_of_bounds"),
        ({"amounts": {"USD": 10**12 + 1}}, "amounts", "out_of_bounds"),
        ({"amounts": {"USD": 1.5}}, "amounts", "not_whole"),
        ({"amounts": {"USD": True}}, "amounts", "not_whole"),
        ({"amounts": {"": 1}}, "amounts", "not_named"),
    ],
    "product": [
        ({"products": []}, "products", "not_a_list"),
        ({"products": "roof"}, "products", "not_a_list"),
        ({"products": ["roof", "roof"]}, "products", "named_twice"),
        ({"products": [" "]}, "products", "not_named"),
        ({"products": ["x" * 65]}, "products", "not_named"),
        ({"products": [str(number) for number in range(101)]}, "products", "not_a_list"),
    ],
    "minimum_quantity": [
        ({"quantity": 0}, "quantity", "out_of_bounds"),
        ({"quantity": 1, "products": []}, "products", "not_a_list"),
    ],
    "region": [({"regions": [1]}, "regions", "not_named")],
    "within_days": [({"days": 3_651}, "days", "out_of_bounds"), ({"days": "7"}, "days", "not_whole")],
    "deadline": [
        ({"day": "31.12.2026"}, "day", "not_a_day"),
        ({"day": "20261231"}, "day", "not_a_day"),
        ({"day": "2026-02-30"}, "day", "not_a_day"),
        ({"day": 20261231}, "day", "not_a_day"),
    ],
    "fact_at_least": [
        ({"name": "agents", "value": 2.5}, "value", "not_whole"),
        ({"name": 5, "value": 2}, "name", "not_named"),
    ],
    "fact_is": [
        ({"name": "plan", "values": []}, "values", "not_a_list"),
        ({"name": "plan", "values": [1.5]}, "values", "not_named"),
        ({"name": "plan", "values": [None]}, "values", "not_named"),
        ({"name": "plan", "values": [12, "12"]}, "values", "named_twice"),
    ],
    "advocate_tier": [({"tiers": []}, "tiers", "not_a_list")],
    "advocate_segment": [({"segment": ""}, "segment", "not_named")],
    "friend_segment": [({"segment": 5}, "segment", "not_named")],
    "circle_level": [({"levels": [1]}, "levels", "not_named")],
    "advocate_relation": [({"relations": []}, "relations", "not_a_list")],
    "friend_relation": [({"relations": "customer"}, "relations", "not_a_list")],
    "advocate_purchases": [({"count": 0}, "count", "out_of_bounds")],
    "friend_is_new": [({"is": True}, "friend_is_new", "unknown_parameter")],
    "not_customer_for": [({"months": 121}, "months", "out_of_bounds")],
}


@pytest.mark.parametrize(
    ("kind", "parameters", "field", "code"), [(kind, *row) for kind, rows in REFUSED.items() for row in rows]
)
def test_settings_that_make_no_sense_are_refused(kind: str, parameters: Any, field: str, code: str) -> None:
    with pytest.raises(BadParameters) as refusal:
        condition_build(kind, parameters)
    assert (refusal.value.field, refusal.value.code) == (field, code)


def test_each_condition_refuses_something() -> None:
    assert set(REFUSED) >= set(CONDITIONS)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 120))
def test_months_later_is_the_same_day_or_the_last_of_that_month(day: date, months: int) -> None:
    later = months_after(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)
