"""The editor of rules: whatever a rule can say, it can show, take and give back unchanged, and refuse in words."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from advocates.models import CircleLevel, Segment, SegmentCondition, User
from campaigns.models import Campaign
from rewards.admin.rule_forms.choices import Offered
from rewards.admin.rule_forms.entry import Entry, entry_new, entry_of
from rewards.admin.rule_forms.shapes import CONTROLS, READERS, TYPERS, Typed
from rewards.models import Budget, Limit, RewardRule, Tier
from rewards.rules.benefits import BENEFITS
from rewards.rules.calculators import CALCULATORS
from rewards.rules.conditions import CONDITIONS
from rewards.rules.parameters import SHAPES, Parameter
from rewards.services.rules import ConditionDraft, LimitDraft, RuleDraft, draft_of, rule_save
from tests.factories.campaigns import campaign_made
from tests.factories.referrals import enrolled, referred
from tests.factories.rewards import budget_of
from tests.pages import Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]

ADD = "admin:rewards_rewardrule_add"
EDIT = "admin:rewards_rewardrule_edit"

DRAFT = RuleDraft(
    key="given",
    trigger="purchase",
    recipient="advocate",
    benefit="credit",
    amounts={"USD": 2_000},
    conditions=[],
    limits=[],
)

# One value for each shape: a new condition or calculator is tried with these, without a line here.
SAMPLES: dict[str, Any] = {
    "whole": 3,
    "share": 1_250,
    "name": "plan",
    "names": ["solar-roof", "wall, large", 'so-called "box"'],
    "values": ["gold", "12"],
    "day": "2026-12-31",
    "amounts": {"USD": 7_500, "JPY": 8_000, "EUR": 6_905},
    "amounts_by_name": {"plus": {"USD": 2_300, "EUR": 2_100}, "starter": {"USD": 800}},
    "amounts_by_count": {"3": {"USD": 500}, "10": {"USD": 2_500, "EUR": 2_400}},
    "shares_by_count": {"50": 4_000, "100": 10_000},
    "prizes": [
        {"weight": 9, "amount": 0, "unit": "USD"},
        {"weight": 1, "amount": 50_000, "unit": "USD", "name": "Main"},
    ],
    "lots": [{"item": "mug", "weight": 9}, {"item": "headphones", "weight": 1}],
    "options": [
        {"key": "money", "name": "Money", "benefit": "cash"},
        {"key": "plan", "name": "A plan", "benefit": "upgrade", "amount": 30, "unit": "day", "settings": {"name": "X"}},
        {
            "key": "luck",
            "name": "Luck",
            "benefit": "mystery",
            "amount": 1,
            "unit": "piece",
            "settings": {"pool": [{"item": "mug", "weight": 9}]},
        },
    ],
    "coupon_pool": "spring",
    "catalogue_item": "mug",
    "contest": "summer",
    "charity": "trees",
    "event_type": "delivery",
    "tiers": ["silver", "gold"],
    "levels": ["Core"],
    "relations": ["customer", "partner"],
}


@pytest.fixture
def segment(company: object) -> Segment:
    made = Segment.objects.create(name="Regulars")
    SegmentCondition.objects.create(segment=made, field="purchases", operator="at_least", value=3)
    return made


@pytest.fixture
def campaign(company: object, segment: Segment) -> Campaign:
    made = campaign_made(status=Campaign.Status.DRAFT)
    CircleLevel.objects.get_or_create(name="Core", defaults={"rank": 77})
    for rank, key in enumerate(("silver", "gold")):
        Tier.objects.create(campaign=made, key=key, name=key.title(), from_confirmed=5 * rank)
    return made


@pytest.fixture
def offered(campaign: Campaign) -> Offered:
    return Offered(campaign)


@pytest.fixture
def console(client: Client, mira: User) -> Client:
    client.force_login(mira)
    return client


def sampled(parameters: tuple[Parameter, ...], segment: Segment) -> dict[str, Any]:
    """A value for every parameter, by its shape."""
    samples = SAMPLES | {"segment": segment.public_id}
    return {one.name: one.choices[-1] if one.shape == "choice" else samples[one.shape] for one in parameters}


def returned(draft: RuleDraft, offered: Offered) -> RuleDraft:
    """What comes out of a form that shows this draft, when nobody touches it."""
    reading = replace(entry_of(draft, offered), rule=RewardRule(campaign=offered.campaign, key=draft.key)).reading
    assert {name: str(wrong) for name, wrong in reading.problems.items()} == {}
    return reading.draft


# --- every part of the vocabulary goes in and comes out ---------------------------------------------------------------


def test_each_shape_has_a_form() -> None:
    assert set(CONTROLS) >= set(SHAPES)
    assert set(CONTROLS.values()) == set(READERS) == set(TYPERS)


@pytest.mark.parametrize("kind", CONDITIONS)
def test_each_condition_comes_back_as_it_was(kind: str, offered: Offered, segment: Segment) -> None:
    condition = ConditionDraft(kind, sampled(CONDITIONS[kind].parameters, segment), "any")
    draft = replace(DRAFT, conditions=[condition])
    assert returned(draft, offered) == draft


@pytest.mark.parametrize("name", CALCULATORS)
def test_each_calculator_comes_back_as_it_was(name: str, offered: Offered, segment: Segment) -> None:
    settings = sampled(CALCULATORS[name].parameters, segment)
    least = {one.name: settings[one.name] for one in CALCULATORS[name].parameters if one.is_required}
    for parameters in (settings, least):
        draft = replace(DRAFT, calculator=name, parameters=parameters)
        entry = entry_of(draft, offered)
        kept = draft if entry.amounts.is_required else replace(draft, amounts=entry.reading.draft.amounts)
        assert returned(kept, offered) == kept


@pytest.mark.parametrize("name", BENEFITS)
def test_each_benefit_comes_back_as_it_was(name: str, offered: Offered, segment: Segment) -> None:
    benefit = BENEFITS[name]
    settings = sampled(benefit.parameters, segment)
    least = {one.name: settings[one.name] for one in benefit.parameters if one.is_required}
    amounts = {benefit.usual_unit or "USD": 3}
    for given in (settings, least):
        draft = replace(DRAFT, benefit=name, benefit_settings=given, amounts=amounts)
        assert returned(draft, offered) == draft


def test_what_there_is_to_choose_from_is_typed_in_lines(offered: Offered) -> None:
    typed = Typed(
        {
            "benefit": ["choice"],
            "gives-choice-options-name": ["Money", "Three months", ""],
            "gives-choice-options-benefit": ["cash", "free_months", "cash"],
            "gives-choice-options-what": ["", "Premium", ""],
            "gives-choice-options-amount": ["", "3", ""],
            "gives-choice-options-unit": ["USD", "month", "USD"],
            "gives-choice-options-key": ["", "", ""],
        }
    )
    reading = Entry(typed, offered).reading
    months = {"benefit": "free_months", "amount": 3, "unit": "month", "settings": {"name": "Premium"}}
    assert reading.draft.benefit_settings == {
        "options": [
            {"key": "money", "name": "Money", "benefit": "cash"},
            {"key": "three-months", "name": "Three months", **months},
        ]
    }


@pytest.mark.parametrize("measure", Limit.Measure.values)
@pytest.mark.parametrize("window", Limit.Window.values)
def test_each_limit_comes_back_as_it_was(measure: str, window: str, offered: Offered) -> None:
    days = 30 if window == "rolling" else None
    pers = [per for per in Limit.Per.values if (measure, per) != ("friends", "friend")]
    limits = [LimitDraft(measure, per, 50_000, window, "wait", days) for per in pers]
    draft = replace(DRAFT, limits=limits)
    assert returned(draft, offered) == draft


@pytest.mark.parametrize(
    "wanted",
    [
        {"release_on": "month_2_started"},
        {"hold_days": 14, "priority": 7, "exclusive_group": "best", "once_per": "friend"},
        {"approval_above": 10_000},
        {"approval_above": 0},
        {"benefit": "coupon", "amounts": {"percent": 1_250}, "expires_after_days": 60},
        {"amounts": {"points": 500}},
        {"amounts": {"JPY": 3_000}},
        {"trigger": "converted"},
        {"trigger": "month_2_started"},
    ],
    ids=str,
)
def test_the_rest_comes_back_as_it_was(wanted: dict[str, Any], offered: Offered) -> None:
    draft = replace(DRAFT, **wanted)
    assert returned(draft, offered) == draft


def form_of(answer: Any, path: str) -> dict[str, list[str]]:
    """What a browser without a script would send from this page, if nobody touched it."""
    answer.url = f"http://testserver{path}"
    answer.headers.setdefault("Content-Type", "text/html")
    return Page(answer).form().values


def test_a_rule_that_says_everything_goes_through_the_page_unchanged(
    console: Client, campaign: Campaign, segment: Segment, now: datetime
) -> None:
    kinds = [ConditionDraft(kind, sampled(one.parameters, segment), "any") for kind, one in CONDITIONS.items()]
    limits = [LimitDraft("amount", "advocate", 50_000, "rolling", "partial", 30), LimitDraft("friends", "campaign", 9)]
    budget = budget_of(campaign, 100_000)
    draft = replace(DRAFT, conditions=kinds, limits=limits, hold_days=14, approval_above=5_000, budget=budget)
    rule = rule_save(campaign=campaign, draft=draft, actor=None, now=now)
    Campaign.objects.update(status=Campaign.Status.ACTIVE)
    path = reverse(EDIT, args=[rule.pk])
    values = form_of(console.get(path), path)
    assert console.post(path, values).status_code == 302
    assert RewardRule.objects.get().version == 1
    assert console.post(path, values | {"amounts-amount": ["25.00"]}).status_code == 302
    newest = RewardRule.objects.standing().get()
    assert (newest.version, draft_of(newest)) == (2, replace(draft, amounts={"USD": 2_500}))


# --- saving -----------------------------------------------------------------------------------------------------------

TYPED: dict[str, Any] = {
    "key": "advocate-credit",
    "trigger": "converted",
    "recipient": "advocate",
    "benefit": "credit",
    "calculator": "fixed",
    "amounts-amount": "20.00",
    "amounts-unit": "USD",
    "line": "0",
    "group-0": "all",
    "kind-0": "friend_is_new",
    "hold_days": "14",
}


def add_url(campaign: Campaign) -> str:
    return f"{reverse(ADD)}?campaign={campaign.pk}"


def test_a_rule_is_entered_in_the_console(console: Client, campaign: Campaign) -> None:
    console.post(add_url(campaign), TYPED)
    rule = RewardRule.objects.get()
    said = (rule.key, rule.version, rule.amounts.get().amount, rule.conditions.get().kind, rule.hold_days)
    assert said == ("advocate-credit", 1, 2_000, "friend_is_new", 14)


def test_a_rule_without_a_name_is_named_after_what_it_says(console: Client, campaign: Campaign) -> None:
    for _time in range(2):
        console.post(add_url(campaign), TYPED | {"key": ""})
    assert sorted(RewardRule.objects.values_list("key", flat=True)) == [
        "advocate-credit-converted",
        "advocate-credit-converted-2",
    ]


def changed(console: Client, rule: RewardRule, **typed: Any) -> Any:
    path = reverse(EDIT, args=[rule.pk])
    return console.post(path, form_of(console.get(path), path) | typed)


def test_a_change_of_a_rule_in_use_says_whom_it_leaves_alone(
    console: Client, campaign: Campaign, now: datetime
) -> None:
    Campaign.objects.update(status=Campaign.Status.ACTIVE)
    campaign.refresh_from_db()
    console.post(add_url(campaign), TYPED)
    rule = RewardRule.objects.get()
    RewardRule.objects.update(valid_from=now)
    referred(enrolled(campaign, now=now), now=now)
    page = console.get(reverse(EDIT, args=[rule.pk])).text
    assert "Version 2 from now on. 1 friend who signed up before is paid by version 1." in page
    assert changed(console, rule, **{"amounts-amount": "5.00"}).status_code == 302
    newest = RewardRule.objects.standing().get()
    assert (newest.version, newest.amounts.get().amount) == (2, 500)
    page = console.get(reverse("admin:rewards_rewardrule_change", args=[newest.pk])).text
    assert "<ins>When the friend becomes a customer, the advocate gets $5.00 in account credit.</ins>" in page
    assert "<del>When the friend becomes a customer, the advocate gets $20.00 in account credit.</del>" in page
    earlier = console.get(reverse(EDIT, args=[rule.pk]))
    assert (earlier.status_code, earlier["Location"]) == (302, reverse(EDIT, args=[newest.pk]))


def test_nobody_saves_over_what_they_have_not_seen(console: Client, campaign: Campaign, now: datetime) -> None:
    rule = rule_save(campaign=campaign, draft=DRAFT, actor=None, now=now)
    path = reverse(EDIT, args=[rule.pk])
    opened = form_of(console.get(path), path)
    rule_save(campaign=campaign, draft=replace(DRAFT, hold_days=3), actor=None, now=now)
    answer = console.post(path, opened | {"amounts-amount": ["9.00"]})
    assert "Somebody saved this rule a moment ago" in answer.text
    assert RewardRule.objects.get().amounts.get().amount == 2_000


def test_another_rule_begins_from_one(console: Client, campaign: Campaign, now: datetime) -> None:
    rule = rule_save(campaign=campaign, draft=replace(DRAFT, hold_days=3), actor=None, now=now)
    path = f"{reverse(ADD)}?from={rule.pk}"
    console.post(path, form_of(console.get(path), path) | {"recipient": "friend"})
    other = RewardRule.objects.exclude(pk=rule.pk).get()
    assert (other.recipient, other.hold_days, other.key) == ("friend", 3, "friend-credit-purchase")


def test_the_first_question_is_the_campaign(console: Client, campaign: Campaign) -> None:
    page = console.get(reverse(ADD)).text
    assert f'<option value="{campaign.pk}">' in page
    assert console.get(f"{reverse(ADD)}?campaign=0").status_code == 404
    assert console.get(f"{reverse(ADD)}?from=abc").status_code == 404


# --- what is refused, beside its field --------------------------------------------------------------------------------

COUPON = {"benefit": "coupon", "amounts-amount": "10", "amounts-unit": "percent"}
NO_LIMIT = {"limit": "0", "per-0": "advocate", "window-0": "lifetime", "over-0": "skip"}


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ({"amounts-amount": ""}, "amounts", "still to be said"),
        ({"amounts-amount": "twenty"}, "amounts", "Write a number"),
        ({"amounts-amount": "20.005"}, "amounts", "2 digits"),
        ({"amounts-amount": "1,500.00"}, "amounts", "without separators"),
        ({"amounts-amount": "-5"}, "amounts", "more than nothing"),
        ({"amounts-amount": "Infinity"}, "amounts", "Write a number"),
        ({"amounts-amount": "20.5", "amounts-unit": "JPY"}, "amounts", "no decimals"),
        ({"amounts-unit": "XXX"}, "amounts", "neither a currency"),
        ({"amounts-unit": "percent"}, "amounts", "cannot be given in"),
        ({"amounts-amount": ["5", "6"], "amounts-unit": ["USD", "USD"]}, "amounts", "say the same"),
        ({"benefit": "coupon", "calculator": "percent"}, "calculator", "does not fit"),
        ({"calculator": "nonsense"}, "calculator", "not known"),
        ({"calculator": "percent", "by-percent-basis_points": "101"}, "by-percent-basis_points", "up to 100 %"),
        ({"calculator": "percent", "by-percent-basis_points": ""}, "by-percent-basis_points", "still to be said"),
        ({"trigger": ""}, "trigger", "still to be said"),
        ({"trigger": "?other", "trigger-other": "two words"}, "trigger", "one word"),
        ({"recipient": "nobody"}, "recipient", "Choose one"),
        ({"kind-0": "nonsense"}, "kind-0", "not known here"),
        ({"kind-0": "within_days", "c0-within_days-days": "1.5"}, "c0-within_days-days", "whole number"),
        ({"kind-0": "within_days", "c0-within_days-days": "99999"}, "c0-within_days-days", "from 1 to 3650"),
        ({"kind-0": "deadline", "c0-deadline-day": "31.12.2026"}, "c0-deadline-day", "2026-12-31"),
        ({"kind-0": "product", "c0-product-products": "x" * 65}, "c0-product-products", "64 characters"),
        (NO_LIMIT | {"measure-0": "amount", "value-0": ""}, "value-0", "at most how much"),
        (NO_LIMIT | {"measure-0": "friends", "value-0": "2.5"}, "value-0", "whole number"),
        (NO_LIMIT | {"measure-0": "amount", "value-0": "9", "window-0": "rolling"}, "days-0", "how many days"),
        (NO_LIMIT | {"measure-0": "rewards", "value-0": "9", "over-0": "partial"}, "over-0", "Only a limit of amounts"),
        (NO_LIMIT | {"measure-0": "friends", "per-0": "friend", "value-0": "9"}, "value-0", "one friend"),
        (NO_LIMIT | COUPON | {"measure-0": "amount", "value-0": "9"}, "value-0", "Percents do not add up"),
        ({"trigger": "enrolled", "kind-0": "product", "c0-product-products": "a"}, "kind-0", "nothing has been bought"),
        ({"trigger": "enrolled", "kind-0": "", "recipient": "friend"}, "recipient", "no friend"),
        ({"trigger": "claimed", "calculator": "percent", "by-percent-basis_points": "5"}, "calculator", "no sale"),
        ({"trigger": "?other", "trigger-other": "refund"}, "trigger", "takes something back"),
        ({"kind-0": "advocate_tier", "c0-advocate_tier-tiers": "gone"}, "c0-advocate_tier-tiers", "not known"),
        ({"expires_after_days": "30"}, "expires_after_days", "Only coupons"),
        ({"hold_days": "-1"}, "hold_days", "whole number"),
        ({"key": "Not a slug"}, "key", "Small letters"),
        ({"budget": "bud_gone"}, "budget", "Choose one"),
    ],
    ids=str,
)
def test_what_makes_no_sense_is_said_beside_its_field(
    typed: dict[str, Any], field: str, says: str, offered: Offered
) -> None:
    asked = {name: value if isinstance(value, list) else [value] for name, value in (TYPED | typed).items()}
    problems = Entry(Typed(asked), offered).reading.problems
    assert says in str(problems.get(field)), {name: str(wrong) for name, wrong in problems.items()}


def test_a_refused_rule_keeps_what_was_typed(console: Client, campaign: Campaign) -> None:
    answer = console.post(add_url(campaign), TYPED | {"amounts-amount": "twenty", "kind-0": "product"})
    assert answer.status_code == 200
    assert not RewardRule.objects.exists()
    assert "Not saved yet" in answer.text
    assert 'value="twenty"' in answer.text
    assert 'name="c0-product-products"' in answer.text


def test_two_decimals_in_one_limit_are_refused(offered: Offered) -> None:
    amounts = {"amounts-amount": ["20", "3000"], "amounts-unit": ["USD", "JPY"]}
    limit = NO_LIMIT | {"measure-0": "amount", "value-0": "500"}
    typed = {name: value if isinstance(value, list) else [value] for name, value in (TYPED | limit | amounts).items()}
    assert "different decimals" in str(Entry(Typed(typed), offered).reading.problems["value-0"])


def test_a_budget_in_another_currency_is_refused(offered: Offered, campaign: Campaign) -> None:
    budget: Budget = budget_of(campaign, 5_000, unit="EUR")
    typed = {name: [value] for name, value in (TYPED | {"budget": budget.public_id}).items()}
    assert "pays in EUR" in str(Entry(Typed(typed), offered).reading.problems["budget"])


# --- while somebody writes --------------------------------------------------------------------------------------------


def told(console: Client, campaign: Campaign, **typed: Any) -> str:
    return console.post(reverse("admin:rewards_rewardrule_preview", args=[campaign.pk]), TYPED | typed).text


def test_the_sentence_changes_with_the_form_and_nothing_is_saved(console: Client, campaign: Campaign) -> None:
    assert "the advocate gets $20.00 in account credit." in told(console, campaign)
    cash = told(console, campaign, **{"benefit": "cash", "amounts-amount": "7,50"})
    assert "the advocate gets $7.50 in money." in cash
    assert not RewardRule.objects.exists()


def test_what_is_not_said_yet_is_no_mistake(console: Client, campaign: Campaign) -> None:
    text = told(console, campaign, **{"amounts-amount": "", "kind-0": "minimum_amount"})
    assert "2 things are still to be said." in text
    assert "data-problem-of" not in text
    assert 'data-problem-of="amounts"' in told(console, campaign, **{"amounts-amount": "x"})


def test_without_a_script_buttons_draw_the_form_anew(console: Client, campaign: Campaign) -> None:
    page = console.post(add_url(campaign), TYPED | {"add": "not", "amounts-amount": "33.00"}).text
    assert 'name="kind-1"' in page
    assert 'value="33.00"' in page
    page = console.post(add_url(campaign), TYPED | {"remove": "line-0"}).text
    assert 'name="kind-0"' not in page
    page = console.post(add_url(campaign), TYPED | {"more": "amounts"}).text
    assert page.count('name="amounts-amount"') == 2
    assert console.post(add_url(campaign), TYPED | {"look": "1", "kind-0": "deadline"}).text.count('type="date"') == 2
    assert not RewardRule.objects.exists()


def test_a_new_rule_begins_with_what_most_want(offered: Offered) -> None:
    reading = entry_new(offered).reading
    assert {name: wrong.is_missing for name, wrong in reading.problems.items()} == {"amounts": True}
    assert (reading.draft.trigger, reading.draft.recipient, reading.draft.benefit) == (
        "converted",
        "advocate",
        "credit",
    )


# --- who may ----------------------------------------------------------------------------------------------------------


def test_who_only_looks_reads_the_sentence_and_changes_nothing(
    client: Client, maya: User, campaign: Campaign, now: datetime
) -> None:
    rule = rule_save(campaign=campaign, draft=DRAFT, actor=None, now=now)
    client.force_login(maya)
    page = client.get(reverse("admin:rewards_rewardrule_change", args=[rule.pk]))
    assert "When the friend buys something, the advocate gets $20.00 in account credit." in page.text
    assert "Change the rule" not in page.text
    doors = [
        reverse(EDIT, args=[rule.pk]),
        add_url(campaign),
        reverse("admin:rewards_rewardrule_preview", args=[campaign.pk]),
        reverse("admin:rewards_rewardrule_preview_of", args=[rule.pk]),
    ]
    assert [client.post(door, TYPED).status_code for door in doors] == [403] * 4
    assert RewardRule.objects.get().amounts.get().amount == 2_000
