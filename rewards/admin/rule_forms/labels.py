"""What conditions, calculators and their settings are called on the form. One without a name here goes by its own."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from rewards.rules.conditions import CONDITIONS


@dataclass(frozen=True, slots=True)
class Label:
    text: StrOrPromise
    hint: StrOrPromise = ""


HAPPENED, TIME, ADVOCATE, FRIEND, OTHERS = (
    _("What happens"),
    _("Time"),
    _("The advocate"),
    _("The friend"),
    _("Others"),
)

# Kind → heading, name. The order is the order of the list to choose from.
KINDS: Mapping[str, tuple[StrOrPromise, StrOrPromise]] = {
    "first": (HAPPENED, _("It happens for the first time")),
    "minimum_amount": (HAPPENED, _("The sale is worth at least")),
    "product": (HAPPENED, _("The product is one of")),
    "minimum_quantity": (HAPPENED, _("At least so many pieces are bought")),
    "region": (HAPPENED, _("The region is one of")),
    "nth": (HAPPENED, _("It happens for exactly the n-th time")),
    "from_nth": (HAPPENED, _("It happens for the n-th time or later")),
    "events_at_least": (HAPPENED, _("Something has happened at least so often")),
    "fact_at_least": (HAPPENED, _("A number sent along is at least")),
    "fact_is": (HAPPENED, _("A fact sent along is one of")),
    "within_days": (TIME, _("Within so many days of signing up")),
    "deadline": (TIME, _("Up to and including a day")),
    "advocate_tier": (ADVOCATE, _("The advocate's tier is one of")),
    "advocate_segment": (ADVOCATE, _("The advocate is in the segment")),
    "circle_level": (ADVOCATE, _("The advocate's level in the inner circle is one of")),
    "advocate_relation": (ADVOCATE, _("The advocate's relation to us is one of")),
    "advocate_purchases": (ADVOCATE, _("The advocate has bought at least so often")),
    "friend_is_new": (FRIEND, _("The friend has never bought here")),
    "not_customer_for": (FRIEND, _("The friend has not bought for so many months")),
    "friend_segment": (FRIEND, _("The friend is in the segment")),
    "friend_relation": (FRIEND, _("The friend's relation to us is one of")),
}

CALCULATORS: Mapping[str, Label] = {
    "fixed": Label(_("A fixed amount"), _("The same each time, in the currency of the sale.")),
    "percent": Label(_("A share of the sale"), _("For example 10 % of what the friend pays.")),
    "tier_multiplier": Label(_("An amount that grows with the tier"), _("The amount times the advocate's tier.")),
    "per_unit": Label(_("An amount for each piece"), _("Such as seats or licences, also by product.")),
    "by_product": Label(_("An amount by product"), _("Each product once, however many of it are bought.")),
    "by_region": Label(_("An amount by region"), _("Each region has an amount of its own.")),
    "demand": Label(_("What the region's demand says"), _("By the table of demand of this campaign.")),
    "milestones": Label(_("At milestones"), _("When the advocate reaches a number of confirmed friends.")),
    "steps": Label(_("In steps"), _("A share of the whole as each step is reached.")),
    "weighted_draw": Label(_("A prize that is drawn"), _("By chance: the greater the weight, the more often.")),
}

# By "<kind or calculator>.<parameter>", else by the parameter alone.
PARAMETERS: Mapping[str, Label] = {
    "amounts": Label(_("Amount")),
    "minimum_amount.amounts": Label(_("At least"), _("In each currency that you sell in. In others it does not hold.")),
    "number": Label(_("Number")),
    "products": Label(_("Products"), _("One a line, as your shop calls them.")),
    "minimum_quantity.products": Label(_("Of these products"), _("One a line. Empty: of whatever is bought.")),
    "quantity": Label(_("Pieces")),
    "regions": Label(_("Regions"), _("One a line, as your events call them.")),
    "days": Label(_("Days"), _("The last of them included.")),
    "day": Label(_("Day"), _("That day included.")),
    "type": Label(_("What has happened")),
    "count": Label(_("Times")),
    "fact_at_least.name": Label(_("Name of the number"), _("As your events send it, such as months.")),
    "fact_is.name": Label(_("Name of the fact"), _("As your events send it, such as plan.")),
    "value": Label(_("At least")),
    "values": Label(_("One of"), _("One a line.")),
    "tiers": Label(_("Tiers")),
    "segment": Label(_("Segment")),
    "levels": Label(_("Levels")),
    "relations": Label(_("Relations")),
    "months": Label(_("Months")),
    "basis_points": Label(_("Share"), _("Such as 10 or 12.5.")),
    "floor": Label(_("At least")),
    "ceiling": Label(_("At most")),
    "per_unit.products": Label(_("By product"), _("Empty: the amount above for each piece of whatever is bought.")),
    "by_product.products": Label(_("Products")),
    "by_region.regions": Label(_("Regions")),
    "max_units": Label(_("For at most so many pieces")),
    "milestones": Label(_("Milestones"), _("The number of confirmed friends, and what is given for it.")),
    "steps": Label(_("Steps"), _("How often it has happened, and the share of the whole that is then paid in all.")),
    "of": Label(_("The whole is")),
    "pool": Label(_("Pool of codes"), _("Empty: codes are made here.")),
    "mystery.pool": Label(_("What may be in it"), _("The greater the weight, the more often.")),
    "item": Label(_("This item"), _("Empty: the person picks one.")),
    "category": Label(_("Picked from the category"), _("As the catalogue calls it.")),
    "contest": Label(_("Contest")),
    "charity": Label(_("Good cause")),
    "options": Label(
        _("To choose from"),
        _("Without an amount of its own, each is worth what the rule gives. “Which”: plan, item, pool or good cause."),
    ),
    "free_months.name": Label(_("Of what"), _("Such as the name of the plan.")),
    "service.name": Label(_("Which service")),
    "upgrade.name": Label(_("To what"), _("The amount is for how many days.")),
    "prizes": Label(_("Prizes"), _("An amount of 0 is a blank.")),
}

NAMES = {
    "amounts": _("the amount above"),
    "demand": _("what the region's demand says"),
}


def parameter_label(owner: str, name: str) -> Label:
    return PARAMETERS.get(f"{owner}.{name}") or PARAMETERS.get(name) or Label(_plain(name))


def calculator_label(name: str) -> Label:
    return CALCULATORS.get(name) or Label(_plain(name))


def kind_label(kind: str) -> StrOrPromise:
    return KINDS[kind][1] if kind in KINDS else _plain(kind)


def kinds_by_heading() -> list[tuple[str, list[str]]]:
    """Heading → kinds; those that were added and have no name yet stand last."""
    order = [kind for kind in KINDS if kind in CONDITIONS] + sorted(set(CONDITIONS) - set(KINDS))
    found: dict[str, list[str]] = {}
    for kind in order:
        found.setdefault(str(KINDS[kind][0] if kind in KINDS else OTHERS), []).append(kind)
    return list(found.items())


def _plain(name: str) -> str:
    return name.replace("_", " ").capitalize()
