"""What other systems know about how satisfied somebody is."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field, StrictInt

from advocates.api import NpsOut, contact_to_write, nps_out
from advocates.models import Moment, NpsAnswer
from advocates.services.moments import NOTE_LENGTH, kind_check, moment_record, recent_check
from advocates.services.nps import nps_record
from config.lib import clock
from config.lib.ids import new_public_id
from config.lib.schemas import (
    PROBLEM_CODES,
    Body,
    Key,
    LongText,
    Metadata,
    Moment as Time,
    Problem,
    ShortText,
    caller,
)

router = Router(tags=["contacts"])


class NpsIn(Body):
    """`event_id` is your own: sent again, it is the same answer. Without it each call is an answer of its own."""

    score: Annotated[StrictInt, Field(ge=0, le=10)]
    comment: LongText = ""
    occurred_at: Time | None = None
    event_id: Key | None = None


class NpsAnswerOut(Schema):
    """`nps` is the person's standing after it: a later answer may be the one that decides."""

    id: str
    contact: str
    event_id: str
    score: int
    standing: str
    comment: str
    occurred_at: str
    nps: NpsOut


class MomentIn(Body):
    kind: ShortText
    note: Annotated[LongText, Field(max_length=NOTE_LENGTH)] = ""
    occurred_at: Time | None = None
    event_id: Key | None = None
    metadata: Metadata | None = None


class MomentOut(Schema):
    """`open`: a complaint that nobody has settled; the person is not asked for anything meanwhile."""

    id: str
    contact: str
    kind: str
    event_id: str
    note: str
    occurred_at: str
    open: bool
    metadata: dict[str, Any]


@router.post(
    "/contacts/{slug:contact_id}/nps",
    response={200: NpsAnswerOut, 201: NpsAnswerOut, PROBLEM_CODES: Problem},
    operation_id="contact_nps",
)
def nps_post(request: HttpRequest, contact_id: str, body: NpsIn) -> Status[NpsAnswerOut]:
    """An answer to *would you recommend us?*, 0 to 10, at most 90 days old."""
    source, now = caller(request).source, clock.now()
    answer, is_new = nps_record(
        contact=contact_to_write(request, contact_id),
        score=body.score,
        comment=body.comment,
        via=NpsAnswer.Via.API,
        source=source,
        event_id=body.event_id or new_public_id("evt"),
        occurred_at=body.occurred_at or now,
        now=now,
    )
    contact = contact_to_write(request, contact_id)  # as it stands now
    out = NpsAnswerOut(
        id=answer.public_id,
        contact=contact.public_id,
        event_id=answer.event_id,
        score=answer.score,
        standing=answer.standing,
        comment=answer.comment,
        occurred_at=answer.occurred_at.isoformat(),
        nps=nps_out(contact, now=now),
    )
    return Status(201 if is_new else 200, out)


@router.post(
    "/contacts/{slug:contact_id}/moments",
    response={200: MomentOut, 201: MomentOut, PROBLEM_CODES: Problem},
    operation_id="contact_moment",
)
def moment_post(request: HttpRequest, contact_id: str, body: MomentIn) -> Status[MomentOut]:
    """A moment of satisfaction, or a complaint. `issue_resolved` settles your earlier complaints of this person."""
    source, now = caller(request).source, clock.now()
    kind_check(body.kind)
    occurred_at = body.occurred_at or now
    recent_check(occurred_at, now=now)
    moment, is_new = moment_record(
        contact=contact_to_write(request, contact_id),
        kind=body.kind,
        source=source,
        event_id=body.event_id or new_public_id("evt"),
        occurred_at=occurred_at,
        note=body.note,
        metadata=body.metadata,
        now=now,
    )
    return Status(201 if is_new else 200, _moment_out(moment))


def _moment_out(moment: Moment) -> MomentOut:
    return MomentOut(
        id=moment.public_id,
        contact=moment.contact.public_id,
        kind=moment.kind,
        event_id=moment.event_id,
        note=moment.note,
        occurred_at=moment.occurred_at.isoformat(),
        open=moment.kind == Moment.Kind.COMPLAINT and moment.resolved_at is None,
        metadata=moment.metadata,
    )
