"""What an evaluation costs the database: a turn to it is dearer than what it does there."""

from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.models import Campaign
from config.lib.money import Money
from referrals.models import ReferralEvent
from referrals.services.referrals import referral_move
from rewards.ledger.check import ledger_problems
from rewards.models import Evaluation, Reward
from rewards.services.evaluation import evaluate, rewards_evaluate
from rewards.services.rules import LimitDraft
from tests.cast import BEN, NOOR
from tests.factories.campaigns import campaign_made
from tests.factories.referrals import enrolled, referred
from tests.factories.rewards import balances, budget_of, friend_coupon, rule_of, won

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]

MOST = 10
FRAME = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


@pytest.fixture
def campaign(company: object) -> Campaign:
    return campaign_made()


def conversion(campaign: Campaign, now: datetime, **wanted: object) -> ReferralEvent:
    """Of a friend who has their coupon, after another friend's, under a limit and a budget."""
    limits = [LimitDraft("amount", "advocate", 50_000, window="year", over="partial")]
    rule_of(campaign, now=now, budget=budget_of(campaign, 100_000), limits=limits, **wanted)
    friend_coupon(campaign, now=now)
    enrolment = enrolled(campaign, now=now)
    won(referred(enrolment, now=now, person=NOOR), now=now)
    referral = referred(enrolment, now=now, person=BEN)
    rewards_evaluate(now)
    referral.refresh_from_db()
    return referral_move(referral=referral, to="converted", actor=None, now=now, deal=Money(10_000, "USD"))


@pytest.mark.postgres
@pytest.mark.parametrize(("benefit", "hold_days", "steps"), [("credit", 14, 1), ("credit", 0, 3), ("cash", 0, 2)])
def test_a_conversion_is_evaluated_in_ten_statements(
    campaign: Campaign, now: datetime, benefit: str, hold_days: int, steps: int
) -> None:
    event = conversion(campaign, now, benefit=benefit, hold_days=hold_days)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        evaluate(source="referral_event", source_id=event.pk, now=now)
    asked = [query["sql"] for query in captured if not query["sql"].startswith(FRAME)]
    assert len(asked) <= MOST, "\n\n".join(sql[:300] for sql in asked)
    assert Evaluation.objects.get(source="referral_event", source_id=event.pk).trace[-1]["outcome"] == "rewarded"
    assert Reward.objects.get(referral=event.referral, benefit=benefit).events.count() == steps
    assert sum(balances().values()) == 0
    assert ledger_problems() == []
