"""Rewards that nobody takes run out, where their rule says so, and not without a warning.

The time runs only while it is the person's turn: a choice, an address or a bank account is missing, and nothing else.
While the reward waits for us, for a budget or for an approval, it stands still, and begins anew afterwards.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from rewards.locks import reward_lock
from rewards.models import PayoutMethod, Reward, RewardRule
from rewards.policy import money_policy
from rewards.services.books import book_not_taken, holding_account
from rewards.services.budgets import budget_release
from rewards.services.gift_giving import order_withdraw
from rewards.services.limits import limits_give_back
from rewards.services.moves import reward_move
from rewards.services.reward_news import tell_expires

log = structlog.get_logger(__name__)

Status, Reason = Reward.Status, Reward.PendingReason
PAGE = 500
NOT_TAKEN = "not taken"
# In the order in which reasons are written down.
OF_THE_PERSON = ([Reason.AWAITING_CHOICE], [Reason.AWAITING_ADDRESS], [Reason.AWAITING_CHOICE, Reason.AWAITING_ADDRESS])


def rewards_expire(now: datetime) -> dict[str, int]:
    """One round of the sweep; what does not fit in a page comes with the next."""
    return {
        "begun": _each(_to_begin(), lambda pk: _begin(pk, now)),
        "stopped": _stop(),
        "warned": _each(_to_warn(now), lambda pk: reward_warn(reward_id=pk, now=now)),
        "expired": _each(_to_expire(now), lambda pk: reward_expire(reward_id=pk, now=now)),
    }


def reward_warn(*, reward_id: int, now: datetime) -> bool:
    """Tell the person. Who is warned late gets all the days of warning all the same."""
    with transaction.atomic():
        reward = reward_lock(reward_id)
        if not _is_persons_turn(reward) or reward.warned_at or reward.expires_at is None:
            return False
        until = max(reward.expires_at, now + timedelta(days=warning_days(reward.rule)))
        Reward.objects.filter(pk=reward.pk).update(warned_at=now, expires_at=until)
        reward.warned_at, reward.expires_at = now, until
        if until > now:
            tell_expires(reward=reward, now=now)
    return True


def reward_expire(*, reward_id: int, now: datetime) -> bool:
    """It is over: what was set aside is booked as expired, limits and budget have room again.

    False when the person has taken it at the last moment.
    """
    with transaction.atomic():
        reward = reward_lock(reward_id)
        if not _is_persons_turn(reward) or not reward.expires_at or reward.expires_at > now:
            return False
        limits_give_back(uses=reward.limit_uses)
        if reward.budget_period:
            budget_release(period=reward.budget_period, amount=reward.amount)
        held_in = holding_account(reward)
        step = reward_move(
            reward=reward, to=Status.EXPIRED, now=now, reason=NOT_TAKEN, limit_uses=[], budget_period=None
        )
        if held_in:
            book_not_taken(reward=reward, step=step, held_in=held_in, now=now)
        order_withdraw(reward=reward, reason=NOT_TAKEN)
    return True


def warning_days(rule: RewardRule) -> int:
    """At most half of the time that there is; 0 where the company wants no warning."""
    wanted = money_policy().warn_days
    return min(wanted, max(1, (rule.expires_after_days or 0) // 2))


def persons_turn() -> Q:
    """Only the person keeps it waiting: to choose, to say where to, or where to pay."""
    has_account = Exists(PayoutMethod.objects.standing().filter(contact=OuterRef("contact")))
    unpaid = Q(status=Status.APPROVED, benefit=RewardRule.Benefit.CASH, contact__isnull=False) & ~Q(has_account)
    asked = [Q(status=Status.PENDING, pending_reasons=list(map(str, reasons))) for reasons in OF_THE_PERSON]
    return reduce(or_, asked, unpaid)


def _running() -> QuerySet[Reward]:
    return Reward.objects.filter(persons_turn(), expires_at__isnull=False)


def _is_persons_turn(reward: Reward) -> bool:
    return Reward.objects.filter(persons_turn(), pk=reward.pk).exists()


def _to_begin() -> list[int]:
    due = Reward.objects.filter(persons_turn(), expires_at=None, rule__expires_after_days__isnull=False)
    return list(due.order_by("pk").values_list("pk", flat=True)[:PAGE])


def _begin(pk: int, now: datetime) -> bool:
    days = RewardRule.objects.values_list("expires_after_days", flat=True).get(rewards=pk)
    running = Reward.objects.filter(persons_turn(), pk=pk, expires_at=None)
    return bool(days and running.update(expires_at=now + timedelta(days=days)))


def _stop() -> int:
    live = Reward.objects.filter(status__in=[Status.PENDING, Status.APPROVED], expires_at__isnull=False)
    return live.exclude(pk__in=_running().values("pk")).update(expires_at=None, warned_at=None)


def _to_warn(now: datetime) -> list[int]:
    """The soonest first."""
    days = money_policy().warn_days
    near = _running().filter(warned_at=None, expires_at__lte=now + timedelta(days=days)).select_related("rule")
    return [
        reward.pk
        for reward in near.order_by("expires_at")[:PAGE]
        if reward.expires_at and reward.expires_at <= now + timedelta(days=warning_days(reward.rule))
    ]


def _to_expire(now: datetime) -> list[int]:
    due = _running().filter(warned_at__isnull=False, expires_at__lte=now)
    return list(due.order_by("expires_at").values_list("pk", flat=True)[:PAGE])


def _each(ids: list[int], work: Callable[[int], bool]) -> int:
    """How many went well. One that fails is met again in the next round and keeps no other waiting."""
    done = 0
    for pk in ids:
        try:
            done += work(pk)
        except Exception as error:  # noqa: BLE001 - see above
            # Its kind only: the message of an error may quote an address.
            log.error("expiring_failed", id=pk, error=type(error).__name__)  # noqa: TRY400
    return done
