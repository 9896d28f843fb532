"""Returns by real threads on PostgreSQL, each with a twin that shows the race without the guard."""

from datetime import UTC, datetime
from functools import partial
from threading import Barrier

import pytest
from django.db import transaction

from advocates.errors import ReturnTooLarge
from advocates.models import Contact, Purchase, PurchaseReturn
from advocates.services import returns
from advocates.services.contacts import ContactFacts
from advocates.services.purchases import purchase_record
from advocates.services.returns import ReturnedOrder, purchase_return, purchases_returned
from config.lib.money import Money
from referrals.services.events import EventFacts, event_record, refund_record
from tests.cast import BEN, LENA, OMAR, contact_of
from tests.concurrency.race import meet, run_together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

MARCH = datetime(2026, 3, 1, 12, tzinfo=UTC)
EURO = Money(10_00, "EUR")


@pytest.fixture
def lena():
    """A shop counts seven older purchases of hers that are not known here one by one."""
    return contact_of(LENA, purchases_count=7)


def buy(contact, number):
    return purchase_record(contact=contact, source="shop", external_id=number, occurred_at=MARCH, money=EURO)[0]


def bring_back(purchase, event_id):
    return purchase_return(
        purchase=purchase, source="shop", event_id=event_id, money=None, kind="returned", occurred_at=MARCH
    )


def unlocked(pk, *, until):
    """What purchase_locked is not: a look that holds nobody back, and then the rivals come."""
    purchase = Purchase.objects.select_related("contact").get(pk=pk)
    for barrier in until:
        meet(barrier, seconds=10)
    return purchase, purchase.contact


def count_of(contact):
    contact.refresh_from_db()
    return contact.purchases_count


def test_of_two_returns_of_everything_at_once_one_is_refused(lena):
    sale = buy(lena, "A-1")
    answers = run_together(partial(bring_back, sale, "back-1"), partial(bring_back, sale, "back-2"))
    assert sorted(isinstance(answer, ReturnTooLarge) for answer in answers) == [False, True]
    assert (count_of(lena), PurchaseReturn.objects.count()) == (7, 1)


def test_twin_without_the_lock_everything_comes_back_twice(lena, monkeypatch):
    sale = buy(lena, "A-1")
    monkeypatch.setattr(returns, "purchase_locked", partial(unlocked, until=[Barrier(2)]))
    run_together(partial(bring_back, sale, "back-1"), partial(bring_back, sale, "back-2"))
    assert PurchaseReturn.objects.count() == 2


def test_the_same_return_told_six_times_at_once_counts_once(lena):
    sale = buy(lena, "A-1")
    answers = run_together(*[partial(bring_back, sale, "back-1")] * 6)
    assert sorted(is_new for _row, is_new in answers) == [False] * 5 + [True]
    assert count_of(lena) == 7


def test_a_return_and_a_new_purchase_at_once_both_count(lena):
    sale = buy(lena, "A-1")
    run_together(partial(bring_back, sale, "back-1"), partial(buy, lena, "A-2"))
    assert count_of(lena) == 8


def test_twin_without_the_lock_the_new_purchase_is_forgotten(lena, monkeypatch):
    sale, looked, bought = buy(lena, "A-1"), Barrier(2), Barrier(2)
    monkeypatch.setattr(returns, "purchase_locked", partial(unlocked, until=[looked, bought]))

    def buy_and_say_so():
        meet(looked, seconds=10)
        buy(lena, "A-2")
        meet(bought, seconds=10)

    run_together(partial(bring_back, sale, "back-1"), buy_and_say_so)
    assert count_of(lena) == 7


def test_imports_in_opposite_order_do_not_dead_lock(lena):
    omar = contact_of(OMAR, purchases_count=3)
    numbers = [buy(contact, f"{contact.pk}-{n}").external_id for n in range(20) for contact in (lena, omar)]
    orders = [ReturnedOrder(number, "returned", MARCH) for number in numbers]
    forward = partial(purchases_returned_whole, orders)
    answers = run_together(forward, partial(purchases_returned_whole, orders[::-1]))
    assert sorted(map(len, answers)) == [0, 40]
    assert (count_of(lena), count_of(omar)) == (7, 3)


def purchases_returned_whole(orders):
    with transaction.atomic():
        return purchases_returned(source="shop", orders=orders)


def test_refunds_and_sales_of_one_person_do_not_dead_lock(company, now):
    def sale(number):
        friend = ContactFacts(email=BEN.email)
        facts = EventFacts(event_id=number, type="purchase", occurred_at=now, friend=friend, amount=EURO)
        return event_record(facts=facts, source="shop", now=now)

    def refund(number):
        return refund_record(source="shop", event_id=f"back-{number}", refunds=number, amount=None, reason="", now=now)

    old, new = [f"old-{n}" for n in range(4)], [f"new-{n}" for n in range(4)]
    for number in old:
        sale(number)
    answers = run_together(*[partial(refund, number) for number in old], *[partial(sale, number) for number in new])
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert count_of(Contact.objects.get(keys__value=BEN.email.replace(".", "", 1))) == 4
