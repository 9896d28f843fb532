"""The only place of this app that locks rows.

Order: company, referral, rewards (by id), limits (by key), budget, accounts (by id).

Limits, budgets and accounts need no SELECT … FOR UPDATE: their conditional UPDATE is the lock. On SQLite a writing
transaction is alone anyway.

A row is locked by itself and read with its neighbours afterwards: in a join, a row that was given to somebody else
while we waited (two people became one) would no longer match, and be missed.
"""

from django.db.models import QuerySet

from campaigns.models import Company
from referrals.models import Referral
from rewards.models import Account, Coupon, Reward


def company_lock() -> Company:
    """Payout runs are prepared one after the other, under settings that stay as they were read."""
    return Company.objects.select_for_update(no_key=True).first() or Company()


def referral_lock(pk: int) -> Referral:
    """One evaluation at a time for a referral: what was taken back, and what is earned, are seen in one order."""
    Referral.objects.select_for_update(no_key=True).get(pk=pk)
    return Referral.objects.select_related("campaign", "enrolment", "advocate", "friend").get(pk=pk)


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


def account_lock(pk: int) -> Account:
    return Account.objects.select_for_update(no_key=True).get(pk=pk)


def coupon_lock(code: str) -> Coupon | None:
    if Coupon.objects.select_for_update(no_key=True).filter(code=code).first() is None:
        return None
    return Coupon.objects.select_related("reward__campaign", "reward__rule").get(code=code)
