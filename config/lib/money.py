"""Money has types: whole minor units of one named unit, no floats, no mixing, one rounding."""

from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import format_currency, format_decimal
from django.utils.translation import get_language, gettext_lazy as _, to_locale

from config.lib.errors import DomainError
from config.lib.rounding import BASIS_POINTS, round_half_away
from config.lib.units import COUNTED, PERCENT, unit_get

MAX_AMOUNT = 10**12


class BadAmount(DomainError):
    code = "bad_amount"


class CurrencyMismatch(DomainError):
    code = "currency_mismatch"


@dataclass(frozen=True, slots=True)
class Money:
    """`amount` in minor units of `unit` (2500 USD is 25.00 US dollars; 500 MB; 1000 percent is 10 %)."""

    amount: int
    unit: str

    def __post_init__(self) -> None:
        if type(self.amount) is not int:  # bool is an int to Python, never to us
            raise BadAmount(_("An amount is a whole number of minor units."))
        if abs(self.amount) > MAX_AMOUNT:
            raise BadAmount(_("An amount is at most 1,000,000,000,000 minor units."))
        unit_get(self.unit)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same_unit(other), self.unit)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same_unit(other), self.unit)

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same_unit(other)

    def __le__(self, other: "Money") -> bool:
        return self.amount <= self._same_unit(other)

    def share(self, basis_points: int) -> "Money":
        """That part of the amount, rounded once. 10 % is 1,000 basis points."""
        return Money(round_half_away(self.amount * basis_points, BASIS_POINTS), self.unit)

    def _same_unit(self, other: "Money") -> int:
        if other.unit != self.unit:
            units = {"a": self.unit, "b": other.unit}
            raise CurrencyMismatch(_("%(a)s and %(b)s cannot be reckoned together.") % units)
        return other.amount


def money_words(money: Money, *, language: str | None = None) -> str:
    """The amount as a person of that language writes it: 'US$25.00', '10 %', '500 MB'. Default: the active language."""
    unit = unit_get(money.unit)
    locale = to_locale(language or get_language() or "en")
    exact = Decimal(money.amount).scaleb(-unit.scale)
    if unit.is_currency:
        return format_currency(exact, unit.code, locale=locale)
    number = format_decimal(exact.normalize() if unit.code == PERCENT else exact, locale=locale, format="#,##0.##")
    if unit.code in COUNTED:
        return COUNTED[unit.code] % {"number": number, "count": money.amount}
    return f"{number} %" if unit.code == PERCENT else f"{number} {unit.label}"
