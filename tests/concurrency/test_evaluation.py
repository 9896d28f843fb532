"""One fact earns once, and a budget is never overdrawn. Each race with the unguarded twin that loses it."""

from datetime import datetime
from functools import partial
from threading import Barrier, get_ident
from typing import Any

import pytest
from django.db import connection, transaction

from campaigns.models import Campaign
from config.lib.money import Money
from referrals.models import Referral, ReferralEvent
from referrals.services.referrals import referral_move
from rewards.ledger.check import ledger_problems
from rewards.models import Budget, BudgetPeriod, Evaluation, Reward, RewardRule
from rewards.services import earning
from rewards.services.evaluation import evaluate
from tests.cast import LENA, Person
from tests.concurrency.race import meet, run_together
from tests.factories.campaigns import campaign_made
from tests.factories.referrals import enrolled, referred
from tests.factories.rewards import balances, budget_of, rule_of

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("company")]

WORKERS = 6
FRIENDS = 50
ROOM_FOR = 10
MEETING_SECONDS = 2.0


@pytest.fixture
def campaign(company: object) -> Campaign:
    return campaign_made()


def conversion(referral: Referral, now: datetime) -> ReferralEvent:
    return referral_move(referral=referral, to="converted", actor=None, now=now, deal=Money(10_000, "USD"))


def evaluation_of(event: ReferralEvent, now: datetime) -> Any:
    return evaluate(source="referral_event", source_id=event.pk, now=now)


# --- one event, six workers -------------------------------------------------------------------------------------------


@pytest.fixture
def event(campaign: Campaign, now: datetime) -> ReferralEvent:
    rule_of(campaign, now=now)
    return conversion(referred(enrolled(campaign, now=now), now=now), now)


def test_an_event_that_six_workers_evaluate_earns_one_reward(event: ReferralEvent, now: datetime) -> None:
    answers = run_together(*[partial(evaluation_of, event, now)] * WORKERS)

    assert sorted(type(answer).__name__ for answer in answers) == ["Evaluation"] + ["NoneType"] * (WORKERS - 1)
    assert Reward.objects.count() == 1
    assert balances() == {"funding": -2_000, "credit": 2_000}


def look_then_reward(event: ReferralEvent, now: datetime, looked: Barrier) -> None:
    """Ask whether it has been done, then do it: the way that `insert_once` stands against."""
    was_evaluated = Evaluation.objects.filter(source="twin", source_id=event.pk).exists()
    meet(looked, seconds=MEETING_SECONDS)
    if was_evaluated:
        return
    with transaction.atomic():
        Evaluation.objects.create(source="twin", source_id=event.pk, evaluated_at=now)
        _reward_without_a_slot(event, now)


def test_without_the_unique_keys_six_workers_would_reward_six_times(event: ReferralEvent, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE rewards_evaluation DROP CONSTRAINT evaluation_once")
    try:
        run_together(*[partial(look_then_reward, event, now, Barrier(WORKERS))] * WORKERS)
        assert Reward.objects.count() == WORKERS
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE rewards_evaluation CASCADE")
            cursor.execute("ALTER TABLE rewards_evaluation ADD CONSTRAINT evaluation_once UNIQUE (source, source_id)")


def _reward_without_a_slot(event: ReferralEvent, now: datetime) -> Reward:
    rule = RewardRule.objects.get()
    return Reward.objects.create(
        campaign=rule.campaign,
        rule=rule,
        rule_key=rule.key,
        recipient_kind="advocate",
        party_key="somebody",
        slot=f"twin:{get_ident()}",
        evaluation=Evaluation.objects.filter(source="twin").latest("pk"),
        benefit="credit",
        amount=2_000,
        unit="USD",
        eligible_at=now,
        created_at=now,
    )


# --- fifty conversions, a budget for ten ------------------------------------------------------------------------------


@pytest.fixture
def budget(campaign: Campaign) -> Budget:
    return budget_of(campaign, ROOM_FOR * 2_000)


@pytest.fixture
def conversions(campaign: Campaign, budget: Budget, now: datetime) -> list[ReferralEvent]:
    rule_of(campaign, now=now, budget=budget, hold_days=14)
    enrolment = enrolled(campaign, now=now, person=LENA)
    friends = [Person(f"Friend {number}", f"friend{number}@mail.example") for number in range(FRIENDS)]
    referrals = [referred(enrolment, now=now, person=friend) for friend in friends]
    Referral.objects.update(review=Referral.Review.CLEAR)
    return [conversion(referral, now) for referral in referrals]


def test_a_budget_for_ten_reserves_ten_of_fifty(
    conversions: list[ReferralEvent], budget: Budget, now: datetime
) -> None:
    answers = run_together(*[partial(evaluation_of, event, now) for event in conversions])

    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    reserved = Reward.objects.filter(budget_period__isnull=False)
    waiting = Reward.objects.filter(budget_period=None)
    assert (reserved.count(), waiting.count()) == (ROOM_FOR, FRIENDS - ROOM_FOR)
    assert {tuple(reward.pending_reasons) for reward in waiting} == {("on_hold", "budget_exhausted")}
    assert BudgetPeriod.objects.get(budget=budget).used == ROOM_FOR * 2_000
    assert balances() == {"funding": -ROOM_FOR * 2_000, "reserved": ROOM_FOR * 2_000}
    assert ledger_problems() == []


def count_then_reserve(*, budget_id: int, amount: int, everybody: Barrier, **_day: Any) -> BudgetPeriod | None:
    """Add up what is reserved, then reserve: the way that the conditional UPDATE stands against."""
    budget = Budget.objects.get(pk=budget_id)
    period, _new = BudgetPeriod.objects.get_or_create(budget=budget, period_key="all", defaults={"cap": budget.amount})
    reserved = Reward.objects.filter(budget_period=period).count() * amount
    meet(everybody, seconds=MEETING_SECONDS)
    return period if reserved + amount <= budget.amount else None


def test_counted_instead_of_conditionally_updated_the_budget_would_be_overdrawn(
    conversions: list[ReferralEvent], budget: Budget, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    BudgetPeriod.objects.create(budget=budget, period_key="all", cap=budget.amount)
    rivals = conversions[: 2 * ROOM_FOR]
    unguarded = partial(count_then_reserve, everybody=Barrier(len(rivals)))
    monkeypatch.setattr(earning, "budget_take", unguarded)

    run_together(*[partial(evaluation_of, event, now) for event in rivals])
    assert Reward.objects.filter(budget_period__isnull=False).count() > ROOM_FOR
