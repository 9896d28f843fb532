from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from advocates.api import ContactIn
from config.lib import clock
from config.lib.money import Money
from config.lib.schemas import (
    PROBLEM_CODES,
    Amount,
    AmountNeedsCurrency,
    Body,
    Count,
    Currency,
    Key,
    LongText,
    Metadata,
    Moment,
    Problem,
    ShortText,
    Text,
    caller,
)
from referrals.api.attribution import AttributionOut, attribution_out
from referrals.services.events import EventFacts, Recorded, Waits, event_record, refund_tell

router = Router(tags=["referrals"])

MAX_ITEMS = 200


class ItemIn(Body):
    sku: Text | None = None
    product: Text | None = None
    quantity: Count = 1
    amount: Amount | None = None


class EventIn(Body):
    """A fact about a person. `amount`: goods after discount, before tax and shipping, in minor units of `currency`."""

    event_id: Key
    type: ShortText
    occurred_at: Moment | None = None
    friend: ContactIn | None = None
    campaign: ShortText = ""
    referral_code: ShortText = ""
    coupon: ShortText = ""
    amount: Amount | None = None
    currency: Currency | None = None
    items: Annotated[list[ItemIn], Field(max_length=MAX_ITEMS)] = []
    region: ShortText = ""
    metadata: Metadata = {}


class EventOut(Schema):
    """`waiting`: a refund whose sale is not known yet; it is applied when that arrives, within 90 days."""

    id: str
    referral: str | None
    attribution: AttributionOut | None
    duplicate: bool
    waiting: bool = False


class RefundIn(Body):
    """`refunds`: the event_id of the sale. Without `amount`, all of it."""

    event_id: Key
    refunds: Key
    amount: Amount | None = None
    currency: Currency | None = None
    reason: Annotated[LongText, Field(max_length=500)] = ""


@router.post("/events", response={200: EventOut, 202: EventOut, PROBLEM_CODES: Problem}, operation_id="event_record")
def event_post(request: HttpRequest, body: EventIn) -> Status[EventOut]:
    """Store a fact. Rewards follow within seconds: find them with `GET rewards`."""
    system, now = caller(request), clock.now()
    facts = EventFacts(
        event_id=body.event_id,
        type=body.type,
        occurred_at=body.occurred_at or now,
        friend=body.friend.facts(is_test=system.is_test) if body.friend else None,
        campaign=body.campaign,
        referral_code=body.referral_code,
        coupon=body.coupon,
        amount=_money(body),
        items=[item.model_dump(exclude_none=True) for item in body.items],
        region=body.region,
        metadata=body.metadata,
    )
    recorded = event_record(facts=facts, source=system.source, now=now, is_test=system.is_test)
    return _recorded(recorded)


@router.post("/refunds", response={200: EventOut, 202: EventOut, PROBLEM_CODES: Problem}, operation_id="refund_record")
def refund_post(request: HttpRequest, body: RefundIn) -> Status[EventOut]:
    """A sale went back, wholly or in part. It may be told before the sale."""
    system = caller(request)
    recorded = refund_tell(
        source=system.source,
        event_id=body.event_id,
        refunds=body.refunds,
        amount=_money(body),
        reason=body.reason,
        now=clock.now(),
        is_test=system.is_test,
    )
    return _recorded(recorded)


def _money(body: EventIn | RefundIn) -> Money | None:
    if body.amount is None:
        return None
    if body.currency is None:
        raise AmountNeedsCurrency
    return Money(body.amount, body.currency)


def _recorded(recorded: Recorded | Waits) -> Status[EventOut]:
    if isinstance(recorded, Waits):
        return _waits(recorded)
    referral = recorded.event.referral
    answer = EventOut(
        id=recorded.event.public_id,
        referral=referral.public_id if referral else None,
        attribution=attribution_out(referral) if referral else None,
        duplicate=recorded.duplicate,
    )
    return Status(200 if recorded.duplicate else 202, answer)


def _waits(told: Waits) -> Status[EventOut]:
    answer = EventOut(id=told.refund.public_id, referral=None, attribution=None, duplicate=told.duplicate, waiting=True)
    return Status(200 if told.duplicate else 202, answer)
