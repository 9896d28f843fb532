"""Rules as a file: what is written can be read again, and what is wrong is named with its place."""

import json
from datetime import datetime
from typing import Any

import pytest

from campaigns.models import Campaign
from rewards.errors import BadRuleFile
from rewards.models import Budget
from rewards.rule_files import rule_file_read, rules_plain, rules_standing, rules_write
from rewards.services.rules import ConditionDraft, LimitDraft, RuleDraft
from tests.factories.campaigns import campaign_made
from tests.factories.rewards import budget_of, rule_of

CAMPAIGN = Campaign(pk=1, slug="autumn")

DRAFTS = [
    RuleDraft("plain", "converted", "advocate", "credit", {"USD": 2_000}),
    RuleDraft(
        "everything",
        "purchase",
        "friend",
        "cash",
        {"USD": 100},
        calculator="percent",
        parameters={"basis_points": 500, "ceiling": {"USD": 100}, "floor": {"USD": 1}},
        conditions=[
            ConditionDraft("minimum_amount", {"amounts": {"USD": 7_500}}),
            ConditionDraft("within_days", {"days": 30}, "any"),
            ConditionDraft("first"),
        ],
        limits=[LimitDraft("amount", "advocate", 50_000, "year", "partial"), LimitDraft("friends", "campaign", 9)],
        priority=-3,
        exclusive_group='best "of" – ü\\ \x7f',
        hold_days=14,
        approval_above=0,
        budget=Budget(campaign=CAMPAIGN, name="All of 2026", unit="USD", amount=0, period="quarter"),
    ),
]


@pytest.mark.parametrize("as_json", [False, True])
def test_what_is_written_is_read_again_and_says_the_same(as_json: bool) -> None:
    read = rule_file_read(rules_write(DRAFTS, as_json=as_json), campaign=CAMPAIGN)
    assert rules_plain(read.rules) == rules_plain(DRAFTS)
    assert [rule.key for rule in read.rules] == ["plain", "everything"]
    assert [(one.name, one.amount, one.period) for one in read.budgets.values()] == [("All of 2026", 0, "quarter")]


def test_no_rules_at_all_are_a_file_too() -> None:
    assert rule_file_read(rules_write([]), campaign=CAMPAIGN).rules == ()


GOOD = {"key": "a", "trigger": "converted", "recipient": "advocate", "benefit": "credit", "amounts": {"USD": 2_000}}

WRONG: list[tuple[dict[str, Any], list[str]]] = [
    ({"recipient": "boss"}, ["Rule 1 “a”", "“recipient”", "advocate, friend, charity"]),
    ({"colour": "red"}, ["Rule 1 “a”", "“colour” is not known here", "hold_days"]),
    ({"trigger": "On Monday"}, ["“trigger”", "the name of a step or an event"]),
    ({"hold_days": "14"}, ["“hold_days”", "a whole number from 0 to 3650"]),
    ({"hold_days": True}, ["“hold_days”", "a whole number"]),
    ({"amounts": {"USD": 20.5}}, ["“amounts”", "minor units"]),
    ({"amounts": {"XXX": 20}}, ["“amounts”", "minor units"]),
    ({"amounts": {}}, ["Rule 1 “a”: Say how much"]),
    ({"amounts": {"MB": 5}, "benefit": "cash"}, ["Rule 1 “a”", "cannot be given in MB"]),
    ({"calculator": "guess"}, ["“calculator”", "fixed", "percent"]),
    ({"conditions": [{"kind": "weather"}]}, ["Rule 1 “a”, condition 1", "“kind”", "minimum_amount"]),
    ({"conditions": ["first"]}, ["Rule 1 “a”, condition 1", "a table"]),
    ({"conditions": [{"kind": "within_days", "parameters": {"days": 0}}]}, ["Rule 1 “a”", "days"]),
    ({"limits": [{"measure": "amount", "per": "advocate"}]}, ["limit 1", "“value” is missing"]),
    ({"limits": [{"measure": "luck", "per": "advocate", "value": 1}]}, ["limit 1", "amount, friends, rewards"]),
    ({"key": "two words"}, ["Rule 1 “two words”", "“key”", "letters, digits"]),
]


@pytest.mark.parametrize(("change", "said"), WRONG, ids=[next(iter(change)) for change, _said in WRONG])
def test_a_mistake_is_named_with_the_rule_the_key_and_what_is_allowed(change: dict[str, Any], said: list[str]) -> None:
    with pytest.raises(BadRuleFile) as refused:
        rule_file_read(json.dumps({"rules": [GOOD | change]}), campaign=CAMPAIGN)
    assert all(part in str(refused.value) for part in said), str(refused.value)


def test_all_mistakes_are_told_at_once_each_with_its_line() -> None:
    text = '[[rules]]\nkey = "a"\n\n[[budgets]]\nname = "All"\n\n[[rules]]\nkey = "b"\nrecipient = "boss"\n'
    with pytest.raises(BadRuleFile) as refused:
        rule_file_read(text, campaign=CAMPAIGN)
    reasons = refused.value.extra["reasons"]
    assert "Budget 1 “All” (line 4): “unit” is missing. It must be a currency in use or a unit known here." in reasons
    assert any(reason.startswith("Rule 2 “b” (line 7): “recipient” must be") for reason in reasons)
    assert len(reasons) == 2 + 3 + 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[rules]]\nkey = \n", "line 2, column 7"),
        ('{"rules": [}', "Line 1, column 12"),
        ("{" * 100_000, "this is no JSON"),
        ("", "“rules” is missing"),
        ("rules = 5", "“rules” must be a list of at most 200 tables"),
        ("# " + "x" * (1 << 20), "at most 1,000,000"),
        (json.dumps({"rules": [GOOD, GOOD]}), "Two rules are called “a”"),
    ],
)
def test_what_is_no_file_of_rules_says_why(text: str, said: str) -> None:
    with pytest.raises(BadRuleFile) as refused:
        rule_file_read(text, campaign=CAMPAIGN)
    assert said in str(refused.value)


@pytest.mark.django_db
@pytest.mark.usefixtures("company")
def test_the_rules_that_stand_in_a_campaign_make_the_round(now: datetime) -> None:
    campaign = campaign_made()
    budget = budget_of(campaign, 100_000)
    limit = LimitDraft("amount", "advocate", 50_000, "year", "partial")
    rule_of(campaign, now=now, budget=budget, limits=[limit], conditions=[ConditionDraft("first")])
    rule_of(campaign, now=now, key="friend-coupon", trigger="claimed", recipient="friend")

    standing = rules_standing(campaign)
    read = rule_file_read(rules_write(standing), campaign=campaign)
    assert rules_plain(read.rules) == rules_plain(standing)

    named = rule_file_read(json.dumps({"rules": [GOOD | {"budget": "All"}]}), campaign=campaign)
    assert named.rules[0].budget == budget
    with pytest.raises(BadRuleFile, match="Budgets of this campaign: All"):
        rule_file_read(json.dumps({"rules": [GOOD | {"budget": "Al"}]}), campaign=campaign)
