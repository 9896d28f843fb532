"""A sale shrinks or goes away. Before payment the reward follows; after it the books take back, and payouts net."""

from datetime import datetime

from django.db import transaction

from advocates.standing import standing as contact_standing
from referrals.models import Referral, ReferralEvent
from rewards.locks import reward_lock, rewards_lock
from rewards.models import Reward, RewardRule
from rewards.models.reward import RewardQuerySet
from rewards.rules.benefits.choice import due_of, options_shrunk
from rewards.rules.engine import decide
from rewards.rules.facts import Value
from rewards.selectors import awaits_event, is_reserved, option_chosen
from rewards.services.books import book_release, book_take_back, holding_account
from rewards.services.budgets import budget_release
from rewards.services.coupons import coupon_void
from rewards.services.fulfilment import FULFILMENTS, reward_call_back
from rewards.services.limits import limits_give_back, limits_shrink
from rewards.services.moves import reward_move, reward_note
from rewards.services.redeeming import coupons_return
from rewards.services.rewards import reward_call_off, reward_settle
from rewards.services.write_offs import debt_cut
from rewards.standing import number_of, reached, root, standing
from rewards.triggers import facts_again

Status = Reward.Status
SOURCE = "referral_event"
# What was paid or credited is taken back in the books, from whatever comes next.
FROM_ACCOUNTS = (RewardRule.Benefit.CASH, RewardRule.Benefit.CREDIT)


def rewards_take_back(*, event: ReferralEvent, now: datetime) -> None:
    """A refund or a take-back arrived: rewards of the event it concerns come down to what is left to earn."""
    original = root(event)
    if original is None or event.takes_back is None:
        return
    with transaction.atomic():
        held = {reward.pk: reward for reward in rewards_lock(rewards_of(original) | counted_rewards(original))}
        # The highest milestone or step first.
        for reward in sorted(held.values(), key=lambda reward: (-number_of(reward.slot), reward.pk)):
            reward_reduce(reward=reward, to_amount=_due_now(reward), reason=event.type, now=now)
        if standing(event.takes_back).is_gone:
            coupons_return(event=event.takes_back, now=now)


def rewards_review(*, referral: Referral, now: datetime) -> None:
    """The referral was looked at, or rejected: its rewards go on, or are called back."""
    with transaction.atomic():
        own = with_rows(Reward.objects.filter(referral=referral))
        if not is_refused(referral):
            for reward in rewards_lock(own):
                reward_settle(reward=reward, now=now)
            return
        for reward in rewards_lock(own | _milestones(referral)):
            is_of_others = number_of(reward.slot) and _due_now(reward)
            due = reward.amount if is_of_others else 0
            reward_reduce(reward=reward, to_amount=due, reason=str(referral.review), now=now)


def rewards_reassign(*, referral: Referral, now: datetime) -> None:
    """Somebody else brought the friend: who had been thought to have earns nothing by them."""
    with transaction.atomic():
        of_others = Reward.objects.filter(referral=referral).exclude(recipient_kind=RewardRule.Recipient.FRIEND)
        # What a colleague gave by hand was given to that person.
        of_others = of_others.filter(evaluation__source=SOURCE)
        of_others = of_others.exclude(party_key=contact_standing(referral.advocate).public_id)
        for reward in rewards_lock(with_rows(of_others)):
            reward_reduce(reward=reward, to_amount=0, reason=ReferralEvent.REASSIGNED, now=now)


def is_refused(referral: Referral) -> bool:
    return referral.review == Referral.Review.REFUSED or referral.status == Referral.Status.REJECTED


def reward_recheck(*, reward_id: int, now: datetime) -> None:
    """Its sale shrank while it was being paid, and the payment is through or came back."""
    with transaction.atomic():
        reward = reward_lock(reward_id)
        Reward.objects.filter(pk=reward.pk).update(recheck_at=None)
        reward_reduce(reward=reward, to_amount=_due_now(reward), reason=ReferralEvent.REFUND, now=now)


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
    elif reward.status == Status.FULFILLED and reward.benefit in FROM_ACCOUNTS:
        _take_back(reward, excess, reason=reason, now=now)
    elif reward.status == Status.FULFILLED:
        _call_back(reward, to_amount, reason=reason, now=now)


def still_due(reward: Reward, event: ReferralEvent) -> int:
    """What the reward's own rule gives for what is left of its event, at most what was given, in minor units.

    What was given for a number is due as long as that number stands, whichever of the events it was that went away.
    """
    if has_stepped_aside(reward) or has_lost_its_release(reward):
        return 0
    count = reached(reward.slot, event, reward.referral) if reward.referral else None
    if count:
        return reward.amount if count.is_enough else 0
    if standing(event).is_gone:
        return 0
    rule, facts = facts_again(reward=reward, event=event)
    value = decide(rule, facts).value
    if reward.chosen:
        return min(due_of(option_chosen(reward), value), reward.amount)
    return min(value.amount, reward.amount) if value and value.unit == reward.unit else 0


