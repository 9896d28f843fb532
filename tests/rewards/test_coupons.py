"""The friend's code: issued at once, shown alike to everybody, used once, good again when the sale goes away."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client, RequestFactory

from advocates.services.contacts import ContactFacts
from campaigns.models import Campaign, OutboundMessage
from config.lib.money import Money
from referrals.models import Referral, ReferralEvent
from referrals.services.referrals import Entry, friend_claim, referral_review
from rewards.blocks import coupon_block
from rewards.errors import CouponExpired, CouponNotValid, CouponUsed
from rewards.ledger.check import ledger_problems
from rewards.models import Coupon, Reward
from rewards.selectors import coupon_owner
from rewards.services.evaluation import rewards_evaluate
from rewards.services.maturing import rewards_mature
from rewards.services.redeeming import coupon_use
from rewards.services.take_backs import rewards_take_back
from tests.cast import BEN, LENA, NOOR, Person, contact_of
from tests.factories.campaigns import campaign_made
from tests.factories.referrals import enrolled
from tests.factories.rewards import balances, friend_coupon

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


@pytest.fixture
def campaign(company: object, now: datetime) -> Campaign:
    campaign = campaign_made()
    friend_coupon(campaign, now=now)
    return campaign


def claim(campaign: Campaign, person: Person, *, now: datetime) -> ReferralEvent:
    enrolment = enrolled(campaign, now=now, person=LENA)
    entry = Entry(enrolment=enrolment, source="landing", method=Referral.Method.CODE)
    return friend_claim(entry=entry, friend=ContactFacts(email=person.email, name=person.name), now=now)


def sale_of(event: ReferralEvent, *, now: datetime, **facts: Any) -> ReferralEvent:
    values = {"source": "shop", "event_id": "order-1", "type": "purchase", "amount": 5_000, "unit": "USD"}
    referral = event.referral
    return ReferralEvent.objects.create(
        **(values | facts),
        contact=event.contact,
        referral=referral,
        campaign=event.campaign,
        sequence=1,
        occurred_at=now,
        recorded_at=now,
    )


def block_of(event: ReferralEvent) -> str:
    return coupon_block(RequestFactory().get("/"), event)


def test_who_leaves_an_address_has_a_code_at_once_and_by_mail(campaign: Campaign, now: datetime) -> None:
    event = claim(campaign, BEN, now=now)
    assert "hx-get" in block_of(event)
    rewards_evaluate(now)

    coupon = Coupon.objects.get()
    assert (coupon.status, coupon.amount, coupon.unit) == ("issued", 1_000, "percent")
    assert Reward.objects.get().status == "fulfilled"
    assert coupon.code in block_of(event)
    assert "hx-get" not in block_of(event)
    assert coupon.code in OutboundMessage.objects.get(mail="coupon_issued").text
    assert coupon_owner(coupon.code.lower()) == event.referral
    assert balances() == {}


def test_the_page_asks_again_until_the_code_is_there(campaign: Campaign, now: datetime, client: Client) -> None:
    event = claim(campaign, BEN, now=now)
    url = block_of(event).split('hx-get="')[1].split('"')[0]
    assert "hx-get" in client.get(url).content.decode()
    rewards_evaluate(now)
    assert Coupon.objects.get().code in client.get(url).content.decode()
    assert client.get(url.replace("coupon/evt", "coupon/evx")).status_code == 404


def test_a_refused_claim_gets_a_code_that_looks_like_any_other_and_is_void(campaign: Campaign, now: datetime) -> None:
    contact_of(NOOR, customer_since=now.date() - timedelta(days=300))
    refused, accepted = claim(campaign, NOOR, now=now), claim(campaign, BEN, now=now)
    assert refused.type == ReferralEvent.CLAIM_REFUSED
    rewards_evaluate(now)

    void = Coupon.objects.get(event=refused)
    assert (void.status, void.void_reason, void.reward) == ("void", "existing_customer", None)
    good = Coupon.objects.get(event=accepted)
    assert block_of(refused).replace(void.code, "CODE") == block_of(accepted).replace(good.code, "CODE")
    assert coupon_owner(void.code) is None
    assert not OutboundMessage.objects.filter(mail="coupon_issued", contact=void.contact).exists()
    with pytest.raises(CouponNotValid):
        coupon_use(code=void.code, event=refused, now=now)


def test_under_review_the_code_is_withheld_and_the_page_does_not_say_so(
    campaign: Campaign, now: datetime, mira: Any
) -> None:
    event = claim(campaign, BEN, now=now)
    Referral.objects.update(review=Referral.Review.HELD)
    rewards_evaluate(now)
    assert (Coupon.objects.get().status, Coupon.objects.get().void_reason) == ("void", "under_review")
    assert Coupon.objects.get().code in block_of(event)

    referral = Referral.objects.get()
    referral_review(referral=referral, honest=Referral.Review.PASSED, actor=mira, reason="", now=now)
    rewards_evaluate(now)
    assert (Coupon.objects.get().status, Coupon.objects.get().void_reason) == ("issued", "")
    assert Coupon.objects.count() == 1


def test_the_code_of_a_dishonest_referral_is_called_back(campaign: Campaign, now: datetime, mira: Any) -> None:
    claim(campaign, BEN, now=now)
    rewards_evaluate(now)
    Referral.objects.update(review=Referral.Review.HELD)
    referral_review(
        referral=Referral.objects.get(), honest=Referral.Review.REFUSED, actor=mira, reason="Same person", now=now
    )
    rewards_evaluate(now)
    assert Coupon.objects.get().status == "void"
    assert Reward.objects.get().status == "reversed"


def test_a_code_is_used_once_and_is_good_again_when_the_sale_goes_away(campaign: Campaign, now: datetime) -> None:
    event = claim(campaign, BEN, now=now)
    rewards_evaluate(now)
    code = Coupon.objects.get().code
    sale = sale_of(event, now=now)
    coupon_use(code=code, event=sale, now=now)
    coupon_use(code=code, event=sale, now=now)
    assert Coupon.objects.get().status == "used"
    with pytest.raises(CouponUsed):
        coupon_use(code=code, event=sale_of(event, now=now, event_id="order-2"), now=now)

    refund = sale_of(event, now=now, event_id="refund-1", type="refund", takes_back=sale)
    rewards_take_back(event=refund, now=now)
    assert (Coupon.objects.get().status, Coupon.objects.get().used_by) == ("issued", None)


def test_a_fixed_code_holds_its_amount_until_it_is_used_or_runs_out(company: object, now: datetime) -> None:
    campaign = campaign_made()
    friend_coupon(campaign, now=now, amounts={"USD": 500}, expires_after_days=30)
    event = claim(campaign, BEN, now=now)
    claim(campaign, NOOR, now=now)
    rewards_evaluate(now)
    assert balances() == {"funding": -1_000, "reserved": 1_000}

    used, unused = Coupon.objects.order_by("pk")
    coupon_use(code=used.code, event=sale_of(event, now=now), now=now)
    assert balances() == {"funding": -1_000, "reserved": 500, "paid": 500}
    rewards_mature(now + timedelta(days=31))
    unused.refresh_from_db()
    assert unused.status == "expired"
    assert balances() == {"funding": -1_000, "expired": 500, "paid": 500}
    late = sale_of(event, now=now + timedelta(days=31), event_id="order-2")
    with pytest.raises(CouponExpired):
        coupon_use(code=unused.code, event=late, now=now)
    assert ledger_problems() == []


def test_without_a_coupon_rule_the_page_has_no_block(company: object, now: datetime) -> None:
    campaign = campaign_made()
    assert block_of(claim(campaign, BEN, now=now)) == ""


def test_a_purchase_that_names_its_coupon_uses_it(campaign: Campaign, now: datetime) -> None:
    from referrals.services.events import EventFacts, event_record

    claim(campaign, BEN, now=now)
    rewards_evaluate(now)
    code = Coupon.objects.get().code
    facts = EventFacts(
        event_id="order-1",
        type="purchase",
        occurred_at=now,
        coupon=code,
        amount=Money(5_000, "USD"),
    )
    event_record(facts=facts, source="shop", now=now)
    rewards_evaluate(now)
    assert Coupon.objects.get().status == "used"
