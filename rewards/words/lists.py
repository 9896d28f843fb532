"""Amounts, names and lists of them, as parts of a sentence."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from config.lib.errors import DomainError
from config.lib.money import Money, money_words
from config.lib.rounding import BASIS_POINTS
from config.lib.units import PERCENT


def joined_or(words: Sequence[str]) -> str:
    """'A', 'A or B', 'A, B or C'."""
    if len(words) < 2:
        return "".join(words)
    return _("%(most)s or %(last)s") % {"most": ", ".join(words[:-1]), "last": words[-1]}


def names_or(names: Iterable[Any]) -> str:
    """'“A” or “B”'."""
    return joined_or([quoted(name) for name in names])


def as_text(value: Any) -> str:
    """A fact as somebody would type it: the number 12 and the text “12” are one."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def event_words(name: str) -> str:
    """The name of an event as people read it: 'trial_over' is “trial over”."""
    return quoted(" ".join(name.replace("_", " ").split()))


def quoted(name: Any) -> str:
    return _("“%(name)s”") % {"name": name}


def amount_words(amount: Any, unit: str) -> str:
    """The amount in words; what is being typed and is none yet stands as it is."""
    try:
        return money_words(Money(amount, unit))
    except DomainError:
        return f"{amount} {unit}"


def amounts_words(amounts: Any) -> str:
    """Minor units by currency: '$20.00 or €19.00'."""
    if not isinstance(amounts, Mapping):
        return "–"
    return joined_or([amount_words(amount, unit) for unit, amount in amounts.items()]) or "–"


def share_words(basis_points: Any) -> str:
    """1,250 basis points are 12.5 %."""
    return amount_words(basis_points, PERCENT)


def factor_words(multiplier: int) -> str:
    """12,500 basis points are 1.25 times."""
    return f"{multiplier / BASIS_POINTS:.4f}".rstrip("0").rstrip(".")


def day_words(day: Any) -> str:
    """'2026-12-31' as a person writes it."""
    try:
        return date_format(date.fromisoformat(day), "DATE_FORMAT")
    except (TypeError, ValueError):
        return str(day)
