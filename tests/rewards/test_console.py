"""What staff see and do: rules by sentence and version, rewards with their reasons, budgets, books."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from advocates.models import User
from campaigns.models import Campaign, OutboundMessage
from rewards.models import Budget, Reward, RewardRule
from tests.factories.campaigns import campaign_made
from tests.factories.referrals import enrolled, referred
from tests.factories.rewards import budget_of, friend_coupon, rule_of, won

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


@pytest.fixture
def campaign(company: object) -> Campaign:
    return campaign_made()


@pytest.fixture
def console(client: Client, ada: User) -> Client:
    client.force_login(ada)
    return client


@pytest.fixture
def reward(campaign: Campaign, now: datetime) -> Reward:
    rule_of(campaign, now=now, approval_above=0, budget=budget_of(campaign, 5_000), hold_days=14)
    friend_coupon(campaign, now=now)
    won(referred(enrolled(campaign, now=now), now=now), now=now)
    return Reward.objects.get(benefit="credit")


PAGES = ("reward", "rewardrule", "budget", "budgetperiod", "coupon", "account", "transfer", "evaluation")


@pytest.mark.parametrize("page", PAGES)
def test_each_list_and_each_page_opens(console: Client, reward: Reward, page: str) -> None:
    from django.apps import apps

    model = apps.get_model("rewards", page)
    assert console.get(reverse(f"admin:rewards_{page}_changelist")).status_code == 200
    row = model._default_manager.first()
    assert row is not None
    assert console.get(reverse(f"admin:rewards_{page}_change", args=[row.pk])).status_code == 200


def test_a_reward_says_why_it_came_and_why_it_waits(console: Client, reward: Reward) -> None:
    page = console.get(reverse("admin:rewards_reward_change", args=[reward.pk])).content.decode()
    assert "When the friend becomes a customer, the advocate gets $20.00 in account credit." in page
    assert "It is above the amount from which a person approves." in page
    assert "$20.00 are due." in page


def do(console: Client, reward: Reward, verb: str, **data: Any) -> None:
    console.post(reverse("admin:rewards_reward_verb", args=[reward.pk, verb]), data)
    reward.refresh_from_db()


def test_finance_approves_and_declines(console: Client, reward: Reward, ada: User) -> None:
    do(console, reward, "approve")
    assert (reward.approved_by, reward.pending_reasons) == (ada, ["on_hold"])
    do(console, reward, "decline")
    assert reward.status == "pending"
    do(console, reward, "decline", reason="Agreed with the customer", answer="You had asked us not to.")
    assert reward.status == "declined"
    letter = OutboundMessage.objects.get(mail="reward_declined")
    assert "You had asked us not to." in letter.text


def test_who_only_looks_approves_nothing(client: Client, maya: User, reward: Reward) -> None:
    client.force_login(maya)
    assert client.post(reverse("admin:rewards_reward_verb", args=[reward.pk, "approve"])).status_code == 403
    reward.refresh_from_db()
    assert reward.approved_by is None


def test_nobody_approves_their_own_reward(console: Client, reward: Reward, ada: User) -> None:
    User.objects.filter(pk=ada.pk).update(contact=reward.contact)
    do(console, reward, "approve")
    assert reward.approved_by is None


def test_rewards_are_found_by_what_they_wait_for(console: Client, reward: Reward) -> None:
    url = reverse("admin:rewards_reward_changelist")
    assert str(reward.contact) in console.get(url, {"waits": "needs_approval"}).content.decode()
    found = console.get(url, {"waits": "budget_exhausted"}).context["cl"].queryset
    assert not found.exists()


def test_a_rule_is_retired(console: Client, campaign: Campaign, now: datetime) -> None:
    rule = rule_of(campaign, now=now - timedelta(days=1))
    console.post(reverse("admin:rewards_rewardrule_verb", args=[rule.pk, "retire"]))
    assert not RewardRule.objects.standing().exists()


def test_the_campaigns_page_shows_its_rules(console: Client, reward: Reward) -> None:
    page = console.get(reverse("admin:campaigns_campaign_change", args=[reward.campaign_id])).content.decode()
    assert "the advocate gets $20.00 in account credit" in page


def test_a_budget_is_raised(console: Client, reward: Reward) -> None:
    budget = Budget.objects.get()
    periods = {"periods-TOTAL_FORMS": 1, "periods-INITIAL_FORMS": 1, "periods-0-id": budget.periods.get().pk}
    values = {"name": "All", "amount": 9_000, "periods-0-budget": budget.pk} | periods
    console.post(reverse("admin:rewards_budget_change", args=[budget.pk]), values)
    budget.refresh_from_db()
    assert (budget.amount, budget.unit) == (9_000, "USD")
