"""What people see of their rewards, on the portal and on the pages of the campaign."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.models import Campaign
from campaigns.portal.shell import SESSION_KEY
from referrals.models import Referral
from referrals.timeline import timeline
from rewards.models import Reward
from rewards.services.maturing import rewards_mature
from tests.cast import LENA, contact_of
from tests.factories.campaigns import campaign_made
from tests.factories.referrals import enrolled, referred
from tests.factories.rewards import friend_coupon, rule_of, won

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


@pytest.fixture
def campaign(company: object) -> Campaign:
    return campaign_made()


@pytest.fixture
def portal(client: Client) -> Client:
    session = client.session
    session[SESSION_KEY] = contact_of(LENA).pk
    session.save()
    return client


def page(client: Client, name: str) -> str:
    answer = client.get(reverse(name), headers={"accept-language": "en"})
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_reward_waits_is_ready_and_says_so(campaign: Campaign, now: datetime, portal: Client) -> None:
    rule_of(campaign, now=now, benefit="cash", hold_days=14)
    won(referred(enrolled(campaign, now=now), now=now), now=now)
    assert "On the way" in page(portal, "rewards:wallet")
    assert "30 Nov 2026" in page(portal, "campaigns:portal")

    rewards_mature(now + timedelta(days=14))
    assert "Ready for you" in page(portal, "rewards:wallet")
    assert "$20.00" in page(portal, "rewards:wallet")


def test_a_check_is_never_called_by_its_name(campaign: Campaign, now: datetime, portal: Client) -> None:
    rule_of(campaign, now=now)
    referral = referred(enrolled(campaign, now=now), now=now)
    Referral.objects.update(review=Referral.Review.HELD)
    won(referral, now=now)
    said = page(portal, "rewards:wallet").lower()
    assert "we are checking this" in said
    assert "fraud" not in said


def test_what_was_never_theirs_is_not_shown(campaign: Campaign, now: datetime, portal: Client) -> None:
    rule_of(campaign, now=now)
    won(referred(enrolled(campaign, now=now), now=now), now=now)
    Reward.objects.update(status="cancelled")
    assert "Your first reward is still ahead" in page(portal, "rewards:wallet")


def test_a_friend_sees_their_code(campaign: Campaign, now: datetime, portal: Client) -> None:
    friend_coupon(campaign, now=now)
    rule_of(campaign, now=now, recipient="friend", key="friend-credit")
    referral = referred(enrolled(campaign, now=now), now=now)
    won(referral, now=now)
    session = portal.session
    session[SESSION_KEY] = referral.friend.pk
    session.save()
    shown = page(portal, "rewards:wallet")
    assert Reward.objects.get(benefit="coupon").coupon.code in shown
    assert "$20.00" in shown


def test_the_referrals_story_tells_of_its_rewards(campaign: Campaign, now: datetime) -> None:
    rule_of(campaign, now=now)
    referral = referred(enrolled(campaign, now=now), now=now)
    won(referral, now=now)
    titles = [str(entry.title) for entry in timeline(referral)]
    assert "Lena Vogt received $20.00" in titles


def test_the_landing_page_states_the_rules(campaign: Campaign, now: datetime, client: Client) -> None:
    rule_of(campaign, now=now)
    answer = client.get(reverse("referrals:landing", args=[campaign.slug]), headers={"accept-language": "en"})
    assert "the advocate gets $20.00 in account credit" in answer.content.decode()
