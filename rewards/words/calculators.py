"""How much a rule gives: words that stand for the amount in its sentence, and what has to be added to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy, ngettext

from rewards.words.lists import amount_words, amounts_words, quoted, share_words
from rewards.words.view import RuleView


@dataclass(frozen=True, slots=True)
class HowMuch:
    """`amount` stands where '$20.00' would: 'the advocate gets … in account credit'. `more`: whole sentences."""

    amount: str
    more: tuple[str, ...] = ()


def how_much(view: RuleView) -> HowMuch:
    """While somebody is still typing, a dash stands for what is missing."""
    told = CALCULATORS.get(view.rule.calculator)
    if told is None:
        return HowMuch(view.rule.calculator)
    try:
        return told(view, view.rule.parameters)
    except (KeyError, TypeError, ValueError, AttributeError):
        return HowMuch("–")


def _fixed(view: RuleView, parameters: Mapping[str, Any]) -> HowMuch:
    return HowMuch(amounts_words(view.amounts))


def _percent(view: RuleView, parameters: Mapping[str, Any]) -> HowMuch:
    share = _("%(percent)s of the sale") % {"percent": share_words(parameters["basis_points"])}
    more = []
    if floor := parameters.get("floor"):
        more.append(_("At least %(amount)s each time.") % {"amount": amounts_words(floor)})
    if ceiling := parameters.get("ceiling"):
        more.append(_("At most %(amount)s each time.") % {"amount": amounts_words(ceiling)})
    return HowMuch(share, tuple(more))


def _per_unit(view: RuleView, parameters: Mapping[str, Any]) -> HowMuch:
    if products := parameters.get("products"):
        words, more = _("an amount for each piece"), _table(_("For each piece of %(name)s: %(amount)s."), products)
    else:
        words, more = _("%(amount)s for each piece") % {"amount": amounts_words(view.amounts)}, []
    if most := parameters.get("max_units"):
        more.append(
            ngettext("For at most %(count)s piece each time.", "For at most %(count)s pieces each time.", most)
            % {"count": most}
        )
    return HowMuch(words, tuple(more))


def _by_product(view: RuleView, parameters: Mapping[str, Any]) -> HowMuch:
    lines = _table(_("For %(name)s, however many: %(amount)s."), parameters["products"])
    return HowMuch(_("an amount for each product"), tuple(lines))


def _by_region(view: RuleView, parameters: Mapping[str, Any]) -> HowMuch:
    return HowMuch(_("an amount by region"), tuple(_table(_("In %(name)s: %(amount)s."), parameters["regions"])))


def _demand(view: RuleView, parameters: Mapping[str, Any]) -> HowMuch:
    return HowMuch(_("the amount that stands for the friend's region"))


def _milestones(view: RuleView, parameters: Mapping[str, Any]) -> HowMuch:
    lines = [_milestone(int(count), amounts) for count, amounts in _by_count(parameters["milestones"])]
    return HowMuch(_("an amount at each milestone"), tuple(lines))


def _milestone(count: int, amounts: Any) -> str:
    told = ngettext(
        "With the first friend who becomes a customer: %(amount)s.",
        "With %(count)s friends who have become customers: %(amount)s.",
        count,
    )
    return told % {"count": count, "amount": amounts_words(amounts)}


def _steps(view: RuleView, parameters: Mapping[str, Any]) -> HowMuch:
    if parameters.get("of", "amounts") == "demand":
        whole = _("the amount that stands for the friend's region, in steps")
    else:
        whole = _("%(amount)s in steps") % {"amount": amounts_words(view.amounts)}
    lines = [_step(int(count), share) for count, share in _by_count(parameters["steps"])]
    return HowMuch(whole, tuple(lines))


def _step(count: int, share: Any) -> str:
    return _("From time number %(count)s on: %(share)s of it in all.") % {"count": count, "share": share_words(share)}


def _tier_multiplier(view: RuleView, parameters: Mapping[str, Any]) -> HowMuch:
    return HowMuch(_("%(amount)s times the factor of the advocate's tier") % {"amount": amounts_words(view.amounts)})


def _weighted_draw(view: RuleView, parameters: Mapping[str, Any]) -> HowMuch:
    prizes = parameters["prizes"]
    tickets = sum(prize["weight"] for prize in prizes)
    return HowMuch(_("a prize that is drawn"), tuple(_prize(prize, tickets) for prize in prizes))


def _prize(prize: Mapping[str, Any], tickets: int) -> str:
    values = {"weight": prize["weight"], "all": tickets, "amount": _prize_amount(prize)}
    if name := prize.get("name"):
        return _("%(weight)s chances of %(all)s: %(name)s, %(amount)s.") % (values | {"name": quoted(name)})
    return _("%(weight)s chances of %(all)s: %(amount)s.") % values


def _prize_amount(prize: Mapping[str, Any]) -> str:
    return amount_words(prize["amount"], prize["unit"]) if prize["amount"] else _("nothing")


CALCULATORS: Mapping[str, Callable[[RuleView, Mapping[str, Any]], HowMuch]] = {
    "fixed": _fixed,
    "percent": _percent,
    "per_unit": _per_unit,
    "by_product": _by_product,
    "by_region": _by_region,
    "demand": _demand,
    "milestones": _milestones,
    "steps": _steps,
    "tier_multiplier": _tier_multiplier,
    "weighted_draw": _weighted_draw,
}

# What stands in a list of calculators to choose from.
CALCULATOR_NAMES = {
    "fixed": gettext_lazy("a fixed amount"),
    "percent": gettext_lazy("a share of the sale"),
    "per_unit": gettext_lazy("so much for each piece"),
    "by_product": gettext_lazy("an amount for each product"),
    "by_region": gettext_lazy("an amount by region"),
    "demand": gettext_lazy("what the demand of the region says"),
    "milestones": gettext_lazy("an amount at each milestone"),
    "steps": gettext_lazy("a share at each step"),
    "tier_multiplier": gettext_lazy("an amount times the factor of the tier"),
    "weighted_draw": gettext_lazy("a prize that is drawn"),
}


def _table(line: str, rows: Mapping[str, Any]) -> list[str]:
    return [line % {"name": quoted(name), "amount": amounts_words(amounts)} for name, amounts in rows.items()]


def _by_count(rows: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return sorted(rows.items(), key=lambda row: int(row[0]))
