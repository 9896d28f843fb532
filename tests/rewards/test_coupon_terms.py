"""What a coupon takes off which order: to the cent, and alike at the checkout and when the sale is told."""

import pytest

from config.lib.money import Money
from rewards.coupon_terms import Order, Terms, discount, refusals
from rewards.errors import CouponAmountMissing
from rewards.rules.facts import Item

FORTY = Terms(Money(4_000, "USD"), minimum=Money(7_500, "USD"))
FIFTH = Terms(Money(2_000, "percent"))


def usd(amount: int) -> Money:
    return Money(amount, "USD")


def codes(terms: Terms, order: Order) -> list[str]:
    return [refusal.code for refusal in refusals(terms, order)]


@pytest.mark.parametrize(
    ("terms", "before", "off"),
    [
        (FIFTH, 8_000, 1_600),
        (FORTY, 9_000, 4_000),
        (Terms(usd(4_000)), 3_000, 3_000),
        (Terms(Money(1_250, "percent")), 999, 125),
        (Terms(Money(10_000, "percent")), 999, 999),
    ],
)
def test_what_goes_off_is_reckoned_once_and_never_more_than_the_order(terms: Terms, before: int, off: int) -> None:
    assert discount(terms, Order(usd(before))) == usd(off)


@pytest.mark.parametrize(
    ("order", "why"),
    [
        (Order(usd(7_499)), ["minimum_not_reached"]),
        (Order(usd(7_500)), []),
        (Order(None), ["minimum_not_reached"]),
        (Order(Money(9_000, "EUR")), ["currency_mismatch"]),
        # The sale tells what was paid: 75.00 less 40.00.
        (Order(usd(3_500), is_reduced=True), []),
        (Order(usd(3_499), is_reduced=True), ["minimum_not_reached"]),
    ],
)
def test_the_least_order_counts_before_the_discount_and_is_inclusive(order: Order, why: list[str]) -> None:
    assert codes(FORTY, order) == why


def test_a_percentage_of_the_least_order_is_known_from_what_was_paid() -> None:
    third = Terms(Money(3_333, "percent"), minimum=usd(7_500))
    assert codes(third, Order(usd(5_000), is_reduced=True)) == []
    assert codes(third, Order(usd(4_999), is_reduced=True)) == ["minimum_not_reached"]


def test_a_coupon_for_some_products_takes_its_part_of_those_only() -> None:
    terms = Terms(Money(2_000, "percent"), products=frozenset({"tea", "T-1"}))
    tea, cups = Item("tea", 2, 3_000), Item("cups", 1, 5_000)
    assert discount(terms, Order(usd(8_000), [tea, cups])) == usd(600)
    assert discount(terms, Order(usd(5_000), [Item("", 1, 5_000, "T-1")])) == usd(1_000)
    assert codes(terms, Order(usd(5_000), [cups])) == ["product_missing"]
    with pytest.raises(CouponAmountMissing):
        discount(terms, Order(usd(8_000), [Item("tea"), cups]))


def test_a_first_order_is_the_first() -> None:
    terms = Terms(Money(2_000, "percent"), is_first_order_only=True)
    assert codes(terms, Order(usd(100), is_first=False)) == ["not_first_order"]
    assert codes(terms, Order(usd(100))) == []
