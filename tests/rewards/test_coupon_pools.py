"""Codes from the shop: each given once, to whoever waited longest; made ones begin as the pool says."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import RequestFactory

from advocates.services.contacts import ContactFacts
from campaigns.models import Campaign, OutboundMessage
from referrals.models import Referral, ReferralEvent
from referrals.services.referrals import Entry, friend_claim, referral_review
from rewards.blocks import coupon_block
from rewards.code_files import codes_read
from rewards.errors import BadCodes, BadPool
from rewards.ledger.check import ledger_problems
from rewards.models import Coupon, CouponPool, PoolCode, Reward
from rewards.services.coupon_pools import codes_upload, pool_save, pools_supply
from rewards.services.coupon_warnings import coupons_tend
from rewards.services.evaluation import rewards_evaluate
from rewards.services.take_backs import reward_reduce
from tests.cast import BEN, LENA, NOOR, SOFIA, contact_of
from tests.factories.campaigns import campaign_made
from tests.factories.coupons import pool_of, shop_pool
from tests.factories.referrals import enrolled, referred
from tests.factories.rewards import balances, friend_coupon

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


@pytest.fixture
def campaign(company: object, now: datetime) -> Campaign:
    made: Campaign = campaign_made()
    return made


def come(campaign: Campaign, *people: Any, now: datetime) -> None:
    """They leave their addresses one after the other; the campaign gives each a coupon of its pool."""
    if not campaign.rules.exists():
        friend_coupon(campaign, now=now, amounts={"USD": 500}, benefit_settings={"pool": "welcome"})
    for number, person in enumerate(people):
        referred(enrolled(campaign, now=now), now=now, person=person)
        rewards_evaluate(now + timedelta(seconds=number))


def given() -> dict[str, str]:
    return dict(Coupon.objects.filter(status="issued").values_list("contact__details__name", "code"))


def test_a_code_that_is_made_begins_as_the_pool_says(campaign: Campaign, now: datetime) -> None:
    pool_of(campaign, now=now, prefix="tea-")
    come(campaign, BEN, now=now)
    assert Coupon.objects.get().code.startswith("TEA")
    assert len(Coupon.objects.get().code) == 13


def test_who_finds_no_code_waits_and_gets_one_when_codes_are_uploaded_the_first_first(
    campaign: Campaign, now: datetime
) -> None:
    pool = shop_pool(campaign, "SHOP-0001", now=now)
    come(campaign, BEN, NOOR, SOFIA, now=now)
    assert given() == {BEN.name: "SHOP-0001"}
    waiting = Reward.objects.filter(status="pending")
    assert [reward.pending_reasons for reward in waiting] == [["out_of_stock"]] * 2
    assert balances() == {"funding": -1_500, "reserved": 1_500}

    said = codes_upload(pool=pool, text="SHOP-0001\nSHOP-0002\n\nno code\n", actor=None, now=now)
    assert (said.added, said.known, said.refused, said.supplied) == (1, 1, 1, 1)
    assert given() == {BEN.name: "SHOP-0001", NOOR.name: "SHOP-0002"}
    assert "SHOP-0002" in OutboundMessage.objects.get(mail="coupon_issued", contact__details__name=NOOR.name).text

    PoolCode.objects.create(pool=pool, code="SHOP-0003", added_at=now)
    assert coupons_tend(now)["supplied"] == 1
    assert given()[SOFIA.name] == "SHOP-0003"
    assert (pools_supply(now), ledger_problems()) == (0, [])


def test_under_review_a_code_is_shown_that_no_shop_knows_and_a_real_one_follows(
    campaign: Campaign, now: datetime, mira: Any
) -> None:
    shop_pool(campaign, "SHOP-0001", now=now)
    come(campaign, now=now)
    referred(enrolled(campaign, now=now), now=now)
    Referral.objects.update(review=Referral.Review.HELD)
    rewards_evaluate(now)
    shown = Coupon.objects.get()
    assert (shown.status, shown.code[4], len(shown.code)) == ("void", "-", 9)
    assert shown.code != "SHOP-0001"
    assert PoolCode.objects.get().coupon is None

    referral = Referral.objects.get()
    referral_review(referral=referral, honest=Referral.Review.PASSED, actor=mira, reason="", now=now)
    rewards_evaluate(now)
    assert (Coupon.objects.get().status, Coupon.objects.get().code) == ("issued", "SHOP-0001")
    assert PoolCode.objects.get().coupon == Coupon.objects.get()


def test_while_everybody_waits_nobody_is_shown_a_code_that_only_looks_like_one(
    campaign: Campaign, now: datetime
) -> None:
    pool = shop_pool(campaign, "", now=now)
    come(campaign, now=now)
    contact_of(SOFIA, customer_since=now.date() - timedelta(days=300))
    for person in (BEN, SOFIA):
        entry = Entry(enrolment=enrolled(campaign, now=now), source="landing", method=Referral.Method.CODE)
        friend_claim(entry=entry, friend=ContactFacts(email=person.email, name=person.name), now=now)
    rewards_evaluate(now)
    blocks = [coupon_block(RequestFactory().get("/"), event) for event in ReferralEvent.objects.order_by("pk")]
    assert all("hx-get" in block for block in blocks)
    codes_upload(pool=pool, text="SHOP-0001", actor=None, now=now)
    assert given() == {BEN.name: "SHOP-0001"}


def test_a_code_that_was_called_back_goes_to_nobody_else(campaign: Campaign, now: datetime) -> None:
    pool = shop_pool(campaign, "SHOP-0001", now=now)
    come(campaign, BEN, now=now)
    reward_reduce(reward=Reward.objects.get(), to_amount=0, reason="refund", now=now)
    assert (Coupon.objects.get().status, balances()) == ("void", {})
    assert codes_upload(pool=pool, text="SHOP-0001", actor=None, now=now).known == 1
    come(campaign, NOOR, now=now)
    assert given() == {}


def test_once_codes_were_given_the_terms_of_their_pool_stand(campaign: Campaign, now: datetime) -> None:
    pool = pool_of(campaign, now=now, minimum=5_000, minimum_unit="USD")
    pool.minimum = 6_000
    pool_save(pool=pool, actor=None, now=now)
    come(campaign, BEN, now=now)
    pool.name, pool.minimum = "Welcome gift", 7_000
    with pytest.raises(BadPool):
        pool_save(pool=pool, actor=None, now=now)
    pool.minimum = 6_000
    pool_save(pool=pool, actor=None, now=now)
    assert CouponPool.objects.get().name == "Welcome gift"
    assert "orders of at least $60.00" in OutboundMessage.objects.get(mail="coupon_issued").text
    with pytest.raises(BadPool):
        codes_upload(pool=pool, text="SHOP-0001", actor=None, now=now)


def test_an_advocate_gets_a_coupon_for_what_they_did_alone(campaign: Campaign, now: datetime) -> None:
    friend_coupon(campaign, now=now, key="welcome-advocate", trigger="enrolled", recipient="advocate")
    enrolled(campaign, now=now)
    rewards_evaluate(now)
    coupon = Coupon.objects.get()
    assert (coupon.status, coupon.contact, coupon.event.type) == ("issued", contact_of(LENA), "coupon_given")
    assert rewards_evaluate(now)["failed"] == 0
    assert Coupon.objects.count() == 1


def test_a_code_that_runs_out_is_warned_of_once(company: object, now: datetime) -> None:
    campaign = campaign_made()
    friend_coupon(campaign, now=now, expires_after_days=60)
    come(campaign, BEN, now=now)
    assert coupons_tend(now + timedelta(days=45))["warned"] == 0
    assert coupons_tend(now + timedelta(days=46))["warned"] == 1
    assert coupons_tend(now + timedelta(days=47))["warned"] == 0
    warning = OutboundMessage.objects.get(mail="coupon_expiring")
    assert Coupon.objects.get().code in warning.text
    assert "15 Jan 2027" in warning.text


@pytest.mark.parametrize(
    ("text", "codes", "refused"),
    [
        ("AB-12\nAB-13\nAB-12\n", ["AB-12", "AB-13"], 0),
        ("\ufeffCode;Created\nAB-12;1 May\nAB-13;2 May", ["AB-12", "AB-13"], 0),
        ("id,Discount code\n1,AB-12\n2,two words\n3,AB", ["AB-12"], 2),
    ],
)
def test_codes_are_read_from_lines_and_from_tables(text: str, codes: list[str], refused: int) -> None:
    read = codes_read(text)
    assert (list(read.codes), read.refused) == (codes, refused)


def test_a_text_without_a_code_is_refused() -> None:
    with pytest.raises(BadCodes):
        codes_read("\n \n")
