"""Every rule, step and reason has words; what a rule does differently, it says differently."""

import ast
import json
from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings, strategies as some

from rewards.models import Limit, Reward, RewardRule
from rewards.rules.calculators import CALCULATORS
from rewards.rules.conditions import CONDITIONS
from rewards.services.rules import ConditionDraft, LimitDraft, RuleDraft
from rewards.words import calculators, conditions, limits, reasons, rule_sentence, rules, staff_sentence, traces

REWARDS = Path(traces.__file__).parents[1]

# --- there are words for everything -----------------------------------------------------------------------------------


def test_every_part_of_a_rule_has_its_words() -> None:
    assert set(conditions.CONDITIONS) == set(CONDITIONS)
    assert set(calculators.CALCULATORS) == set(calculators.CALCULATOR_NAMES) == set(CALCULATORS)
    assert set(limits.SENTENCES) == set(product(Limit.Measure.values, Limit.Per.values))
    assert set(limits.WINDOWS) | {"rolling"} == set(Limit.Window.values)
    assert set(limits.OVER) == set(Limit.Over.values)
    assert set(rules.GIVES) == set(product(RewardRule.Recipient.values, RewardRule.Benefit.values))
    assert set(rules.ONCE) == set(RewardRule.Once.values)
    assert set(reasons.STAFF_REASONS) == set(reasons.PERSON_REASONS) == set(Reward.PendingReason.values)


# Who makes a step of a trace: its code stands as the first argument.
MAKERS = frozenset({"Verdict", "_verdict", "_step", "_not_there"})


def written_codes() -> set[str]:
    """Every code that stands anywhere in the engine or its services."""
    files = [*(REWARDS / "rules").rglob("*.py"), *(REWARDS / "services").glob("*.py")]
    calls = [node for file in files for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)]
    codes = {
        argument.value
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id in MAKERS
        for argument in call.args[:1]
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }
    return codes | set(CONDITIONS)


def test_every_code_that_is_written_has_its_words() -> None:
    assert written_codes() - set(traces.TRACE) == set()


USD = {"unit": "USD"}
LIMIT = {"measure": "amount", "per": "advocate", "period": "2026", "days": 0, "limit": 50_000, "used": 48_000} | USD

