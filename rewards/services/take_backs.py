"""A sale shrinks or goes away. Before payment the reward follows; after it the books take back, and payouts net."""

from datetime import datetime

from django.db import transaction

from referrals.models import Referral, ReferralEvent
from rewards.locks import reward_lock, rewards_lock
from rewards.models import Reward, RewardRule
from rewards.models.reward import RewardQuerySet
from rewards.quotes import pure_rule
from rewards.rules.engine import decide
from rewards.services.books import book_release, book_take_back, holding_account
from rewards.services.budgets import budget_release
from rewards.services.coupons import coupon_void, coupons_return
from rewards.services.limits import limits_give_back, limits_shrink
from rewards.services.moves import reward_move, reward_note
from rewards.services.rewards import reward_call_off, reward_settle
from rewards.standing import root, standing
from rewards.triggers import occasion_of

Status = Reward.Status
SOURCE = "referral_event"


def rewards_take_back(*, event: ReferralEvent, now: datetime) -> None:
    """A refund or a take-back arrived: rewards of the event it concerns come down to what is left to earn."""
    original = root(event)
    if original is None or event.takes_back is None:
        return
    with transaction.atomic():
        for reward in rewards_lock(rewards_of(original)):
            reward_reduce(reward=reward, to_amount=still_due(reward, original), reason=event.type, now=now)
        if standing(event.takes_back).is_gone:
            coupons_return(event=event.takes_back, now=now)


def rewards_review(*, referral: Referral, now: datetime) -> None:
    """The referral was looked at, or rejected: its rewards go on, or are called back."""
    is_refused = referral.review == Referral.Review.REFUSED or referral.status == Referral.Status.REJECTED
    with transaction.atomic():
        for reward in rewards_lock(_with_rows(Reward.objects.filter(referral=referral))):
            if is_refused:
                reward_reduce(reward=reward, to_amount=0, reason=str(referral.review), now=now)
            else:
                reward_settle(reward=reward, now=now)


def reward_recheck(*, reward_id: int, now: datetime) -> None:
    """Its sale shrank while it was being paid, and the payment is through or came back."""
    with transaction.atomic():
        reward = reward_lock(reward_id)
        Reward.objects.filter(pk=reward.pk).update(recheck_at=None)
        event = ReferralEvent.objects.get(pk=reward.evaluation.source_id)
        reward_reduce(reward=reward, to_amount=still_due(reward, event), reason=ReferralEvent.REFUND, now=now)


def reward_reduce(*, reward: Reward, to_amount: int, reason: str, now: datetime) -> None:
    """Bring a reward down to `to_amount` minor units: cut or cancelled before payment, taken back after it.

    While it is being paid nothing changes; it is looked at again once that is through. The caller holds its lock.
    """
    excess = reward.amount - reward.taken_back - to_amount
    if excess <= 0:
        return
    if reward.status in (Status.PROCESSING, Status.FAILED):
        Reward.objects.filter(pk=reward.pk).update(recheck_at=now)
        reward_note(reward=reward, now=now, reason=reason)
    elif reward.status in (Status.PENDING, Status.APPROVED):
        _cut(reward, to_amount, reason=reason, now=now)
    elif reward.status == Status.FULFILLED and reward.benefit == RewardRule.Benefit.COUPON:
        _call_code_back(reward, reason=reason, now=now)
    elif reward.status == Status.FULFILLED:
        _take_back(reward, excess, reason=reason, now=now)


def still_due(reward: Reward, event: ReferralEvent) -> int:
    """What the reward's own rule gives for what is left of its event, at most what was given, in minor units."""
    if standing(event).is_gone:
        return 0
    facts = occasion_of(event, reward.referral, reward.campaign).facts
    value = decide(pure_rule(reward.rule), facts).value
    return min(value.amount, reward.amount) if value and value.unit == reward.unit else 0


def rewards_of(event: ReferralEvent) -> RewardQuerySet:
    return _with_rows(Reward.objects.filter(evaluation__source=SOURCE, evaluation__source_id=event.pk))


def _with_rows(rewards: RewardQuerySet) -> RewardQuerySet:
    return rewards.select_related("campaign", "rule__budget", "referral", "contact", "evaluation", "budget_period")


def _cut(reward: Reward, to_amount: int, *, reason: str, now: datetime) -> None:
    if to_amount == 0:
        _withdraw_code(reward, reason)
        reward_call_off(reward=reward, to=Status.CANCELLED, reason=reason, now=now)
        return
    excess, held_in = reward.amount - to_amount, holding_account(reward)
    uses = limits_shrink(uses=reward.limit_uses, amount=to_amount)
    if reward.budget_period:
        budget_release(period=reward.budget_period, amount=excess)
    Reward.objects.filter(pk=reward.pk).update(amount=to_amount, limit_uses=uses)
    reward.amount, reward.limit_uses = to_amount, uses
    step = reward_note(reward=reward, now=now, reason=reason)
    if held_in:
        book_release(reward=reward, step=step, held_in=held_in, amount=excess, now=now)


def _call_code_back(reward: Reward, *, reason: str, now: datetime) -> None:
    """A code that was used has done its work; one that was not is void, and what it held is free again."""
    if not coupon_void(reward=reward, reason=reason):
        return
    held_in = holding_account(reward)
    limits_give_back(uses=reward.limit_uses)
    if reward.budget_period:
        budget_release(period=reward.budget_period, amount=reward.amount)
    step = reward_move(
        reward=reward, to=Status.REVERSED, now=now, reason=reason, taken_back=reward.amount, limit_uses=[]
    )
    if held_in:
        book_release(reward=reward, step=step, held_in=held_in, amount=reward.amount, now=now)


def _withdraw_code(reward: Reward, reason: str) -> None:
    if reward.benefit == RewardRule.Benefit.COUPON:
        coupon_void(reward=reward, reason=reason)


def _take_back(reward: Reward, excess: int, *, reason: str, now: datetime) -> None:
    taken_back = reward.taken_back + excess
    if taken_back == reward.amount:
        limits_give_back(uses=reward.limit_uses)
        step = reward_move(
            reward=reward, to=Status.REVERSED, now=now, reason=reason, taken_back=taken_back, limit_uses=[]
        )
    else:
        Reward.objects.filter(pk=reward.pk).update(taken_back=taken_back)
        reward.taken_back = taken_back
        step = reward_note(reward=reward, now=now, reason=reason)
    if reward.budget_period:
        budget_release(period=reward.budget_period, amount=excess)
    book_take_back(reward=reward, step=step, amount=excess, now=now)
