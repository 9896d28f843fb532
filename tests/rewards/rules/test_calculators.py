"""A table for each calculator: what it has, what is known, what it gives, and how it came to that."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, strategies as st

from rewards.rules.calculators import CALCULATORS, Offer, Reckoning, calculator_build
from rewards.rules.facts import Facts, Item, Tier, Value
from rewards.rules.parameters import BadParameters, units_in
from tests.rewards.rules.cast import BEN, LENA, facts

Known = dict[str, Any]
SEATS = {"starter": {"USD": 800}, "standard": {"USD": 1_500}, "plus": {"USD": 2_300}}
SOLAR = {"roof": {"USD": 50_000, "EUR": 45_000}, "panel": {"USD": 30_000}}
GOLD = {"parties": {"advocate": replace(LENA, tier=Tier("gold", 10, 12_500)), "friend": BEN}}
NEWS = {"milestones": {"10": {"points": 50}, "5": {"USD": 2_500, "EUR": 2_200}}}
RIDES = {"steps": {"100": 10_000, "50": 4_000}}
LOTS = {
    "prizes": [
        {"weight": 1, "amount": 5_000, "unit": "USD", "name": "Kettle"},
        {"weight": 3, "amount": 0, "unit": "USD"},
    ]
}


def items(**quantities: int) -> Known:
    return {"items": tuple(Item(product, quantity) for product, quantity in quantities.items())}


def stated(*units: str) -> list[tuple[str, Known]]:
    return [("currency_mismatch", {"units": list(units)})]


# (settings, the rule's amounts, known, (amount, unit) or None, steps, slot)
Row = tuple[Known, dict[str, int], Known, tuple[int, str] | None, list[tuple[str, Known]], str]
GIVEN: dict[str, list[Row]] = {
    "fixed": [
        ({}, {"USD": 2_000, "EUR": 1_900, "GBP": 1_600}, {}, (2_000, "USD"), [], ""),
        ({}, {"EUR": 1_900, "GBP": 1_600}, {}, (1_900, "EUR"), [], ""),
        ({}, {"GBP": 1_600}, {"value": None}, (1_600, "GBP"), [], ""),
        ({}, {"percent": 1_000}, {}, (1_000, "percent"), [], ""),
        ({}, {"JPY": 3_000}, {}, None, stated("JPY"), ""),
    ],
    "percent": [
        (
            {"basis_points": 1_000},
            {},
            {"value": Value(9_995, "USD")},
            (1_000, "USD"),
            [("share_of", {"basis_points": 1_000, "of": 9_995, "amount": 1_000, "unit": "USD"})],
            "",
        ),
        (
            {"basis_points": 1},
            {},
            {"value": Value(4_999, "USD")},
            (0, "USD"),
            [("share_of", {"basis_points": 1, "of": 4_999, "amount": 0, "unit": "USD"})],
            "",
        ),
        (
            {"basis_points": 1_000, "floor": {"USD": 500}},
            {},
            {"value": Value(100, "USD")},
            (500, "USD"),
            [
                ("share_of", {"basis_points": 1_000, "of": 100, "amount": 10, "unit": "USD"}),
                ("raised_to_floor", {"of": 10, "amount": 500, "unit": "USD"}),
            ],
            "",
        ),
        (
            {"basis_points": 1_000, "ceiling": {"USD": 300}},
            {},
            {},
            (300, "USD"),
            [
                ("share_of", {"basis_points": 1_000, "of": 10_000, "amount": 1_000, "unit": "USD"}),
                ("cut_at_ceiling", {"of": 1_000, "amount": 300, "unit": "USD"}),
            ],
            "",
        ),
        ({"basis_points": 1_000, "ceiling": {"EUR": 300}}, {}, {}, None, [("currency_mismatch", {"unit": "USD"})], ""),
        ({"basis_points": 1_000}, {}, {"value": None}, None, [("no_amount", {})], ""),
    ],
    "per_unit": [
        (
            {"products": SEATS},
            {},
            items(plus=12),
            (27_600, "USD"),
            [("product_units", {"product": "plus", "units": 12, "each": 2_300, "amount": 27_600, "unit": "USD"})],
            "",
        ),
        (
            {"products": SEATS, "max_units": 100},
            {},
            items(starter=150),
            (80_000, "USD"),
            [
                ("units_cut", {"found": 150, "units": 100}),
                ("product_units", {"product": "starter", "units": 100, "each": 800, "amount": 80_000, "unit": "USD"}),
            ],
            "",
        ),
        # The dearest first, in whatever order they stand.
        (
            {"products": SEATS, "max_units": 10},
            {},
            {"items": (Item("starter", 5), Item("plus", 4), Item("starter", 5), Item("plus", 4))},
            (2_300 * 8 + 800 * 2, "USD"),
            [
                ("units_cut", {"found": 18, "units": 10}),
                ("product_units", {"product": "plus", "units": 8, "each": 2_300, "amount": 18_400, "unit": "USD"}),
                ("product_units", {"product": "starter", "units": 2, "each": 800, "amount": 1_600, "unit": "USD"}),
            ],
            "",
        ),
        (
            {},
            {"USD": 100},
            items(tea=2, cups=3),
            (500, "USD"),
            [("units_times", {"units": 5, "each": 100, "amount": 500, "unit": "USD"})],
            "",
        ),
        (
            {"max_units": 4},
            {"USD": 100},
            items(tea=2, cups=3),
            (400, "USD"),
            [
                ("units_cut", {"found": 5, "units": 4}),
                ("units_times", {"units": 4, "each": 100, "amount": 400, "unit": "USD"}),
            ],
            "",
        ),
        (
            {"products": SEATS},
            {},
            items(desk=1, plus=0),
            None,
            [("no_product", {"products": ["plus", "standard", "starter"]})],
            "",
        ),
        ({}, {"USD": 100}, {}, None, [("no_product", {"products": []})], ""),
        ({}, {"JPY": 100}, items(tea=1), None, stated("JPY"), ""),
    ],
    "by_product": [
        (
            {"products": SOLAR},
            {},
            items(roof=1, panel=9, car=1),
            (80_000, "USD"),
            [
                ("product_amount", {"product": "panel", "amount": 30_000, "unit": "USD"}),
                ("product_amount", {"product": "roof", "amount": 50_000, "unit": "USD"}),
            ],
            "",
        ),
        (
            {"products": SOLAR},
            {},
            items(roof=1) | {"value": None},
            (45_000, "EUR"),
            [("product_amount", {"product": "roof", "amount": 45_000, "unit": "EUR"})],
            "",
        ),
        # Lena's euros are not stated for the panel.
        ({"products": SOLAR}, {}, items(roof=1, panel=1) | {"value": None}, None, stated("EUR", "USD"), ""),
        ({"products": SOLAR}, {}, {}, None, [("no_product", {"products": ["panel", "roof"]})], ""),
    ],
    "by_region": [
        (
            {"regions": {"north": {"USD": 900}}},
            {},
            {"region": "north"},
            (900, "USD"),
            [("region_amount", {"region": "north", "amount": 900, "unit": "USD"})],
            "",
        ),
        (
            {"regions": {"north": {"USD": 900}}},
            {},
            {"region": "south"},
            None,
            [("no_region_amount", {"region": "south"})],
            "",
        ),
        ({"regions": {"north": {"JPY": 900}}}, {}, {"region": "north"}, None, stated("JPY"), ""),
    ],
    "demand": [
        (
            {},
            {},
            {"region": "north", "demand": {"USD": 100_000}},
            (100_000, "USD"),
            [("demand_amount", {"region": "north", "amount": 100_000, "unit": "USD"})],
            "",
        ),
        ({}, {}, {"region": "south"}, None, [("no_demand", {"region": "south"})], ""),
        ({}, {}, {"demand": {"JPY": 1}}, None, stated("JPY"), ""),
    ],
    "milestones": [
        (
            NEWS,
            {},
            {"confirmed": 5},
            (2_500, "USD"),
            [("milestone", {"milestone": 5, "amount": 2_500, "unit": "USD"})],
            "milestone:5",
        ),
        (
            NEWS,
            {},
            {"confirmed": 10},
            (50, "points"),
            [("milestone", {"milestone": 10, "amount": 50, "unit": "points"})],
            "milestone:10",
        ),
        (NEWS, {}, {"confirmed": 6}, None, [("milestone_ahead", {"reached": 6, "next": 10})], ""),
        (NEWS, {}, {"confirmed": 11}, None, [("milestone_ahead", {"reached": 11, "next": 0})], ""),
    ],
    "steps": [
        (RIDES, {"USD": 100_000}, {"sequence": 49}, None, [("step_ahead", {"reached": 49, "next": 50})], ""),
        (
            RIDES,
            {"USD": 100_000},
            {"sequence": 50},
            (40_000, "USD"),
            [("step", {"step": 50, "basis_points": 4_000, "of": 100_000, "amount": 40_000, "unit": "USD"})],
            "friend:con_ben:step:50",
        ),
        (
            RIDES | {"of": "demand"},
            {},
            {"sequence": 100, "demand": {"USD": 20_001}},
            (12_001, "USD"),
            [
                ("step", {"step": 100, "basis_points": 10_000, "of": 20_001, "amount": 20_001, "unit": "USD"}),
                ("less_step_before", {"step": 50, "amount": 8_000, "unit": "USD"}),
            ],
            "friend:con_ben:step:100",
        ),
        (
            RIDES | {"of": "demand"},
            {},
            {"sequence": 50, "region": "moon"},
            None,
            [("no_demand", {"region": "moon"})],
            "",
        ),
        (RIDES, {"USD": 1}, {"sequence": 50, "parties": {"advocate": LENA}}, None, [("no_referral", {})], ""),
        (RIDES, {"JPY": 1}, {"sequence": 50}, None, stated("JPY"), ""),
    ],
    "tier_multiplier": [
        (
            {},
            {"USD": 1_002},
            GOLD,
            (1_253, "USD"),
            [("tier_times", {"tier": "gold", "multiplier": 12_500, "of": 1_002, "amount": 1_253, "unit": "USD"})],
            "",
        ),
        ({}, {"USD": 1_002}, {}, (1_002, "USD"), [("no_tier", {"amount": 1_002, "unit": "USD"})], ""),
        ({}, {"JPY": 1}, GOLD, None, stated("JPY"), ""),
    ],
    "weighted_draw": [
        (
            LOTS,
            {},
            {"draw": 8},
            (5_000, "USD"),
            [("prize_drawn", {"prize": "Kettle", "weight": 1, "of": 4, "lot": 0, "amount": 5_000, "unit": "USD"})],
            "",
        ),
        (
            LOTS,
            {},
            {"draw": 5},
            (0, "USD"),
            [("prize_drawn", {"prize": "", "weight": 3, "of": 4, "lot": 1, "amount": 0, "unit": "USD"})],
            "",
        ),
    ],
}


def given_rows() -> list[Any]:
    return [
        pytest.param(name, *row, id=f"{name}-{number}")
        for name, rows in GIVEN.items()
        for number, row in enumerate(rows, start=1)
    ]


@pytest.mark.parametrize(("name", "parameters", "amounts", "known", "value", "steps", "slot"), given_rows())
def test_a_calculator_says_how_much_and_how_it_came_to_that(
    name: str,
    parameters: Known,
    amounts: dict[str, int],
    known: Known,
    value: tuple[int, str] | None,
    steps: list[tuple[str, Known]],
    slot: str,
) -> None:
    reckoned = calculator_build(name, parameters).calculate(Offer(amounts, LENA), facts(**known))
    assert reckoned.value == (Value(*value) if value else None)
    assert [(step.code, step.values) for step in reckoned.steps] == steps
    assert all(step.passed is (value is not None) for step in reckoned.steps)
    assert reckoned.slot == slot


def test_each_calculator_is_known_by_its_name_and_stands_in_the_table() -> None:
    assert {name: calculator.name for name, calculator in CALCULATORS.items()} == {name: name for name in CALCULATORS}
    assert set(GIVEN) == set(CALCULATORS)


def test_only_those_use_the_rules_amounts_that_have_none_of_their_own() -> None:
    built = {name: calculator_build(name, rows[0][0]) for name, rows in GIVEN.items()}
    assert {name for name, calculator in built.items() if calculator.uses_amounts} == {
        "fixed",
        "steps",
        "tier_multiplier",
    }
    assert calculator_build("per_unit", {}).uses_amounts
    assert not calculator_build("steps", RIDES | {"of": "demand"}).uses_amounts


@pytest.mark.parametrize("name", [name for name in GIVEN if name not in ("percent", "weighted_draw")])
def test_a_budget_pays_in_its_own_currency_only(name: str) -> None:
    parameters, amounts, known, value, _steps, _slot = next(row for row in GIVEN[name] if row[3])
    reckoned = calculator_build(name, parameters).calculate(Offer(amounts, LENA, only_unit="CHF"), facts(**known))
    assert value
    assert (reckoned.value, reckoned.steps[-1].code) == (None, "currency_mismatch")


# (settings, the setting that is refused, why)
REFUSED: dict[str, list[tuple[Any, str, str]]] = {
    "horoscope": [({}, "calculator", "unknown")],
    "fixed": [({"basis_points": 100}, "fixed", "unknown_parameter"), (None, "fixed", "not_settings")],
    "percent": [
        ({}, "basis_points", "missing"),
        ({"basis_points": 0}, "basis_points", "out_of_bounds"),
        ({"basis_points": 10_001}, "basis_points", "out_of_bounds"),
        ({"basis_points": 2.5}, "basis_points", "not_whole"),
        ({"basis_points": True}, "basis_points", "not_whole"),
        ({"basis_points": 1, "floor": {}}, "floor", "not_amounts"),
        ({"basis_points": 100, "floor": {"USD": 20}, "ceiling": {"USD": 10}}, "ceiling", "below_floor"),
    ],
    "per_unit": [
        ({"products": {}}, "products", "not_a_table"),
        ({"products": {"plus": {}}}, "products", "not_amounts"),
        ({"max_units": 0}, "max_units", "out_of_bounds"),
    ],
    "by_product": [({"products": ["roof"]}, "products", "not_a_table"), ({}, "products", "missing")],
    "by_region": [({"regions": {"": {"USD": 1}}}, "regions", "not_named")],
    "demand": [({"region": "north"}, "demand", "unknown_parameter")],
    "milestones": [
        ({"milestones": {"0": {"USD": 1}}}, "milestones", "not_a_number"),
        ({"milestones": {"05": {"USD": 1}}}, "milestones", "not_a_number"),
        ({"milestones": {5: {"USD": 1}}}, "milestones", "not_a_number"),
        ({"milestones": {"²": {"USD": 1}}}, "milestones", "not_a_number"),
        ({"milestones": {"5": {"USD": 0}}}, "milestones", "out_of_bounds"),
    ],
    "steps": [
        ({"steps": {"50": 4_000, "100": 4_000}}, "steps", "not_rising"),
        ({"steps": {"50": 10_001}}, "steps", "out_of_bounds"),
        ({"steps": {"50": 4_000}, "of": "all"}, "of", "not_a_choice"),
        ({"steps": {}}, "steps", "not_a_table"),
    ],
    "tier_multiplier": [({"multiplier": 2}, "tier_multiplier", "unknown_parameter")],
    "weighted_draw": [
        ({"prizes": []}, "prizes", "not_a_list"),
        ({"prizes": ["kettle"]}, "prizes", "not_settings"),
        ({"prizes": [{"weight": 0, "amount": 1, "unit": "USD"}]}, "weight", "out_of_bounds"),
        ({"prizes": [{"weight": 1, "amount": -1, "unit": "USD"}]}, "amount", "out_of_bounds"),
        ({"prizes": [{"weight": 1, "amount": 1}]}, "unit", "missing"),
        ({"prizes": [{"weight": 1, "amount": 1, "unit": "USD", "stock": 3}]}, "prizes", "unknown_parameter"),
    ],
}


@pytest.mark.parametrize(
    ("name", "parameters", "field", "code"), [(name, *row) for name, rows in REFUSED.items() for row in rows]
)
def test_a_calculator_refuses_nonsense(name: str, parameters: Any, field: str, code: str) -> None:
    with pytest.raises(BadParameters) as refusal:
        calculator_build(name, parameters)
    assert (refusal.value.field, refusal.value.code) == (field, code)
    assert set(REFUSED) >= set(CALCULATORS)


@pytest.mark.parametrize(
    ("name", "parameters", "units"),
    [
        ("fixed", {}, []),
        ("percent", {"basis_points": 1, "floor": {"USD": 1}, "ceiling": {"USD": 2, "EUR": 2}}, ["USD", "EUR"]),
        ("by_product", {"products": SOLAR}, ["USD", "EUR"]),
        ("milestones", NEWS, ["points", "USD", "EUR"]),
        ("steps", RIDES, []),
        ("weighted_draw", LOTS, ["USD"]),
    ],
)
def test_settings_say_which_units_they_pay_in(name: str, parameters: Known, units: list[str]) -> None:
    assert units_in(CALCULATORS[name].parameters, parameters) == units


# --- what holds for all numbers ---------------------------------------------------------------------------------------

CENTS = st.integers(1, 10**9)


def reckon(name: str, parameters: Known, known: Facts, amounts: dict[str, int] | None = None) -> Reckoning:
    return calculator_build(name, parameters).calculate(Offer(amounts or {}, LENA), known)


def amount(reckoned: Reckoning) -> int:
    assert reckoned.value
    return reckoned.value.amount


@given(
    sale=st.integers(0, 10**12), points=st.integers(1, 10_000), low=st.integers(1, 10**6), room=st.integers(0, 10**6)
)
def test_a_share_is_never_outside_its_bounds_nor_off_by_more_than_half(
    sale: int, points: int, low: int, room: int
) -> None:
    sold = facts(value=Value(sale, "USD"))
    bounds = {"floor": {"USD": low}, "ceiling": {"USD": low + room}}
    assert low <= amount(reckon("percent", {"basis_points": points} | bounds, sold)) <= low + room
    share = amount(reckon("percent", {"basis_points": points}, sold))
    assert 2 * abs(share * 10_000 - sale * points) <= 10_000


@given(whole=CENTS, shares=st.lists(st.integers(1, 10_000), min_size=1, max_size=8, unique=True))
def test_steps_add_up_to_the_last_share_to_the_cent(whole: int, shares: list[int]) -> None:
    steps = {str(10 * number): share for number, share in enumerate(sorted(shares), start=1)}
    paid = [amount(reckon("steps", {"steps": steps}, facts(sequence=int(at)), {"USD": whole})) for at in steps]
    all_at_once = amount(reckon("steps", {"steps": {"1": max(shares)}}, facts(sequence=1), {"USD": whole}))
    assert sum(paid) == all_at_once


@given(st.lists(st.integers(1, 6), min_size=1, max_size=5))
def test_of_as_many_draws_as_there_are_lots_each_prize_comes_as_often_as_its_weight_says(weights: list[int]) -> None:
    prizes = [{"weight": weight, "amount": 100 + place, "unit": "USD"} for place, weight in enumerate(weights)]
    drawn = [amount(reckon("weighted_draw", {"prizes": prizes}, facts(draw=draw))) for draw in range(sum(weights))]
    assert [drawn.count(100 + place) for place in range(len(weights))] == weights


@given(draw=st.integers(0, 2**256))
def test_the_same_number_draws_the_same_prize(draw: int) -> None:
    once, again = (reckon("weighted_draw", LOTS, facts(draw=draw)) for _look in range(2))
    assert once == again


@given(
    lines=st.lists(st.tuples(st.sampled_from(sorted(SEATS)), st.integers(0, 30)), max_size=6),
    most=st.integers(1, 60),
    order=st.randoms(),
)
def test_the_order_of_lines_makes_no_difference(lines: list[tuple[str, int]], most: int, order: Any) -> None:
    shuffled = order.sample(lines, len(lines))
    one, other = (
        reckon("per_unit", {"products": SEATS, "max_units": most}, facts(items=tuple(Item(*line) for line in each)))
        for each in (lines, shuffled)
    )
    assert one == other


@given(base=CENTS, multiplier=st.integers(1, 1_000_000))
def test_a_multiplier_rounds_once(base: int, multiplier: int) -> None:
    tier = {"parties": {"advocate": replace(LENA, tier=Tier("any", 1, multiplier))}}
    given_amount = amount(reckon("tier_multiplier", {}, facts(**tier), {"USD": base}))
    assert 2 * abs(given_amount * 10_000 - base * multiplier) <= 10_000
