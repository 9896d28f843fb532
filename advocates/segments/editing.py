"""The lines of a segment as a form has them: what was typed and what it means. What is typed wrong is not lost."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.http import QueryDict

from advocates.models import SegmentCondition
from advocates.segments.evaluate import Asked, condition_problem
from advocates.segments.operators import MANY, NOTHING, OPERATORS, TWO, Operator, operator_get
from advocates.segments.registry import SEGMENT_FIELDS, Choice, SegmentField
from advocates.segments.values import decimal_of
from advocates.services.segments import MAX_CONDITIONS, ConditionDraft
from config.lib.units import is_currency, unit_get

Group = SegmentCondition.Group
INPUTS = ("field", "operator", "value", "to", "unit", "key", "group")
# Up to so many choices are ticked; of more, a list is scrolled.
TICKED = 12


@dataclass(frozen=True, slots=True)
class Row:
    """One line. All that was typed is text; `choices` are the chosen of *is one of*."""

    number: int
    group: str = Group.ALL
    field: str = ""
    operator: str = ""
    value: str = ""
    to: str = ""
    unit: str = ""
    key: str = ""
    choices: tuple[str, ...] = ()

    @property
    def asks(self) -> SegmentField | None:
        return SEGMENT_FIELDS.get(self.field)

    @property
    def is_empty(self) -> bool:
        return not self.field

    @property
    def operators(self) -> Sequence[Operator]:
        return OPERATORS.get(self.asks.kind, ()) if self.asks else ()

    @property
    def chosen_operator(self) -> Operator | None:
        """The one chosen; else the first, which the form shows as chosen."""
        if self.asks is None:
            return None
        return operator_get(self.asks.kind, self.operator) or self.operators[0]

    @property
    def control(self) -> str:
        """Which inputs the form shows: nothing, choice, ticks, many, number, money, text or fact."""
        asks, operator = self.asks, self.chosen_operator
        if asks is None or operator is None or (operator.takes == NOTHING and asks.kind != "fact"):
            return "nothing"
        if asks.kind == "choice" and operator.takes == MANY:
            return "ticks" if len(asks.choices()) <= TICKED else "many"
        return "number" if asks.kind == "days_ago" else asks.kind

    @property
    def options(self) -> Sequence[Choice]:
        return self.asks.choices() if self.asks else ()

    @property
    def chosen_first(self) -> Sequence[Choice]:
        """Of a long list, what is ticked stands on top."""
        return sorted(self.options, key=lambda choice: choice[0] not in self.choices)

    @property
    def takes_two(self) -> bool:
        return bool(self.chosen_operator and self.chosen_operator.takes == TWO)

    @property
    def takes_value(self) -> bool:
        return bool(self.chosen_operator and self.chosen_operator.takes != NOTHING)

    @property
    def draft(self) -> ConditionDraft:
        operator = self.chosen_operator
        name = operator.name if operator else self.operator
        value = VALUES[self.asks.kind](self, operator) if self.asks and operator else None
        return ConditionDraft(self.field, name, value, self.group)

    @property
    def problem(self) -> str:
        return "" if self.is_empty else condition_problem(self.draft)

    @property
    def is_begun(self) -> bool:
        """Something was typed: of a line that was only just added, nothing is said to be wrong."""
        return bool(self.value or self.to or self.key or self.choices) or self.asks is None


def rows_posted(posted: QueryDict) -> list[Row]:
    """The lines of a form in their order, numbered anew, without the one whose *remove* was pressed."""
    numbers = [number for number in posted.getlist("row") if number.isdigit()][: MAX_CONDITIONS + 1]
    removed = posted.get("remove")
    rows: list[Row] = []
    for number in (one for one in numbers if one != removed):
        typed = {name: posted.get(f"{name}-{number}", "")[:400].replace("\0", "") for name in INPUTS}
        typed["group"] = typed["group"] if typed["group"] in Group.values else Group.ALL
        choices = tuple(posted.getlist(f"choice-{number}"))
        rows.append(Row(number=len(rows), choices=choices, **typed))
    return rows


def rows_of(conditions: Sequence[Asked]) -> list[Row]:
    """The lines of a segment that stands."""
    return [
        Row(
            number=number,
            group=condition.group,
            field=condition.field,
            operator=condition.operator,
            **_typed(condition),
        )
        for number, condition in enumerate(conditions)
    ]


def with_empty(rows: Sequence[Row], group: str) -> list[Row]:
    """The lines and an empty one in that group."""
    return [*rows, Row(number=len(rows), group=group if group in Group.values else Group.ALL)]


def drafts_of(rows: Sequence[Row]) -> list[ConditionDraft]:
    return [row.draft for row in rows if not row.is_empty]


def fields_by_group() -> list[tuple[str, list[SegmentField]]]:
    """Heading → fields, the headings in the order in which they first came."""
    order = {str(asked.group): None for asked in SEGMENT_FIELDS}
    places = {name: place for place, name in enumerate(order)}
    fields = sorted(SEGMENT_FIELDS, key=lambda asked: places[str(asked.group)])
    return [(name, list(members)) for name, members in groupby(fields, key=lambda asked: str(asked.group))]


# --- what was typed, and what it means --------------------------------------------------------------------------------


def _whole(text: str) -> int | str:
    """The number, or what was typed in its stead, which is then refused in words."""
    stripped = text.strip()
    return int(stripped) if stripped.isascii() and stripped.isdigit() and len(stripped) < 16 else stripped


def _minor(text: str, unit: str) -> int | str:
    amount = decimal_of(text.strip().replace(",", "."))
    if amount is None or not is_currency(unit):
        return text
    scaled = amount.scaleb(unit_get(unit).scale)
    return int(scaled) if scaled == scaled.to_integral_value() else text


def _number(row: Row, operator: Operator) -> Any:
    return [_whole(row.value), _whole(row.to)] if operator.takes == TWO else _whole(row.value)


def _money(row: Row, operator: Operator) -> Any:
    value = {"amount": _minor(row.value, row.unit), "unit": row.unit}
    return value | ({"to": _minor(row.to, row.unit)} if operator.takes == TWO else {})


def _fact(row: Row, operator: Operator) -> Any:
    value = {"key": row.key.strip()}
    return value if operator.takes == NOTHING else value | {"value": row.value.strip()}


VALUES: Mapping[str, Callable[[Row, Operator], Any]] = {
    "choice": lambda row, operator: list(row.choices) if operator.takes == MANY else row.value,
    "number": _number,
    "days_ago": lambda row, operator: None if operator.takes == NOTHING else _whole(row.value),
    "money": _money,
    "text": lambda row, _operator: row.value.strip(),
    "flag": lambda _row, _operator: None,
    "fact": _fact,
}


def _typed(condition: Asked) -> dict[str, Any]:
    """A stored value as it would have been typed; one that fits nothing stays empty and is refused in words."""
    value = condition.value
    if isinstance(value, Mapping):
        return _typed_mapping(value)
    if isinstance(value, list):
        asked = SEGMENT_FIELDS.get(condition.field)
        if asked and asked.kind == "choice":
            return {"choices": tuple(map(str, value))}
        first, last = [*map(str, value), "", ""][:2]
        return {"value": first, "to": last}
    return {} if value is None else {"value": str(value)}


def _typed_mapping(value: Mapping[str, Any]) -> dict[str, Any]:
    if "key" in value:
        return {"key": str(value["key"]), "value": str(value.get("value", ""))}
    unit = str(value.get("unit", ""))
    amounts = {"value": value.get("amount"), "to": value.get("to")}
    return {"unit": unit} | {name: _major(amount, unit) for name, amount in amounts.items()}


def _major(amount: Any, unit: str) -> str:
    if type(amount) is not int or not is_currency(unit):
        return ""
    return str(Decimal(amount).scaleb(-unit_get(unit).scale))
