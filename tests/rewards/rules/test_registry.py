"""What cannot be said, and what can."""

from itertools import product
from typing import Any

import pytest

from rewards.rules.calculators import CALCULATORS
from rewards.rules.conditions import CONDITIONS
from rewards.rules.registry import (
    ANYTHING,
    BENEFITS_BY_CALCULATOR,
    CALCULATORS_OF_PERCENT,
    EVENT,
    KNOWN,
    facts_missing,
    may_serve,
    nonsense,
    units_refused,
)
from rewards.services.rule_drafts import ConditionDraft, LimitDraft, RuleDraft
from rewards.services.rule_problems import BAD, NONSENSE


def said(**wanted: Any) -> RuleDraft:
    values: dict[str, Any] = {"key": "r", "trigger": "converted", "recipient": "advocate", "benefit": "credit"}
    conditions = [ConditionDraft(kind) for kind in wanted.pop("kinds", ())]
    return RuleDraft(**values | wanted, conditions=conditions)


@pytest.mark.parametrize(
    ("wanted", "codes"),
    [
        ({}, []),
        ({"trigger": "enrolled"}, []),
        ({"trigger": "enrolled", "recipient": "friend"}, ["no_friend"]),
        ({"trigger": "shared", "recipient": "friend"}, ["no_friend"]),
        ({"trigger": "nps_answered", "recipient": "friend"}, ["no_friend"]),
        ({"trigger": "nps_answered", "kinds": ["fact_at_least"]}, []),
        ({"trigger": "shared", "recipient": "charity"}, []),
        ({"trigger": "claimed", "calculator": "percent"}, ["no_sale"]),
        ({"trigger": "enrolled", "calculator": "percent"}, ["no_sale"]),
        ({"trigger": "claimed", "kinds": ["minimum_amount"]}, ["no_sale"]),
        ({"trigger": "shared", "kinds": ["minimum_amount", "first"]}, ["no_sale", "no_sequence"]),
        ({"trigger": "enrolled", "kinds": ["within_days"]}, ["no_referral"]),
        ({"trigger": "claimed", "kinds": ["region", "friend_segment", "within_days"]}, []),
        ({"trigger": "claimed", "kinds": ["nth"]}, ["no_sequence"]),
        ({"trigger": "qualified", "calculator": "milestones"}, ["no_confirmed"]),
        ({"trigger": "qualified", "calculator": "per_unit"}, ["no_items"]),
        ({"calculator": "milestones"}, []),
        ({"calculator": "steps"}, ["no_repeats"]),
        ({"trigger": "delivery", "calculator": "steps"}, []),
        ({"trigger": "coupon_redeemed", "kinds": ["minimum_amount"]}, []),
        ({"trigger": "enrolled", "calculator": "demand"}, ["no_demand"]),
        ({"trigger": "enrolled", "calculator": "by_region"}, []),
        ({"trigger": "enrolled", "once_per": "friend"}, ["no_friend"]),
        ({"trigger": "enrolled", "once_per": "party"}, []),
        ({"trigger": "enrolled", "limits": [LimitDraft("rewards", "friend", 1)]}, ["no_friend"]),
        ({"trigger": "enrolled", "limits": [LimitDraft("friends", "advocate", 1)]}, ["no_friend"]),
        ({"limits": [LimitDraft("friends", "friend", 1)]}, ["friends_per_friend"]),
        ({"limits": [LimitDraft("rewards", "advocate", 1, over="partial")]}, ["partial_of_no_amount"]),
        ({"limits": [LimitDraft("rewards", "advocate", 1, window="rolling")]}, ["days_missing"]),
        ({"limits": [LimitDraft("rewards", "advocate", 1, days=7)]}, ["days_unused"]),
        ({"limits": [LimitDraft("rewards", "advocate", 1, window="rolling", days=7)]}, []),
        ({"calculator": "milestones", "once_per": "friend"}, ["once_by_itself"]),
        ({"benefit": "coupon", "calculator": "percent"}, ["calculator_unfit"]),
        ({"benefit": "coupon", "calculator": "steps", "trigger": "ride"}, ["calculator_unfit"]),
        ({"trigger": "refund"}, ["trigger_undoes"]),
    ],
)
def test_what_cannot_be_meant_has_a_code(wanted: dict[str, Any], codes: list[str]) -> None:
    assert nonsense(said(**wanted), ["USD"]) == codes


def test_percents_neither_multiply_nor_add_up() -> None:
    assert nonsense(said(benefit="coupon", calculator="per_unit"), ["percent"]) == ["percent_unfit"]
    limited = said(benefit="coupon", limits=[LimitDraft("amount", "advocate", 1_000)])
    assert nonsense(limited, ["percent"]) == ["percent_limited"]
    assert nonsense(limited, ["USD"]) == []


def test_everything_has_its_sentence_and_knows_what_it_needs() -> None:
    needs = {need for kind in CONDITIONS.values() for need in kind.needs}
    needs |= {need for calculator in CALCULATORS.values() for need in calculator.needs}
    assert needs <= EVENT
    assert all(known <= EVENT for known in KNOWN.values())
    assert {f"no_{fact}" for fact in EVENT} <= set(NONSENSE)
    assert {str(sentence) for sentence in (*NONSENSE.values(), *BAD.values())}
    for calculator, benefit in product(CALCULATORS, ANYTHING):
        assert set(nonsense(said(calculator=calculator, benefit=benefit))) <= set(NONSENSE)
    assert set(CALCULATORS) == set(BENEFITS_BY_CALCULATOR) >= CALCULATORS_OF_PERCENT


@pytest.mark.parametrize("kind", CONDITIONS)
def test_every_condition_can_be_asked_of_an_event(kind: str) -> None:
    assert facts_missing(said(trigger="ride", kinds=[kind])) == []


@pytest.mark.parametrize(
    ("benefit", "units", "refused"),
    [
        ("cash", ["EUR", "points"], ["points"]),
        ("credit", ["EUR", "points", "percent"], ["percent"]),
        ("coupon", ["EUR", "percent", "MB"], ["MB"]),
    ],
)
def test_which_units_a_benefit_is_given_in(benefit: str, units: list[str], refused: list[str]) -> None:
    assert units_refused(benefit, units) == refused


def test_each_calculator_serves_only_what_it_is_listed_for() -> None:
    assert may_serve("percent", "cash")
    assert not may_serve("percent", "coupon")
    assert not may_serve("fixed", "moon")
