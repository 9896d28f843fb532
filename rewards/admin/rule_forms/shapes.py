"""How each shape of a parameter is typed, shown and understood: the forms of rules are made of nothing else.

What is typed stays as it was typed; reading it gives the value that is stored, or says in a sentence what is wrong.
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _, gettext_lazy
from django_stubs_ext import StrOrPromise

from rewards.admin.rule_forms.options import MAX_WHAT, options_of, what_read, what_typed
from rewards.admin.rule_forms.texts import (
    Wrong,
    amount_read,
    amount_typed,
    line_typed,
    name_read,
    share_read,
    share_typed,
    whole_read,
)
from rewards.models import RewardRule
from rewards.rules.benefits import SINGLE
from rewards.rules.parameters import MAX_AMOUNT, MAX_NAME, MAX_WEIGHT

Typed = MultiValueDict[str, str]
Choices = Sequence[tuple[str, StrOrPromise]]

OTHER = "?other"
MAX_TYPED = 8_000
MAX_COUNT = 999_999
# What there is to choose from may be anything but a choice.
ONE_OF: Choices = [(value, label) for value, label in RewardRule.Benefit.choices if value in SINGLE]


@dataclass(frozen=True, slots=True)
class Column:
    """A cell of each row of a table: amount, unit, name, count, share or weight; `options`: one of these."""

    name: str
    label: StrOrPromise
    is_optional: bool = False
    options: Choices = ()
    most: int = MAX_NAME


AMOUNT = Column("amount", gettext_lazy("Amount"))
UNIT = Column("unit", gettext_lazy("Currency or unit"))
SHARE = Column("share", gettext_lazy("Share"))
COUNT = Column("count", gettext_lazy("Number"))
WEIGHT = Column("weight", gettext_lazy("Weight"))

ROWS: Mapping[str, tuple[Column, ...]] = {
    "amounts": (AMOUNT, UNIT),
    "amounts_by_name": (Column("name", gettext_lazy("Name")), AMOUNT, UNIT),
    "amounts_by_count": (COUNT, AMOUNT, UNIT),
    "shares_by_count": (COUNT, SHARE),
    "prizes": (
        Column("name", gettext_lazy("Name of the prize"), is_optional=True),
        AMOUNT,
        UNIT,
        WEIGHT,
    ),
    "lots": (Column("item", gettext_lazy("Item of the catalogue")), WEIGHT),
    "options": (
        Column("name", gettext_lazy("Name")),
        Column("benefit", gettext_lazy("What it is"), options=ONE_OF),
        Column("what", gettext_lazy("Which"), is_optional=True, most=MAX_WHAT),
        Column("amount", gettext_lazy("Amount"), is_optional=True),
        Column(UNIT.name, UNIT.label, is_optional=True),
        Column("key", gettext_lazy("Short name"), is_optional=True),
    ),
}

HIGHEST = {"count": MAX_COUNT, "weight": MAX_WEIGHT}

CONTROLS: Mapping[str, str] = {
    "whole": "number",
    "share": "percent",
    "name": "text",
    "names": "lines",
    "values": "lines",
    "day": "day",
    "segment": "choice",
    "choice": "choice",
    "tiers": "ticks",
    "levels": "ticks",
    "relations": "ticks",
    "event_type": "event",
    "coupon_pool": "choice",
    "catalogue_item": "choice",
    "contest": "choice",
    "charity": "choice",
} | dict.fromkeys(ROWS, "rows")


@dataclass(frozen=True)
class Field:
    """One parameter on the page. `name`: of its input; the columns of a table add theirs."""

    name: str
    shape: str
    label: StrOrPromise
    hint: StrOrPromise = ""
    is_required: bool = True
    low: int = 1
    high: int = MAX_AMOUNT
    options: Choices = ()
    usual_unit: str = ""

    @property
    def control(self) -> str:
        return CONTROLS[self.shape]

    @property
    def columns(self) -> tuple[Column, ...]:
        return ROWS.get(self.shape, ())

    def read(self, typed: Typed) -> Any:
        """The value to be stored; None where nothing was typed and nothing need be. Raises Wrong."""
        value = READERS[self.control](self, typed)
        if value in (None, "", [], {}):
            if self.is_required:
                raise Wrong(_("This is still to be said."), is_missing=True)
            return None
        return value

    def typed(self, value: Any) -> dict[str, list[str]]:
        """What somebody would have typed to say this."""
        return TYPERS[self.control](self, value)


@dataclass(frozen=True)
class Cell:
    column: Column
    name: str
    value: str


@dataclass(frozen=True)
class Shown:
    """A field with what stands in it, for the template."""

    field: Field
    typed: Typed
    problem: str = ""

    @property
    def value(self) -> str:
        return self.typed.get(self.field.name, "")

    @property
    def chosen(self) -> list[str]:
        return self.typed.getlist(self.field.name)

    @property
    def other(self) -> str:
        return self.typed.get(f"{self.field.name}-other", "")

    @property
    def options(self) -> Choices:
        """A choice that stands but is offered no more is shown as it is called, and stays."""
        known = {name for name, _label in self.field.options}
        gone = [(name, name) for name in self.chosen if name and name not in known and name != OTHER]
        return [*self.field.options, *gone]

    @property
    def rows(self) -> list[list[Cell]]:
        return [
            [Cell(column, f"{self.field.name}-{column.name}", row[column.name]) for column in self.field.columns]
            for row in rows_typed(self.field, self.typed) or [self.empty_row]
        ]

    @property
    def empty_row(self) -> dict[str, str]:
        return {column.name: self.field.usual_unit if column.name == UNIT.name else "" for column in self.field.columns}


def rows_typed(field: Field, typed: Typed) -> list[dict[str, str]]:
    """The rows of a table as they were typed, also the empty ones."""
    columns = {column.name: typed.getlist(f"{field.name}-{column.name}") for column in field.columns}
    length = max(map(len, columns.values()), default=0)
    return [
        {name: values[number] if number < len(values) else "" for name, values in columns.items()}
        for number in range(length)
    ]


# --- reading ----------------------------------------------------------------------------------------------------------


def _number(field: Field, typed: Typed) -> int | None:
    text = typed.get(field.name, "").strip()
    return whole_read(text, low=field.low, high=field.high) if text else None


def _percent(field: Field, typed: Typed) -> int | None:
    text = typed.get(field.name, "").strip()
    return share_read(text) if text else None


def _text(field: Field, typed: Typed) -> str:
    return name_read(typed.get(field.name, "").strip())


def _lines(field: Field, typed: Typed) -> list[str]:
    """One a line, or with commas; a name that holds a comma stands in quotes."""
    lines = typed.get(field.name, "")[:MAX_TYPED].splitlines()
    cells = [cell.strip() for row in csv.reader(lines, skipinitialspace=True) for cell in row]
    return [name_read(cell) for cell in dict.fromkeys(cells) if cell]


def _day(field: Field, typed: Typed) -> str:
    text = typed.get(field.name, "").strip()
    if not text:
        return ""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise Wrong(_("Write a day, such as 2026-12-31.")) from None


def _choice(field: Field, typed: Typed) -> str:
    chosen = typed.get(field.name, "").strip()
    if len(chosen) > MAX_NAME:
        raise Wrong(_("Choose one of the list."))
    return chosen


def _ticks(field: Field, typed: Typed) -> list[str]:
    return [name_read(chosen) for chosen in dict.fromkeys(typed.getlist(field.name)) if chosen]


def _event(field: Field, typed: Typed) -> str:
    chosen = typed.get(field.name, "").strip()
    if chosen != OTHER:
        return name_read(chosen)
    other = typed.get(f"{field.name}-other", "").strip()
    if other and not other.replace("_", "").replace("-", "").replace(".", "").isalnum():
        raise Wrong(_("The name of an event is one word, such as month_2_started."))
    return name_read(other)


def _rows(field: Field, typed: Typed) -> Any:
    rows = [row for row in rows_typed(field, typed) if _is_filled(field, row)]
    return COLLECTORS[field.shape]([_row_read(field, row) for row in rows])


def _is_filled(field: Field, row: Mapping[str, str]) -> bool:
    """Where one of a list stands in each row, it says nothing by itself."""
    typed = [column.name for column in field.columns if column.name != UNIT.name and not column.options]
    return any(row[name].strip() for name in typed)


def _row_read(field: Field, row: Mapping[str, str]) -> dict[str, Any]:
    read: dict[str, Any] = {}
    for column in field.columns:
        text = row[column.name].strip()
        if text:
            read[column.name] = _cell_read(field, column.name, text, row)
        elif not column.is_optional:
            raise Wrong(_("A line is not complete: “%(column)s” is missing.") % {"column": column.label})
    return read


def _cell_read(field: Field, column: str, text: str, row: Mapping[str, str]) -> Any:
    if column == "what":
        return what_read(text, row["benefit"].strip())
    if column == "amount":
        # Among prizes, nothing at all is a blank.
        return amount_read(text, row["unit"].strip(), low=0 if field.shape == "prizes" else 1)
    if column in HIGHEST:
        return whole_read(text, high=HIGHEST[column])
    return share_read(text) if column == "share" else name_read(text)


def _once(rows: Sequence[Mapping[str, Any]], *columns: str) -> None:
    seen = [tuple(row[column] for column in columns) for row in rows]
    if len(set(seen)) != len(seen):
        raise Wrong(_("Two lines say the same: keep one of them."))


def _amounts(rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    _once(rows, "unit")
    return {row["unit"]: row["amount"] for row in rows}


def _amounts_by(column: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    _once(rows, column, "unit")
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        found.setdefault(str(row[column]), {})[row["unit"]] = row["amount"]
    return found


def _shares(rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    _once(rows, "count")
    return {str(row["count"]): row["share"] for row in rows}


COLLECTORS: Mapping[str, Callable[[Sequence[Mapping[str, Any]]], Any]] = {
    "amounts": _amounts,
    "amounts_by_name": lambda rows: _amounts_by("name", rows),
    "amounts_by_count": lambda rows: _amounts_by("count", rows),
    "shares_by_count": _shares,
    "prizes": list,
    "lots": list,
    "options": options_of,
}

READERS: Mapping[str, Callable[[Field, Typed], Any]] = {
    "number": _number,
    "percent": _percent,
    "text": _text,
    "lines": _lines,
    "day": _day,
    "choice": _choice,
    "ticks": _ticks,
    "event": _event,
    "rows": _rows,
}


# --- what stands, as it would have been typed ------------------------------------------------------------------------


def _event_typed(field: Field, value: Any) -> dict[str, list[str]]:
    if any(name == value for name, _label in field.options):
        return {field.name: [value]}
    return {field.name: [OTHER], f"{field.name}-other": [value]}


def _rows_of(shape: str, value: Any) -> list[dict[str, Any]]:
    """The rows of a stored value, in the order in which it holds them."""
    if shape in ("prizes", "lots"):
        return [dict(entry) for entry in value]
    if shape == "options":
        return [dict(option) | {"what": what_typed(option)} for option in value]
    if shape == "amounts":
        return [{"unit": unit, "amount": amount} for unit, amount in value.items()]
    if shape == "shares_by_count":
        return [{"count": count, "share": share} for count, share in value.items()]
    key = "name" if shape == "amounts_by_name" else "count"
    return [
        {key: name, "unit": unit, "amount": amount}
        for name, amounts in value.items()
        for unit, amount in amounts.items()
    ]


def _cell_typed(column: str, row: Mapping[str, Any]) -> str:
    if column == "amount":
        return amount_typed(row["amount"], row["unit"]) if "amount" in row else ""
    return share_typed(row["share"]) if column == "share" else str(row.get(column, ""))


def _rows_typed(field: Field, value: Any) -> dict[str, list[str]]:
    rows = _rows_of(field.shape, value)
    return {f"{field.name}-{column.name}": [_cell_typed(column.name, row) for row in rows] for column in field.columns}


TYPERS: Mapping[str, Callable[[Field, Any], dict[str, list[str]]]] = {
    "number": lambda field, value: {field.name: [str(value)]},
    "percent": lambda field, value: {field.name: [share_typed(value)]},
    "text": lambda field, value: {field.name: [str(value)]},
    "lines": lambda field, value: {field.name: ["\n".join(map(line_typed, value))]},
    "day": lambda field, value: {field.name: [str(value)]},
    "choice": lambda field, value: {field.name: [str(value)]},
    "ticks": lambda field, value: {field.name: [str(one) for one in value]},
    "event": _event_typed,
    "rows": _rows_typed,
}
