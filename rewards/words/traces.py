"""Why a reward came to be, or why none did: every step of conditions, calculators, limits and engine, in words."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy, ngettext

from campaigns.models import Campaign
from rewards.words.conditions import relations_words, segment_named, tier_names
from rewards.words.limits import period_words, window_words
from rewards.words.lists import amount_words, day_words, factor_words, joined_or, names_or, quoted, share_words

Values = Mapping[str, Any]
Sentence = Callable[[bool, Values, Campaign | None], str]


def trace_words(verdict: Mapping[str, Any], *, campaign: Campaign | None = None) -> str:
    """One step of a trace, {"code", "passed", "values"}, with its numbers. `campaign`: whose tiers have names."""
    sentence = TRACE.get(verdict["code"])
    if sentence is None:
        return str(verdict["code"])
    try:
        return sentence(bool(verdict["passed"]), verdict.get("values") or {}, campaign)
    except (KeyError, TypeError, ValueError):
        # Written by an earlier version of this house, which told less.
        return str(SHORT.get(verdict["code"], verdict["code"]))


def _plain(text: Any) -> Sentence:
    """For a step without numbers, or with such as stand there as they are."""
    return lambda passed, values, campaign: str(text) % values


def _either(yes: Any, no: Any) -> Sentence:
    return lambda passed, values, campaign: str(yes if passed else no)


# --- conditions -------------------------------------------------------------------------------------------------------


def _minimum_amount(passed: bool, values: Values, campaign: Campaign | None) -> str:
    return _("The sale is worth %(amount)s; at least %(minimum)s are asked for.") % {
        "amount": amount_words(values["amount"], values["unit"]),
        "minimum": amount_words(values["minimum"], values["unit"]),
    }


def _product(passed: bool, values: Values, campaign: Campaign | None) -> str:
    if passed:
        return _("%(products)s was bought.") % {"products": names_or(values["found"])}
    return _("None of these was bought: %(products)s.") % {"products": names_or(values["products"])}


def _minimum_quantity(passed: bool, values: Values, campaign: Campaign | None) -> str:
    found = values["found"]
    asked = {"found": found, "quantity": values["quantity"], "products": names_or(values["products"])}
    if values["products"]:
        return (
            ngettext(
                "%(found)s piece of %(products)s was bought; at least %(quantity)s are asked for.",
                "%(found)s pieces of %(products)s were bought; at least %(quantity)s are asked for.",
                found,
            )
            % asked
        )
    return (
        ngettext(
            "%(found)s piece was bought; at least %(quantity)s are asked for.",
            "%(found)s pieces were bought; at least %(quantity)s are asked for.",
            found,
        )
        % asked
    )


def _region(passed: bool, values: Values, campaign: Campaign | None) -> str:
    asked = names_or(values["regions"])
    if not values["region"]:
        return _("No region is known; asked for is %(regions)s.") % {"regions": asked}
    return _("The region is %(region)s; asked for is %(regions)s.") % {
        "region": quoted(values["region"]),
        "regions": asked,
    }


def _within_days(passed: bool, values: Values, campaign: Campaign | None) -> str:
    days = values["days"]
    return ngettext(
        "It happened a day after the friend came in; the limit is %(limit)s days.",
        "It happened %(days)s days after the friend came in; the limit is %(limit)s days.",
        days,
    ) % {"days": days, "limit": values["limit"]}


def _deadline(passed: bool, values: Values, campaign: Campaign | None) -> str:
    return _("It happened on %(happened)s; the last day is %(day)s.") % {
        "happened": day_words(values["happened"]),
        "day": day_words(values["day"]),
    }


def _events_at_least(passed: bool, values: Values, campaign: Campaign | None) -> str:
    told = {"event": quoted(values["type"]), "found": values["found"], "count": values["count"]}
    return (
        ngettext(
            "%(event)s has happened once; asked for are %(count)s times.",
            "%(event)s has happened %(found)s times; asked for are %(count)s times.",
            values["found"],
        )
        % told
    )


def _fact_at_least(passed: bool, values: Values, campaign: Campaign | None) -> str:
    told = {"fact": quoted(values["name"]), "found": values["found"], "value": values["value"]}
    return _("%(fact)s is %(found)s; at least %(value)s is asked for.") % told


def _fact_is(passed: bool, values: Values, campaign: Campaign | None) -> str:
    told = {"fact": quoted(values["name"]), "values": names_or(values["values"])}
    if not values["found"]:
        return _("%(fact)s was not told; asked for is %(values)s.") % told
    return _("%(fact)s is %(found)s; asked for is %(values)s.") % (told | {"found": quoted(values["found"])})


def _advocate_tier(passed: bool, values: Values, campaign: Campaign | None) -> str:
    asked = names_or(tier_names(values["tiers"], campaign))
    if not values["tier"]:
        return _("The advocate had reached no tier; asked for is %(tiers)s.") % {"tiers": asked}
    [tier] = tier_names([values["tier"]], campaign)
    return _("The advocate's tier was %(tier)s; asked for is %(tiers)s.") % {"tier": quoted(tier), "tiers": asked}


def _advocate_segment(passed: bool, values: Values, campaign: Campaign | None) -> str:
    if passed:
        return _("The advocate is in the segment “%(segment)s”.") % segment_named(values)
    return _("The advocate is not in the segment “%(segment)s”.") % segment_named(values)


def _friend_segment(passed: bool, values: Values, campaign: Campaign | None) -> str:
    if passed:
        return _("The friend is in the segment “%(segment)s”.") % segment_named(values)
    return _("The friend is not in the segment “%(segment)s”.") % segment_named(values)


def _circle_level(passed: bool, values: Values, campaign: Campaign | None) -> str:
    asked = names_or(values["levels"])
    if not values["level"]:
        return _("The advocate has no level of the inner circle; asked for is %(levels)s.") % {"levels": asked}
    told = {"level": quoted(values["level"]), "levels": asked}
    return _("The advocate's level of the inner circle is %(level)s; asked for is %(levels)s.") % told


def _advocate_relation(passed: bool, values: Values, campaign: Campaign | None) -> str:
    told = {"relation": _relation(values), "relations": relations_words(values["relations"])}
    return _("The advocate's relation to us: %(relation)s; asked for: %(relations)s.") % told


def _friend_relation(passed: bool, values: Values, campaign: Campaign | None) -> str:
    told = {"relation": _relation(values), "relations": relations_words(values["relations"])}
    return _("The friend's relation to us: %(relation)s; asked for: %(relations)s.") % told


def _relation(values: Values) -> str:
    return relations_words([values["relation"]]) if values["relation"] else "–"


def _advocate_purchases(passed: bool, values: Values, campaign: Campaign | None) -> str:
    return ngettext(
        "The advocate has bought once; asked for are %(count)s times.",
        "The advocate has bought %(found)s times; asked for are %(count)s times.",
        values["found"],
    ) % {"found": values["found"], "count": values["count"]}


def _not_customer_for(passed: bool, values: Values, campaign: Campaign | None) -> str:
    if not values["last_bought"]:
        return _("The friend had never bought here before.")
    told = {"day": day_words(values["last_bought"]), "months": values["months"]}
    return (
        ngettext(
            "Before they came in the friend had last bought on %(day)s; a month without a purchase is asked for.",
            "Before they came in the friend had last bought on %(day)s; "
            "%(months)s months without a purchase are asked for.",
            values["months"],
        )
        % told
    )


# --- the amount, step by step -----------------------------------------------------------------------------------------


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


# --- what stood in the way afterwards ---------------------------------------------------------------------------------


def _exclusive_group(passed: bool, values: Values, campaign: Campaign | None) -> str:
    told = {"group": quoted(values["group"]), "rule": quoted(values["rule"]), "amount": _amounts(values)["amount"]}
    return _("Of the group %(group)s only the best is paid: %(rule)s gave %(amount)s.") % told


LIMITS = {
    "advocate": gettext_lazy("The limit is %(limit)s for each advocate %(window)s."),
    "friend": gettext_lazy("The limit is %(limit)s for each friend %(window)s."),
    "campaign": gettext_lazy("The limit is %(limit)s in the campaign %(window)s."),
}
USED = {
    "event": "",
    "lifetime": gettext_lazy("Before this %(used)s were used and %(left)s left."),
    "rolling": gettext_lazy("In the days around %(period)s %(used)s were used and %(left)s left."),
}
USED_IN = gettext_lazy("Before this, in %(period)s, %(used)s were used and %(left)s left.")


def _limit(text: Any) -> Sentence:
    """Which limit bit, what had been used of it and what was left, and what became of this one."""

    def sentence(passed: bool, values: Values, campaign: Campaign | None) -> str:
        numbers = _limit_numbers(values)
        parts = [LIMITS[values["per"]], USED.get(values["window"], USED_IN), text]
        return " ".join(str(part) % numbers for part in parts if part)

    return sentence


def _limit_numbers(values: Values) -> dict[str, str]:
    return {
        "limit": counted(values["limit"], values),
        "used": counted(values["used"], values),
        "left": counted(max(values["limit"] - values["used"], 0), values),
        "amount": amount_words(values["amount"], values["unit"]),
        "window": window_words(values["window"], values["days"] or None),
        "period": period_words(values["window"], values["period"]) if values["window"] != "lifetime" else "",
    }


def counted(number: int, values: Values) -> str:
    """'$500.00', '15 friends', '3 rewards', by what the limit counts."""
    if values["measure"] == "amount":
        return amount_words(number, values["unit"])
    if values["measure"] == "friends":
        return ngettext("%(count)s friend", "%(count)s friends", number) % {"count": number}
    return ngettext("%(count)s reward", "%(count)s rewards", number) % {"count": number}


TRACE: Mapping[str, Sentence] = {
    "first": _plain(gettext_lazy("It is number %(sequence)s of its kind with this friend; asked for is the first.")),
    "nth": _plain(gettext_lazy("It is number %(sequence)s of its kind with this friend; asked for is %(number)s.")),
    "from_nth": _plain(
        gettext_lazy("It is number %(sequence)s of its kind with this friend; asked for is %(number)s or later.")
    ),
    "minimum_amount": _minimum_amount,
    "product": _product,
    "minimum_quantity": _minimum_quantity,
    "region": _region,
    "within_days": _within_days,
    "deadline": _deadline,
    "events_at_least": _events_at_least,
    "fact_at_least": _fact_at_least,
    "fact_is": _fact_is,
    "advocate_tier": _advocate_tier,
    "advocate_segment": _advocate_segment,
    "friend_segment": _friend_segment,
    "circle_level": _circle_level,
    "advocate_relation": _advocate_relation,
    "friend_relation": _friend_relation,
    "advocate_purchases": _advocate_purchases,
    "friend_is_new": _either(
        gettext_lazy("The friend had not bought here before."), gettext_lazy("The friend had bought here before.")
    ),
    "not_customer_for": _not_customer_for,
    "no_amount": _plain(gettext_lazy("The event carries no amount.")),
    "no_number": _plain(gettext_lazy("“%(name)s” was not told as a number.")),
    "no_referral": _plain(gettext_lazy("There is no referral.")),
    "no_recipient": _plain(gettext_lazy("There is nobody to give it to.")),
    "currency_mismatch": _currency_mismatch,
    "share_of": _share_of,
    "raised_to_floor": _raised,
    "cut_at_ceiling": _ceiling,
    "units_cut": _plain(gettext_lazy("%(found)s pieces were bought; at most %(units)s count, the dearest first.")),
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
    "no_tier": _plain(gettext_lazy("The advocate had reached no tier: the amount stays as it is.")),
    "tier_times": _tier_times,
    "prize_drawn": _prize_drawn,
    "nothing_due": _plain(gettext_lazy("The sum comes to nothing.")),
    "too_much": _too_much,
    "due": _due,
    "exclusive_group": _exclusive_group,
    "limit_reached": _limit(gettext_lazy("That is too little for this one.")),
    "limit_partial": _limit(gettext_lazy("So %(amount)s of it are given.")),
    "limit_waits": _limit(gettext_lazy("This one waits in line until there is room.")),
    "already_rewarded": _plain(gettext_lazy("It has been rewarded before.")),
    "count_fell": _plain(gettext_lazy("A sale was taken back: %(needed)s are needed, and %(standing)s stand.")),
    "referral_refused": _plain(gettext_lazy("The referral does not count: a person looked at it.")),
    "taken_back": _plain(gettext_lazy("What happened was taken back.")),
    "no_campaign": _plain(gettext_lazy("It belongs to no campaign.")),
    "coupon_used": _plain(gettext_lazy("The coupon was used.")),
    "coupon_not_valid": _plain(gettext_lazy("The coupon is not valid.")),
    "coupon_void": _plain(
        gettext_lazy("A coupon that is not valid was given, so that the page answers everybody alike.")
    ),
}

# For steps of which older rows tell less.
SHORT = {
    "limit_reached": gettext_lazy("A limit is reached."),
    "limit_partial": gettext_lazy("A limit leaves only a part of it."),
    "exclusive_group": gettext_lazy("Another rule of the same group has paid."),
    "currency_mismatch": gettext_lazy("No amount is stated in the currency of the sale: a person has to decide."),
}
