"""What can be asked about purchases, and how good a customer the customer-base model takes somebody for."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.formats import number_format
from django.utils.translation import gettext as _, gettext_lazy

from advocates.models import Contact, CustomerScore
from advocates.segments.build import (
    PURCHASES,
    bounds,
    column_since,
    column_within,
    days_field,
    no_choice,
    number_field,
    rows_of,
)
from advocates.segments.people import day_words
from advocates.segments.registry import SegmentField
from advocates.segments.wording import phrase_of
from config.lib.money import Money, money_words

# The model reckons in thousandths and basis points; people ask in whole numbers and percent.
MILLI = 1000
PERCENT_BP = 100


def score_within(column: str, scale: int = 1) -> Callable[[int | None, int | None], Q]:
    """Who has no score yet is nowhere in."""
    within = column_within(column, scale)
    return lambda low, high: Q(rows_of(CustomerScore.objects.filter(within(low, high))))


def value_where(operator: str, value: Any, _now: datetime) -> Q:
    """Nothing is converted: who buys in another currency is not in."""
    low, high = bounds(operator, [value["amount"], value["to"]] if operator == "between" else value["amount"])
    met = Q(lifetime_unit=value["unit"])
    met &= Q() if low is None else Q(lifetime_amount__gte=low)
    return met & (Q() if high is None else Q(lifetime_amount__lte=high))


def value_words(contact: Contact) -> str:
    if not contact.lifetime_unit:
        return _("none")
    return money_words(Money(contact.lifetime_amount, contact.lifetime_unit))


def score_words(column: str, scale: int = 1) -> Callable[[Contact], str]:
    def words(contact: Contact) -> str:
        reckoned = getattr(getattr(contact, "score", None), column, None)
        if reckoned is None:
            return _("not reckoned yet")
        return number_format(reckoned / scale, decimal_pos=1) if scale > 1 else str(reckoned)

    return words


VALUE_LABEL = gettext_lazy("Bought for in all")

CUSTOMER_FIELDS = (
    number_field(
        "purchases",
        gettext_lazy("Purchases"),
        PURCHASES,
        column_within("purchases_count"),
        lambda contact: str(contact.purchases_count),
    ),
    SegmentField(
        "value",
        VALUE_LABEL,
        "money",
        PURCHASES,
        value_where,
        phrase_of(VALUE_LABEL, "money", no_choice),
        tell=value_words,
    ),
    days_field(
        "last_purchase",
        gettext_lazy("Latest purchase"),
        PURCHASES,
        column_since("last_purchase_at"),
        day_words("last_purchase_at"),
    ),
    days_field(
        "first_purchase",
        gettext_lazy("First purchase"),
        PURCHASES,
        column_since("first_purchase_at"),
        day_words("first_purchase_at"),
    ),
    number_field(
        "recency",
        gettext_lazy("Recency, in fifths (5 is best)"),
        PURCHASES,
        score_within("recency"),
        score_words("recency"),
    ),
    number_field(
        "frequency",
        gettext_lazy("Frequency, in fifths (5 is best)"),
        PURCHASES,
        score_within("frequency"),
        score_words("frequency"),
    ),
    number_field(
        "value_fifth",
        gettext_lazy("Value, in fifths (5 is best)"),
        PURCHASES,
        score_within("value"),
        score_words("value"),
    ),
    number_field(
        "alive",
        gettext_lazy("Chance to be still active, in percent"),
        PURCHASES,
        score_within("alive_bp", PERCENT_BP),
        score_words("alive_bp", PERCENT_BP),
    ),
    number_field(
        "expected",
        gettext_lazy("Purchases expected within a year"),
        PURCHASES,
        score_within("expected_milli", MILLI),
        score_words("expected_milli", MILLI),
    ),
)
