"""Facts under names of the company's own. One meaning on both databases, whose JSON differs.

Numbers compare as numbers, also where a file brought them as text. Texts and yes/no compare letter by letter.
"""

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, F, Func, Q
from django.utils.translation import gettext_lazy

from advocates.segments.build import OTHERS
from advocates.segments.registry import SegmentField
from advocates.segments.values import decimal_of
from advocates.segments.wording import fact_phrase

# A text that is a number: no leading zeros, which belong to codes; no more digits than both databases tell apart.
NUMBER = r"^-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,6})?$"
COMPARISONS = frozenset({"=", ">=", "<="})


class FactIsKnown(Func):
    """The fact stands there and is not null. Never NULL itself, so that its negation is its opposite."""

    output_field = BooleanField()

    def __init__(self, key: str, **extra: Any) -> None:
        super().__init__(F("metadata"), **extra)
        self.key = key

    def as_postgresql(self, compiler: Any, connection: Any, **_context: Any) -> tuple[str, list[Any]]:
        column, params = compiler.compile(self.source_expressions[0])
        return f"COALESCE(jsonb_typeof({column} -> %s) <> 'null', FALSE)", [*params, self.key]

    def as_sqlite(self, compiler: Any, connection: Any, **_context: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = compiler.compile(self.source_expressions[0])
        return f"COALESCE(json_type({column}, %s) <> 'null', 0)", (*params, self.path)

    @property
    def path(self) -> str:
        # As it stands in the column, where letters beyond ASCII are escaped. A key holds no quotation marks.
        return f"$.{json.dumps(self.key)}"


class FactIsText(FactIsKnown):
    """The fact is that text, or that yes or no (“true”, “false”)."""

    def __init__(self, key: str, text: str, **extra: Any) -> None:
        super().__init__(key, **extra)
        self.text = text

    def as_postgresql(self, compiler: Any, connection: Any, **_context: Any) -> tuple[str, list[Any]]:
        column, params = compiler.compile(self.source_expressions[0])
        sql = (
            f"COALESCE(CASE WHEN jsonb_typeof({column} -> %s) IN ('string', 'boolean') "
            f"THEN ({column} ->> %s) = %s END, FALSE)"
        )
        return sql, [*params, self.key, *params, self.key, self.text]

    def as_sqlite(self, compiler: Any, connection: Any, **_context: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = compiler.compile(self.source_expressions[0])
        sql = (
            f"COALESCE(CASE json_type({column}, %s) WHEN 'text' THEN json_extract({column}, %s) = %s "
            f"WHEN 'true' THEN %s = 'true' WHEN 'false' THEN %s = 'false' END, 0)"
        )
        return sql, (*params, self.path, *params, self.path, self.text, self.text, self.text)


class FactCompares(FactIsKnown):
    """The fact is a number, or a text that is one, and stands so to the given number."""

    def __init__(self, key: str, comparison: str, number: Decimal, **extra: Any) -> None:
        super().__init__(key, **extra)
        if comparison not in COMPARISONS:
            raise ValueError(comparison)
        self.comparison, self.number = comparison, number

    def as_postgresql(self, compiler: Any, connection: Any, **_context: Any) -> tuple[str, list[Any]]:
        column, params = compiler.compile(self.source_expressions[0])
        text = f"({column} ->> %s)"
        sql = (
            f"COALESCE(CASE WHEN jsonb_typeof({column} -> %s) = 'number' OR "
            f"(jsonb_typeof({column} -> %s) = 'string' AND {text} ~ %s) "
            f"THEN {text}::numeric {self.comparison} %s::numeric END, FALSE)"
        )
        key = [*params, self.key]
        return sql, [*key, *key, *key, NUMBER, *key, str(self.number)]

    def as_sqlite(self, compiler: Any, connection: Any, **_context: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = compiler.compile(self.source_expressions[0])
        kind, found = f"json_type({column}, %s)", f"json_extract({column}, %s)"
        sql = (
            f"COALESCE(CASE WHEN {kind} IN ('integer', 'real') OR ({kind} = 'text' AND {found} REGEXP %s) "
            f"THEN CAST({found} AS REAL) {self.comparison} CAST(%s AS REAL) END, 0)"
        )
        path = [*params, self.path]
        return sql, (*path, *path, *path, NUMBER, *path, str(self.number))


def fact_where(operator: str, value: Any, _now: datetime) -> Q:
    key = value["key"].strip()
    if operator == "exists":
        return Q(FactIsKnown(key))
    text = value["value"].strip()
    number = decimal_of(text)
    if operator == "is":
        same = Q(FactIsText(key, text))
        return same if number is None else same | Q(FactCompares(key, "=", number))
    if number is None:
        return Q(pk__in=[])
    return Q(FactCompares(key, ">=" if operator == "at_least" else "<=", number))


FACT_LABEL = gettext_lazy("Further fact")
FACT_FIELD = SegmentField("fact", FACT_LABEL, "fact", OTHERS, fact_where, fact_phrase(FACT_LABEL))
