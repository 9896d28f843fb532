"""Two at once: a coupon is used by one order, the last code goes to one person. Each race with its unguarded twin."""

from datetime import datetime
from functools import partial
from threading import Barrier
from typing import Any

import pytest

from campaigns.models import Campaign
from rewards.errors import CouponUsed
from rewards.ledger.check import ledger_problems
from rewards.models import Coupon, PoolCode, Reward, RewardEvent
from rewards.services import coupons
from rewards.services.evaluation import rewards_evaluate
from rewards.services.maturing import reward_mature
from rewards.services.redeeming import Redeeming, coupon_redeem
from tests.cast import BEN, NOOR
from tests.concurrency.race import meet, run_together
from tests.factories.campaigns import campaign_made
from tests.factories.coupons import shop_pool
from tests.factories.referrals import enrolled, referred
from tests.factories.rewards import balances, friend_coupon

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("company")]

MEETING_SECONDS = 1.0


@pytest.fixture
def campaign(company: object) -> Campaign:
    made: Campaign = campaign_made()
    return made


# --- two orders, one coupon -------------------------------------------------------------------------------------------


@pytest.fixture
def coupon(campaign: Campaign, now: datetime) -> Coupon:
    friend_coupon(campaign, now=now, amounts={"USD": 500})
    referred(enrolled(campaign, now=now), now=now)
    rewards_evaluate(now)
    return Coupon.objects.get()


def redeem(code: str, order: str, now: datetime) -> str:
    return coupon_redeem(redeeming=Redeeming(code=code, source="shop", event_id=order), now=now).redeem_key


def redeem_unguarded(code: str, order: str, now: datetime, looked: Barrier) -> str:
    """Look, then save."""
    mine = Coupon.objects.get(code=code)
    meet(looked, seconds=MEETING_SECONDS)
    if mine.status != Coupon.Status.ISSUED:
        raise CouponUsed("")
    mine.status, mine.used_at, mine.redeem_key = Coupon.Status.USED, now, f"shop:{order}"
    mine.save()
    return mine.redeem_key


def test_of_orders_that_redeem_one_coupon_at_once_one_has_it(coupon: Coupon, now: datetime) -> None:
    orders = ["o-1", "o-2", "o-3"]
    answers = run_together(*[partial(redeem, coupon.code, order, now) for order in orders])
    [winner] = [answer for answer in answers if isinstance(answer, str)]
    assert sum(isinstance(answer, CouponUsed) for answer in answers) == 2
    assert Coupon.objects.get().redeem_key == winner
    assert RewardEvent.objects.filter(reason="coupon used").count() == 1
    assert (balances(), ledger_problems()) == ({"funding": -500, "paid": 500}, [])


def test_without_the_lock_two_orders_are_let_off_by_one_coupon(coupon: Coupon, now: datetime) -> None:
    looked = Barrier(2)
    answers = run_together(*[partial(redeem_unguarded, coupon.code, order, now, looked) for order in ("o-1", "o-2")])
    assert sorted(answers) == ["shop:o-1", "shop:o-2"]


# --- two people, one code ---------------------------------------------------------------------------------------------


@pytest.fixture
def waiting(campaign: Campaign, now: datetime) -> list[int]:
    """Two who wait for a code, and one code."""
    pool = shop_pool(campaign, "", now=now)
    friend_coupon(campaign, now=now, benefit_settings={"pool": "welcome"})
    for person in (BEN, NOOR):
        referred(enrolled(campaign, now=now), now=now, person=person)
    rewards_evaluate(now)
    PoolCode.objects.create(pool=pool, code="SHOP-0001", added_at=now)
    return list(Reward.objects.order_by("pk").values_list("pk", flat=True))


def test_the_last_code_goes_to_one_and_the_other_waits_on(waiting: list[int], now: datetime) -> None:
    answers = run_together(*[partial(reward_mature, reward_id=pk, now=now) for pk in waiting])
    assert answers == [None, None]
    stood = sorted((reward.status, reward.pending_reasons) for reward in Reward.objects.all())
    assert stood == [("fulfilled", []), ("pending", ["out_of_stock"])]
    assert PoolCode.objects.get().coupon == Coupon.objects.get()


def test_without_taking_it_first_the_last_code_is_meant_for_two(
    waiting: list[int], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both look at the same free code: only that it stands under one coupon keeps it from going out twice."""
    looked = Barrier(2)

    def look(pool: Any) -> PoolCode | None:
        free = PoolCode.objects.filter(pool=pool, coupon=None).first()
        meet(looked, seconds=MEETING_SECONDS)
        return free

    monkeypatch.setattr(coupons, "pool_code_lock", look)
    monkeypatch.setattr(coupons, "_given", lambda code, coupon: None)
    answers = run_together(*[partial(reward_mature, reward_id=pk, now=now) for pk in waiting])
    assert sum(answer is None for answer in answers) == 1
    [refused] = [answer for answer in answers if answer is not None]
    assert "code" in str(refused)
    assert PoolCode.objects.get().coupon is None
