"""Two devices choose at once: one choice is carried out. With its unguarded twin."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import transaction

from campaigns.models import Campaign
from rewards.errors import AlreadyChosen
from rewards.ledger.check import ledger_problems
from rewards.models import Reward
from rewards.services.choosing import reward_choose
from tests.concurrency.race import meet, run_together
from tests.factories.campaigns import campaign_made
from tests.factories.referrals import enrolled, referred
from tests.factories.rewards import balances, rule_of, won

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("company")]

MEETING_SECONDS = 1.0
OPTIONS = [
    {"key": "credit", "name": "Credit", "benefit": "credit", "amount": 2_000, "unit": "USD"},
    {"key": "points", "name": "Points", "benefit": "credit", "amount": 500, "unit": "points"},
]


@pytest.fixture
def reward(company: object, now: datetime) -> Reward:
    campaign: Campaign = campaign_made()
    rule_of(campaign, now=now, benefit="choice", benefit_settings={"options": OPTIONS})
    won(referred(enrolled(campaign, now=now), now=now), now=now)
    return Reward.objects.get()


def choose(reward: Reward, option: str, now: datetime) -> str:
    return reward_choose(reward=Reward.objects.get(pk=reward.pk), option=option, now=now).chosen


def choose_unguarded(reward: Reward, option: dict[str, Any], now: datetime, looked: Barrier) -> str:
    """Look, then save."""
    with transaction.atomic():
        mine = Reward.objects.select_related("campaign", "rule", "contact").get(pk=reward.pk)
        meet(looked, seconds=MEETING_SECONDS)
        if mine.chosen:
            raise AlreadyChosen("")
        mine.chosen, mine.benefit = option["key"], option["benefit"]
        mine.amount, mine.unit = option["amount"], option["unit"]
        mine.save()
    return mine.chosen


def works(of: Callable[..., str], reward: Reward, now: datetime, *more: Any) -> list[Callable[[], str]]:
    return [partial(of, reward, option, now, *more) for option in (OPTIONS if more else ["credit", "points"])]


def test_of_two_choices_at_once_one_is_carried_out(reward: Reward, now: datetime) -> None:
    answers = run_together(*works(choose, reward, now))
    [chosen] = [answer for answer in answers if isinstance(answer, str)]
    assert sum(isinstance(answer, AlreadyChosen) for answer in answers) == 1
    reward.refresh_from_db()
    assert (reward.chosen, reward.status) == (chosen, "fulfilled")
    assert balances() == {"funding": -reward.amount, "credit": reward.amount}
    assert ledger_problems() == []


def test_without_the_guard_both_believe_they_have_chosen(reward: Reward, now: datetime) -> None:
    answers = run_together(*works(choose_unguarded, reward, now, Barrier(2)))
    assert sorted(answers) == ["credit", "points"]
