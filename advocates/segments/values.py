"""What a condition may be compared with: checked before it is kept and again before it is asked, in words."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from advocates.segments.operators import MANY, NOTHING, TWO, Operator
from advocates.segments.registry import SegmentField
from config.lib.money import MAX_AMOUNT
from config.lib.units import is_currency

MAX_NUMBER = 10**9
# Further back than anybody has been a customer; a moment that long ago can still be reckoned.
MAX_DAYS = 36_500
MAX_TEXT = 200
MAX_CHOICES = 100
MAX_FACT_KEY = 64
# They would need quoting in a path of SQLite, and no system names a fact so.
NOT_IN_KEYS = frozenset("\"\\'")


def value_problem(field: SegmentField, operator: Operator, value: Any) -> str:
    """What is wrong with the value, as a sentence; empty when the field can be asked about it."""
    if field.kind == "fact":
        return _fact_problem(operator, value)
    if operator.takes == NOTHING:
        return ""
    if field.kind == "choice":
        return _choice_problem(field, operator, value)
    return CHECKS[field.kind](operator, value)


def decimal_of(text: str) -> Decimal | None:
    """The number that somebody wrote, of at most fifteen digits before and six behind the point; None for others."""
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number) >= Decimal(10) ** 15:
        return None
    exponent = number.as_tuple().exponent
    return number if isinstance(exponent, int) and -6 <= exponent <= 15 else None


def _whole(value: Any, high: int) -> bool:
    return type(value) is int and 0 <= value <= high


def _pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2


def _number_problem(operator: Operator, value: Any) -> str:
    numbers = value if operator.takes == TWO and _pair(value) else [value]
    if not all(_whole(number, MAX_NUMBER) for number in numbers) or (operator.takes == TWO and len(numbers) != 2):
        return _("Write a whole number, 0 or more.")
    return _("The first number is greater than the second.") if numbers != sorted(numbers) else ""


def _days_problem(_operator: Operator, value: Any) -> str:
    return "" if _whole(value, MAX_DAYS) else _("Write a number of days, at most %(most)s.") % {"most": MAX_DAYS}


def _money_problem(operator: Operator, value: Any) -> str:
    if not isinstance(value, Mapping) or not is_currency(str(value.get("unit", ""))):
        return _("Choose a currency.")
    amounts = [value.get("amount"), value.get("to")] if operator.takes == TWO else [value.get("amount")]
    if not all(_whole(amount, MAX_AMOUNT) for amount in amounts):
        return _("Write an amount, 0 or more.")
    return _("The first amount is greater than the second.") if amounts != sorted(amounts) else ""  # type: ignore[type-var]


def _text_problem(_operator: Operator, value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        return _("Write what it is compared with.")
    return _("This is longer than %(limit)s characters.") % {"limit": MAX_TEXT} if len(value) > MAX_TEXT else ""


def _choice_problem(field: SegmentField, operator: Operator, value: Any) -> str:
    chosen = value if operator.takes == MANY else [value]
    if not isinstance(chosen, list) or not chosen or chosen in ([None], [""]):
        return _("Choose at least one.") if operator.takes == MANY else _("Choose one.")
    known = {name for name, _label in field.choices()}
    gone = [str(name)[:40] for name in chosen if not isinstance(name, str) or name not in known]
    if gone or len(chosen) > MAX_CHOICES:
        return _("“%(choice)s” is no longer there to choose.") % {"choice": ", ".join(gone[:3])}
    return ""


def _fact_problem(operator: Operator, value: Any) -> str:
    key = value.get("key") if isinstance(value, Mapping) else None
    if not isinstance(key, str) or not key.strip() or len(key) > MAX_FACT_KEY:
        return _("Write the name of the fact, as it stands under “further facts”.")
    if NOT_IN_KEYS & set(key) or not key.isprintable():
        return _("The name of a fact has no quotation marks.")
    if operator.takes == NOTHING:
        return ""
    compared = value.get("value")
    if operator.name == "is":
        return _text_problem(operator, compared)
    is_number = isinstance(compared, str) and decimal_of(compared) is not None
    return "" if is_number else _("Write a number, such as 12 or 12.5.")


CHECKS: Mapping[str, Callable[[Operator, Any], str]] = {
    "number": _number_problem,
    "days_ago": _days_problem,
    "money": _money_problem,
    "text": _text_problem,
}