STEPS: list[tuple[str, bool, dict[str, Any], str]] = [
    ("first", False, {"sequence": 2}, "It is number 2 of its kind with this friend; asked for is the first."),
    ("nth", True, {"sequence": 3, "number": 3}, "It is number 3 of its kind with this friend; asked for is 3."),
    (
        "from_nth",
        True,
        {"sequence": 4, "number": 3},
        "It is number 4 of its kind with this friend; asked for is 3 or later.",
    ),
    (
        "minimum_amount",
        False,
        {"amount": 7_499, "minimum": 7_500} | USD,
        "The sale is worth $74.99; at least $75.00 are asked for.",
    ),
    ("product", True, {"found": ["roof"], "products": ["roof", "wall"]}, "“roof” was bought."),
    ("product", False, {"found": [], "products": ["roof", "wall"]}, "None of these was bought: “roof” or “wall”."),
    (
        "minimum_quantity",
        False,
        {"found": 1, "quantity": 3, "products": ["roof"]},
        "1 piece of “roof” was bought; at least 3 are asked for.",
    ),
    (
        "minimum_quantity",
        True,
        {"found": 4, "quantity": 3, "products": []},
        "4 pieces were bought; at least 3 are asked for.",
    ),
    ("region", False, {"region": "north", "regions": ["south"]}, "The region is “north”; asked for is “south”."),
    ("region", False, {"region": "", "regions": ["south"]}, "No region is known; asked for is “south”."),
    (
        "within_days",
        False,
        {"days": 31, "limit": 30},
        "It happened 31 days after the friend came in; the limit is 30 days.",
    ),
    (
        "deadline",
        False,
        {"happened": "2027-01-01", "day": "2026-12-31"},
        "It happened on 1 Jan 2027; the last day is 31 Dec 2026.",
    ),
    (
        "events_at_least",
        False,
        {"type": "delivery", "found": 60, "count": 100},
        "“delivery” has happened 60 times; asked for are 100 times.",
    ),
    ("fact_at_least", True, {"name": "seats", "found": 6, "value": 5}, "“seats” is 6; at least 5 is asked for."),
    (
        "fact_is",
        False,
        {"name": "plan", "found": "basic", "values": ["pro", "team"]},
        "“plan” is “basic”; asked for is “pro” or “team”.",
    ),
    ("fact_is", False, {"name": "plan", "found": "", "values": ["pro"]}, "“plan” was not told; asked for is “pro”."),
    (
        "advocate_tier",
        False,
        {"tier": "silver", "tiers": ["gold"]},
        "The advocate's tier was “silver”; asked for is “gold”.",
    ),
    ("advocate_tier", False, {"tier": "", "tiers": ["gold"]}, "The advocate had reached no tier; asked for is “gold”."),
    (
        "circle_level",
        False,
        {"level": "Core", "levels": ["Crew"]},
        "The advocate's level of the inner circle is “Core”; asked for is “Crew”.",
    ),
    (
        "circle_level",
        False,
        {"level": "", "levels": ["Crew"]},
        "The advocate has no level of the inner circle; asked for is “Crew”.",
    ),
    (
        "advocate_relation",
        True,
        {"relation": "partner", "relations": ["partner", "vendor"]},
        "The advocate's relation to us: partner; asked for: partner or vendor.",
    ),
    (
        "friend_relation",
        False,
        {"relation": "", "relations": ["lead"]},
        "The friend's relation to us: –; asked for: open lead.",
    ),
    (
        "advocate_purchases",
        False,
        {"found": 1, "count": 2},
        "The advocate has bought once; asked for are 2 times.",
    ),
    ("friend_is_new", False, {}, "The friend had bought here before."),
    ("friend_is_new", True, {}, "The friend had not bought here before."),
    ("not_customer_for", True, {"last_bought": "", "months": 6}, "The friend had never bought here before."),
    (
        "not_customer_for",
        False,
        {"last_bought": "2026-09-01", "months": 6},
        ("Before they came in the friend had last bought on 1 Sep 2026; 6 months without a purchase are asked for."),
    ),
    ("no_amount", False, {}, "The event carries no amount."),
    ("no_number", False, {"name": "seats"}, "“seats” was not told as a number."),
    ("no_referral", False, {}, "There is no referral."),
    ("no_recipient", False, {}, "There is nobody to give it to."),
    (
        "currency_mismatch",
        False,
        {"units": ["EUR", "USD"]},
        "The amounts are stated in EUR or USD, which do not count here: a person has to decide.",
    ),
    (
        "currency_mismatch",
        False,
        {"unit": "CHF"},
        "The sale is in CHF, in which no amount is stated: a person has to decide.",
    ),
    ("share_of", True, {"basis_points": 1_250, "of": 10_000, "amount": 1_250} | USD, "12.5 % of $100.00 are $12.50."),
    (
        "raised_to_floor",
        True,
        {"of": 100, "amount": 500} | USD,
        "That is below the least of $5.00, so that $5.00 are given.",
    ),
    (
        "cut_at_ceiling",
        True,
        {"of": 900, "amount": 500} | USD,
        "That is above the most of $5.00, so that $5.00 are given.",
    ),
    (
        "units_cut",
        True,
        {"found": 9, "units": 5},
        "9 pieces were bought; at most 5 count, the dearest first.",
    ),
    ("units_times", True, {"units": 3, "each": 500, "amount": 1_500} | USD, "3 pieces at $5.00 are $15.00."),
    (
        "product_units",
        True,
        {"product": "roof", "units": 1, "each": 500, "amount": 500} | USD,
        "1 piece of “roof” at $5.00 is $5.00.",
    ),
    ("product_amount", True, {"product": "roof", "amount": 500} | USD, "“roof” brings $5.00."),
    ("no_product", False, {"products": ["roof"]}, "None of these was bought: “roof”."),
    ("no_product", False, {"products": []}, "The event names nothing that was bought."),
    ("region_amount", True, {"region": "north", "amount": 500} | USD, "The region “north” brings $5.00."),
    (
        "no_region_amount",
        False,
        {"region": "west", "regions": ["north"]},
        "No amount is stated for the region “west”.",
    ),
    ("no_region_amount", False, {"region": "", "regions": ["north"]}, "No region is known, so that no amount is."),
    ("demand_amount", True, {"region": "north", "amount": 500} | USD, "By its demand the region “north” brings $5.00."),
    ("no_demand", False, {"region": "west"}, "The region “west” had no demand."),
    ("no_demand", False, {"region": ""}, "No region is known, so that no demand is."),
    (
        "milestone",
        True,
        {"milestone": 5, "amount": 500} | USD,
        "5 friends have become customers: this milestone brings $5.00.",
    ),
    (
        "milestone_ahead",
        False,
        {"reached": 3, "next": 5},
        "3 friends have become customers; the next milestone is at 5.",
    ),
    (
        "milestone_ahead",
        False,
        {"reached": 11, "next": 0},
        "11 friends have become customers; the last milestone lies behind.",
    ),
    (
        "step",
        True,
        {"step": 100, "basis_points": 10_000, "of": 100_000, "amount": 100_000} | USD,
        "Time number 100 reaches 100 % of $1,000.00, which are $1,000.00 in all.",
    ),
    (
        "less_step_before",
        True,
        {"step": 50, "amount": 40_000} | USD,
        "Of that $400.00 belong to the step at number 50.",
    ),
    (
        "step_ahead",
        False,
        {"reached": 60, "next": 100},
        "It is number 60 of its kind with this friend; the next step is at 100.",
    ),
    (
        "step_ahead",
        False,
        {"reached": 101, "next": 0},
        "It is number 101 of its kind with this friend; the last step lies behind.",
    ),
    ("no_tier", True, {"amount": 500} | USD, "The advocate had reached no tier: the amount stays as it is."),
    (
        "tier_times",
        True,
        {"tier": "silver", "multiplier": 12_500, "of": 1_000, "amount": 1_250} | USD,
        "$10.00 times 1.25 for the tier “silver” are $12.50.",
    ),
    (
        "prize_drawn",
        True,
        {"prize": "Main prize", "weight": 1, "of": 10, "lot": 3, "amount": 5_000} | USD,
        "Drawn was “Main prize”, $50.00, with 1 chances of 10.",
    ),
    (
        "prize_drawn",
        True,
        {"prize": "", "weight": 9, "of": 10, "lot": 3, "amount": 500} | USD,
        "Drawn was $5.00, with 9 chances of 10.",
    ),
    ("nothing_due", False, {}, "The sum comes to nothing."),
    ("too_much", False, {"amount": 100} | USD, "$1.00 are more than can be given at all."),
    ("due", True, {"amount": 100} | USD, "$1.00 are due."),
    (
        "exclusive_group",
        False,
        {"group": "spring", "rule": "vip", "amount": 3_000} | USD,
        "Of the group “spring” only the best is paid: “vip” gave $30.00.",
    ),
    ("exclusive_group", False, {"group": "spring"}, "Another rule of the same group has paid."),
    (
        "limit_partial",
        True,
        LIMIT | {"window": "year", "amount": 2_000},
        (
            "The limit is $500.00 for each advocate a calendar year. Before this, in 2026, $480.00 were used and "
            "$20.00 left. So $20.00 of it are given."
        ),
    ),
    (
        "limit_reached",
        False,
        LIMIT
        | {"measure": "friends", "window": "quarter", "period": "2026-Q4", "limit": 3, "used": 3, "amount": 2_000},
        (
            "The limit is 3 friends for each advocate a calendar quarter. Before this, in quarter 4 of 2026, "
            "3 friends were used and 0 friends left. That is too little for this one."
        ),
    ),
    (
        "limit_waits",
        False,
        LIMIT | {"window": "rolling", "days": 30, "period": "2026-11-21", "per": "campaign", "amount": 2_000},
        (
            "The limit is $500.00 in the campaign within any 30 days in a row. In the days around 21 Nov 2026 "
            "$480.00 were used and $20.00 left. This one waits in line until there is room."
        ),
    ),
    ("limit_reached", False, {"measure": "amount", "limit": 3}, "A limit is reached."),
    ("already_rewarded", False, {"reward": "rew_1"}, "It has been rewarded before."),
    (
        "count_fell",
        False,
        {"needed": 5, "standing": 4},
        "A sale was taken back: 5 are needed, and 4 stand.",
    ),
    ("referral_refused", False, {}, "The referral does not count: a person looked at it."),
    ("taken_back", True, {}, "What happened was taken back."),
    ("no_campaign", False, {}, "It belongs to no campaign."),
    ("coupon_used", True, {}, "The coupon was used."),
    ("coupon_not_valid", False, {"why": "expired"}, "The coupon is not valid."),
    ("coupon_void", False, {}, "A coupon that is not valid was given, so that the page answers everybody alike."),
]
# They ask for the name of a segment.
NAMED_ELSEWHERE = {"advocate_segment", "friend_segment"}


