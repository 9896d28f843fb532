"""Played in memory and carried out on the database: the same rewards to the cent, and nothing written."""

import random
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from advocates.models import User
from advocates.services.contacts import ContactFacts
from campaigns.models import Campaign
from config.lib.money import Money
from referrals.errors import RefundTooLarge
from referrals.models import ReferralEvent
from referrals.services.events import EventFacts, event_record, refund_record
from rewards.models import Reward, Tier
from rewards.play.backtest import backtest
from rewards.play.setting import standing_rules
from rewards.services.evaluation import rewards_evaluate
from rewards.services.maturing import rewards_mature
from rewards.services.rules import ConditionDraft, LimitDraft
from tests.cast import BEN, NOOR, SOFIA
from tests.factories.campaigns import campaign_made
from tests.factories.referrals import enrolled, referred
from tests.factories.rewards import budget_of, charity_made, rule_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]

GONE = (Reward.Status.CANCELLED, Reward.Status.REVERSED)
FRIENDS = (BEN, NOOR, SOFIA)


@pytest.fixture
def campaign(company: object, ada: User, now: datetime) -> Campaign:
    """Rules of many kinds, whose limits and budgets bite."""
    charity_made(ada, now)
    campaign = campaign_made(conversion_events=["purchase"])
    Tier.objects.create(campaign=campaign, key="silver", name="Silver", from_confirmed=1, multiplier=12_500)
    minimum = ConditionDraft("minimum_amount", {"amounts": {"USD": 3_000}})
    monthly, steps = LimitDraft("amount", "advocate", 3_000, "month", "partial"), {"2": 4_000, "3": 10_000}
    rules: list[dict[str, Any]] = [
        {"key": "share", "trigger": "purchase", "calculator": "percent", "parameters": {"basis_points": 1_500}}
        | {
            "amounts": {},
            "conditions": [minimum],
            "limits": [monthly],
        },
        {"key": "welcome", "recipient": "friend", "hold_days": 14, "budget": budget_of(campaign, 2_500, period="month")}
        | {"amounts": {"USD": 1_000}},
        {"key": "tiered", "calculator": "tier_multiplier", "amounts": {"USD": 1_000}, "hold_days": 400},
        {"key": "waits", "trigger": "purchase", "amounts": {"USD": 700}, "hold_days": 400}
        | {"limits": [LimitDraft("rewards", "campaign", 2, "rolling", "wait", 30)]},
        {
            "key": "second",
            "trigger": "purchase",
            "calculator": "steps",
            "parameters": {"steps": steps},
        }
        | {"amounts": {"USD": 5_000}, "hold_days": 400},
        {"key": "milestone", "calculator": "milestones", "parameters": {"milestones": {"2": {"USD": 9_000}}}}
        | {"amounts": {}, "hold_days": 400},
        {"key": "cause", "trigger": "purchase", "recipient": "charity", "benefit": "donation", "hold_days": 400}
        | {
            "calculator": "percent",
            "parameters": {"basis_points": 100},
            "amounts": {},
            "benefit_settings": {"charity": "rivers"},
        },
    ]
    for rule in rules:
        rule_of(campaign, now=now, **rule)
    return campaign


def lived(campaign: Campaign, now: datetime, chance: random.Random) -> datetime:
    """Three friends of one advocate buy and give back over some months; everything is evaluated as it happens."""
    enrolment = enrolled(campaign, now=now)
    for friend in FRIENDS:
        referred(enrolment, now=now, person=friend)
    rewards_evaluate(now)
    sold: list[tuple[str, int]] = []
    for number in range(20):
        now += timedelta(days=chance.randint(0, 9), hours=1)
        rewards_mature(now)
        if sold and chance.random() < 0.35:
            _give_back(chance.choice(sold), number, chance, now)
        else:
            amount = chance.randint(1_000, 20_000)
            sold.append((f"order-{number}", amount))
            facts = EventFacts(
                event_id=f"order-{number}",
                type="purchase",
                occurred_at=now - timedelta(days=chance.choice([0, 0, 0, 1])),
                friend=ContactFacts(email=chance.choice(FRIENDS).email),
                amount=Money(amount, "USD"),
            )
            event_record(facts=facts, source="shop", now=now)
        assert rewards_evaluate(now)["failed"] == 0
    return now


def _give_back(sale: tuple[str, int], number: int, chance: random.Random, now: datetime) -> None:
    order, amount = sale
    part = chance.choice([None, amount // 2, amount // 3])
    try:
        refund_record(
            source="shop",
            event_id=f"back-{number}",
            refunds=order,
            reason="",
            now=now,
            amount=Money(part, "USD") if part else None,
        )
    except RefundTooLarge:
        return


@pytest.mark.parametrize("seed", range(3))
def test_a_history_earns_in_memory_what_it_earned_on_the_database(campaign: Campaign, now: datetime, seed: int) -> None:
    end = lived(campaign, now, random.Random(seed))
    rewards_mature(end)
    real = {
        (one.rule_key, one.party_key, one.slot): (one.amount - one.taken_back, one.unit, one.pending_reasons)
        for one in Reward.objects.exclude(status__in=GONE)
    }
    waits = {"limit_reached", "budget_exhausted"}
    played = backtest(campaign=campaign, rules=standing_rules(campaign), since=None, now=end)

    assert {
        (one.rule, one.party.key, one.slot): (one.left, one.unit, one.waits) for one in played.game.rewards if one.left
    } == {key: (left, unit, "".join(waits & set(why))) for key, (left, unit, why) in real.items()}
    assert played.would_totals.by_unit == played.paid_totals.by_unit
    assert played.would_totals.by_month == played.paid_totals.by_month
    assert len({one.rule for one in played.game.rewards}) >= 5


def test_a_backtest_writes_nothing_and_asks_few_questions(campaign: Campaign, now: datetime) -> None:
    end = lived(campaign, now, random.Random(1))
    tables = {model: list(model._default_manager.order_by("pk").values()) for model in apps.get_models()}
    with CaptureQueriesContext(connection) as asked:
        backtest(campaign=campaign, rules=standing_rules(campaign), since=now + timedelta(days=40), now=end)
    statements = [query["sql"].lstrip(" (").upper() for query in asked]

    assert all(sql.startswith(("SELECT", "SAVEPOINT", "RELEASE", "DECLARE", "FETCH", "CLOSE")) for sql in statements)
    assert not [sql for sql in statements if "FOR UPDATE" in sql or "FOR NO KEY" in sql]
    assert len(statements) <= 30
    assert {model: list(model._default_manager.order_by("pk").values()) for model in apps.get_models()} == tables


def test_what_was_rewarded_before_keeps_its_slots_and_counts_in_limits(campaign: Campaign, now: datetime) -> None:
    end = lived(campaign, now, random.Random(3))
    since = now + timedelta(days=40)
    earlier = Reward.objects.filter(created_at__lt=since).exclude(status__in=GONE)
    played = backtest(campaign=campaign, rules=standing_rules(campaign), since=since, now=end)

    slots = {(one.rule, one.party.key, one.slot) for one in played.game.rewards}
    assert slots
    assert not slots & set(earlier.values_list("rule_key", "party_key", "slot"))
    assert all(one.happening.recorded_at >= since for one in played.game.rewards)
    assert played.events == ReferralEvent.objects.filter(recorded_at__gte=since).count()
