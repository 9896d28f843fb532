"""What time brings: waiting times end, budgets get room, refunded payments come through, coupons expire."""

from collections.abc import Callable, Iterable
from datetime import datetime

import structlog
from django.db import transaction

from rewards.locks import reward_lock
from rewards.models import Budget, Reward
from rewards.selectors import waits_for_budget
from rewards.services.books import book_reserve
from rewards.services.budgets import budget_reserve
from rewards.services.coupons import coupon_expire, coupons_due
from rewards.services.moves import reward_note
from rewards.services.rewards import reward_settle
from rewards.services.take_backs import reward_recheck
from rewards.triggers import local_date

log = structlog.get_logger(__name__)

PAGE = 500
SETTLED = (Reward.Status.FULFILLED, Reward.Status.APPROVED)


def rewards_mature(now: datetime) -> dict[str, int]:
    """One round of the sweep; what does not fit in a page comes with the next."""
    return {
        "matured": _each(_matured(now), lambda pk: reward_mature(reward_id=pk, now=now)),
        "funded": sum(_fund_from(budget, now) for budget in _wanted_budgets()),
        "rechecked": _each(_to_recheck(now), lambda pk: reward_recheck(reward_id=pk, now=now)),
        "coupons_expired": _each(coupons_due(now), lambda pk: coupon_expire(coupon_id=pk, now=now)),
    }


def reward_mature(*, reward_id: int, now: datetime) -> None:
    with transaction.atomic():
        reward_settle(reward=reward_lock(reward_id), now=now)


def reward_fund(*, reward_id: int, now: datetime) -> bool:
    """Take up a reward that waits for its budget: charged to the period that runs now. False: still no room."""
    with transaction.atomic():
        reward = reward_lock(reward_id)
        budget = reward.rule.budget
        if budget is None or reward.status != Reward.Status.PENDING or not waits_for_budget(reward):
            return True
        day = local_date(now, reward.campaign)
        period = budget_reserve(budget=budget, amount=reward.amount, day=day)
        if period is None:
            return False
        Reward.objects.filter(pk=reward.pk).update(budget_period=period)
        reward.budget_period = period
        step = reward_note(reward=reward, now=now, reason="budget has room")
        book_reserve(reward=reward, step=step, now=now)
        reward_settle(reward=reward, now=now)
    return True


def _matured(now: datetime) -> Iterable[int]:
    # The waiting time stands first among the reasons, see rewards.selectors.pending_reasons.
    due = Reward.objects.maturing(at=now).filter(pending_reasons__0=Reward.PendingReason.ON_HOLD)
    return list(due.order_by("eligible_at").values_list("pk", flat=True)[:PAGE])


def _to_recheck(now: datetime) -> Iterable[int]:
    due = Reward.objects.filter(recheck_at__lte=now, status__in=SETTLED).order_by("recheck_at")
    return list(due.values_list("pk", flat=True)[:PAGE])


def _wanted_budgets() -> Iterable[Budget]:
    waiting = Reward.objects.waiting_for_budget().order_by()
    return Budget.objects.filter(pk__in=waiting.values("rule__budget"))


def _fund_from(budget: Budget, now: datetime) -> int:
    """First come, first served: it stops at the first reward for which there is no room."""
    waiting = Reward.objects.waiting_for_budget().filter(rule__budget=budget)
    funded = 0
    for pk in waiting.values_list("pk", flat=True)[:PAGE]:
        if not reward_fund(reward_id=pk, now=now):
            break
        funded += 1
    return funded


def _each(ids: Iterable[int], work: Callable[[int], object]) -> int:
    """How many went well. One that fails is met again in the next round and keeps no other waiting."""
    done = 0
    for pk in ids:
        try:
            work(pk)
        except Exception as error:  # noqa: BLE001 - see above
            # Its kind only: the message of an error may quote an address.
            log.error("maturing_failed", id=pk, error=type(error).__name__)  # noqa: TRY400
        else:
            done += 1
    return done
