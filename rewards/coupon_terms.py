"""What a coupon is good for: one answer at the checkout, when it is redeemed, and when a sale names it. No database."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from config.lib.errors import DomainError
from config.lib.money import Money, money_words
from config.lib.units import PERCENT
from rewards.errors import (
    CouponAmountMissing,
    CouponCurrency,
    CouponMinimumNotReached,
    CouponNotFirstOrder,
    CouponProductMissing,
)
from rewards.models import CouponPool
from rewards.rules.facts import Item


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody buys. `value` None: nobody told it. `is_reduced`: it is what is left after the discount."""

    value: Money | None
    items: Sequence[Item] = ()
    is_first: bool = True
    is_reduced: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """`worth`: an amount of a currency, or percent in basis points. `products`: empty for everything."""

    worth: Money
    minimum: Money | None = None
    products: frozenset[str] = frozenset()
    is_first_order_only: bool = False

    def applies_to(self, item: Item) -> bool:
        return not self.products or item.product in self.products or item.sku in self.products


def terms_of(worth: Money, pool: CouponPool | None) -> Terms:
    if pool is None:
        return Terms(worth)
    minimum = Money(pool.minimum, pool.minimum_unit) if pool.minimum else None
    return Terms(worth, minimum, frozenset(pool.products), pool.is_first_order_only)


def refusals(terms: Terms, order: Order) -> list[DomainError]:
    """Why the coupon is not good for this order, the first the most telling; empty when it is."""
    found = [_currency(terms, order), _minimum(terms, order), _products(terms, order), _first_order(terms, order)]
    return [refusal for refusal in found if refusal]


def discount(terms: Terms, order: Order) -> Money:
    """What goes off an order that it is good for, at most all of what it covers; rounded once, half away from zero.

    Raises CouponAmountMissing where it covers only a part of the order and nobody told what that part costs.
    """
    covered = _covered(terms, order)
    return _off(terms.worth, covered)


def _off(worth: Money, covered: Money) -> Money:
    if worth.unit == PERCENT:
        return covered.share(worth.amount)
    return min(worth, covered, key=lambda money: money.amount)


def _covered(terms: Terms, order: Order) -> Money:
    if order.value is None:
        raise CouponAmountMissing(_("Tell the amount of the order."))
    if all(terms.applies_to(item) for item in order.items):
        return order.value
    covered = [item.amount for item in order.items if terms.applies_to(item)]
    told = [amount for amount in covered if amount is not None]
    if len(told) < len(covered):
        raise CouponAmountMissing(_("This coupon is for some products only: tell the amount of each item."))
    return Money(min(sum(told), order.value.amount), order.value.unit)


def _currency(terms: Terms, order: Order) -> DomainError | None:
    """Nothing is converted."""
    wanted = [terms.worth] if terms.worth.unit != PERCENT else []
    wanted += [terms.minimum] if terms.minimum else []
    other = [money for money in wanted if order.value and money.unit != order.value.unit]
    if not other:
        return None
    return CouponCurrency(_("This coupon is for orders in %(currency)s.") % {"currency": other[0].unit})


def _minimum(terms: Terms, order: Order) -> DomainError | None:
    minimum = terms.minimum
    if minimum is None or (order.value and minimum.unit != order.value.unit):
        return None
    # A sale tells what was paid: as much as is left of the least order once the coupon has gone off it.
    least = minimum - _off(terms.worth, minimum) if order.is_reduced and _same(terms, minimum) else minimum
    if order.value and least <= order.value:
        return None
    values = {"amount": money_words(minimum)}
    if order.value is None:
        return CouponMinimumNotReached(_("This coupon is for orders of at least %(amount)s: tell the amount.") % values)
    return CouponMinimumNotReached(_("This coupon is for orders of at least %(amount)s.") % values)


def _same(terms: Terms, minimum: Money) -> bool:
    return terms.worth.unit in (PERCENT, minimum.unit)


def _products(terms: Terms, order: Order) -> DomainError | None:
    if not terms.products or any(terms.applies_to(item) and item.quantity > 0 for item in order.items):
        return None
    values: dict[str, Any] = {"products": ", ".join(sorted(terms.products))}
    return CouponProductMissing(_("This coupon is only for %(products)s.") % values)


def _first_order(terms: Terms, order: Order) -> DomainError | None:
    if not terms.is_first_order_only or order.is_first:
        return None
    return CouponNotFirstOrder(_("This coupon is for a first order only."))