@pytest.mark.parametrize(("code", "passed", "values", "words"), STEPS)
def test_a_step_reads_with_its_numbers(code: str, passed: bool, values: dict[str, Any], words: str) -> None:
    with override("en"):
        assert traces.trace_words({"code": code, "passed": passed, "values": values}) == words


def test_no_step_goes_untold() -> None:
    assert {code for code, *_told in STEPS} | NAMED_ELSEWHERE >= set(traces.TRACE)


# --- different rules, different words ---------------------------------------------------------------------------------

UNITS = some.sampled_from(["USD", "EUR", "JPY", "points"])
AMOUNT = some.integers(1, 10**6)
AMOUNTS = some.dictionaries(UNITS, AMOUNT, min_size=1, max_size=2)
NAME = some.text("abcxyz-7", min_size=1, max_size=5)
NAMES = some.lists(NAME, min_size=1, max_size=3, unique=True)
COUNT = some.integers(1, 200)
SHAPED = {
    "whole": COUNT,
    "share": some.integers(1, 10_000),
    "name": NAME,
    "names": NAMES,
    "values": NAMES,
    "day": some.dates().map(lambda day: day.isoformat()),
    "amounts": AMOUNTS,
    "amounts_by_name": some.dictionaries(NAME, AMOUNTS, min_size=1, max_size=3),
    "amounts_by_count": some.dictionaries(COUNT.map(str), AMOUNTS, min_size=1, max_size=3),
    "shares_by_count": some.dictionaries(COUNT.map(str), some.integers(1, 10_000), min_size=1, max_size=3),
    "prizes": some.lists(
        some.fixed_dictionaries({"weight": COUNT, "amount": AMOUNT, "unit": UNITS}, optional={"name": NAME}),
        min_size=1,
        max_size=3,
    ),
    "segment": NAME,
    "event_type": NAME,
    "tiers": NAMES,
    "levels": NAMES,
    "relations": some.lists(some.sampled_from(["customer", "partner", "lead"]), min_size=1, unique=True),
}


