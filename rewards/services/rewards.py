"""The life of a reward after it was earned. Every change locks the reward and leaves a step."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from advocates.models import User
from advocates.services.audit import audit
from config.lib.states import NotAllowed
from rewards.errors import NothingToApprove, OutOfStock, OwnReward
from rewards.locks import reward_lock
from rewards.models import Reward, RewardRule
from rewards.selectors import needs_approval, pending_reasons
from rewards.services.books import book_release, holding_account
from rewards.services.budgets import budget_release
from rewards.services.coupons import coupon_withhold
from rewards.services.fulfilment import reward_fulfil
from rewards.services.gift_giving import order_withdraw
from rewards.services.gift_letters import tell_to_take
from rewards.services.limits import limits_give_back
from rewards.services.moves import reward_move, reward_note
from rewards.services.reward_news import tell_declined

Status = Reward.Status
Reason = Reward.PendingReason


def reward_settle(*, reward: Reward, now: datetime) -> None:
    """Bring a pending reward to where it should be: its reasons as they are now; without any, carried out.

    The caller holds the reward's lock. Safe to repeat.
    """
    if reward.status != Status.PENDING:
        return
    reasons = pending_reasons(reward, now)
    if not reasons:
        if _is_carried_out(reward, now):
            return
        reasons = [str(Reason.OUT_OF_STOCK)]
    if reasons != reward.pending_reasons:
        Reward.objects.filter(pk=reward.pk, status=Status.PENDING).update(pending_reasons=reasons)
        waited_for, reward.pending_reasons = reward.pending_reasons, reasons
        # What is new says so in the mail that it was earned.
        if waited_for and _is_persons_turn(reasons) and not _is_persons_turn(waited_for):
            tell_to_take(reward=reward, now=now)
    if reward.benefit == RewardRule.Benefit.COUPON and Reason.UNDER_REVIEW in reasons:
        coupon_withhold(reward=reward, now=now)


def _is_persons_turn(reasons: Collection[str]) -> bool:
    return set(reasons) <= {Reason.AWAITING_CHOICE, Reason.AWAITING_ADDRESS}


def _is_carried_out(reward: Reward, now: datetime) -> bool:
    """False: the last of what it should have been went to somebody else at this moment, and nothing has happened."""
    try:
        with transaction.atomic():
            step = reward_move(reward=reward, to=Status.APPROVED, now=now)
            reward_fulfil(reward=reward, step=step, now=now)
    except OutOfStock:
        reward.refresh_from_db(fields=["status", "pending_reasons", "waits_for_limit", "fulfilled_at"])
        return False
    return True


def reward_approve(*, reward: Reward, actor: User, now: datetime) -> Reward:
    """A person agrees with an amount that asks for it; other reasons to wait stay.

    Raises NothingToApprove, or OwnReward when `actor` is the one who gets it.
    """
    with transaction.atomic():
        reward = reward_lock(reward.pk)
        if reward.status != Status.PENDING or not needs_approval(reward):
            raise NothingToApprove(_("This reward does not wait for an approval."))
        if actor.contact_id is not None and actor.contact_id == reward.contact_id:
            raise OwnReward(_("This reward is your own. Somebody else has to approve it."))
        Reward.objects.filter(pk=reward.pk).update(approved_by=actor)
        reward.approved_by = actor
        reward_note(reward=reward, now=now, actor=actor, reason="approved")
        after = {"amount": reward.amount, "unit": reward.unit}
        audit(verb="reward_approve", row=reward, actor=actor, after=after)
        reward_settle(reward=reward, now=now)
    return reward


def reward_decline(*, reward: Reward, actor: User, reason: str, now: datetime, answer: str = "") -> Reward:
    """A person says no, with a reason; what was set aside is free again. Raises NotAllowed unless it is pending.

    `answer`: what whoever had earned it is told by mail; "" tells them nothing.
    """
    if not reason.strip():
        raise NotAllowed(_("Please say why."))
    with transaction.atomic():
        reward = reward_lock(reward.pk)
        reward_call_off(reward=reward, to=Status.DECLINED, actor=actor, reason=reason, now=now)
        if answer.strip():
            tell_declined(reward=reward, answer=answer.strip(), now=now)
    return reward


def reward_call_off(*, reward: Reward, to: str, reason: str, now: datetime, actor: User | None = None) -> None:
    """Before payment: declined or cancelled; limits, budget and books get back what it held. The lock is held."""
    limits_give_back(uses=reward.limit_uses)
    if reward.budget_period:
        budget_release(period=reward.budget_period, amount=reward.amount)
    held_in = holding_account(reward)
    step = reward_move(reward=reward, to=to, now=now, actor=actor, reason=reason, limit_uses=[], budget_period=None)
    if held_in:
        book_release(reward=reward, step=step, held_in=held_in, amount=reward.amount, now=now)
    order_withdraw(reward=reward, reason=reason)
