from datetime import UTC, date, datetime, timedelta

import pytest

from advocates.errors import EventIdReused, ReturnTooLarge
from advocates.models import AuditEntry, Contact, Purchase, PurchaseReturn
from advocates.services.contacts import ContactFacts, contact_upsert
from advocates.services.purchases import purchase_record
from advocates.services.returns import ReturnedOrder, purchase_return, purchase_take_back, purchases_returned
from config.lib.money import MAX_AMOUNT, CurrencyMismatch, Money
from tests.cast import LENA, OMAR, contact_of

pytestmark = pytest.mark.django_db

MARCH = datetime(2026, 3, 1, 12, tzinfo=UTC)
APRIL, MAY = MARCH + timedelta(days=31), MARCH + timedelta(days=61)


@pytest.fixture
def lena() -> Contact:
    return contact_of(LENA)


def buy(contact, number, *, cents=10_00, unit="EUR", at=MARCH):
    money = Money(cents, unit)
    return purchase_record(contact=contact, source="shop", external_id=number, occurred_at=at, money=money)[0]


def bring_back(purchase, *, event_id="back-1", money=None, kind="returned"):
    return purchase_return(purchase=purchase, source="shop", event_id=event_id, money=money, kind=kind, occurred_at=MAY)


def figures(contact):
    contact.refresh_from_db()
    return contact.purchases_count, contact.lifetime_amount, contact.lifetime_unit


def test_a_part_that_came_back_leaves_the_purchase_counted(lena):
    sale = buy(lena, "A-1")
    bring_back(sale, money=Money(4_00, "EUR"))
    sale.refresh_from_db()
    assert (sale.status, sale.returned_amount) == (Purchase.Status.PART_RETURNED, 4_00)
    assert figures(lena) == (1, 6_00, "EUR")


def test_what_came_back_wholly_no_longer_counts(lena):
    buy(lena, "A-0")
    sale = buy(lena, "A-1", at=APRIL)
    bring_back(sale)
    sale.refresh_from_db()
    assert sale.status == Purchase.Status.RETURNED
    assert figures(lena) == (1, 10_00, "EUR")


def test_parts_add_up_to_the_whole(lena):
    sale = buy(lena, "A-1")
    bring_back(sale, money=Money(4_00, "EUR"))
    bring_back(sale, event_id="back-2", money=Money(6_00, "EUR"), kind="cancelled")
    sale.refresh_from_db()
    assert sale.status == Purchase.Status.CANCELLED
    assert figures(lena) == (0, 0, "")


def test_a_repeat_changes_nothing(lena):
    buy(lena, "A-0")
    sale = buy(lena, "A-1")
    first, is_new = bring_back(sale, money=Money(4_00, "EUR"))
    again, is_new_again = bring_back(sale, money=Money(4_00, "EUR"))
    assert (is_new, is_new_again, first) == (True, False, again)
    assert figures(lena) == (2, 16_00, "EUR")


def test_an_id_stands_for_one_return(lena):
    sale, other = buy(lena, "A-1"), buy(lena, "A-2")
    bring_back(sale, money=Money(4_00, "EUR"))
    with pytest.raises(EventIdReused):
        bring_back(sale, money=Money(5_00, "EUR"))
    with pytest.raises(EventIdReused):
        bring_back(other, money=Money(4_00, "EUR"))
    assert PurchaseReturn.objects.count() == 1


@pytest.mark.parametrize("cents", [0, -1, 10_01])
def test_more_than_is_left_or_nothing_is_refused(lena, cents):
    sale = buy(lena, "A-1")
    with pytest.raises(ReturnTooLarge, match="At most"):
        bring_back(sale, money=Money(cents, "EUR"))
    assert figures(lena) == (1, 10_00, "EUR")


def test_a_purchase_goes_back_once_and_in_its_own_currency(lena):
    sale = buy(lena, "A-1")
    with pytest.raises(CurrencyMismatch):
        bring_back(sale, money=Money(1_00, "USD"))
    bring_back(sale)
    with pytest.raises(ReturnTooLarge):
        bring_back(sale, event_id="back-2")


def test_a_sale_for_nothing_can_be_called_off(lena):
    sale = buy(lena, "A-1", cents=0)
    bring_back(sale, kind="cancelled")
    assert figures(lena) == (0, 0, "")


