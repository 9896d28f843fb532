"""How an amount came to be, step by step."""

from collections.abc import Mapping

from django.utils.translation import gettext as _, gettext_lazy, ngettext

from campaigns.models import Campaign
from rewards.words.conditions import tier_names
from rewards.words.lists import amount_words, factor_words, joined_or, names_or, quoted, share_words
from rewards.words.sentence import Sentence, Values, plain


def _share_of(passed: bool, values: Values, campaign: Campaign | None) -> str:
    told = _amounts(values) | {"share": share_words(values["basis_points"])}
    return _("%(share)s of %(of)s are %(amount)s.") % told


def _amounts(values: Values) -> dict[str, str]:
    return {name: amount_words(values[name], values["unit"]) for name in ("amount", "of", "each") if name in values}


def _raised(passed: bool, values: Values, campaign: Campaign | None) -> str:
    return _("That is below the least of %(amount)s, so that %(amount)s are given.") % _amounts(values)


def _ceiling(passed: bool, values: Values, campaign: Campaign | None) -> str:
    return _("That is above the most of %(amount)s, so that %(amount)s are given.") % _amounts(values)


def _units_times(passed: bool, values: Values, campaign: Campaign | None) -> str:
    units = values["units"]
    return ngettext(
        "%(units)s piece at %(each)s is %(amount)s.", "%(units)s pieces at %(each)s are %(amount)s.", units
    ) % (_amounts(values) | {"units": units})


def _product_units(passed: bool, values: Values, campaign: Campaign | None) -> str:
    units = values["units"]
    told = _amounts(values) | {"units": units, "product": quoted(values["product"])}
    return (
        ngettext(
            "%(units)s piece of %(product)s at %(each)s is %(amount)s.",
            "%(units)s pieces of %(product)s at %(each)s are %(amount)s.",
            units,
        )
        % told
    )


def _product_amount(passed: bool, values: Values, campaign: Campaign | None) -> str:
    return _("%(product)s brings %(amount)s.") % (_amounts(values) | {"product": quoted(values["product"])})


def _no_product(passed: bool, values: Values, campaign: Campaign | None) -> str:
    if not values["products"]:
        return _("The event names nothing that was bought.")
    return _("None of these was bought: %(products)s.") % {"products": names_or(values["products"])}


def _region_amount(passed: bool, values: Values, campaign: Campaign | None) -> str:
    return _("The region %(region)s brings %(amount)s.") % (_amounts(values) | {"region": quoted(values["region"])})


def _no_region_amount(passed: bool, values: Values, campaign: Campaign | None) -> str:
    if not values["region"]:
        return _("No region is known, so that no amount is.")
    return _("No amount is stated for the region %(region)s.") % {"region": quoted(values["region"])}


def _demand_amount(passed: bool, values: Values, campaign: Campaign | None) -> str:
    told = _amounts(values) | {"region": quoted(values["region"])}
    return _("By its demand the region %(region)s brings %(amount)s.") % told


def _no_demand(passed: bool, values: Values, campaign: Campaign | None) -> str:
    if not values["region"]:
        return _("No region is known, so that no demand is.")
    return _("The region %(region)s had no demand.") % {"region": quoted(values["region"])}


def _milestone(passed: bool, values: Values, campaign: Campaign | None) -> str:
    count = values["milestone"]
    return ngettext(
        "The first friend became a customer: this milestone brings %(amount)s.",
        "%(count)s friends have become customers: this milestone brings %(amount)s.",
        count,
    ) % (_amounts(values) | {"count": count})


def _milestone_ahead(passed: bool, values: Values, campaign: Campaign | None) -> str:
    told = {"reached": values["reached"], "next": values["next"]}
    if not values["next"]:
        return _("%(reached)s friends have become customers; the last milestone lies behind.") % told
    return (
        ngettext(
            "%(reached)s friend has become a customer; the next milestone is at %(next)s.",
            "%(reached)s friends have become customers; the next milestone is at %(next)s.",
            values["reached"],
        )
        % told
    )