def rewards_of(event: ReferralEvent) -> RewardQuerySet:
    return with_rows(Reward.objects.filter(evaluation__source=SOURCE, evaluation__source_id=event.pk))


def counted_rewards(event: ReferralEvent) -> RewardQuerySet:
    """Milestones and steps that this event may have counted for."""
    if event.referral is None:
        return with_rows(Reward.objects.none())
    steps = Reward.objects.filter(referral=event.referral, slot__contains=":step:", evaluation__source=SOURCE)
    alike = ReferralEvent.objects.filter(referral=event.referral, type=event.type)
    return with_rows(steps.filter(evaluation__source_id__in=alike.values("pk"))) | _milestones(event.referral)


def with_rows(rewards: RewardQuerySet) -> RewardQuerySet:
    return rewards.select_related("campaign", "rule__budget", "referral", "contact", "evaluation", "budget_period")


def has_stepped_aside(reward: Reward) -> bool:
    """It was paid for a sale that went away, and what came instead is rewarded in its place."""
    return reward.slot.endswith(f"|{reward.public_id}")


def has_lost_its_release(reward: Reward) -> bool:
    """It was released, and the event that did it was taken back while it was being paid."""
    return reward.status != Status.PENDING and awaits_event(reward)


def _due_now(reward: Reward) -> int:
    if reward.evaluation.source != SOURCE:  # given by hand: that stands unless the referral was not honest
        return 0 if reward.referral and is_refused(reward.referral) else reward.amount
    return still_due(reward, ReferralEvent.objects.get(pk=reward.evaluation.source_id))


def _milestones(referral: Referral) -> RewardQuerySet:
    """Those that the advocate's friends have reached together."""
    of_advocate = Reward.objects.filter(campaign=referral.campaign, referral__advocate=referral.advocate)
    return with_rows(of_advocate.filter(slot__startswith="milestone:", evaluation__source=SOURCE))


def _cut(reward: Reward, to_amount: int, *, reason: str, now: datetime) -> None:
    if to_amount == 0:
        _withdraw_code(reward, reason)
        reward_call_off(reward=reward, to=Status.CANCELLED, reason=reason, now=now)
        return
    excess, held_in = reward.amount - to_amount, holding_account(reward)
    uses = limits_shrink(uses=reward.limit_uses, amount=to_amount)
    if reward.budget_period:
        budget_release(period=reward.budget_period, amount=excess)
    options = reward.options if reward.chosen else options_shrunk(reward.options, Value(to_amount, reward.unit))
    Reward.objects.filter(pk=reward.pk).update(amount=to_amount, limit_uses=uses, options=options)
    reward.amount, reward.limit_uses, reward.options = to_amount, uses, options
    step = reward_note(reward=reward, now=now, reason=reason)
    if held_in:
        book_release(reward=reward, step=step, held_in=held_in, amount=excess, now=now)


def _call_back(reward: Reward, to_amount: int, *, reason: str, now: datetime) -> None:
    """A code, a thing, a month: it comes back whole, if it still can, or it stays and has done its work."""
    if to_amount and reward.benefit != RewardRule.Benefit.COUPON:
        return
    if not reward_call_back(reward=reward, reason=reason, now=now):
        return
    stands_in = FULFILMENTS[reward.benefit].stands_in(reward) if is_reserved(reward) else None
    limits_give_back(uses=reward.limit_uses)
    if reward.budget_period:
        budget_release(period=reward.budget_period, amount=reward.amount)
    step = reward_move(
        reward=reward, to=Status.REVERSED, now=now, reason=reason, taken_back=reward.amount, limit_uses=[]
    )
    if stands_in:
        book_release(reward=reward, step=step, held_in=stands_in, amount=reward.amount, now=now)


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
        uses = limits_shrink(uses=reward.limit_uses, amount=reward.amount - taken_back)
        Reward.objects.filter(pk=reward.pk).update(taken_back=taken_back, limit_uses=uses)
        reward.taken_back, reward.limit_uses = taken_back, uses
        step = reward_note(reward=reward, now=now, reason=reason)
    if reward.budget_period:
        budget_release(period=reward.budget_period, amount=excess)
    book_take_back(reward=reward, step=step, amount=excess, now=now)
    debt_cut(reward=reward, now=now)
