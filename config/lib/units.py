"""What an amount is counted in: an ISO 4217 currency in active use, or a named unit with a fixed scale."""

from dataclasses import dataclass
from functools import cache

from babel.core import get_global
from babel.numbers import get_currency_precision
from django.utils.translation import gettext_lazy as _, ngettext_lazy
from django_stubs_ext import StrPromise

from config.lib.errors import DomainError


@dataclass(frozen=True, slots=True)
class Unit:
    """`scale` is the number of decimal places that a stored integer carries: 2 for USD, 0 for JPY and MB."""

    code: str
    scale: int
    is_currency: bool
    label: "StrPromise | str"


class UnknownUnit(DomainError):
    code = "unknown_unit"


# Percent is stored in basis points, hence two places.
PERCENT = "percent"
NAMED_UNITS: dict[str, Unit] = {
    PERCENT: Unit(PERCENT, 2, False, _("percent")),
    "MB": Unit("MB", 0, False, _("MB")),
    "points": Unit("points", 0, False, _("points")),
    "month": Unit("month", 0, False, _("months")),
    "day": Unit("day", 0, False, _("days")),
    "piece": Unit("piece", 0, False, _("pieces")),
    "entry": Unit("entry", 0, False, _("entries")),
}


# What can be counted one by one, with its number.
COUNTED = {
    "points": ngettext_lazy("%(number)s point", "%(number)s points", "count"),
    "month": ngettext_lazy("%(number)s month", "%(number)s months", "count"),
    "day": ngettext_lazy("%(number)s day", "%(number)s days", "count"),
    "piece": ngettext_lazy("%(number)s piece", "%(number)s pieces", "count"),
    "entry": ngettext_lazy("%(number)s entry", "%(number)s entries", "count"),
}


@cache
def active_currencies() -> frozenset[str]:
    """Codes that are legal tender somewhere today, from the CLDR data that Babel carries."""
    by_territory = get_global("territory_currencies")
    return frozenset(
        code
        for entries in by_territory.values()
        for code, _start, end, is_tender in entries
        if is_tender and end is None
    )


def unit_get(code: str) -> Unit:
    """The unit of that code. Raises UnknownUnit for anything else, lower case included."""
    if code in NAMED_UNITS:
        return NAMED_UNITS[code]
    if code not in active_currencies():
        raise UnknownUnit(_("“%(code)s” is neither a currency in use nor a unit known here.") % {"code": code[:20]})
    return Unit(code, get_currency_precision(code), True, code)


def is_currency(code: str) -> bool:
    return code in active_currencies()
