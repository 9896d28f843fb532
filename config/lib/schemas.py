"""Shapes of the HTTP API. Strict and bounded: `true`, `"42"` and `42.0` are no integers, no text has a NUL in it,
and an unknown field is an error instead of a silence.
"""

import json
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Protocol, TypeVar, cast

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Schema
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    StrictBool,
    StrictInt,
    StrictStr,
    model_serializer,
)

from config.lib.errors import DomainError
from config.lib.money import MAX_AMOUNT, Money
from config.lib.units import PERCENT, is_currency

M = TypeVar("M", bound=Model)
S = TypeVar("S")

PAGE_SIZE = 50
METADATA_BYTES = 8 * 1024
PROBLEM_CODES = frozenset({400, 401, 403, 404, 409, 413, 422, 429})


class Caller(Protocol):
    """Who calls: an API key. `source` names the system and outlives the key."""

    source: str
    is_test: bool


def caller(request: HttpRequest) -> Caller:
    return cast(Caller, request.auth)  # type: ignore[attr-defined]


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("there is a NUL character in this text")
    text.encode()  # a lone surrogate raises UnicodeEncodeError, which is a ValueError
    return text


def _only_text(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("a moment is a text such as 2026-05-04T12:00:00Z, a day one such as 2026-05-04")  # noqa: TRY004 - pydantic reports ValueError only
    return value


def _small(value: dict[str, Any]) -> dict[str, Any]:
    # Neither NaN nor a lone surrogate is JSON that PostgreSQL would take; both raise a ValueError here.
    written = json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    if len(written) > METADATA_BYTES or b"\\u0000" in written:
        raise ValueError(f"at most {METADATA_BYTES} bytes of JSON, without NUL characters")
    return value


def _currency(code: str) -> str:
    if not is_currency(code):
        raise ValueError("this is not the ISO 4217 code of a currency in use")
    return code


Text = Annotated[StrictStr, AfterValidator(_storable), Field(max_length=254)]
ShortText = Annotated[StrictStr, AfterValidator(_storable), Field(max_length=64)]
Key = Annotated[StrictStr, AfterValidator(_storable), Field(min_length=1, max_length=128)]
LongText = Annotated[StrictStr, AfterValidator(_storable), Field(max_length=2000)]
Count = Annotated[StrictInt, Field(ge=0, le=1_000_000_000)]
Amount = Annotated[StrictInt, Field(ge=0, le=MAX_AMOUNT)]
Currency = Annotated[StrictStr, AfterValidator(_currency), Field(min_length=3, max_length=3)]
Moment = Annotated[AwareDatetime, BeforeValidator(_only_text)]
Day = Annotated[date, BeforeValidator(_only_text)]
Metadata = Annotated[dict[str, Any], AfterValidator(_small)]
Yes = StrictBool


class Body(Schema):
    """A request body: what it does not name is refused."""

    model_config = ConfigDict(extra="forbid")


class MoneyIn(Body):
    amount: Amount
    currency: Currency

    def money(self) -> Money:
        return Money(self.amount, self.currency)


class Value(Schema):
    """An amount as the interface writes it: of a currency, of another unit, or in percent. One of the three forms."""

    amount: int | None = None
    currency: str | None = None
    unit: str | None = None
    percent: int | float | None = None

    @model_serializer(mode="wrap")
    def _only_given(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in write(self).items() if value is not None}


def value_out(amount: int, unit: str) -> Value:
    if unit == PERCENT:
        # Basis points; two places of percent are exact in the JSON number.
        return Value(percent=amount // 100 if amount % 100 == 0 else amount / 100)
    if is_currency(unit):
        return Value(amount=amount, currency=unit)
    return Value(amount=amount, unit=unit)


class FieldProblem(Schema):
    field: str
    detail: str


class Problem(Schema):
    """RFC 9457: `code` is stable, `detail` is a sentence for people."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str
    errors: list[FieldProblem] | None = None


class AmountNeedsCurrency(DomainError):
    code = "currency_missing"

    def __init__(self) -> None:
        super().__init__(_("An amount needs its currency."))


class NotFound(DomainError):
    code = "not_found"
    status = 404

    def __init__(self) -> None:
        super().__init__(_("There is nothing here by that name."))


class BadCursor(DomainError):
    code = "bad_cursor"


def page(rows: QuerySet[M], *, cursor: str, out: Callable[[M], S]) -> dict[str, Any]:
    """Newest first, by a cursor that names the last row seen: a page stays the same page while rows are added.

    Raises BadCursor for a cursor that names no row of the list.
    """
    if cursor:
        last = rows.filter(public_id=cursor).first()
        if last is None:
            raise BadCursor(_("This cursor does not belong to the list. Start again without one."))
        rows = rows.filter(pk__lt=last.pk)
    found = list(rows.order_by("-pk")[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    more = len(found) > PAGE_SIZE
    return {"items": [out(row) for row in shown], "next_cursor": cast(Any, shown[-1]).public_id if more else None}
