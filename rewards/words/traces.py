"""Why a reward came to be, or why none did: every step of conditions, calculators, limits and engine, in words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy, ngettext

from campaigns.models import Campaign
from rewards.words.conditions import relations_words, segment_named, tier_names
from rewards.words.limit_steps import LIMIT_STEPS
from rewards.words.lists import amount_words, day_words, names_or, quoted
from rewards.words.reckoning import RECKONING
from rewards.words.sentence import Sentence, Values, either, plain


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


TRACE: Mapping[str, Sentence] = {
    **RECKONING,
    **LIMIT_STEPS,
    "first": plain(gettext_lazy("It is number %(sequence)s of its kind with this friend; asked for is the first.")),
    "nth": plain(gettext_lazy("It is number %(sequence)s of its kind with this friend; asked for is %(number)s.")),
    "from_nth": plain(
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
    "friend_is_new": either(
        gettext_lazy("The friend had not bought here before."), gettext_lazy("The friend had bought here before.")
    ),
    "not_customer_for": _not_customer_for,
    "no_amount": plain(gettext_lazy("The event carries no amount.")),
    "no_number": plain(gettext_lazy("“%(name)s” was not told as a number.")),
    "no_referral": plain(gettext_lazy("There is no referral.")),
    "no_recipient": plain(gettext_lazy("There is nobody to give it to.")),
    "already_rewarded": plain(gettext_lazy("It has been rewarded before.")),
    "count_fell": plain(gettext_lazy("A sale was taken back: %(needed)s are needed, and %(standing)s stand.")),
    "referral_refused": plain(gettext_lazy("The referral does not count: a person looked at it.")),
    "taken_back": plain(gettext_lazy("What happened was taken back.")),
    "no_campaign": plain(gettext_lazy("It belongs to no campaign.")),
    "coupon_used": plain(gettext_lazy("The coupon was used.")),
    "coupon_not_valid": plain(gettext_lazy("The coupon is not valid.")),
    "coupon_void": plain(
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
