"""Account credit as a means of payment, and what the books say of a person."""

from typing import Annotated, Any, Self

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field, StrictInt, model_validator

from advocates.api import contact_to_write
from config.lib import clock
from config.lib.money import MAX_AMOUNT, Money
from config.lib.schemas import (
    PROBLEM_CODES,
    Body,
    Currency,
    Day,
    Key,
    Problem,
    ShortText,
    Text,
    Value,
    caller,
    value_out,
)
from config.lib.units import unit_get
from rewards.ledger.periods import day_end, day_start
from rewards.ledger.statements import Line, credit_of, person_statement
from rewards.services.credit import credit_spend

router = Router(tags=["rewards"])


class DebitIn(Body):
    """What is spent, in a currency or in another unit such as points. `reason` is shown to the person."""

    amount: Annotated[StrictInt, Field(ge=1, le=MAX_AMOUNT)]
    currency: Currency | None = None
    unit: ShortText | None = None
    event_id: Key
    reason: Text = ""

    @model_validator(mode="after")
    def _one_unit(self) -> Self:
        if (self.currency is None) == (self.unit is None):
            raise ValueError("name either a currency or a unit")
        return self

    def money(self) -> Money:
        return Money(self.amount, self.currency or self.unit or "")


class DebitOut(Schema):
    """`balance`: the account credit that is left now. `duplicate`: it had been spent by an earlier call."""

    contact: str
    event_id: str
    value: Value
    balance: Value
    duplicate: bool
    occurred_at: str


class StatementFilter(Schema):
    unit: ShortText
    since: Day | None = Field(default=None, alias="from")
    until: Day | None = None


class LineOut(Schema):
    """`change` is what the balance gained or lost, 0 for what only moved inside it (`owed` → `in_transit`)."""

    occurred_at: str
    debit: str
    credit: str
    amount: int
    change: int
    balance: int
    reference: str
    memo: str


class StatementOut(Schema):
    """Minor units of `unit`. `opening` + all changes = `closing`; `accounts` is how the person stands today."""

    contact: str
    unit: str
    opening: int
    closing: int
    accounts: dict[str, int]
    items: list[LineOut]
    truncated: bool


@router.post(
    "/contacts/{slug:contact_id}/credit-debits",
    response={200: DebitOut, 201: DebitOut, PROBLEM_CODES: Problem},
    operation_id="credit_debit",
)
def credit_debit(request: HttpRequest, contact_id: str, body: DebitIn) -> Status[DebitOut]:
    """Spend account credit, once by your `event_id`. 409 `insufficient_credit` says what is left."""
    contact, value = contact_to_write(request, contact_id), body.money()
    transfer, is_new = credit_spend(
        contact=contact,
        value=value,
        source=caller(request).source,
        event_id=body.event_id,
        reason=body.reason,
        now=clock.now(),
    )
    out = DebitOut(
        contact=contact.public_id,
        event_id=body.event_id,
        value=value_out(transfer.amount, transfer.unit),
        balance=value_out(credit_of(contact.public_id, value.unit), value.unit),
        duplicate=not is_new,
        occurred_at=transfer.occurred_at.isoformat(),
    )
    return Status(201 if is_new else 200, out)


@router.get(
    "/contacts/{slug:contact_id}/statement",
    response={200: StatementOut, PROBLEM_CODES: Problem},
    operation_id="contact_statement",
)
def contact_statement(request: HttpRequest, contact_id: str, filters: Query[StatementFilter]) -> dict[str, Any]:
    """Every line of the books about this person in one unit, newest first. Days are the company's, both included."""
    contact = contact_to_write(request, contact_id)
    unit = unit_get(filters.unit).code
    statement = person_statement(
        contact.public_id,
        unit,
        since=day_start(filters.since) if filters.since else None,
        until=day_end(filters.until) if filters.until else None,
    )
    return {
        "contact": contact.public_id,
        "unit": unit,
        "opening": statement.opening,
        "closing": statement.closing,
        "accounts": statement.balances,
        "items": [_line_out(line) for line in statement.lines],
        "truncated": statement.is_cut,
    }


def _line_out(line: Line) -> LineOut:
    transfer = line.transfer
    return LineOut(
        occurred_at=transfer.occurred_at.isoformat(),
        debit=transfer.debit.kind,
        credit=transfer.credit.kind,
        amount=transfer.amount,
        change=line.change,
        balance=line.balance,
        reference=transfer.reference,
        memo=transfer.memo,
    )
