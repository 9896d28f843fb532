"""Rewards that nobody takes: time runs on the person's turn only, they are warned, what was set aside is free."""

from datetime import datetime, timedelta

import pytest

from campaigns.models import Campaign, OutboundMessage
from referrals.models import Referral
from rewards.ledger.check import ledger_problems
from rewards.models import BudgetPeriod, LimitUse, MoneyPolicy, Reward
from rewards.services.expiring import reward_expire, rewards_expire
from rewards.services.rules import LimitDraft
from rewards.words import staff_reasons
from rewards.words.reasons import until_words
from tests.factories.campaigns import campaign_made
from tests.factories.payouts import account_given
from tests.factories.referrals import enrolled, referred
from tests.factories.rewards import balances, budget_of, rule_of, won

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]

DAY = timedelta(days=1)


@pytest.fixture
def referral(company: object, now: datetime) -> Referral:
    """20 USD in money, approved at once, to be taken within sixty days; the advocate has not said where to pay."""
    campaign = campaign_made()
    limit = LimitDraft("amount", "advocate", 10_000, window="year")
    budget = budget_of(campaign, 5_000)
    rule_of(campaign, now=now, benefit="cash", expires_after_days=60, budget=budget, limits=[limit])
    referral = referred(enrolled(campaign, now=now), now=now)
    won(referral, now=now)
    return referral


def only() -> Reward:
    return Reward.objects.select_related("rule", "referral").get()


def warnings() -> list[OutboundMessage]:
    return list(OutboundMessage.objects.filter(mail="reward_expires"))


def test_the_person_is_warned_and_then_it_is_gone_and_all_that_it_held_is_free(
    referral: Referral, now: datetime
) -> None:
    assert rewards_expire(now) == {"begun": 1, "stopped": 0, "warned": 0, "expired": 0}
    assert only().expires_at == now + 60 * DAY
    assert rewards_expire(now + 45 * DAY)["warned"] == 0
    assert rewards_expire(now + 46 * DAY)["warned"] == 1
    assert rewards_expire(now + 47 * DAY)["warned"] == 0
    [letter] = warnings()
    assert "20.00" in letter.subject or "20,00" in letter.subject
    assert staff_reasons(only()) == [
        until_words(only()).replace("Take it until", "It runs out on")[:-1] + " unless the person takes it."
    ]

    assert balances() == {"funding": -2_000, "owed": 2_000}
    assert rewards_expire(now + 60 * DAY) == {"begun": 0, "stopped": 0, "warned": 0, "expired": 1}
    reward = only()
    assert (reward.status, reward.limit_uses, reward.budget_period) == ("expired", [], None)
    assert balances() == {"funding": -2_000, "expired": 2_000}
    assert BudgetPeriod.objects.get().used == 0
    assert not LimitUse.objects.filter(used__gt=0).exists()
    assert reward.events.latest("pk").reason == "not taken"
    assert (until_words(reward), ledger_problems()) == ("", [])
    assert rewards_expire(now + 61 * DAY)["expired"] == 0


def test_who_says_where_to_pay_stops_the_time(referral: Referral, now: datetime) -> None:
    rewards_expire(now)
    rewards_expire(now + 50 * DAY)
    account_given(referral.advocate, now=now + 51 * DAY)
    # The sweep had read it a moment ago.
    assert reward_expire(reward_id=only().pk, now=now + 61 * DAY) is False
    assert rewards_expire(now + 61 * DAY) == {"begun": 0, "stopped": 1, "warned": 0, "expired": 0}
    assert (only().status, only().expires_at, only().warned_at) == ("approved", None, None)


def test_who_is_warned_late_gets_all_the_days_of_warning(referral: Referral, now: datetime) -> None:
    rewards_expire(now)
    assert rewards_expire(now + 90 * DAY) == {"begun": 0, "stopped": 0, "warned": 1, "expired": 0}
    assert only().expires_at == now + 104 * DAY
    assert rewards_expire(now + 104 * DAY)["expired"] == 1


def test_the_company_says_how_long_before_and_nobody_is_warned_before_half_the_time(
    referral: Referral, now: datetime
) -> None:
    MoneyPolicy.objects.create(warn_days=50)
    rewards_expire(now)
    assert rewards_expire(now + 29 * DAY)["warned"] == 0
    assert rewards_expire(now + 30 * DAY)["warned"] == 1


def test_a_choice_that_nobody_makes_runs_out_but_not_while_we_let_them_wait(referral: Referral, now: datetime) -> None:
    account_given(referral.advocate, now=now)
    Reward.objects.update(status="pending", pending_reasons=["awaiting_choice"])
    assert rewards_expire(now)["begun"] == 1
    Reward.objects.update(pending_reasons=["under_review", "awaiting_choice"])
    assert rewards_expire(now + 70 * DAY) == {"begun": 0, "stopped": 1, "warned": 0, "expired": 0}
    Reward.objects.update(pending_reasons=["awaiting_choice"])
    assert rewards_expire(now + 71 * DAY)["begun"] == 1
    assert only().expires_at == now + 131 * DAY
    assert "Take it until" in until_words(only())


def test_without_an_end_in_the_rule_nothing_runs_out(company: object, now: datetime) -> None:
    campaign: Campaign = campaign_made()
    rule_of(campaign, now=now, benefit="cash")
    won(referred(enrolled(campaign, now=now), now=now), now=now)
    assert sum(rewards_expire(now + 4_000 * DAY).values()) == 0
