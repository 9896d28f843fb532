"""Each limit as a sentence, and what becomes of that which goes over it."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from campaigns.selectors import company
from config.lib.units import NAMED_UNITS, is_currency
from rewards.models import Limit
from rewards.words.lists import amount_words, day_words, joined_or
from rewards.words.view import AnyLimit, AnyRule, RuleView, view_of

SENTENCES = {
    ("amount", "advocate"): gettext_lazy("At most %(value)s for each advocate %(window)s."),
    ("amount", "friend"): gettext_lazy("At most %(value)s for each friend %(window)s."),
    ("amount", "campaign"): gettext_lazy("At most %(value)s in the campaign %(window)s."),
    ("friends", "advocate"): gettext_lazy("For at most %(value)s friends of each advocate %(window)s."),
    # A friend counts once, so that this one never bites; it is told as what it says.
    ("friends", "friend"): gettext_lazy("For at most %(value)s friends, counted for each friend %(window)s."),
    ("friends", "campaign"): gettext_lazy("For at most %(value)s friends in the campaign %(window)s."),
    ("rewards", "advocate"): gettext_lazy("At most %(value)s times for each advocate %(window)s."),
    ("rewards", "friend"): gettext_lazy("At most %(value)s times for each friend %(window)s."),
    ("rewards", "campaign"): gettext_lazy("At most %(value)s times in the campaign %(window)s."),
}

# The same to the advocate whom it is about.
YOURS = SENTENCES | {
    ("amount", "advocate"): gettext_lazy("At most %(value)s %(window)s for you."),
    ("friends", "advocate"): gettext_lazy("For at most %(value)s of your friends %(window)s."),
    ("rewards", "advocate"): gettext_lazy("At most %(value)s times %(window)s for you."),
}

WINDOWS = {
    "event": gettext_lazy("each time"),
    "day": gettext_lazy("a day"),
    "month": gettext_lazy("a calendar month"),
    "quarter": gettext_lazy("a calendar quarter"),
    "year": gettext_lazy("a calendar year"),
    "lifetime": gettext_lazy("in all"),
}

OVER = {
    "skip": "",
    "partial": gettext_lazy("What is left of it is still paid."),
    "wait": gettext_lazy("What goes over it waits until there is room."),
}


def limit_words(limit: AnyLimit, rule: AnyRule, *, is_yours: bool = False) -> str:
    return limit_told(limit, view_of(rule), is_yours=is_yours)


def limit_told(limit: AnyLimit, view: RuleView, *, is_yours: bool = False) -> str:
    """`is_yours`: to the advocate, and not of them."""
    value = amount_at_most(limit.value, view) if limit.measure == Limit.Measure.AMOUNT else str(limit.value)
    sentence = (YOURS if is_yours else SENTENCES)[limit.measure, limit.per] % {
        "value": value,
        "window": window_words(limit.window, limit.days),
    }
    return " ".join(filter(None, [sentence, str(OVER[limit.over])]))


def window_words(window: str, days: int | None) -> str:
    if window == Limit.Window.ROLLING:
        days = days or 1
        return ngettext("within any day", "within any %(days)s days in a row", days) % {"days": days}
    return str(WINDOWS[window])


def period_words(window: str, period: str) -> str:
    """The window that a day is in, as people name it: 'November 2026' for 2026-11."""
    if window == Limit.Window.MONTH:
        return date_format(date.fromisoformat(f"{period}-01"), "YEAR_MONTH_FORMAT")
    if window == Limit.Window.QUARTER:
        year, number = period.split("-Q")
        return _("quarter %(number)s of %(year)s") % {"number": number, "year": year}
    return period if window == Limit.Window.YEAR else day_words(period)


def amount_at_most(value: int, view: RuleView) -> str:
    """In each unit that the rule may pay in: nothing is converted, so each has its own count."""
    return joined_or([amount_words(value, unit) for unit in units_of(view)])


def units_of(view: RuleView) -> list[str]:
    """What a rule may pay in: the company's currency where neither amounts nor settings nor a budget name one."""
    return list(dict.fromkeys(_units(view))) or [company().currency]


def _units(view: RuleView) -> Iterable[str]:
    yield from view.amounts
    if view.rule.budget:
        yield view.rule.budget.unit
    yield from _units_in(view.rule.parameters)


def _units_in(settings: object) -> Iterable[str]:
    """The units of all amounts among a calculator's settings, however deep they stand."""
    if isinstance(settings, list | tuple):
        for entry in settings:
            yield from _units_in(entry)
    if not isinstance(settings, Mapping):
        return
    for name, entry in settings.items():
        if name == "unit" and isinstance(entry, str):
            yield entry
        elif isinstance(entry, int) and (name in NAMED_UNITS or is_currency(name)):
            yield name
        else:
            yield from _units_in(entry)
