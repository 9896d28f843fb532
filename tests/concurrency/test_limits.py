"""Limits, waiting, refunds and milestones when several things happen at once. Each race with its unguarded twin."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest

from advocates.services.contacts import ContactFacts
from campaigns.models import Campaign
from config.lib.money import Money
from referrals.models import Referral, ReferralEvent
from referrals.services import conversions
from referrals.services.events import EventFacts, event_record, refund_record
from referrals.services.facts import confirmed_friends
from referrals.services.referrals import referral_move
from rewards.ledger.check import ledger_problems
from rewards.models import Reward
from rewards.services import evaluation, limits
from rewards.services.evaluation import evaluate, rewards_evaluate
from rewards.services.limits import LimitRows
from rewards.services.maturing import reward_let_in
from rewards.services.rules import LimitDraft
from rewards.triggers import known, referral_events
from tests.cast import BEN, NOOR, SOFIA, YUKI, Person
from tests.concurrency.race import meet, run_together
from tests.factories.campaigns import campaign_made
from tests.factories.referrals import enrolled, referred
from tests.factories.rewards import balances, rule_of, won

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("company")]

MEETING_SECONDS = 1.5
FRIENDS = (BEN, NOOR, SOFIA, YUKI)


@pytest.fixture
def campaign(company: object) -> Campaign:
    return campaign_made()


def brought(campaign: Campaign, now: datetime, people: tuple[Person, ...] = FRIENDS) -> list[Referral]:
    enrolment = enrolled(campaign, now=now)
    referrals = [referred(enrolment, now=now, person=person) for person in people]
    Referral.objects.update(review=Referral.Review.CLEAR)
    rewards_evaluate(now)
    return [Referral.objects.get(pk=referral.pk) for referral in referrals]


def converted(referral: Referral, now: datetime) -> ReferralEvent:
    return referral_move(referral=referral, to="converted", actor=None, now=now, deal=Money(10_000, "USD"))


def looks(events: list[ReferralEvent], now: datetime) -> list[Callable[[], Any]]:
    return [partial(evaluate, source="referral_event", source_id=event.pk, now=now) for event in events]


# --- the last room of days in a row -----------------------------------------------------------------------------------


def four_at_once(campaign: Campaign, now: datetime, monkeypatch: pytest.MonkeyPatch) -> int:
    """Whoever has seen that there is room waits until the others have seen it too, if they can."""
    rule_of(campaign, now=now, limits=[LimitDraft("rewards", "campaign", 1, window="rolling", days=7)])
    events = [converted(referral, now) for referral in brought(campaign, now)]
    looked, look = Barrier(len(events)), LimitRows.days_used

    def slowly(rows: LimitRows, *window: Any) -> Any:
        found = look(rows, *window)
        meet(looked, seconds=MEETING_SECONDS)
        return found

    monkeypatch.setattr(LimitRows, "days_used", slowly)
    answers = run_together(*looks(events, now))
    assert not [one for one in answers if isinstance(one, Exception)]
    return Reward.objects.count()


def test_the_last_room_of_days_in_a_row_is_taken_once(
    campaign: Campaign, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert four_at_once(campaign, now, monkeypatch) == 1


def test_twin_without_the_lock_of_the_queue_takes_it_four_times(
    campaign: Campaign, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "limit_queue_lock", lambda _queue: None)
    assert four_at_once(campaign, now, monkeypatch) == len(FRIENDS)


# --- first in, first out ----------------------------------------------------------------------------------------------


def let_in_by_three(campaign: Campaign, now: datetime) -> list[str]:
    """Three wait, there is room for one, and three workers try each another one: who went out?"""
    rule_of(campaign, now=now, limits=[LimitDraft("rewards", "campaign", 1, window="month", over="wait")])
    for minutes, referral in enumerate(brought(campaign, now)):
        won(referral, now=now + timedelta(minutes=minutes))
    waiting = list(Reward.objects.waiting_for_limit())
    assert len(waiting) == 3
    later = now + timedelta(days=31)
    tries = [partial(reward_let_in, reward_id=reward.pk, now=later) for reward in reversed(waiting)]
    # The last in line comes first; then the others try, all at once.
    tries[0]()
    run_together(*tries, *tries)
    gone = set(Reward.objects.exclude(status="pending").values_list("pk", flat=True))
    return [str(place) for place, reward in enumerate(waiting) if reward.pk in gone]


def test_three_workers_let_in_who_waits_longest(campaign: Campaign, now: datetime) -> None:
    assert let_in_by_three(campaign, now) == ["0"]


def test_twin_that_does_not_look_at_the_line_lets_somebody_overtake(
    campaign: Campaign, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LimitRows, "is_awaited", lambda _rows, _queue: False)
    assert let_in_by_three(campaign, now) != ["0"]


# --- a refund comes while its sale is looked at -----------------------------------------------------------------------


def refund_meets_sale(campaign: Campaign, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    rule_of(campaign, now=now)
    brought(campaign, now, (BEN,))
    facts = EventFacts(
        event_id="order-1",
        type="purchase",
        occurred_at=now,
        friend=ContactFacts(email=BEN.email),
        amount=Money(10_000, "USD"),
    )
    sale = event_record(facts=facts, source="shop", now=now).event
    seen, done = Barrier(2), Barrier(2)

    def slowly(occasion: Any, at: datetime) -> Any:
        if occasion.event == sale:
            meet(seen, seconds=MEETING_SECONDS)
            meet(done, seconds=MEETING_SECONDS)
        return known(occasion, at)

    def refund() -> None:
        meet(seen, seconds=MEETING_SECONDS)
        back = refund_record(source="shop", event_id="back", refunds="order-1", amount=None, reason="", now=now).event
        evaluate(source="referral_event", source_id=back.pk, now=now)
        meet(done, seconds=MEETING_SECONDS)

    monkeypatch.setattr(evaluation, "known", slowly)
    answers = run_together(*looks([sale], now), refund)
    assert not [one for one in answers if isinstance(one, Exception)]


def test_a_refund_waits_until_its_sale_was_looked_at(
    campaign: Campaign, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    refund_meets_sale(campaign, now, monkeypatch)
    assert Reward.objects.get().status == "reversed"
    assert balances() == {}
    assert ledger_problems() == []


def test_twin_without_the_lock_of_the_referral_pays_for_a_sale_that_went_back(
    campaign: Campaign, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(referral_events, "referral_of_event_lock", lambda _pk: None)
    refund_meets_sale(campaign, now, monkeypatch)
    assert Reward.objects.get().status == "fulfilled"


# --- a milestone with two friends at once -----------------------------------------------------------------------------


def two_friends_at_once(campaign: Campaign, now: datetime, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One friend has bought; the second and the third do so at the same moment."""
    milestones = {"milestones": {"2": {"USD": 1_000}, "3": {"USD": 5_000}}}
    rule_of(campaign, now=now, calculator="milestones", parameters=milestones, amounts={})
    first, *others = brought(campaign, now, (BEN, NOOR, SOFIA))
    won(first, now=now)
    counted, count = Barrier(2), confirmed_friends

    def slowly(referral: Referral) -> int:
        found = count(referral)
        meet(counted, seconds=MEETING_SECONDS)
        return found

    monkeypatch.setattr(conversions, "confirmed_friends", slowly)
    events = run_together(*[partial(converted, referral, now) for referral in others])
    run_together(*looks(events, now))
    return sorted(Reward.objects.values_list("slot", flat=True))


def test_two_friends_at_once_reach_two_milestones(
    campaign: Campaign, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert two_friends_at_once(campaign, now, monkeypatch) == ["milestone:2", "milestone:3"]


def test_twin_without_the_lock_of_the_enrolment_counts_both_as_the_second(
    campaign: Campaign, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversions, "advocate_locked", lambda _referral: None)
    assert two_friends_at_once(campaign, now, monkeypatch) == ["milestone:2"]
