"""Codes for the checkout. Who may not have one gets a void one: the page answers everybody alike."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config.lib.ids import code_normalise
from config.lib.insert_once import insert_once
from config.lib.states import move
from referrals.models import ReferralEvent
from rewards.errors import CouponExpired, CouponNotValid, CouponUsed
from rewards.locks import coupon_lock
from rewards.models import Coupon, Reward, RewardEvent, RewardRule
from rewards.quotes import friend_coupon, quote
from rewards.services.books import book_coupon_expired, book_coupon_returned, book_coupon_used
from rewards.services.letters import tell_coupon
from rewards.services.moves import reward_note
from rewards.triggers import Occasion

Status = Coupon.Status
UNDER_REVIEW = "under_review"
PAGE = 200


def coupon_issue(*, reward: Reward, now: datetime) -> Coupon:
    """The code of a coupon reward: made now, or made good when it had been withheld. Its person is told by mail."""
    coupon = _coupon(reward, Status.ISSUED, void_reason="", now=now)
    if coupon.status == Status.VOID:
        move(coupon, to=Status.ISSUED, table=Coupon.MOVES, void_reason="", expires_at=_expiry(reward.rule, now))
    tell_coupon(coupon=coupon, now=now)
    return coupon


def coupon_withhold(*, reward: Reward, now: datetime) -> Coupon:
    """A code that looks like any other and is not good until the referral has been looked at."""
    return _coupon(reward, Status.VOID, void_reason=UNDER_REVIEW, now=now)


def coupon_refuse(*, occasion: Occasion, event: ReferralEvent, now: datetime) -> Coupon | None:
    """The void code of a refused claim; None when the campaign's friends get no coupon."""
    rule = friend_coupon(quote(campaign=occasion.campaign, at=occasion.rules_at))
    offer = rule.amounts.first() if rule else None
    if rule is None or offer is None:
        return None
    coupon, _new = insert_once(
        Coupon,
        unique=["issue_key"],
        issue_key=event.public_id,
        campaign=occasion.campaign,
        contact=event.contact,
        event=event,
        amount=offer.amount,
        unit=offer.unit,
        status=Status.VOID,
        void_reason=str(event.metadata.get("code", "refused"))[:40],
        expires_at=_expiry(rule, now),
        created_at=now,
    )
    return coupon


def coupon_use(*, code: str, event: ReferralEvent, now: datetime) -> Coupon:
    """The purchase `event` was paid with this coupon; said again, nothing changes.

    Raises CouponNotValid (unknown or void), CouponExpired, CouponUsed (by another event).
    """
    with transaction.atomic():
        coupon = coupon_lock(code_normalise(code))
        if coupon is None or coupon.status == Status.VOID:
            raise CouponNotValid(_("This coupon is not valid."))
        if coupon.status == Status.USED:
            if coupon.used_by_id == event.pk:
                return coupon
            raise CouponUsed(_("This coupon has been used."))
        if coupon.status == Status.EXPIRED or (coupon.expires_at and coupon.expires_at <= event.occurred_at):
            raise CouponExpired(_("This coupon has expired."))
        move(coupon, to=Status.USED, table=Coupon.MOVES, used_at=now, used_by=event)
        book_coupon_used(reward=_reward(coupon), step=_note(coupon, "coupon used", now), now=now)
    return coupon


def coupons_return(*, event: ReferralEvent, now: datetime) -> int:
    """The purchase was taken back as a whole: the coupons that paid for it are good again."""
    used = Coupon.objects.filter(used_by=event, status=Status.USED).select_related("reward__campaign")
    for coupon in used:
        move(coupon, to=Status.ISSUED, table=Coupon.MOVES, used_at=None, used_by=None)
        book_coupon_returned(reward=_reward(coupon), step=_note(coupon, "coupon returned", now), now=now)
    return len(used)


def coupon_void(*, reward: Reward, reason: str) -> bool:
    """Call a code back; False when it has been used, is over, or was never given."""
    coupon = Coupon.objects.filter(reward=reward, status=Status.ISSUED).first()
    if coupon is None:
        return False
    move(coupon, to=Status.VOID, table=Coupon.MOVES, void_reason=reason)
    return True


def coupons_due(now: datetime) -> list[int]:
    """Codes whose time is over, the longest first."""
    due = Coupon.objects.filter(status=Status.ISSUED, expires_at__lte=now).order_by("expires_at")
    return list(due.values_list("pk", flat=True)[:PAGE])


def coupon_expire(*, coupon_id: int, now: datetime) -> None:
    """What was set aside for a fixed one is booked as expired. Raises Stale when it is used at this moment."""
    with transaction.atomic():
        coupon = Coupon.objects.select_related("reward__campaign", "reward__rule").get(pk=coupon_id)
        move(coupon, to=Status.EXPIRED, table=Coupon.MOVES)
        book_coupon_expired(reward=_reward(coupon), step=_note(coupon, "coupon expired", now), now=now)


def _coupon(reward: Reward, status: str, *, void_reason: str, now: datetime) -> Coupon:
    event = ReferralEvent.objects.get(pk=reward.evaluation.source_id)
    coupon, _new = insert_once(
        Coupon,
        unique=["issue_key"],
        issue_key=reward.public_id,
        campaign=reward.campaign,
        contact=reward.contact,
        event=event,
        reward=reward,
        amount=reward.amount,
        unit=reward.unit,
        status=status,
        void_reason=void_reason,
        expires_at=_expiry(reward.rule, now),
        created_at=now,
    )
    return coupon


def _expiry(rule: RewardRule, now: datetime) -> datetime | None:
    return now + timedelta(days=rule.expires_after_days) if rule.expires_after_days else None


def _reward(coupon: Coupon) -> Reward:
    """Whoever was issued or used has one: the database holds it."""
    if coupon.reward is None:
        raise CouponNotValid(_("This coupon is not valid."))
    return coupon.reward


def _note(coupon: Coupon, reason: str, now: datetime) -> RewardEvent:
    return reward_note(reward=_reward(coupon), now=now, reason=reason)
