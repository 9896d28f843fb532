from datetime import datetime
from typing import Any

from referrals.models import Referral
from rewards.coupon_pools import coupons_named
from rewards.models import Coupon, Reward
from rewards.rules.registry import PERCENT
from rewards.waiting import own_reasons

Reason = Reward.PendingReason


def pending_reasons(reward: Reward, now: datetime) -> list[str]:
    """Why it waits, the waiting time first (the sweep looks for it there); empty: nothing holds it any more."""
    reasons = {
        Reason.ON_HOLD: reward.eligible_at > now,
        Reason.NEEDS_APPROVAL: needs_approval(reward),
        Reason.UNDER_REVIEW: is_under_review(reward),
        Reason.AWAITING_EVENT: awaits_event(reward),
        Reason.LIMIT_REACHED: bool(reward.waits_for_limit),
        Reason.BUDGET_EXHAUSTED: waits_for_budget(reward),
    }
    held = [str(reason) for reason, holds in reasons.items() if holds]
    return held + [str(reason) for reason in own_reasons(reward, now)]


def needs_approval(reward: Reward) -> bool:
    above = reward.rule.approval_above
    return above is not None and reward.amount > above and reward.approved_by_id is None


def is_under_review(reward: Reward) -> bool:
    return reward.referral is not None and reward.referral.review == Referral.Review.HELD


def awaits_event(reward: Reward) -> bool:
    """Has the friend still to take the step that releases it? Without a friend there is no such step."""
    return bool(reward.rule.release_on) and reward.referral is not None and reward.released_at is None


def waits_for_budget(reward: Reward) -> bool:
    """Who waits for a limit does not stand in line for the budget yet."""
    if reward.is_test or reward.waits_for_limit:
        return False
    return reward.rule.budget_id is not None and reward.budget_period_id is None


def is_booked(reward: Reward) -> bool:
    """Does it stand in the books? A percentage off costs nothing until it is used, and test data pay nothing."""
    return not reward.is_test and reward.unit != PERCENT


def is_reserved(reward: Reward) -> bool:
    """Is money set aside for it?"""
    return is_booked(reward) and not reward.waits_for_limit and not waits_for_budget(reward)


def coupon_owner(code: str) -> Referral | None:
    """Whose coupon a code is; None for one that is unknown or void."""
    near = ("reward__referral__enrolment__campaign", "reward__referral__friend")
    coupon = coupons_named(code).select_related(*near).exclude(status=Coupon.Status.VOID).first()
    return coupon.reward.referral if coupon and coupon.reward else None


def option_chosen(reward: Reward) -> dict[str, Any]:
    """The option that a reward has become, as it was frozen when it was earned."""
    return next(option for option in reward.options if option["key"] == reward.chosen)
