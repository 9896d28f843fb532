from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from advocates.models import Contact, Purchase
from advocates.services.purchases import purchase_record
from config.lib.money import MAX_AMOUNT, Money
from tests.cast import LENA, contact_of

pytestmark = pytest.mark.django_db

MARCH = datetime(2026, 3, 1, 12, tzinfo=UTC)


def buy(contact, number, *, cents=1000, unit="EUR", at=MARCH):
    return purchase_record(contact=contact, source="shop", external_id=number, occurred_at=at, money=Money(cents, unit))


def test_a_sale_counts_once():
    lena = contact_of(LENA)
    first, is_new = buy(lena, "A-1")
    again, is_new_again = buy(lena, "A-1")
    lena.refresh_from_db()
    assert (is_new, is_new_again, first) == (True, False, again)
    assert (lena.purchases_count, lena.lifetime_amount, lena.lifetime_unit) == (1, 1000, "EUR")
    assert (lena.relation, lena.customer_since) == (Contact.Relation.CUSTOMER, date(2026, 3, 1))


def test_an_older_sale_moves_the_first_day_back():
    lena = contact_of(LENA, customer_since=date(2026, 1, 1))
    buy(lena, "A-1")
    buy(lena, "A-0", at=datetime(2025, 5, 5, tzinfo=UTC))
    lena.refresh_from_db()
    assert lena.customer_since == date(2025, 5, 5)


def test_nothing_is_converted_silently():
    lena = contact_of(LENA)
    buy(lena, "A-1", cents=1000, unit="EUR")
    buy(lena, "A-2", cents=5000, unit="USD")
    lena.refresh_from_db()
    assert (lena.purchases_count, lena.lifetime_amount, lena.lifetime_unit) == (2, 1000, "EUR")


def test_a_lifetime_beyond_the_column_stays_at_its_end():
    lena = contact_of(LENA)
    buy(lena, "A-1", cents=MAX_AMOUNT)
    buy(lena, "A-2", cents=MAX_AMOUNT)
    lena.refresh_from_db()
    assert lena.lifetime_amount == MAX_AMOUNT


def test_the_database_refuses_a_negative_sale():
    lena = contact_of(LENA)
    with pytest.raises(IntegrityError), transaction.atomic():
        buy(lena, "A-1", cents=-1)
    assert not Purchase.objects.exists()
