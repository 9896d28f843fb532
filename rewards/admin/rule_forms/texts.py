"""Numbers, amounts, shares and names, as somebody types them: read, and written back."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from config.lib.rounding import BASIS_POINTS
from config.lib.units import UnknownUnit, unit_get
from rewards.rules.parameters import MAX_AMOUNT, MAX_NAME

PERCENT_SCALE = 2


class Wrong(ValueError):
    """What was typed says nothing that can be stored. `is_missing`: nothing was typed yet."""

    def __init__(self, sentence: str, *, is_missing: bool = False) -> None:
        super().__init__(sentence)
        self.is_missing = is_missing


def whole_read(text: str, *, low: int = 1, high: int = MAX_AMOUNT) -> int:
    stripped = text.strip().replace(" ", "")
    if not (stripped.isascii() and stripped.isdigit() and len(stripped) < 16):
        raise Wrong(_("Write a whole number, such as 3."))
    if not low <= int(stripped) <= high:
        bounds = {"low": number_format(low, use_l10n=True), "high": number_format(high, use_l10n=True)}
        raise Wrong(_("Write a number from %(low)s to %(high)s.") % bounds)
    return int(stripped)


def decimal_read(text: str, scale: int) -> int:
    """The number in its smallest parts: "20.5" at a scale of 2 is 2050. A comma may stand for the point."""
    stripped = text.strip().replace(" ", "")
    if "," in stripped and "." in stripped:
        raise Wrong(_("Write the number without separators, such as 1500.00."))
    try:
        number = Decimal(stripped.replace(",", "."))
    except InvalidOperation:
        raise Wrong(_("Write a number, such as 20.00.")) from None
    if not number.is_finite() or abs(number) > MAX_AMOUNT:
        raise Wrong(_("Write a number, such as 20.00."))
    parts = number.scaleb(scale)
    if parts != parts.to_integral_value():
        raise Wrong(_("At most %(places)s digits may stand after the point.") % {"places": scale})
    return int(parts)


def amount_read(text: str, unit: str, *, low: int = 1) -> int:
    """Minor units of that unit. Raises Wrong."""
    try:
        scale = unit_get(unit).scale
    except UnknownUnit as unknown:
        raise Wrong(str(unknown) if unit else _("Choose the currency.")) from unknown
    if scale == 0 and set(text) & {".", ","}:
        raise Wrong(_("%(unit)s has no decimals: write a whole number.") % {"unit": unit})
    amount = decimal_read(text, scale)
    if not low <= amount <= MAX_AMOUNT:
        raise Wrong(_("An amount has to be more than nothing, and no more than can be paid."))
    return amount


def share_read(text: str) -> int:
    """Basis points: "10" and "10 %" are 1000."""
    share = decimal_read(text.replace("%", ""), PERCENT_SCALE)
    if not 1 <= share <= BASIS_POINTS:
        raise Wrong(_("Write a share above 0 and up to 100 %."))
    return share


def name_read(text: str) -> str:
    if len(text) > MAX_NAME:
        raise Wrong(_("At most %(count)s characters.") % {"count": MAX_NAME})
    return text


def decimal_typed(amount: int, scale: int) -> str:
    return f"{Decimal(amount).scaleb(-scale):f}"


def share_typed(share: int) -> str:
    whole, rest = divmod(share, 10**PERCENT_SCALE)
    return str(whole) if not rest else decimal_typed(share, PERCENT_SCALE).rstrip("0")


def amount_typed(amount: int, unit: str) -> str:
    """'20.00' for 2000 USD; '10' for 1000 percent; a unit that is known no more keeps its number."""
    try:
        found = unit_get(unit)
    except UnknownUnit:
        return str(amount)
    return (
        decimal_typed(amount, found.scale) if found.is_currency else share_typed(amount) if found.scale else str(amount)
    )


def line_typed(value: Any) -> str:
    text = str(value)
    escaped = text.replace('"', '""')
    return f'"{escaped}"' if set(text) & {",", '"'} else text