def settings_of(declared: Any) -> some.SearchStrategy[dict[str, Any]]:
    """What somebody may have typed for the parameters that a condition or calculator declares."""
    shaped = {
        one.name: some.sampled_from(one.choices) if one.shape == "choice" else SHAPED[one.shape] for one in declared
    }
    needed = {one.name: shaped[one.name] for one in declared if one.is_required}
    return some.fixed_dictionaries(needed, optional={name: shaped[name] for name in shaped if name not in needed})


@some.composite
def condition_drafts(draw: some.DrawFn) -> ConditionDraft:
    kind = draw(some.sampled_from(sorted(CONDITIONS)))
    parameters = draw(settings_of(CONDITIONS[kind].parameters))
    return ConditionDraft(kind, parameters, draw(some.sampled_from(["all", "any", "not"])))


@some.composite
def limit_drafts(draw: some.DrawFn) -> LimitDraft:
    window = draw(some.sampled_from(Limit.Window.values))
    measure, per = draw(some.sampled_from(Limit.Measure.values)), draw(some.sampled_from(Limit.Per.values))
    over = draw(some.sampled_from(Limit.Over.values))
    days = {"days": draw(COUNT)} if window == "rolling" else {}
    return LimitDraft(measure, per, draw(COUNT), window=window, over=over, **days)


