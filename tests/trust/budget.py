"""Five hundred conversions at once want the last hundred rewards of a budget."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any
from unittest.mock import patch

from django.db import connection

from config.lib import clock
from config.lib.insert_once import insert_once
from config.lib.money import Money
from referrals.models import ReferralEvent
from referrals.services.referrals import referral_move
from rewards.ledger.check import ledger_problems
from rewards.models import Budget, BudgetPeriod, Reward
from rewards.services import earning
from rewards.services.evaluation import evaluate
from tests.factories.rewards import budget_of, rule_of
from tests.trust.stage import advocate_made, friends_referred
from tests.trust.trial import Figures, Size, expect

FRIENDS = {Size.SHORT: 30, Size.FULL: 500}
ROOM_FOR = {Size.SHORT: 6, Size.FULL: 100}
# A race needs no crowd: the control is as small in both sizes.
CONTROL_FRIENDS, CONTROL_ROOM = 30, 6
AMOUNT = 2_000
THREADS = 25


def budget(seed: int, size: Size) -> Figures:
    """Exactly as many rewards are funded as the budget has room for; count-then-insert funds more."""
    now = clock.now()
    friends, cap = FRIENDS[size], ROOM_FOR[size]
    paid = _funded(_conversions("guarded", friends, cap, now), now)
    expect(paid == cap, f"{paid} rewards funded by a budget for {cap}")
    expect(not ledger_problems(), f"the books: {ledger_problems()}")
    used = sum(BudgetPeriod.objects.values_list("used", flat=True))
    expect(used == cap * AMOUNT, f"{used} used of {cap * AMOUNT}")
    with patch.object(earning, "budget_take", _count_then_insert):
        unguarded = _funded(_conversions("unguarded", CONTROL_FRIENDS, CONTROL_ROOM, now), now)
    expect(unguarded > CONTROL_ROOM, f"the control funded {unguarded} of {CONTROL_ROOM}: nothing raced")
    return {
        "conversions": friends,
        "cap": cap,
        "funded": paid,
        "control's cap": CONTROL_ROOM,
        "control funded": unguarded,
    }


def _conversions(name: str, friends: int, cap: int, now: datetime) -> Sequence[ReferralEvent]:
    enrolment = advocate_made(now=now, slug=name)
    room = budget_of(enrolment.campaign, cap * AMOUNT)
    rule_of(enrolment.campaign, now=now, budget=room, amounts={"USD": AMOUNT})
    return [
        referral_move(referral=referral, to="converted", actor=None, now=now, deal=Money(10_000, "USD"))
        for referral in friends_referred(enrolment, friends, now=now)
    ]


def _funded(events: Sequence[ReferralEvent], now: datetime) -> int:
    """How many rewards have money set aside once all events were evaluated at once."""
    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(_own_connection(lambda event: _evaluated(event, now)), events))
    expect(all(answers), f"{answers.count(False)} evaluations failed")
    campaign = events[0].campaign
    return Reward.objects.filter(campaign=campaign, budget_period__isnull=False).count()


def _evaluated(event: ReferralEvent, now: datetime) -> bool:
    return evaluate(source="referral_event", source_id=event.pk, now=now) is not None


def _own_connection(work: Callable[[ReferralEvent], bool]) -> Callable[[ReferralEvent], bool]:
    def run(event: ReferralEvent) -> bool:
        try:
            return work(event)
        finally:
            connection.close()

    return run


def _count_then_insert(*, budget_id: int, amount: int, **_day: Any) -> BudgetPeriod | None:
    """The twin: looks how much is taken, and takes if that leaves room."""
    budget = Budget.objects.get(pk=budget_id)
    values: dict[str, Any] = {"budget": budget, "period_key": "all", "cap": budget.amount, "used": 0}
    period, _is_new = insert_once(BudgetPeriod, unique=["budget", "period_key"], **values)
    taken = Reward.objects.filter(budget_period=period).count() * amount
    return period if taken + amount <= budget.amount else None