def test_first_and_last_day_are_those_of_what_still_counts(lena):
    sales = [buy(lena, "A-1"), buy(lena, "A-2", at=APRIL), buy(lena, "A-3", at=MAY)]
    bring_back(sales[0])
    bring_back(sales[2], event_id="back-2")
    lena.refresh_from_db()
    assert (lena.first_purchase_at, lena.last_purchase_at, lena.customer_since) == (APRIL, APRIL, date(2026, 4, 1))


def test_who_brought_everything_back_is_a_past_customer(lena):
    bring_back(buy(lena, "A-1"))
    lena.refresh_from_db()
    assert (lena.customer_since, lena.last_purchase_at, lena.is_customer) == (None, None, False)
    assert lena.relation == Contact.Relation.PAST_CUSTOMER


def test_a_day_that_another_system_told_stays():
    lena = contact_of(LENA, customer_since=date(2020, 1, 1))
    bring_back(buy(lena, "A-1"))
    lena.refresh_from_db()
    assert (lena.customer_since, lena.relation) == (date(2020, 1, 1), Contact.Relation.CUSTOMER)


def test_what_another_system_posted_loses_only_what_came_back(lena, now):
    facts = ContactFacts(external_id=LENA.external_id, purchases_count=7, lifetime_value=Money(900_00, "EUR"))
    contact_upsert(facts=facts, source="shop", now=now)
    sale = buy(lena, "A-1")
    assert figures(lena) == (8, 910_00, "EUR")
    bring_back(sale)
    assert figures(lena) == (7, 900_00, "EUR")


def test_a_posted_figure_that_left_purchases_out_never_falls_below_zero(lena, now):
    sale = buy(lena, "A-1")
    contact_upsert(facts=ContactFacts(external_id=LENA.external_id, purchases_count=0), source="shop", now=now)
    bring_back(sale)
    assert figures(lena)[0] == 0


def test_the_figure_is_never_below_what_stands_here_one_by_one(lena):
    first = buy(lena, "A-1", cents=MAX_AMOUNT)
    buy(lena, "A-2", cents=MAX_AMOUNT)
    bring_back(first)
    assert figures(lena) == (1, MAX_AMOUNT, "EUR")


def test_when_nothing_of_the_first_currency_is_left_the_next_one_leads(lena):
    first = buy(lena, "A-1")
    buy(lena, "A-2", cents=7_00, unit="USD", at=APRIL)
    bring_back(first)
    assert figures(lena) == (1, 7_00, "USD")


def test_an_import_says_how_orders_stand_and_says_so_again(lena):
    omar = contact_of(OMAR)
    for number in ("A-1", "A-2", "A-3"):
        buy(lena, number)
    buy(omar, "B-1")
    orders = [
        ReturnedOrder("A-1", "cancelled", MAY),
        ReturnedOrder("A-2", "returned", MAY, Money(3_00, "EUR")),
        ReturnedOrder("B-1", "returned", MAY, Money(99_00, "EUR")),
        ReturnedOrder("A-3", "returned", MAY, Money(3_00, "USD")),
        ReturnedOrder("unknown", "returned", MAY),
    ]
    assert purchases_returned(source="shop", orders=orders) == {"A-1", "A-2", "B-1"}
    assert purchases_returned(source="shop", orders=orders) == set()
    assert (figures(lena), figures(omar)) == ((2, 17_00, "EUR"), (0, 0, ""))
    statuses = dict(Purchase.objects.values_list("external_id", "status"))
    assert statuses == {"A-1": "cancelled", "A-2": "part", "A-3": "complete", "B-1": "returned"}


def test_an_import_takes_back_only_what_is_not_known_yet(lena):
    sale = buy(lena, "A-1")
    bring_back(sale, money=Money(3_00, "EUR"))
    orders = [ReturnedOrder("A-1", "returned", MAY, Money(5_00, "EUR"))]
    assert purchases_returned(source="shop", orders=orders) == {"A-1"}
    assert figures(lena) == (1, 5_00, "EUR")


def test_what_staff_take_back_is_in_the_trail_with_the_reason(lena, now, django_user_model):
    maya = django_user_model.objects.create_user("maya@fernway.example", "a long pass phrase", name="Maya")
    sale = buy(lena, "A-1")
    purchase_take_back(purchase=sale, money=None, kind="cancelled", actor=maya, reason="Out of stock", now=now)
    entry = AuditEntry.objects.get(verb="purchase.take_back")
    assert (entry.actor, entry.object_id, entry.reason) == (maya, str(sale.pk), "Out of stock")
    assert figures(lena) == (0, 0, "")
