"""The only place of this app that locks rows.

Order: company, campaign, referral, rewards (by id), limits (by rule, see rewards/rules/limits.py), budget, contests (by
id), coupons and their pools, accounts, enrolment.

Limits, budgets and accounts need no SELECT … FOR UPDATE: their conditional UPDATE is the lock. On SQLite a writing
transaction is alone anyway. A limit that is several counters at once (days in a row), or that lets wait, is held by the
row of its queue.

A row is locked by itself and read with its neighbours afterwards: in a join, a row that was given to somebody else
while we waited (two people became one) would no longer match, and be missed.
"""

from django.db import connection
from django.db.models import QuerySet

from campaigns.models import Campaign, Company, Enrolment
from referrals.models import Referral, ReferralEvent
from rewards.coupon_pools import NEIGHBOURS, coupons_named, free_codes
from rewards.models import Account, Contest, Coupon, CouponPool, PoolCode, Reward


def company_lock() -> Company:
    """Payout runs are prepared one after the other, under settings that stay as they were read."""
    return Company.objects.select_for_update(no_key=True).first() or Company()


def campaign_lock(pk: int) -> None:
    """One at a time changes a table of the campaign."""
    Campaign.objects.select_for_update(no_key=True).get(pk=pk)


def referral_lock(pk: int) -> Referral:
    """One evaluation at a time for a referral: what was taken back, and what is earned, are seen in one order."""
    Referral.objects.select_for_update(no_key=True).get(pk=pk)
    return Referral.objects.select_related("campaign", "enrolment", "advocate", "friend").get(pk=pk)


def referral_of_event_lock(event_pk: int) -> None:
    """The same for the referral of an event, where it has one, in one statement; it is read afterwards."""
    of_event = ReferralEvent.objects.filter(pk=event_pk).values("referral")
    list(Referral.objects.select_for_update(no_key=True).filter(pk__in=of_event).values_list("pk"))


def enrolment_lock(pk: int) -> None:
    """One at a time moves an advocate between tiers: the last that an evaluation takes."""
    Enrolment.objects.select_for_update(no_key=True).get(pk=pk)


def reward_lock(pk: int) -> Reward:
    Reward.objects.select_for_update(no_key=True).get(pk=pk)
    rows = ("campaign", "rule__budget", "referral", "contact", "evaluation", "budget_period")
    return Reward.objects.select_related(*rows).get(pk=pk)


def rewards_lock(rewards: QuerySet[Reward]) -> list[Reward]:
    """The rows as they stand once nobody else can move them."""
    bare = rewards.select_related(None).select_for_update(no_key=True, of=("self",)).order_by("pk")
    held = list(bare)
    if not rewards.query.select_related:
        return held
    return list(rewards.filter(pk__in=[reward.pk for reward in held]).order_by("pk"))


def limit_queue_lock(queue: str) -> None:
    """One at a time looks for room here, or for who waits: the row is made and held by one statement."""
    sql = (
        "INSERT INTO rewards_limituse (key, cap, used) VALUES (%s, 0, 0) "
        "ON CONFLICT (key) DO UPDATE SET used = rewards_limituse.used"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [queue])


def contest_lock(pk: int) -> Contest:
    """Entries are numbered one after the other, and none comes in while it is drawn."""
    return Contest.objects.select_for_update(no_key=True).get(pk=pk)


def account_lock(pk: int) -> Account:
    return Account.objects.select_for_update(no_key=True).get(pk=pk)


def coupon_lock(code: str) -> Coupon | None:
    """The coupon of that code as somebody typed it, held."""
    held = coupons_named(code).select_for_update(no_key=True).values_list("pk", flat=True).first()
    return Coupon.objects.select_related(*NEIGHBOURS).get(pk=held) if held else None


def pool_lock(pk: int) -> CouponPool:
    """One at a time uploads codes into a pool, so that what is counted as new was new."""
    return CouponPool.objects.select_for_update(no_key=True).get(pk=pk)


def pool_code_lock(pool: CouponPool) -> PoolCode | None:
    """The next code that nobody has. One that somebody is taking at this moment is passed over, not waited for."""
    return free_codes(pool).select_for_update(no_key=True, skip_locked=True).order_by("pk").first()
