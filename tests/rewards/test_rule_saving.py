"""What a rule may say, and what happens to one that people rely on."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils.translation import override

from advocates.models import AuditEntry
from campaigns.models import Campaign
from campaigns.services.campaigns import what_is_missing
from rewards.errors import BadBudget, BadRule
from rewards.models import Budget, RewardRule, Tier
from rewards.services.budgets import budget_reserve, budget_save
from rewards.services.rules import ConditionDraft, LimitDraft, RuleDraft, draft_of, rule_retire, rule_save
from rewards.words import rule_sentence
from tests.factories.campaigns import campaign_made
from tests.factories.rewards import budget_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]

CREDIT: dict[str, Any] = {
    "key": "advocate-credit",
    "trigger": "converted",
    "recipient": "advocate",
    "benefit": "credit",
    "amounts": {"USD": 2_000},
}


@pytest.fixture
def campaign(company: object) -> Campaign:
    return campaign_made(status=Campaign.Status.DRAFT)


def save(campaign: Campaign, now: datetime, **wanted: Any) -> RewardRule:
    return rule_save(campaign=campaign, draft=RuleDraft(**CREDIT | wanted), actor=None, now=now)


def test_a_rule_that_nobody_relies_on_is_replaced(campaign: Campaign, now: datetime) -> None:
    first = save(campaign, now, limits=[LimitDraft("rewards", "advocate", 3)])
    second = save(campaign, now + timedelta(days=1), amounts={"USD": 500})
    assert (second.pk, second.version) == (first.pk, 1)
    assert draft_of(second) == RuleDraft(**CREDIT | {"amounts": {"USD": 500}, "conditions": [], "limits": []})


def test_a_rule_in_use_is_superseded_and_stays_as_it_was(campaign: Campaign, now: datetime) -> None:
    first = save(campaign, now)
    Campaign.objects.filter(pk=campaign.pk).update(status=Campaign.Status.ACTIVE)
    second = save(campaign, now + timedelta(days=1), amounts={"USD": 500})
    first.refresh_from_db()
    assert (first.version, first.superseded_at) == (1, now + timedelta(days=1))
    assert (second.version, second.valid_from, second.superseded_at) == (2, now + timedelta(days=1), None)
    assert first.amounts.get().amount == 2_000


def test_saving_the_same_again_changes_nothing(campaign: Campaign, now: datetime) -> None:
    Campaign.objects.filter(pk=campaign.pk).update(status=Campaign.Status.ACTIVE)
    campaign.refresh_from_db()
    wanted = {"conditions": [ConditionDraft("first")], "limits": [LimitDraft("rewards", "advocate", 3)]}
    first, second = save(campaign, now, **wanted), save(campaign, now + timedelta(days=1), **wanted)
    assert first.pk == second.pk
    assert AuditEntry.objects.filter(verb="rule_save").count() == 1


def test_what_a_rule_pays_once_for_and_the_days_of_a_limit_are_kept(campaign: Campaign, now: datetime) -> None:
    limits = [LimitDraft("rewards", "advocate", 3, window="rolling", over="wait", days=30)]
    rule = save(campaign, now, once_per="party", limits=limits)
    kept = draft_of(RewardRule.objects.get(pk=rule.pk))
    assert (kept.once_per, kept.limits) == ("party", limits)
    # A list or a tuple, it is the same rule.
    assert save(campaign, now, once_per="party", limits=tuple(limits)).pk == rule.pk
    assert AuditEntry.objects.filter(verb="rule_save").count() == 1


def test_names_that_are_there_may_be_said(campaign: Campaign, now: datetime) -> None:
    Tier.objects.create(campaign=campaign, key="gold", name="Gold", from_confirmed=10, multiplier=15_000)
    known = [ConditionDraft("advocate_tier", {"tiers": ["gold"]})]
    assert save(campaign, now, conditions=known).conditions.get().kind == "advocate_tier"


@pytest.mark.parametrize(
    ("conditions", "sentence"),
    [
        ([ConditionDraft("within_days", {"days": "7"})], "“days” is a whole number; amounts are in minor units."),
        ([ConditionDraft("nth", {})], "“number” is missing."),
        ([ConditionDraft("first", {"n": 1})], "“first” has a setting that is not known."),
    ],
)
def test_a_setting_that_is_not_right_is_named(
    campaign: Campaign, now: datetime, conditions: list[ConditionDraft], sentence: str
) -> None:
    with pytest.raises(BadRule) as refusal, override("en"):
        save(campaign, now, conditions=conditions)
    assert [str(reason) for reason in refusal.value.extra["reasons"]] == [sentence]


def test_a_retired_rule_can_come_back_as_the_next_version(campaign: Campaign, now: datetime) -> None:
    Campaign.objects.filter(pk=campaign.pk).update(status=Campaign.Status.ACTIVE)
    campaign.refresh_from_db()
    rule_retire(rule=save(campaign, now), actor=None, now=now + timedelta(days=1))
    assert save(campaign, now + timedelta(days=2)).version == 2


@pytest.mark.parametrize(
    "nonsense",
    [
        {"amounts": {}},
        {"amounts": {"XXX": 5}},
        {"amounts": {"percent": 1_000}},
        {"amounts": {"USD": True}},
        {"benefit": "cash", "amounts": {"points": 10}},
        {"benefit": "coupon", "calculator": "percent", "parameters": {"basis_points": 100}},
        {"calculator": "percent", "parameters": {}},
        {"expires_after_days": 30},
        {"conditions": [ConditionDraft("phase_of_the_moon")]},
        {"conditions": [ConditionDraft("minimum_amount", {"amounts": {"XXX": 5}})]},
        {"limits": [LimitDraft("rewards", "advocate", 3, over="partial")]},
        {"limits": [LimitDraft("rewards", "advocate", 0)]},
        {"limits": [LimitDraft("rewards", "advocate", 3, window="rolling")]},
        {"limits": [LimitDraft("rewards", "advocate", 1, over="moon")]},
        {"limits": [LimitDraft("rewards", "advocate", 1, window="rolling", days=3_651)]},
        {"once_per": "moon"},
        {"recipient": "moon"},
        {"trigger": " "},
        {"conditions": [ConditionDraft("first", group="moon")]},
        {"calculator": "weighted_draw", "parameters": {"prizes": [{"weight": 1, "amount": 1, "unit": 5}]}},
        {"trigger": "enrolled", "recipient": "friend"},
        {"benefit": "coupon", "amounts": {"percent": 10_001}},
        {"calculator": "by_region", "amounts": {}, "parameters": {"regions": {"north": {"XXX": 5}}}},
        {"benefit": "cash", "calculator": "milestones", "parameters": {"milestones": {"5": {"points": 5}}}},
        {"calculator": "steps", "trigger": "ride", "amounts": {}, "parameters": {"steps": {"5": 5_000}}},
        {"conditions": [ConditionDraft("advocate_tier", {"tiers": ["gold"]})]},
        {"conditions": [ConditionDraft("circle_level", {"levels": ["Heart"]})]},
        {"conditions": [ConditionDraft("friend_relation", {"relations": ["moon"]})]},
        {"conditions": [ConditionDraft("advocate_segment", {"segment": "seg_none"})]},
    ],
)
def test_nonsense_is_refused_with_reasons(campaign: Campaign, now: datetime, nonsense: dict[str, Any]) -> None:
    with pytest.raises(BadRule) as refusal:
        save(campaign, now, **nonsense)
    assert refusal.value.extra["reasons"]
    assert not RewardRule.objects.exists()


def test_a_budget_in_another_currency_or_of_another_campaign_is_refused(campaign: Campaign, now: datetime) -> None:
    for budget in (budget_of(campaign, 100, unit="EUR"), budget_of(campaign_made(), 100)):
        with pytest.raises(BadRule):
            save(campaign, now, budget=budget)


def test_a_budget_pays_what_a_calculator_states_in_its_own_currency_only(campaign: Campaign, now: datetime) -> None:
    milestones = {"calculator": "milestones", "amounts": {}, "parameters": {"milestones": {"5": {"EUR": 100}}}}
    with pytest.raises(BadRule):
        save(campaign, now, budget=budget_of(campaign, 100), **milestones)
    assert save(campaign, now, budget=budget_of(campaign, 100, name="Euro", unit="EUR"), **milestones).budget


def test_a_budget_in_use_keeps_its_currency(campaign: Campaign, now: datetime) -> None:
    budget = budget_of(campaign, 1_000)
    assert budget_reserve(budget=budget, amount=600, day=now.date()) is not None
    assert budget_reserve(budget=budget, amount=401, day=now.date()) is None
    budget.unit = "EUR"
    with pytest.raises(BadBudget):
        budget_save(budget=budget, actor=None)

    budget = Budget.objects.get(pk=budget.pk)
    budget.amount = 1_001
    budget_save(budget=budget, actor=None)
    assert budget_reserve(budget=budget, amount=401, day=now.date()) is not None


def test_a_campaign_without_rules_cannot_start(campaign: Campaign, now: datetime) -> None:
    assert "No rule says what anybody gets." in what_is_missing(campaign)
    save(campaign, now)
    assert "No rule says what anybody gets." not in what_is_missing(campaign)


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ({}, "When the friend becomes a customer, the advocate gets $20.00 in account credit."),
        (
            {"amounts": {"USD": 2_000, "EUR": 1_900}, "conditions": [ConditionDraft("first")], "hold_days": 14},
            (
                "When the friend becomes a customer, the advocate gets $20.00 or €19.00 in account credit. "
                "Only the first time. After a waiting time of 14 days."
            ),
        ),
        (
            {
                "benefit": "cash",
                "calculator": "percent",
                "parameters": {"basis_points": 500},
                "amounts": {},
                "conditions": [ConditionDraft("minimum_amount", {"amounts": {"USD": 5_000}})],
                "limits": [LimitDraft("friends", "advocate", 10, window="year")],
            },
            (
                "When the friend becomes a customer, the advocate gets 5 % of the sale in money. "
                "The sale is worth at least $50.00. For at most 10 friends of each advocate a calendar year."
            ),
        ),
        (
            {
                "trigger": "claimed",
                "recipient": "friend",
                "benefit": "coupon",
                "amounts": {"percent": 1_000},
                "expires_after_days": 30,
            },
            "When a friend leaves their address, the friend gets a coupon of 10 %. Valid for 30 days.",
        ),
        (
            {"trigger": "signed_up", "limits": [LimitDraft("amount", "campaign", 5_000, window="month")]},
            (
                "When “signed_up” happens, the advocate gets $20.00 in account credit. "
                "At most $50.00 in the campaign a calendar month."
            ),
        ),
    ],
)
def test_a_rule_reads_as_a_sentence(campaign: Campaign, now: datetime, wanted: dict[str, Any], sentence: str) -> None:
    with override("en"):
        assert rule_sentence(save(campaign, now, **wanted)) == sentence