@some.composite
def rule_drafts(draw: some.DrawFn) -> RuleDraft:
    calculator = draw(some.sampled_from(sorted(CALCULATORS)))
    return RuleDraft(
        key="a-rule",
        trigger=draw(some.sampled_from(["converted", "purchase", "claimed", "delivery"])),
        recipient=draw(some.sampled_from(RewardRule.Recipient.values)),
        benefit=draw(some.sampled_from(RewardRule.Benefit.values)),
        amounts=draw(AMOUNTS),
        calculator=calculator,
        parameters=draw(settings_of(CALCULATORS[calculator].parameters)),
        conditions=draw(some.lists(condition_drafts(), max_size=3)),
        limits=draw(some.lists(limit_drafts(), max_size=2)),
        priority=draw(some.sampled_from([100, 10])),
        exclusive_group=draw(some.sampled_from(["", "spring", "vip"])),
        once_per=draw(some.sampled_from(["", *RewardRule.Once.values])),
        hold_days=draw(some.sampled_from([0, 1, 14])),
        expires_after_days=draw(some.sampled_from([None, 1, 30])),
        approval_above=draw(some.sampled_from([None, 500, 10_000])),
    )


# One part of another rule in the place of one's own: what differs then is as little as can be.
PARTS = (
    ("trigger",),
    ("recipient",),
    ("benefit",),
    ("amounts",),
    ("calculator", "parameters"),
    ("conditions",),
    ("limits",),
    ("priority",),
    ("exclusive_group",),
    ("once_per",),
    ("hold_days",),
    ("expires_after_days",),
    ("approval_above",),
)

# Which segment and which level is the house's own affair.
KEPT_INSIDE = frozenset({"advocate_segment", "friend_segment", "circle_level"})


def does(draft: RuleDraft, *, inside: bool) -> Any:
    """What a rule does, as far as somebody inside or outside of the house may know."""
    calculator = CALCULATORS[draft.calculator]
    parameters = {name: value for name, value in draft.parameters.items() if value}
    uses_amounts = draft.calculator in {"fixed", "tier_multiplier"} or (
        (draft.calculator == "per_unit" and "products" not in parameters)
        or (draft.calculator == "steps" and parameters.get("of", "amounts") == "amounts")
    )
    if draft.calculator == "steps":
        parameters |= {"of": parameters.get("of", "amounts")}
    told = [
        draft.trigger,
        draft.recipient,
        draft.benefit,
        draft.calculator,
        plain(parameters),
        plain(draft.amounts) if uses_amounts else "",
        {plain([one.group, one.kind, condition_known(one, inside=inside)]) for one in draft.conditions},
        {plain([one.measure, one.per, one.value, one.window, one.over, one.days]) for one in draft.limits},
        "" if calculator.has_slot else draft.once_per,
        draft.hold_days,
        draft.expires_after_days,
    ]
    if inside:
        return [*told, draft.exclusive_group, draft.priority, draft.approval_above]
    return [*told, bool(draft.exclusive_group)]


def condition_known(condition: ConditionDraft, *, inside: bool) -> Mapping[str, Any]:
    return {} if condition.kind in KEPT_INSIDE and not inside else condition.parameters


def plain(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


@pytest.mark.django_db
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(one=rule_drafts(), other=rule_drafts(), parts=some.sampled_from(PARTS))
def test_rules_that_differ_read_differently(one: RuleDraft, other: RuleDraft, parts: tuple[str, ...]) -> None:
    other = replace(one, **{part: getattr(other, part) for part in parts})
    with override("en"):
        if does(one, inside=False) != does(other, inside=False):
            assert rule_sentence(one) != rule_sentence(other)
        if does(one, inside=True) != does(other, inside=True):
            assert staff_sentence(one) != staff_sentence(other)


@pytest.mark.parametrize("kind", sorted(CONDITIONS))
def test_a_condition_that_is_being_typed_is_told_all_the_same(kind: str) -> None:
    with override("en"):
        assert conditions.condition_words(ConditionDraft(kind, {"days": "soon"}))
        for calculator in CALCULATORS:
            draft = RuleDraft("a", "converted", "friend", "cash", calculator=calculator, parameters={"steps": 5})
            assert rule_sentence(draft).startswith("When the friend becomes a customer, the friend gets ")
