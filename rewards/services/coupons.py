"""Codes for the checkout. Who may not have one gets a void one: the page answers everybody alike."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config.lib.ids import code_like, new_code
from config.lib.insert_once import insert_once
from config.lib.states import Stale, move
from referrals.models import ReferralEvent
from referrals.services.facts import fact_record
from rewards.coupon_pools import coupons_named, free_codes, is_uploaded, pool_of, sale_by_link
from rewards.errors import CouponNotValid, OutOfStock
from rewards.locks import pool_code_lock
from rewards.models import Coupon, CouponPool, PoolCode, Reward, RewardEvent, RewardRule
from rewards.quotes import friend_coupon, quote
from rewards.services.books import book_coupon_expired
from rewards.services.letters import tell_coupon
from rewards.services.moves import reward_note
from rewards.triggers import Occasion

Status = Coupon.Status
UNDER_REVIEW = "under_review"
PAGE = 200
TRIES = 20
REFERRAL_EVENT = "referral_event"
SOURCE = "rewards"
COUPON_GIVEN = "coupon_given"


def coupon_issue(*, reward: Reward, now: datetime) -> Coupon:
    """The code of a coupon reward: made or taken now, or made good when it had been withheld. Its person gets a mail.

    Raises OutOfStock when the last code of its pool went to somebody else at this moment.
    """
    pool = pool_of(reward)
    former = Coupon.objects.filter(issue_key=reward.public_id).first()
    taken = None
    if pool and is_uploaded(pool) and not (former and PoolCode.objects.filter(coupon=former).exists()):
        taken = _taken(pool)
    coupon = former or _coupon(reward, pool, taken.code if taken else code_made(pool), Status.ISSUED, now=now)
    if coupon.status == Status.VOID:
        changes = {"code": taken.code} if taken else {}
        move(
            coupon,
            to=Status.ISSUED,
            table=Coupon.MOVES,
            void_reason="",
            expires_at=_expiry(reward.rule, now),
            **changes,
        )
    if taken:
        _given(taken, coupon)
    if not sale_by_link(reward.referral):
        tell_coupon(coupon=coupon, now=now)
    return coupon


def coupon_withhold(*, reward: Reward, now: datetime) -> Coupon | None:
    """A code that looks like any other and is not good until the referral has been looked at.

    Never one of the shop's own: the shop would take it. None while everybody waits for a code.
    """
    pool = pool_of(reward)
    if _is_empty(pool):
        return None
    return _coupon(reward, pool, code_alike(pool), Status.VOID, void_reason=UNDER_REVIEW, now=now)


def coupon_refuse(*, occasion: Occasion, event: ReferralEvent, now: datetime) -> Coupon | None:
    """The void code of a refused claim; None when the campaign's friends get no coupon, or have to wait for one."""
    rule = friend_coupon(quote(campaign=occasion.campaign, at=occasion.rules_at))
    offer = rule.amounts.first() if rule else None
    if rule is None or offer is None:
        return None
    pool = pool_of(rule)
    if _is_empty(pool):
        return None
    coupon, _new = insert_once(
        Coupon,
        unique=["issue_key"],
        issue_key=event.public_id,
        code=code_alike(pool),
        pool=pool,
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
        book_coupon_expired(reward=reward_of(coupon), step=coupon_note(coupon, "coupon expired", now), now=now)


def _coupon(
    reward: Reward, pool: CouponPool | None, code: str, status: str, *, now: datetime, void_reason: str = ""
) -> Coupon:
    event = _event_of(reward, now)
    coupon, _new = insert_once(
        Coupon,
        unique=["issue_key"],
        issue_key=reward.public_id,
        code=code,
        pool=pool,
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


def _event_of(reward: Reward, now: datetime) -> ReferralEvent:
    """Because of which fact. What an advocate did alone is none of a referral: then it is that the code was given."""
    if reward.evaluation.source == REFERRAL_EVENT:
        return ReferralEvent.objects.get(pk=reward.evaluation.source_id)
    event, _is_new = fact_record(
        source=SOURCE,
        event_id=reward.public_id,
        type=COUPON_GIVEN,
        contact=reward.contact,
        campaign=reward.campaign,
        is_test=reward.is_test,
        now=now,
    )
    return event


def _expiry(rule: RewardRule, now: datetime) -> datetime | None:
    return now + timedelta(days=rule.expires_after_days) if rule.expires_after_days else None


# --- codes ------------------------------------------------------------------------------------------------------------


def code_made(pool: CouponPool | None) -> str:
    return f"{pool.prefix if pool else ''}{new_code()}"


def code_alike(pool: CouponPool | None) -> str:
    """A code that nobody can tell from the others of its pool, and that no shop knows."""
    sample = pool.codes.order_by("pk").first() if pool and is_uploaded(pool) else None
    if sample is None:
        return code_made(pool)
    alike = (code_like(sample.code) for _try in range(TRIES))
    # Codes so short that the shop has nearly all of them hide nothing.
    return next((code for code in alike if not _is_known(code)), code_made(pool))


def _is_known(code: str) -> bool:
    return coupons_named(code).exists() or PoolCode.objects.filter(code=code).exists()


def _is_empty(pool: CouponPool | None) -> bool:
    return pool is not None and is_uploaded(pool) and not free_codes(pool).exists()


def _taken(pool: CouponPool) -> PoolCode:
    code = pool_code_lock(pool)
    if code is None:
        raise OutOfStock(_("There is no code left in this pool. Upload more; whoever waits gets theirs then."))
    return code


def _given(code: PoolCode, coupon: Coupon) -> None:
    """Raises Stale where somebody else has it by now, and all that went with it is undone."""
    if not PoolCode.objects.filter(pk=code.pk, coupon=None).update(coupon=coupon):
        raise Stale(_("This code was given to somebody else a moment ago."))


def reward_of(coupon: Coupon) -> Reward:
    """Whoever was issued or used has one: the database holds it."""
    if coupon.reward is None:
        raise CouponNotValid(_("This coupon is not valid."))
    return coupon.reward


def coupon_note(coupon: Coupon, reason: str, now: datetime) -> RewardEvent:
    return reward_note(reward=reward_of(coupon), now=now, reason=reason)
