"""What is wrong with a draft, in sentences for whoever writes it; the codes come from the pure rules."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy
from django_stubs_ext import StrOrPromise

from campaigns.models import Campaign
from config.lib.errors import DomainError
from config.lib.money import Money
from config.lib.units import UnknownUnit, unit_get
from rewards.models import Condition, Limit, RewardRule
from rewards.rules.benefits import BENEFITS, benefit_read
from rewards.rules.calculators import CALCULATORS, calculator_build
from rewards.rules.conditions import CONDITIONS, condition_build
from rewards.rules.conditions.days import MAX_DAYS
from rewards.rules.engine import MOST_BY_UNIT
from rewards.rules.parameters import MAX_AMOUNT, MAX_NAME, BadParameters, Parameter, units_in
from rewards.rules.registry import PERCENT, nonsense, units_refused
from rewards.services.rule_drafts import LimitDraft, RuleDraft
from rewards.services.rule_names import names_problems

NONSENSE: Mapping[str, StrOrPromise] = {
    "trigger_undoes": gettext_lazy("This takes something back or notes something: nothing is earned by it."),
    "recipient_unfit": gettext_lazy("This reward is for people: a good cause cannot be given it."),
    "calculator_unfit": gettext_lazy("This way to reckon does not fit this reward."),
    "percent_unfit": gettext_lazy("This way to reckon does not fit a coupon in percent."),
    "once_by_itself": gettext_lazy("Milestones and steps are paid once each: leave “once for” empty."),
    "friends_per_friend": gettext_lazy("A friend is one friend: count friends for each advocate or in the campaign."),
    "partial_of_no_amount": gettext_lazy("Only a limit of amounts can pay what is left."),
    "days_missing": gettext_lazy("Say how many days in a row the limit looks at."),
    "days_unused": gettext_lazy("Only a limit for so many days in a row has days."),
    "percent_limited": gettext_lazy("Percents do not add up to an amount: limit the number of rewards instead."),
    "no_advocate": gettext_lazy("When this happens there is no advocate whom the rule could mean."),
    "no_tier": gettext_lazy("When this happens nobody has a tier yet."),
    "no_friend": gettext_lazy("When this happens there is no friend whom the rule could mean."),
    "no_referral": gettext_lazy("When this happens there is no referral yet whose days and events could be counted."),
    "no_region": gettext_lazy("When this happens no region is known."),
    "no_demand": gettext_lazy("When this happens no region is known whose demand could count."),
    "no_sequence": gettext_lazy("This happens once to a friend: there is no number to count."),
    "no_repeats": gettext_lazy("This happens once to a friend: choose an event that repeats."),
    "no_sale": gettext_lazy("When this happens there is no sale whose amount could count."),
    "no_items": gettext_lazy("When this happens nothing has been bought that could count."),
    "no_confirmed": gettext_lazy("When this happens no friend is confirmed: choose the conversion."),
    "no_metadata": gettext_lazy("When this happens no further facts are known."),
}

# By the units of which more than so much makes no sense (rewards/rules/engine.py).
TOO_MUCH: Mapping[str, StrOrPromise] = {
    PERCENT: gettext_lazy("A coupon lets off 100 % at most."),
    "entry": gettext_lazy("At most 1,000 entries are given at once."),
}

BAD: Mapping[str, StrOrPromise] = {
    "unknown": gettext_lazy("There is no such choice for “%(field)s”."),
    "unknown_parameter": gettext_lazy("“%(field)s” has a setting that is not known."),
    "not_settings": gettext_lazy("The settings of “%(field)s” are a table of names and values."),
    "missing": gettext_lazy("“%(field)s” is missing."),
    "not_whole": gettext_lazy("“%(field)s” is a whole number; amounts are in minor units."),
    "out_of_bounds": gettext_lazy("“%(field)s” is too small or too large."),
    "not_named": gettext_lazy("“%(field)s” is a text of at most 64 characters."),
    "not_a_list": gettext_lazy("“%(field)s” is a list with at least one entry and at most 100."),
    "named_twice": gettext_lazy("“%(field)s” names something twice."),
    "not_a_choice": gettext_lazy("There is no such choice for “%(field)s”."),
    "not_a_day": gettext_lazy("“%(field)s” is a day such as 2026-12-31."),
    "not_amounts": gettext_lazy("“%(field)s” is an amount for each currency, such as 2500 for USD."),
    "not_a_table": gettext_lazy("“%(field)s” is a table with at least one row and at most 100."),
    "not_a_number": gettext_lazy("The rows of “%(field)s” go by whole numbers from 1 on."),
    "not_rising": gettext_lazy("The shares of “%(field)s” must rise from step to step."),
    "too_few": gettext_lazy("“%(field)s” needs at least two to choose from."),
    "unit_unfit": gettext_lazy("Something of “%(field)s” cannot be given in the unit of its amount."),
    "below_floor": gettext_lazy("The most is below the least."),
}


def draft_problems(draft: RuleDraft, campaign: Campaign) -> list[str]:
    """What makes no sense, in sentences; empty when the rule can be carried out."""
    problems = amount_problems(draft) + budget_problems(draft, campaign) + part_problems(draft)
    return problems or names_problems(draft, campaign)


def amount_problems(draft: RuleDraft) -> list[str]:
    """What is wrong with the amounts per unit, as sentences; empty when they can be paid."""
    problems = []
    for unit, amount in draft.amounts.items():
        try:
            Money(amount, unit)
        except DomainError as refusal:
            problems.append(str(refusal))
    for unit, amount in draft.amounts.items():
        if type(amount) is int and amount > MOST_BY_UNIT.get(unit, amount):
            problems.append(str(TOO_MUCH[unit]))
    if refused := units_refused(draft.benefit, _units(draft), draft.benefit_settings):
        problems.append(_("This reward cannot be given in %(units)s.") % {"units": ", ".join(refused)})
    if not draft.amounts and _uses_amounts(draft):
        problems.append(_("Say how much, in at least one currency."))
    return problems


def budget_problems(draft: RuleDraft, campaign: Campaign) -> list[str]:
    """Why this budget cannot pay for this rule, as sentences."""
    if draft.budget is None:
        return []
    if draft.budget.campaign_id != campaign.pk:
        return [_("The budget belongs to another campaign.")]
    if any(unit != draft.budget.unit for unit in _units(draft)):
        return [_("Each amount must be in the currency of the budget.")]
    return []


def part_problems(draft: RuleDraft) -> list[str]:
    """What is wrong with the parts of the rule and with how they go together, as sentences."""
    problems = [str(NONSENSE[code]) for code in nonsense(draft, _units(draft))]
    problems += [bad_words(refusal) for refusal in _head_refusals(draft)]
    problems += [bad_words(refusal) for limit in draft.limits for refusal in _limit_refusals(limit)]
    if draft.expires_after_days is not None and draft.benefit in BENEFITS and not BENEFITS[draft.benefit].expires:
        problems.append(_("Only coupons and what somebody has yet to take up run out."))
    problems += _option_problems(draft)
    problems += _settings_problems(lambda: benefit_read(draft.benefit, draft.benefit_settings))
    problems += _settings_problems(lambda: calculator_build(draft.calculator, draft.parameters))
    for condition in draft.conditions:
        problems += _settings_problems(lambda each=condition: condition_build(each.kind, each.parameters))  # type: ignore[misc]
    return problems or _unit_problems(draft)


def bad_words(refusal: BadParameters) -> str:
    """A setting that is not right, in words."""
    return str(BAD[refusal.code]) % {"field": refusal.field}


# --- settings ---------------------------------------------------------------------------------------------------------


def _settings_problems(build: Callable[[], object]) -> list[str]:
    try:
        build()
    except BadParameters as refusal:
        return [bad_words(refusal)]
    return []


def _head_refusals(draft: RuleDraft) -> list[BadParameters]:
    known = {
        "recipient": (draft.recipient, RewardRule.Recipient.values),
        "benefit": (draft.benefit, list(BENEFITS)),
        "once_per": (draft.once_per, ["", *RewardRule.Once.values]),
    }
    refusals = _not_choices(known)
    if not draft.trigger.strip() or len(draft.trigger) > MAX_NAME:
        refusals.append(BadParameters("trigger", "not_named"))
    for condition in draft.conditions:
        refusals += _not_choices({"group": (condition.group, Condition.Group.values)})
    return refusals


def _limit_refusals(limit: LimitDraft) -> list[BadParameters]:
    known = {
        "measure": (limit.measure, Limit.Measure.values),
        "per": (limit.per, Limit.Per.values),
        "window": (limit.window, Limit.Window.values),
        "over": (limit.over, Limit.Over.values),
    }
    refusals = _not_choices(known)
    if type(limit.value) is not int or not 1 <= limit.value <= MAX_AMOUNT:
        refusals.append(BadParameters("value", "out_of_bounds"))
    if limit.days is not None and (type(limit.days) is not int or not 1 <= limit.days <= MAX_DAYS):
        refusals.append(BadParameters("days", "out_of_bounds"))
    return refusals


def _not_choices(known: Mapping[str, tuple[str, Sequence[str]]]) -> list[BadParameters]:
    return [BadParameters(name, "not_a_choice") for name, (said, choices) in known.items() if said not in choices]


def _unit_problems(draft: RuleDraft) -> list[str]:
    """Units that nobody knows. For a draft whose settings are right."""
    units = _stated(CALCULATORS[draft.calculator].parameters, draft.parameters)
    units += _stated(BENEFITS[draft.benefit].parameters, draft.benefit_settings)
    for condition in draft.conditions:
        units += _stated(CONDITIONS[condition.kind].parameters, condition.parameters)
    problems = []
    for unit in dict.fromkeys(units):
        try:
            unit_get(unit)
        except UnknownUnit as refusal:
            problems.append(str(refusal))
    return problems


def _units(draft: RuleDraft) -> list[str]:
    """What the rule may pay in: its own amounts and those of its calculator."""
    calculator = CALCULATORS.get(draft.calculator)
    return list(
        dict.fromkeys([*draft.amounts, *_stated(calculator.parameters if calculator else (), draft.parameters)])
    )


def _stated(declared: Sequence[Parameter], typed: Mapping[str, Any]) -> list[str]:
    """The units of settings; none of those that somebody has yet to put right."""
    try:
        return units_in(declared, typed)
    except (AttributeError, TypeError, KeyError):
        return []


def _uses_amounts(draft: RuleDraft) -> bool:
    try:
        return calculator_build(draft.calculator, draft.parameters).uses_amounts
    except BadParameters:
        return False


def _option_problems(draft: RuleDraft) -> list[str]:
    """Where something counts what the rule gives, nothing to choose from may be worth more than what was counted."""
    is_counted = draft.budget is not None or any(limit.measure == Limit.Measure.AMOUNT for limit in draft.limits)
    if draft.benefit != RewardRule.Benefit.CHOICE or not is_counted:
        return []
    options = draft.benefit_settings.get("options", [])
    try:
        dearer = [option["name"] for option in options if option.get("unit") and not _is_covered(option, draft)]
    except (KeyError, TypeError, AttributeError):
        return []
    told = _("With a budget or a limit of amounts, “%(name)s” cannot be worth more than the rule gives in its unit.")
    return [told % {"name": name} for name in dearer]


def _is_covered(option: Mapping[str, Any], draft: RuleDraft) -> bool:
    return bool(option["amount"] <= draft.amounts.get(option["unit"], 0))
