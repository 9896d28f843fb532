from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, strategies as st

from config.lib.money import MAX_AMOUNT, BadAmount, CurrencyMismatch, Money, money_words
from config.lib.rounding import round_half_away
from config.lib.units import UnknownUnit

amounts = st.integers(-MAX_AMOUNT // 2, MAX_AMOUNT // 2)
units = st.sampled_from(["USD", "EUR", "JPY", "KWD", "MB", "points"])


@pytest.mark.parametrize("amount", [12.0, "12", True, None, Decimal(12)])
def test_only_whole_numbers_are_money(amount):
    with pytest.raises(BadAmount):
        Money(amount, "USD")


@pytest.mark.parametrize("amount", [MAX_AMOUNT + 1, -MAX_AMOUNT - 1])
def test_an_amount_has_bounds(amount):
    with pytest.raises(BadAmount):
        Money(amount, "USD")


@pytest.mark.parametrize("unit", ["usd", "DEM", "XXX", "", "BTC", "mb"])
def test_a_unit_must_be_known_and_in_use(unit):
    with pytest.raises(UnknownUnit):
        Money(1, unit)


@pytest.mark.parametrize("reckon", [lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a < b, lambda a, b: a <= b])
def test_two_currencies_are_never_reckoned_together(reckon):
    with pytest.raises(CurrencyMismatch):
        reckon(Money(1, "USD"), Money(1, "EUR"))


@given(amounts, amounts, units)
def test_what_is_added_can_be_taken_away(a, b, unit):
    assert Money(a, unit) + Money(b, unit) - Money(b, unit) == Money(a, unit)


@given(amounts, amounts, units)
def test_money_is_ordered_like_its_amounts(a, b, unit):
    assert (Money(a, unit) < Money(b, unit)) == (a < b)
    assert (Money(a, unit) <= Money(b, unit)) == (a <= b)


@given(st.integers(-(10**15), 10**15), st.integers(1, 10**6))
def test_rounding_agrees_with_the_decimal_module(numerator, denominator):
    exact = Decimal(numerator) / Decimal(denominator)
    if abs(exact) < 10**12:  # beyond, Decimal's own 28 digits would round before us
        assert round_half_away(numerator, denominator) == int(exact.quantize(Decimal(1), ROUND_HALF_UP))


@pytest.mark.parametrize(
    ("numerator", "denominator", "rounded"),
    [(5, 2, 3), (-5, 2, -3), (5, -2, -3), (-5, -2, 3), (4, 3, 1), (5, 3, 2), (0, 7, 0)],
)
def test_halves_go_away_from_zero(numerator, denominator, rounded):
    assert round_half_away(numerator, denominator) == rounded


def test_nothing_is_divided_by_zero():
    with pytest.raises(ZeroDivisionError):
        round_half_away(1, 0)


def test_a_tenth_of_an_odd_amount_is_rounded_once():
    assert Money(2_495, "USD").share(1_000) == Money(250, "USD")
    assert Money(-2_495, "USD").share(1_000) == Money(-250, "USD")


@given(amounts, units)
def test_the_whole_is_all_of_it_and_nothing_is_nothing(amount, unit):
    assert Money(amount, unit).share(10_000) == Money(amount, unit)
    assert Money(amount, unit).share(0) == Money(0, unit)


@pytest.mark.parametrize(
    ("money", "language", "words"),
    [
        (Money(2_500, "USD"), "en", "$25.00"),
        (Money(2_500, "EUR"), "de", "25,00\xa0€"),
        (Money(2_500, "JPY"), "en", "¥2,500"),
        (Money(25_000, "KRW"), "ko", "₩25,000"),
        (Money(1_234, "KWD"), "de", "1,234\xa0KWD"),
        (Money(1_000, "percent"), "en", "10 %"),
        (Money(10_000, "percent"), "en", "100 %"),
        (Money(1_250, "percent"), "de", "12,5 %"),
        (Money(500, "MB"), "en", "500 MB"),
        (Money(2_500, "EUR"), "zh-hans", "€25.00"),
    ],
)
def test_an_amount_reads_as_the_person_would_write_it(money, language, words):
    assert money_words(money, language=language) == words
