"""What time brings: waiting times end, budgets get room, refunded payments come through, coupons expire."""

from datetime import datetime

from django.db import transaction

from rewards.locks import reward_lock
from rewards.models import Budget, Reward
from rewards.selectors import waits_for_budget
from rewards.services.books import book_reserve
from rewards.services.budgets import budget_reserve
from rewards.services.coupons import coupons_expire
from rewards.services.moves import reward_note
from rewards.services.rewards import reward_settle
from rewards.services.take_backs import rewards_recheck
from rewards.triggers import local_date

PAGE = 500
SETTLED = (Reward.Status.FULFILLED, Reward.Status.APPROVED)


def rewards_mature(now: datetime) -> dict[str, int]:
    """One round of the sweep; what does not fit in a page comes with the next."""
    return {
        "matured": _mature(now),
        "funded": _fund(now),
        "rechecked": _recheck(now),
        "coupons_expired": coupons_expire(now),
    }


def _mature(now: datetime) -> int:
    # The waiting time stands first among the reasons, see rewards.selectors.pending_reasons.
    due = Reward.objects.maturing(at=now).filter(pending_reasons__0=Reward.PendingReason.ON_HOLD)
    ids = list(due.order_by("eligible_at").values_list("pk", flat=True)[:PAGE])
    for pk in ids:
        with transaction.atomic():
            reward_settle(reward=reward_lock(pk), now=now)
    return len(ids)


def _fund(now: datetime) -> int:
    """First come, first served: a budget stops at the first reward for which it has no room."""
    budgets = Budget.objects.filter(rules__rewards__in=Reward.objects.waiting_for_budget()).distinct()
    return sum(_fund_from(budget, now) for budget in budgets)


def _fund_from(budget: Budget, now: datetime) -> int:
    waiting = Reward.objects.waiting_for_budget().filter(rule__budget=budget)
    funded = 0
    for pk in waiting.values_list("pk", flat=True)[:PAGE]:
        if not reward_fund(reward_id=pk, now=now):
            break
        funded += 1
    return funded


def reward_fund(*, reward_id: int, now: datetime) -> bool:
    """Take a reward up that waits for its budget: charged to the period that runs now. False: still no room."""
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


def _recheck(now: datetime) -> int:
    due = Reward.objects.filter(recheck_at__lte=now, status__in=SETTLED).order_by("recheck_at")
    return rewards_recheck(reward_ids=list(due.values_list("pk", flat=True)[:PAGE]), now=now)
