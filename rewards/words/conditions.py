"""Each condition as a sentence: one for everybody, and another for staff where names are nobody else's business."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _, ngettext

from advocates.models import Contact, Segment
from campaigns.models import Campaign
from rewards.models import Tier
from rewards.words.lists import amounts_words, as_text, day_words, joined_or, names_or, quoted
from rewards.words.view import AnyCondition

Parameters = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a sentence is. `campaign`: whose tiers have names."""

    is_staff: bool = False
    campaign: Campaign | None = None


Sentence = Callable[[Parameters, Reader], str]


def condition_words(condition: AnyCondition) -> str:
    """As everybody may read it."""
    return condition_told(condition, Reader(campaign=_campaign_of(condition)))


def staff_words(condition: AnyCondition) -> str:
    """As the console tells it: with the names that nobody outside reads."""
    return condition_told(condition, Reader(is_staff=True, campaign=_campaign_of(condition)))


def condition_told(condition: AnyCondition, reader: Reader) -> str:
    """The sentence; while somebody is still typing, the name of the condition."""
    sentence = CONDITIONS.get(condition.kind)
    if sentence is None:
        return condition.kind
    try:
        return sentence(condition.parameters, reader)
    except (KeyError, TypeError, ValueError, AttributeError):
        return _("“%(condition)s” is not filled in yet.") % {"condition": condition.kind}


# --- what happened ----------------------------------------------------------------------------------------------------


def _first(parameters: Parameters, reader: Reader) -> str:
    return _("Only the first time.")


def _nth(parameters: Parameters, reader: Reader) -> str:
    return _("Only time number %(number)s with the same friend.") % {"number": parameters["number"]}


def _from_nth(parameters: Parameters, reader: Reader) -> str:
    return _("Only from time number %(number)s on with the same friend.") % {"number": parameters["number"]}


def _minimum_amount(parameters: Parameters, reader: Reader) -> str:
    return _("The sale is worth at least %(amount)s.") % {"amount": amounts_words(parameters["amounts"])}


def _product(parameters: Parameters, reader: Reader) -> str:
    return _("The friend buys %(products)s.") % {"products": names_or(parameters["products"])}


def _minimum_quantity(parameters: Parameters, reader: Reader) -> str:
    quantity = parameters["quantity"]
    if products := parameters.get("products"):
        told = ngettext(
            "At least %(quantity)s piece of %(products)s is bought.",
            "At least %(quantity)s pieces of %(products)s are bought.",
            quantity,
        )
        return told % {"quantity": quantity, "products": names_or(products)}
    told = ngettext("At least %(quantity)s piece is bought.", "At least %(quantity)s pieces are bought.", quantity)
    return told % {"quantity": quantity}


def _region(parameters: Parameters, reader: Reader) -> str:
    return _("Only in the region %(regions)s.") % {"regions": names_or(parameters["regions"])}


def _within_days(parameters: Parameters, reader: Reader) -> str:
    days = parameters["days"]
    return ngettext("Within a day.", "Within %(days)s days.", days) % {"days": days}


def _deadline(parameters: Parameters, reader: Reader) -> str:
    return _("On %(day)s at the latest.") % {"day": day_words(parameters["day"])}


def _events_at_least(parameters: Parameters, reader: Reader) -> str:
    count = parameters["count"]
    told = ngettext("%(event)s has happened at least once.", "%(event)s has happened at least %(count)s times.", count)
    return told % {"event": quoted(parameters["type"]), "count": count}


def _fact_at_least(parameters: Parameters, reader: Reader) -> str:
    return _("%(fact)s is at least %(value)s.") % {"fact": quoted(parameters["name"]), "value": parameters["value"]}


def _fact_is(parameters: Parameters, reader: Reader) -> str:
    values = names_or(as_text(value) for value in parameters["values"])
    return _("%(fact)s is %(values)s.") % {"fact": quoted(parameters["name"]), "values": values}


# --- who --------------------------------------------------------------------------------------------------------------


def _advocate_tier(parameters: Parameters, reader: Reader) -> str:
    names = tier_names(parameters["tiers"], reader.campaign)
    return _("Only for advocates of the tier %(tiers)s.") % {"tiers": names_or(names)}


def _advocate_segment(parameters: Parameters, reader: Reader) -> str:
    if reader.is_staff:
        return _("The advocate is in the segment “%(segment)s”.") % segment_named(parameters)
    # How a company calls its segments is its own affair.
    return _("Only for advocates of a chosen group.")


def _friend_segment(parameters: Parameters, reader: Reader) -> str:
    if reader.is_staff:
        return _("The friend is in the segment “%(segment)s”.") % segment_named(parameters)
    return _("Only for friends of a chosen group.")


def _circle_level(parameters: Parameters, reader: Reader) -> str:
    if reader.is_staff:
        return _("The advocate stands in the inner circle at %(levels)s.") % {"levels": names_or(parameters["levels"])}
    return _("Only for advocates of our inner circle, by level.")


def _advocate_relation(parameters: Parameters, reader: Reader) -> str:
    return _("The advocate is one of these: %(relations)s.") % {"relations": relations_words(parameters["relations"])}


def _friend_relation(parameters: Parameters, reader: Reader) -> str:
    return _("The friend is one of these: %(relations)s.") % {"relations": relations_words(parameters["relations"])}


def _advocate_purchases(parameters: Parameters, reader: Reader) -> str:
    count = parameters["count"]
    told = ngettext("The advocate has bought here.", "The advocate has bought here at least %(count)s times.", count)
    return told % {"count": count}


def _friend_is_new(parameters: Parameters, reader: Reader) -> str:
    return _("The friend has not bought here before.")


def _not_customer_for(parameters: Parameters, reader: Reader) -> str:
    months = parameters["months"]
    told = ngettext(
        "The friend has bought nothing here for at least a month before they came in.",
        "The friend has bought nothing here for at least %(months)s months before they came in.",
        months,
    )
    return told % {"months": months}


CONDITIONS: Mapping[str, Sentence] = {
    "first": _first,
    "nth": _nth,
    "from_nth": _from_nth,
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
    "friend_is_new": _friend_is_new,
    "not_customer_for": _not_customer_for,
}


# --- names ------------------------------------------------------------------------------------------------------------


def segment_named(values: Mapping[str, Any]) -> dict[str, str]:
    """{"segment": name}, for one that is gone its public id."""
    public_id = str(values.get("segment", ""))
    segment = Segment.objects.filter(public_id=public_id).first()
    return {"segment": segment.name if segment else public_id}


def tier_names(keys: Iterable[str], campaign: Campaign | None) -> list[str]:
    """The names of a campaign's tiers; a tier that is not there goes by its key."""
    names = dict(Tier.objects.filter(campaign=campaign).values_list("key", "name")) if campaign else {}
    return [names.get(key, key) for key in keys]


def relations_words(relations: Iterable[str]) -> str:
    labels: Mapping[str, Any] = dict(Contact.Relation.choices)
    return joined_or([str(labels.get(relation, relation)) for relation in relations])


def _campaign_of(condition: AnyCondition) -> Campaign | None:
    rule = getattr(condition, "rule", None)
    return rule.campaign if rule else None
