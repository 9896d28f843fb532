from dataclasses import replace
from datetime import timedelta

import pytest

from advocates.models import Contact, Purchase
from advocates.services.contacts import ContactFacts
from advocates.services.returns import ReturnedOrder, purchase_take_back, purchases_returned
from campaigns.models import Campaign
from config.lib.money import BadAmount, CurrencyMismatch, Money
from referrals.errors import (
    BadEventType,
    BadTime,
    EventIdReused,
    FriendMissing,
    RefundTooLarge,
    UnknownCampaign,
    UnknownEvent,
)
from referrals.models import Referral, ReferralEvent
from referrals.services.events import COUPON_OWNERS, EventFacts, event_record, refund_record
from referrals.services.referrals import referral_move
from tests.cast import BEN, LENA, NOOR, contact_of
from tests.factories.campaigns import campaign_made
from tests.factories.referrals import enrolled, referred

pytestmark = pytest.mark.django_db


@pytest.fixture
def sale(now) -> EventFacts:
    """Ben buys for 50.00 USD."""
    return EventFacts(
        event_id="order-1",
        type="purchase",
        occurred_at=now,
        friend=ContactFacts(email=BEN.email),
        amount=Money(5_000, "USD"),
    )


def record(facts: EventFacts, *, now):
    return event_record(facts=facts, source="shop", now=now)


def refund(*, now, refunds="order-1", event_id="refund-1", amount=None, source="shop"):
    return refund_record(source=source, event_id=event_id, refunds=refunds, amount=amount, reason="Sent back", now=now)


def test_a_sale_wins_the_referral(ben, sale, now):
    event = record(sale, now=now).event

    ben.refresh_from_db()
    assert (event.referral, event.sequence) == (ben, 1)
    assert (event.status_from, event.status_to) == ("submitted", "converted")
    assert (ben.status, ben.deal_amount, ben.converted_at) == ("converted", 5_000, now)


def test_every_purchase_is_also_the_persons_own(company, sale, now):
    event = record(replace(sale, items=[{"sku": "A", "quantity": 2}, {"sku": "B", "quantity": 1}]), now=now).event

    purchase = Purchase.objects.get()
    assert (event.referral, purchase.external_id, purchase.amount, purchase.quantity) == (None, "order-1", 5_000, 3)
    assert Contact.objects.get(pk=event.contact_id).purchases_count == 1


def test_later_sales_are_repeat_business(ben, sale, now):
    record(sale, now=now)
    later = record(replace(sale, event_id="order-2"), now=now).event

    assert (later.referral, later.sequence, later.status_to) == (ben, 2, "")


def test_the_same_event_again_changes_nothing(ben, sale, now):
    first = record(sale, now=now)
    again = record(replace(sale, occurred_at=now - timedelta(hours=1), metadata={"a": 1}), now=now)

    assert (first.duplicate, again.duplicate, again.event) == (False, True, first.event)
    assert (ReferralEvent.objects.filter(type="purchase").count(), Purchase.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "change",
    [
        {"type": "signup"},
        {"friend": ContactFacts(email=NOOR.email)},
        {"amount": Money(5_001, "USD")},
        {"amount": Money(5_000, "EUR")},
        {"amount": None},
        {"items": [{"sku": "A"}]},
        {"campaign": "give-and-get"},
        {"referral_code": "ABCDEFGHJK"},
        {"coupon": "ABCDEFGHJK"},
    ],
    ids=["type", "person", "amount", "currency", "no amount", "items", "campaign", "code", "coupon"],
)
def test_an_event_id_means_one_thing_only(ben, sale, now, change):
    record(sale, now=now)

    with pytest.raises(EventIdReused):
        record(replace(sale, **change), now=now)

    assert ReferralEvent.objects.filter(type="purchase").count() == 1


def test_another_spelling_of_the_address_is_the_same_person(ben, sale, now):
    record(sale, now=now)

    assert record(replace(sale, friend=ContactFacts(email="BenCarter+shop@googlemail.com")), now=now).duplicate


def test_two_shops_may_use_the_same_number(ben, sale, now):
    record(sale, now=now)

    assert not event_record(facts=sale, source="till", now=now).duplicate


def test_a_code_brings_the_referral_about_and_wins_it(link, sale, now):
    event = record(replace(sale, referral_code=link.code.lower()), now=now).event

    assert (event.referral.method, event.referral.status) == ("code", "converted")
    assert list(event.referral.events.order_by("pk").values_list("type", "sequence")) == [
        ("claimed", 1),
        ("purchase", 1),
    ]


def test_the_code_of_the_day_does_not_displace_who_recommended(ben, other_link, sale, now):
    assert record(replace(sale, referral_code=other_link.code), now=now).event.referral == ben


