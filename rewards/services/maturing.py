"""What time brings: waiting times end, limits and budgets get room, refunded payments come through, coupons expire."""

from collections.abc import Callable, Iterable
from datetime import datetime

import structlog
from django.db import transaction

from advocates.standing import standing
from rewards.locks import reward_lock
from rewards.models import Budget, BudgetPeriod, Reward
from rewards.quotes import pure_rule
from rewards.rules.limits import Place
from rewards.selectors import waits_for_budget
from rewards.services.books import book_reserve
from rewards.services.budgets import budget_reserve, budget_take
from rewards.services.coupons import coupon_expire, coupons_due
from rewards.services.limits import limits_retry
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
        "let_in": _let_in(now),
        "funded": sum(_fund_from(budget, now) for budget in _wanted_budgets()),
        "rechecked": _each(_to_recheck(now), lambda pk: reward_recheck(reward_id=pk, now=now)),
        "coupons_expired": _each(coupons_due(now), lambda pk: coupon_expire(coupon_id=pk, now=now)),
    }


def reward_mature(*, reward_id: int, now: datetime) -> None:
    with transaction.atomic():
        reward_settle(reward=reward_lock(reward_id), now=now)


def reward_let_in(*, reward_id: int, now: datetime) -> bool:
    """Take up a reward that waits for a limit, in the window that runs now. False: still no room."""
    with transaction.atomic():
        reward = reward_lock(reward_id)
        if reward.status != Reward.Status.PENDING or not reward.waits_for_limit:
            return True
        taken = limits_retry(reward=reward, limits=pure_rule(reward.rule).limits, place=_place(reward, now))
        if taken.value is None or taken.waits_for:
            _wait_on(reward, taken.waits_for)
            return False
        period = _fund_now(reward, now)
        changes = {"limit_uses": [*reward.limit_uses, *taken.uses], "waits_for_limit": "", "budget_period": period}
        Reward.objects.filter(pk=reward.pk).update(**changes)
        for name, value in changes.items():
            setattr(reward, name, value)
        step = reward_note(reward=reward, now=now, reason="limit has room")
        book_reserve(reward=reward, step=step, now=now)
        reward_settle(reward=reward, now=now)
    return True


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


def _let_in(now: datetime) -> int:
    """First in, first out: behind one that has no room, or that fails, nobody of its queue is tried."""
    let_in, closed = 0, set()
    for pk, queue in list(Reward.objects.waiting_for_limit().values_list("pk", "waits_for_limit")):
        if queue in closed:
            continue
        try:
            has_gone_on = reward_let_in(reward_id=pk, now=now)
        except Exception as error:  # noqa: BLE001 - it keeps its own queue waiting, and no other
            log.error("let_in_failed", id=pk, error=type(error).__name__)  # noqa: TRY400
            has_gone_on = False
        let_in += has_gone_on
        closed |= set() if has_gone_on else {queue}
    return let_in


def _place(reward: Reward, now: datetime) -> Place:
    people = {reward.recipient_kind: reward.party_key}
    if reward.referral:
        named = {"advocate": reward.referral.advocate, "friend": reward.referral.friend}
        people |= {kind: standing(person).public_id for kind, person in named.items()}
    day = local_date(now, reward.campaign)
    return Place(reward.campaign.public_id, reward.rule_key, reward.unit, day, people)


def _wait_on(reward: Reward, queue: str) -> None:
    """Of several limits, another one may be in its way by now."""
    if queue and queue != reward.waits_for_limit:
        Reward.objects.filter(pk=reward.pk).update(waits_for_limit=queue)


def _fund_now(reward: Reward, now: datetime) -> BudgetPeriod | None:
    budget = reward.rule.budget
    if budget is None:
        return None
    day = local_date(now, reward.campaign)
    return budget_take(budget_id=budget.pk, cycle=budget.period, amount=reward.amount, day=day)


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
