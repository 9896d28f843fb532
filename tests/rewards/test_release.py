"""Rewards that wait for a step of the friend: released by it, whenever it comes, and called back with it."""

from datetime import datetime, timedelta

import pytest

from advocates.models import User
from campaigns.models import Campaign
from config.lib.money import Money
from referrals.models import Referral, ReferralEvent
from referrals.services.referrals import referral_move, referral_take_back
from rewards.errors import BadRule
from rewards.ledger.check import ledger_problems
from rewards.models import Reward, RewardRule
from rewards.services.evaluation import rewards_evaluate
from rewards.services.rulebook import rulebook_turn
from rewards.words import staff_reasons, waiting_words
from tests.factories.campaigns import campaign_made
from tests.factories.payouts import account_given
from tests.factories.referrals import enrolled, referred
from tests.factories.rewards import balances, rule_of, won

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


@pytest.fixture
def campaign(company: object, now: datetime) -> Campaign:
    """20 USD for a friend who comes; it is paid once they have become a customer."""
    campaign = campaign_made()
    rule_of(campaign, now=now, trigger="claimed", release_on="converted")
    return campaign


@pytest.fixture
def referral(campaign: Campaign, now: datetime) -> Referral:
    referral = referred(enrolled(campaign, now=now), now=now)
    rewards_evaluate(now)
    return referral


def only() -> Reward:
    return Reward.objects.select_related("rule", "referral").get()


def test_it_waits_says_for_what_and_goes_out_with_the_step(referral: Referral, now: datetime) -> None:
    reward = only()
    assert (reward.status, reward.pending_reasons) == ("pending", ["awaiting_event"])
    assert staff_reasons(reward) == ["It is released as soon as “converted” of the friend has come."]
    assert waiting_words(reward) == "It is yours as soon as “converted” has come."

    won(referral, now=now + timedelta(hours=1))
    reward = only()
    assert (reward.status, reward.released_at) == ("fulfilled", now + timedelta(hours=1))
    assert [step.reason for step in reward.events.order_by("pk")] == ["earned", "released", "", ""]
    assert balances() == {"funding": -2_000, "credit": 2_000}
    assert ledger_problems() == []


def test_a_step_that_came_before_releases_at_once(campaign: Campaign, now: datetime) -> None:
    rule_of(campaign, now=now, key="second", trigger="converted", release_on="qualified")
    referral = referred(enrolled(campaign, now=now), now=now)
    referral_move(referral=referral, to=Referral.Status.QUALIFIED, actor=None, now=now)
    won(referral, now=now)
    assert set(Reward.objects.values_list("status", "released_at")) == {("fulfilled", now)}


def test_a_rule_without_a_friend_has_no_step_to_wait_for(campaign: Campaign, now: datetime) -> None:
    with pytest.raises(BadRule):
        rule_of(campaign, now=now, trigger="enrolled", release_on="converted")


def test_what_waits_for_other_things_too_goes_on_waiting_for_these(campaign: Campaign, now: datetime) -> None:
    RewardRule.objects.update(hold_days=14)
    rulebook_turn(campaign=campaign)
    referral = referred(enrolled(campaign, now=now), now=now)
    rewards_evaluate(now)
    assert only().pending_reasons == ["on_hold", "awaiting_event"]
    won(referral, now=now)
    assert only().pending_reasons == ["on_hold"]


def test_the_step_is_taken_back_before_payment_and_comes_again(referral: Referral, now: datetime, mira: User) -> None:
    RewardRule.objects.update(approval_above=0)
    won(referral, now=now)
    assert only().pending_reasons == ["needs_approval"]
    take_back(referral, mira, now)
    assert (only().pending_reasons, only().released_at) == (["needs_approval", "awaiting_event"], None)
    won(referral, now=now)
    assert only().pending_reasons == ["needs_approval"]
    assert balances() == {"funding": -2_000, "reserved": 2_000}


@pytest.mark.parametrize(("benefit", "ended"), [("cash", "cancelled"), ("credit", "reversed")])
def test_the_step_is_taken_back_when_it_was_approved_or_received_and_comes_again(
    campaign: Campaign, now: datetime, mira: User, benefit: str, ended: str
) -> None:
    RewardRule.objects.update(benefit=benefit)
    rulebook_turn(campaign=campaign)
    enrolment = enrolled(campaign, now=now)
    account_given(enrolment.contact, now=now)
    referral = referred(enrolment, now=now)
    won(referral, now=now)
    before = balances()
    take_back(referral, mira, now)
    assert (only().status, balances()) == (ended, {})
    won(referral, now=now)
    assert only().status in ("approved", "fulfilled")
    assert balances() == before
    assert ledger_problems() == []


def take_back(referral: Referral, actor: User, now: datetime) -> None:
    referral_take_back(referral=Referral.objects.get(pk=referral.pk), actor=actor, reason="A mistake", now=now)
    rewards_evaluate(now)


def test_a_part_refund_of_the_step_changes_nothing(referral: Referral, now: datetime) -> None:
    event = won(referral, now=now, deal=Money(10_000, "USD"))
    ReferralEvent.objects.create(
        source="shop",
        event_id="refund-1",
        type=ReferralEvent.REFUND,
        contact=event.contact,
        referral=event.referral,
        campaign=event.campaign,
        takes_back=event,
        amount=4_000,
        unit="USD",
        occurred_at=now,
        recorded_at=now,
    )
    rewards_evaluate(now)
    assert only().status == "fulfilled"