@pytest.mark.parametrize("code", ["ABCDEFGHJK", "NOSUCHCODE", "x"])
def test_a_code_that_leads_nowhere_still_leaves_the_sale(company, sale, now, code):
    event = record(replace(sale, referral_code=code), now=now).event

    assert (event.referral, Purchase.objects.count()) == (None, 1)


def test_a_customer_with_a_code_buys_without_a_referral(link, sale, now):
    contact_of(BEN, purchases_count=2)

    event = record(replace(sale, referral_code=link.code), now=now).event

    assert (event.referral, event.reason) == (None, "existing_customer")


def test_an_advocate_with_their_own_code_buys_without_a_referral(link, sale, now):
    event = record(replace(sale, friend=ContactFacts(email=LENA.email), referral_code=link.code), now=now).event

    assert (event.referral, event.reason) == (None, "self_referral")


def test_a_coupon_says_who_bought(ben, sale, now, monkeypatch):
    monkeypatch.setattr(COUPON_OWNERS, "_entries", {"test": lambda code: ben if code == "SPRING" else None})

    event = record(replace(sale, friend=None, coupon="SPRING"), now=now).event

    assert (event.contact, event.referral) == (ben.friend, ben)


def test_somebody_elses_coupon_makes_a_referral_of_its_own(ben, sale, now, monkeypatch):
    monkeypatch.setattr(COUPON_OWNERS, "_entries", {"test": lambda code: ben})

    event = record(replace(sale, friend=ContactFacts(email=NOOR.email), coupon="SPRING"), now=now).event

    assert (event.referral.method, event.referral.advocate) == ("coupon", ben.advocate)
    assert event.referral != ben


def test_without_a_campaign_the_newest_referral_counts(ben, sale, now):
    newer = referred(enrolled(campaign_made(), now=now), now=now + timedelta(minutes=1))

    assert record(replace(sale, occurred_at=now + timedelta(minutes=2)), now=now).event.referral == newer


def test_with_a_campaign_that_one_counts(ben, sale, now):
    referred(enrolled(campaign_made(), now=now), now=now)

    assert record(replace(sale, campaign="give-and-get"), now=now).event.referral == ben


def test_after_the_credit_window_a_sale_is_only_a_sale(ben, sale, now):
    late = now + timedelta(days=365, seconds=1)

    assert record(replace(sale, occurred_at=late), now=late).event.referral is None


def test_a_rejected_referral_gets_no_sale(ben, maya, sale, now):
    referral_move(referral=ben, to="rejected", actor=maya, reason="Twice", now=now)

    assert record(sale, now=now).event.referral is None


def test_a_lost_referral_converts_all_the_same(ben, maya, sale, now):
    referral_move(referral=ben, to="lost", actor=maya, reason="Budget", now=now)

    event = record(sale, now=now).event

    assert (event.status_from, event.status_to) == ("lost", "converted")
    ben.refresh_from_db()
    assert ben.lost_reason == ""


def test_progress_does_not_convert(ben, sale, now):
    event = record(replace(sale, type="signup", amount=None), now=now).event

    ben.refresh_from_db()
    assert (event.referral, event.sequence, event.status_to, ben.status) == (ben, 1, "", "submitted")
    assert Purchase.objects.count() == 0


def test_the_sale_behind_the_consoles_word_is_not_counted_again(ben, maya, sale, now):
    won = referral_move(referral=ben, to="converted", actor=maya, now=now, deal=Money(5_000, "USD"))

    proof = record(sale, now=now).event
    later = record(replace(sale, event_id="order-2"), now=now).event

    assert (proof.evidence_for, proof.sequence) == (won, 0)
    assert (later.evidence_for, later.sequence) == (None, 2)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"type": "claimed"}, BadEventType),
        ({"type": "refund"}, BadEventType),
        ({"type": "converted"}, BadEventType),
        ({"type": "Drop table"}, BadEventType),
        ({"friend": None}, FriendMissing),
        ({"campaign": "no-such"}, UnknownCampaign),
        ({"amount": Money(-1, "USD")}, BadAmount),
    ],
)
def test_what_cannot_be_recorded(company, sale, now, change, error):
    with pytest.raises(error):
        record(replace(sale, **change), now=now)

    assert (ReferralEvent.objects.count(), Purchase.objects.count()) == (0, 0)


@pytest.mark.parametrize("away", [timedelta(days=-90, seconds=-1), timedelta(minutes=5, seconds=1)])
def test_an_event_is_neither_old_news_nor_a_prophecy(company, sale, now, away):
    with pytest.raises(BadTime):
        record(replace(sale, occurred_at=now + away), now=now)


# --- refunds ----------------------------------------------------------------------------------------------------------


def test_a_refund_takes_back_all_that_is_left(ben, sale, now):
    sold = record(sale, now=now).event

    first = refund(now=now, amount=Money(2_000, "USD")).event
    rest = refund(now=now, event_id="refund-2").event

    assert (first.takes_back, first.amount, first.referral) == (sold, 2_000, ben)
    assert (rest.takes_back, rest.amount) == (sold, 3_000)


