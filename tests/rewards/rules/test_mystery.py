"""Gifts by weight and stock: the draw, its odds, and what it costs on average, beside a simulation."""

import random
from fractions import Fraction
from math import sqrt
from statistics import fmean, stdev

import pytest

from rewards.rules.mystery import Lot, TooMany, drawn, expected, expected_cost, odds

A = Lot("headphones", weight=1, cost=9_000, stock=3)
B = Lot("mug", weight=4, cost=800, stock=10)
C = Lot("sticker", weight=15, cost=50)
POOL = [A, B, C]


def played(lots: list[Lot], draws: int, dice: random.Random) -> int:
    """What one run of so many draws costs."""
    left = {lot.item: lot.stock for lot in lots}
    cost = 0
    for _draw in range(draws):
        there = [Lot(lot.item, lot.weight, lot.cost, left[lot.item]) for lot in lots]
        lot = drawn(there, dice.getrandbits(64))
        if lot is None:
            break
        cost += lot.cost
        if lot.stock is not None:
            left[lot.item] = lot.stock - 1
    return cost


def test_one_draw_costs_what_the_weights_say() -> None:
    assert expected_cost(POOL, 1) == Fraction(1 * 9_000 + 4 * 800 + 15 * 50, 20)
    assert expected_cost(POOL, 0) == 0


def test_two_draws_reckon_with_a_lot_that_runs_out() -> None:
    only_one, endless = Lot("one", weight=1, cost=100, stock=1), Lot("more", weight=1, cost=10)
    # Half: the one, then surely the other. Half: the other, then half and half.
    assert expected_cost([only_one, endless], 2) == Fraction(1, 2) * 110 + Fraction(1, 2) * (10 + Fraction(110, 2))


def test_never_more_than_there_is_and_every_draw_brings_one_thing() -> None:
    counts, _cost = expected(POOL, 60)
    assert counts[0] < 3
    assert counts[1] < 10
    assert sum(counts) == 60
    all_of_it, cost = expected([A, B], 60)
    assert list(all_of_it) == [3, 10], "gone by then"
    assert cost == 3 * 9_000 + 10 * 800


def test_it_agrees_with_a_simulation_within_three_standard_errors() -> None:
    dice = random.Random(20_261_116)
    costs = [played(POOL, 40, dice) for _run in range(600)]
    error = stdev(costs) / sqrt(len(costs))
    assert abs(fmean(costs) - float(expected_cost(POOL, 40))) < 3 * error


def test_the_odds_are_those_of_what_is_left() -> None:
    assert odds(POOL) == {"headphones": Fraction(1, 20), "mug": Fraction(4, 20), "sticker": Fraction(15, 20)}
    gone = Lot("headphones", weight=1, stock=0)
    assert odds([gone, B, C]) == {"mug": Fraction(4, 19), "sticker": Fraction(15, 19)}
    assert {drawn([gone, B], number).item for number in range(8) if drawn([gone, B], number)} == {"mug"}  # type: ignore[union-attr]
    assert drawn([gone], 7) is None


def test_each_lot_has_so_many_numbers_as_its_weight() -> None:
    items = [lot.item for number in range(20) if (lot := drawn(POOL, number))]
    assert items == ["headphones"] + ["mug"] * 4 + ["sticker"] * 15


def test_what_cannot_be_reckoned_is_said_not_guessed() -> None:
    wide = [Lot(str(number), weight=1, stock=50) for number in range(12)]
    with pytest.raises(TooMany):
        expected_cost(wide, 60)
