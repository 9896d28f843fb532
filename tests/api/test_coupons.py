"""The checkout asks what goes off, says which coupon was used, and that an order came to nothing."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from campaigns.models import Campaign, OutboundMessage
from config.lib import clock
from rewards.ledger.check import ledger_problems
from rewards.models import Coupon, Reward
from rewards.services.evaluation import rewards_evaluate
from tests.api.conftest import Call
from tests.cast import BEN, LENA, OMAR, contact_of
from tests.factories.coupons import pool_of
from tests.factories.referrals import enrolled, referred
from tests.factories.rewards import balances, friend_coupon, rule_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


@pytest.fixture
def airbnb(campaign: Campaign, now: datetime) -> Campaign:
    """40 USD off a first booking of at least 75 USD."""
    pool_of(campaign, now=now, minimum=7_500, minimum_unit="USD", is_first_order_only=True)
    friend_coupon(campaign, now=now, amounts={"USD": 4_000}, benefit_settings={"pool": "welcome"})
    return campaign


def asked(call: Call, amount: int, **more: Any) -> dict[str, Any]:
    body = {"friend": {"email": BEN.email}, "amount": amount, "currency": "USD"} | more
    answer = call("post", "campaigns/give-and-get/quotes", body)
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def code_of(campaign: Campaign, now: datetime) -> str:
    referred(enrolled(campaign, now=now), now=now)
    rewards_evaluate(now)
    return Coupon.objects.get().code


def test_the_link_alone_takes_a_fifth_off_and_the_sale_pays_the_advocate(
    call: Call, campaign: Campaign, now: datetime
) -> None:
    friend_coupon(campaign, now=now, amounts={"percent": 2_000})
    rule_of(campaign, now=now, trigger="purchase")
    code = enrolled(campaign, now=now).code

    found = asked(call, 8_000, referral_code=code)
    assert found == {
        "applies": True,
        "discount": {"amount": 1_600, "currency": "USD"},
        "total": {"amount": 6_400, "currency": "USD"},
        "coupon": None,
        "reasons": [],
        "details": [],
    }
    assert asked(call, 8_000)["reasons"] == ["no_discount"]
    assert not Coupon.objects.exists()

    sale = {"event_id": "o-1", "type": "purchase", "friend": {"email": BEN.email}, "referral_code": code}
    call("post", "events", sale | {"amount": 6_400, "currency": "USD", "occurred_at": now.isoformat()})
    rewards_evaluate(now + timedelta(seconds=1))
    paid = Reward.objects.get(recipient_kind="advocate")
    assert (paid.amount, paid.unit, paid.status) == (2_000, "USD", "fulfilled")


def test_what_the_link_took_off_is_not_given_a_second_time(call: Call, campaign: Campaign, now: datetime) -> None:
    friend_coupon(campaign, now=now, amounts={"USD": 1_600})
    code = enrolled(campaign, now=now).code
    sale = {"event_id": "o-1", "type": "purchase", "friend": {"email": BEN.email}, "referral_code": code}
    call("post", "events", sale | {"coupon": code.lower(), "amount": 6_400, "currency": "USD"})
    rewards_evaluate(clock.now())
    assert Coupon.objects.get().status == "used"
    assert not OutboundMessage.objects.filter(mail="coupon_issued").exists()
    assert balances() == {"funding": -1_600, "paid": 1_600}


def test_an_order_below_the_least_one_is_told_why_and_uses_nothing_up(
    call: Call, airbnb: Campaign, now: datetime
) -> None:
    link = enrolled(airbnb, now=now).code
    small = asked(call, 6_000, referral_code=link)
    assert (small["applies"], small["reasons"]) == (False, ["minimum_not_reached"])
    assert small["details"] == ["This coupon is for orders of at least $75.00."]
    assert small["total"] == {"amount": 6_000, "currency": "USD"}
    assert asked(call, 9_000, referral_code=link)["total"] == {"amount": 5_000, "currency": "USD"}

    code = code_of(airbnb, now)
    assert asked(call, 6_000)["reasons"] == ["minimum_not_reached"]
    found = asked(call, 9_000)
    assert (found["total"], found["coupon"]) == ({"amount": 5_000, "currency": "USD"}, code)
    assert asked(call, 9_000, coupon=code.lower())["applies"]
    assert asked(call, 9_000, coupon="NOSUCHCODE")["reasons"] == ["not_valid"]
    assert Coupon.objects.get().status == "issued"


def test_the_link_takes_nothing_off_for_its_own_advocate_or_a_customer(
    call: Call, airbnb: Campaign, now: datetime
) -> None:
    link = enrolled(airbnb, now=now).code
    contact_of(OMAR, customer_since=now.date() - timedelta(days=300))
    for person, why in [(LENA, "self_referral"), (OMAR, "existing_customer")]:
        assert asked(call, 9_000, referral_code=link, friend={"email": person.email})["reasons"] == [why]
    assert asked(call, 9_000, referral_code="WRONGCODE")["reasons"] == ["not_valid"]


def test_a_coupon_is_used_by_one_order_however_often_that_is_said(call: Call, airbnb: Campaign, now: datetime) -> None:
    code = code_of(airbnb, now)
    order = {"event_id": "o-1", "amount": 9_000, "currency": "USD"}
    assert call("post", f"coupons/{code}/redeem", order | {"amount": 7_499}).json()["code"] == "minimum_not_reached"
    assert call("post", f"coupons/{code}/redeem", {"event_id": "o-1"}).json()["code"] == "minimum_not_reached"
    for _time in (1, 2):
        answer = call("post", f"coupons/{code}/redeem", order)
        assert (answer.status_code, answer.json()["status"]) == (200, "used")
    refused = call("post", f"coupons/{code}/redeem", order | {"event_id": "o-2"})
    assert (refused.status_code, refused.json()["code"]) == (409, "used")
    assert asked(call, 9_000, coupon=code)["reasons"] == ["used"]
    assert balances() == {"funding": -4_000, "paid": 4_000}
    assert call("post", "coupons/NOSUCHCODE/redeem", order).status_code == 404


def test_an_order_that_came_to_nothing_gives_its_coupon_back(call: Call, airbnb: Campaign, now: datetime) -> None:
    code = code_of(airbnb, now)
    order = {"event_id": "o-1", "amount": 9_000, "currency": "USD"}
    call("post", f"coupons/{code}/redeem", order)
    other = call("post", f"coupons/{code}/release", {"event_id": "o-2"})
    assert (other.status_code, other.json()["code"]) == (409, "used")
    for _time in (1, 2):
        answer = call("post", f"coupons/{code}/release", {"event_id": "o-1"})
        assert (answer.status_code, answer.json()["status"]) == (200, "issued")
    assert balances() == {"funding": -4_000, "reserved": 4_000}
    assert call("post", f"coupons/{code}/redeem", order | {"event_id": "o-2"}).status_code == 200
    assert ledger_problems() == []


def test_the_sale_of_a_redeemed_order_is_the_same_use_and_its_refund_gives_the_coupon_back(
    call: Call, airbnb: Campaign, now: datetime
) -> None:
    rule_of(airbnb, now=now, key="redeemed", trigger="coupon_redeemed", amounts={"USD": 1_500})
    code = code_of(airbnb, now)
    call("post", f"coupons/{code}/redeem", {"event_id": "o-1", "amount": 9_000, "currency": "USD"})
    sale = {"event_id": "o-1", "type": "booking", "coupon": code, "amount": 5_000, "currency": "USD"}
    assert call("post", "events", sale).status_code == 202
    rewards_evaluate(now + timedelta(seconds=1))
    coupon = Coupon.objects.get()
    assert coupon.used_by is not None
    assert coupon.used_by.event_id == "o-1"
    assert Reward.objects.filter(rule_key="redeemed", recipient_kind="advocate").count() == 1
    assert call("post", f"coupons/{code}/release", {"event_id": "o-1"}).json()["code"] == "used"

    call("post", "refunds", {"event_id": "r-1", "refunds": "o-1"})
    rewards_evaluate(now + timedelta(seconds=2))
    again = Coupon.objects.get()
    assert (again.status, again.redeem_key, again.used_by) == ("issued", "", None)
    assert ledger_problems() == []


def test_a_sale_that_the_coupon_was_not_good_for_leaves_it_unused(call: Call, airbnb: Campaign, now: datetime) -> None:
    rule_of(airbnb, now=now, key="redeemed", trigger="coupon_redeemed", amounts={"USD": 1_500})
    code = code_of(airbnb, now)
    small = {"event_id": "o-1", "type": "booking", "coupon": code, "amount": 3_499, "currency": "USD"}
    call("post", "events", small)
    rewards_evaluate(now + timedelta(seconds=1))
    assert Coupon.objects.get().status == "issued"
    assert not Reward.objects.filter(rule_key="redeemed").exists()
    # The second booking is none of a first.
    large = {"event_id": "o-2", "amount": 9_000, "currency": "USD"}
    assert call("post", f"coupons/{code}/redeem", large).json()["code"] == "not_first_order"


def test_what_ran_out_is_said_so(call: Call, campaign: Campaign, now: datetime) -> None:
    friend_coupon(campaign, now=now, expires_after_days=1)
    code = code_of(campaign, now)
    Coupon.objects.update(expires_at=now - timedelta(seconds=1))
    answer = call("post", f"coupons/{code}/redeem", {"event_id": "o-1"})
    assert (answer.status_code, answer.json()["code"]) == (409, "expired")
    assert asked(call, 9_000, coupon=code)["reasons"] == ["expired"]