def test_what_was_given_back_is_not_counted(ben, sale, now):
    record(sale, now=now)
    refund(now=now)

    assert record(replace(sale, event_id="order-2"), now=now).event.sequence == 1


def test_half_a_refund_leaves_the_sale_standing(ben, sale, now):
    record(sale, now=now)
    refund(now=now, amount=Money(2_500, "USD"))

    assert record(replace(sale, event_id="order-2"), now=now).event.sequence == 2


def test_a_refund_told_twice_counts_once(ben, sale, now):
    record(sale, now=now)
    first = refund(now=now)

    again = refund(now=now)

    assert (again.duplicate, again.event) == (True, first.event)


def test_a_refund_id_means_one_thing_only(ben, sale, now):
    record(sale, now=now)
    record(replace(sale, event_id="order-2"), now=now)
    refund(now=now, amount=Money(100, "USD"))

    with pytest.raises(EventIdReused):
        refund(now=now, amount=Money(200, "USD"))
    with pytest.raises(EventIdReused):
        refund(now=now, refunds="order-2", amount=Money(100, "USD"))


@pytest.mark.parametrize("amount", [5_001, 0, -1])
def test_no_more_is_given_back_than_was_paid(ben, sale, now, amount):
    record(sale, now=now)

    with pytest.raises(RefundTooLarge):
        refund(now=now, amount=Money(amount, "USD"))


def test_nothing_is_left_after_all_of_it(ben, sale, now):
    record(sale, now=now)
    refund(now=now)

    with pytest.raises(RefundTooLarge):
        refund(now=now, event_id="refund-2")


def test_a_refund_is_in_the_currency_of_the_sale(ben, sale, now):
    record(sale, now=now)

    with pytest.raises(CurrencyMismatch):
        refund(now=now, amount=Money(100, "EUR"))


def test_only_an_outside_event_of_that_source_can_be_refunded(ben, sale, now):
    record(sale, now=now)
    claimed = ben.events.get(type="claimed")

    with pytest.raises(UnknownEvent):
        refund(now=now, source="till")
    with pytest.raises(UnknownEvent):
        refund(now=now, refunds=claimed.event_id)


def test_an_event_without_an_amount_goes_back_whole(ben, sale, now):
    record(replace(sale, type="signup", amount=None), now=now)

    back = refund(now=now).event

    assert (back.amount, back.unit) == (None, "")
    with pytest.raises(RefundTooLarge):
        refund(now=now, event_id="refund-2")


def test_a_test_campaigns_events_are_tests(sale, now, company):
    referral = referred(enrolled(campaign_made(), now=now), now=now)
    Referral.objects.filter(pk=referral.pk).update(is_test=True)

    assert record(sale, now=now).event.is_test
    assert Campaign.objects.count() == 1


def test_a_refunded_sale_no_longer_counts_for_the_customer(company, sale, now):
    friend = record(sale, now=now).event.contact
    refund(now=now, amount=Money(2_000, "USD"))
    friend.refresh_from_db()
    assert (friend.purchases_count, friend.lifetime_amount) == (1, 3_000)

    refund(now=now, event_id="refund-2")

    friend.refresh_from_db()
    assert (friend.purchases_count, friend.lifetime_amount) == (0, 0)
    assert Purchase.objects.get().status == Purchase.Status.RETURNED


def test_a_refund_told_again_counts_back_once(company, sale, now):
    friend = record(sale, now=now).event.contact
    for _again in range(2):
        refund(now=now, amount=Money(2_000, "USD"))
    friend.refresh_from_db()
    assert friend.lifetime_amount == 3_000


def test_a_refused_refund_counts_nothing_back(company, sale, now):
    friend = record(sale, now=now).event.contact
    with pytest.raises(RefundTooLarge):
        refund(now=now, amount=Money(5_001, "USD"))
    friend.refresh_from_db()
    assert friend.lifetime_amount == 5_000


def test_a_sale_that_was_counted_back_before_can_still_be_refunded(company, sale, now):
    event = record(sale, now=now).event
    order = ReturnedOrder("order-1", "cancelled", now)
    purchases_returned(source="shop", orders=[order])
    assert refund(now=now).event.takes_back == event
    assert Purchase.objects.get().status == Purchase.Status.CANCELLED


def test_what_staff_take_back_of_a_sale_is_a_refund_of_its_event(company, sale, maya, now):
    event = record(sale, now=now).event
    purchase_take_back(
        purchase=Purchase.objects.get(), money=None, kind="cancelled", actor=maya, reason="Called off", now=now
    )
    taken = event.taken_back_by.get()
    assert (taken.amount, taken.reason) == (5_000, "Called off")
    assert Purchase.objects.get().status == Purchase.Status.CANCELLED