def _step(passed: bool, values: Values, campaign: Campaign | None) -> str:
    told = _amounts(values) | {"step": values["step"], "share": share_words(values["basis_points"])}
    return _("Time number %(step)s reaches %(share)s of %(of)s, which are %(amount)s in all.") % told


def _less_step_before(passed: bool, values: Values, campaign: Campaign | None) -> str:
    told = _amounts(values) | {"step": values["step"]}
    return _("Of that %(amount)s belong to the step at number %(step)s.") % told


def _step_ahead(passed: bool, values: Values, campaign: Campaign | None) -> str:
    told = {"reached": values["reached"], "next": values["next"]}
    if not values["next"]:
        return _("It is number %(reached)s of its kind with this friend; the last step lies behind.") % told
    return _("It is number %(reached)s of its kind with this friend; the next step is at %(next)s.") % told


def _tier_times(passed: bool, values: Values, campaign: Campaign | None) -> str:
    [tier] = tier_names([values["tier"]], campaign)
    told = _amounts(values) | {"tier": quoted(tier), "factor": factor_words(values["multiplier"])}
    return _("%(of)s times %(factor)s for the tier %(tier)s are %(amount)s.") % told


def _prize_drawn(passed: bool, values: Values, campaign: Campaign | None) -> str:
    told = {
        "prize": quoted(values["prize"]),
        "amount": amount_words(values["amount"], values["unit"]),
        "weight": values["weight"],
        "all": values["of"],
    }
    if not values["prize"]:
        return _("Drawn was %(amount)s, with %(weight)s chances of %(all)s.") % told
    return _("Drawn was %(prize)s, %(amount)s, with %(weight)s chances of %(all)s.") % told


def _due(passed: bool, values: Values, campaign: Campaign | None) -> str:
    return _("%(amount)s are due.") % _amounts(values)


def _too_much(passed: bool, values: Values, campaign: Campaign | None) -> str:
    return _("%(amount)s are more than can be given at all.") % _amounts(values)


def _currency_mismatch(passed: bool, values: Values, campaign: Campaign | None) -> str:
    if "unit" in values:
        told = {"currency": values["unit"]}
        return _("The sale is in %(currency)s, in which no amount is stated: a person has to decide.") % told
    told = {"units": joined_or(list(values["units"]))}
    return _("The amounts are stated in %(units)s, which do not count here: a person has to decide.") % told


def _exclusive_group(passed: bool, values: Values, campaign: Campaign | None) -> str:
    told = {"group": quoted(values["group"]), "rule": quoted(values["rule"]), "amount": _amounts(values)["amount"]}
    return _("Of the group %(group)s only the best is paid: %(rule)s gave %(amount)s.") % told


RECKONING: Mapping[str, Sentence] = {
    "currency_mismatch": _currency_mismatch,
    "share_of": _share_of,
    "raised_to_floor": _raised,
    "cut_at_ceiling": _ceiling,
    "units_cut": plain(gettext_lazy("%(found)s pieces were bought; at most %(units)s count, the dearest first.")),
    "units_times": _units_times,
    "product_units": _product_units,
    "product_amount": _product_amount,
    "no_product": _no_product,
    "region_amount": _region_amount,
    "no_region_amount": _no_region_amount,
    "demand_amount": _demand_amount,
    "no_demand": _no_demand,
    "milestone": _milestone,
    "milestone_ahead": _milestone_ahead,
    "step": _step,
    "less_step_before": _less_step_before,
    "step_ahead": _step_ahead,
    "no_tier": plain(gettext_lazy("The advocate had reached no tier: the amount stays as it is.")),
    "tier_times": _tier_times,
    "prize_drawn": _prize_drawn,
    "nothing_due": plain(gettext_lazy("The sum comes to nothing.")),
    "too_much": _too_much,
    "due": _due,
    "exclusive_group": _exclusive_group,
}
