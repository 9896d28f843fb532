from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from advocates.api import ContactIn
from advocates.models import Consent
from campaigns.api import campaign_of, enrolment_of
from config.lib import clock
from config.lib.money import Money
from config.lib.schemas import (
    PROBLEM_CODES,
    Amount,
    Body,
    Currency,
    Key,
    LongText,
    Moment,
    NotFound,
    Problem,
    ShortText,
    Text,
    Value,
    caller,
    page,
    value_out,
)
from referrals.api.attribution import AttributionOut, attribution_out, candidates_out
from referrals.models import Referral
from referrals.services.referrals import FriendConsent, referral_move, referral_submit
from referrals.timeline import timeline

router = Router(tags=["referrals"])


class ConsentIn(Body):
    """Which text the friend agreed to, when and where."""

    text_version: ShortText
    at: Moment
    source: ShortText


class ReferralIn(Body):
    referral_code: Key
    friend: ContactIn
    source: ShortText = ""
    note: LongText = ""
    channel: ShortText = ""
    consent: ConsentIn | Literal[True] | None = None


class DealIn(Body):
    amount: Amount
    currency: Currency
    product: Text | None = None


class StatusIn(Body):
    status: Literal["contacted", "qualified", "converted", "lost"]
    expected_status: ShortText = ""
    reason: Annotated[LongText, Field(max_length=500)] = ""
    note: Annotated[LongText, Field(max_length=500)] = ""
    deal: DealIn | None = None


class TimelineOut(Schema):
    at: str
    title: str
    text: str


class ReferralRow(Schema):
    id: str
    campaign: str
    friend: str
    status: str
    attribution: AttributionOut
    deal: Value | None
    submitted_at: str
    converted_at: str | None
    test: bool


class ReferralOut(ReferralRow):
    timeline: list[TimelineOut]


class ReferralPage(Schema):
    items: list[ReferralRow]
    next_cursor: str | None


class ReferralFilter(Schema):
    campaign: ShortText = ""
    contact: ShortText = ""
    status: ShortText = ""
    cursor: ShortText = ""


@router.post(
    "/campaigns/{slug:slug}/referrals",
    response={201: ReferralOut, PROBLEM_CODES: Problem},
    operation_id="referral_submit",
)
def referral_post(request: HttpRequest, slug: str, body: ReferralIn) -> Status[ReferralOut]:
    """A friend, recommended by the advocate whose code it is."""
    system, now = caller(request), clock.now()
    referral = referral_submit(
        enrolment=enrolment_of(campaign_of(slug), body.referral_code),
        friend=body.friend.facts(is_test=system.is_test),
        source=system.source,
        method=Referral.Method.CODE,
        evidence={"source": body.source} if body.source else None,
        channel=body.channel,
        note=body.note,
        consent=_consent(body.consent, source=system.source, now=now),
        language=body.friend.language or "",
        now=now,
    )
    return Status(201, referral_out(referral))


@router.get(
    "/referrals/{slug:referral_id}",
    response={200: ReferralOut, PROBLEM_CODES: Problem},
    operation_id="referral_get",
)
def referral_get(request: HttpRequest, referral_id: str) -> ReferralOut:
    return referral_out(_referral(referral_id))


@router.get("/referrals", response={200: ReferralPage, PROBLEM_CODES: Problem}, operation_id="referral_list")
def referral_list(request: HttpRequest, filters: Query[ReferralFilter]) -> dict[str, Any]:
    """Newest first. `contact`: the id of the friend or of the advocate."""
    rows = Referral.objects.select_related("campaign", "enrolment", "advocate", "friend")
    if filters.campaign:
        rows = rows.filter(campaign__slug=filters.campaign)
    if filters.status:
        rows = rows.filter(status=filters.status)
    if filters.contact:
        rows = rows.filter(friend__public_id=filters.contact) | rows.filter(advocate__public_id=filters.contact)
    return page(rows, cursor=filters.cursor, out=referral_row)


@router.post(
    "/referrals/{slug:referral_id}/status",
    response={200: ReferralOut, PROBLEM_CODES: Problem},
    operation_id="referral_move",
)
def referral_status_post(request: HttpRequest, referral_id: str, body: StatusIn) -> ReferralOut:
    """Move a referral on, as sales would. `expected_status` refuses with `stale` where somebody was there first."""
    referral = _referral(referral_id)
    deal = Money(body.deal.amount, body.deal.currency) if body.deal else None
    referral_move(
        referral=referral,
        to=body.status,
        actor=None,
        expected_status=body.expected_status,
        reason=body.reason or body.note,
        deal=deal,
        now=clock.now(),
    )
    return referral_out(_referral(referral_id))


def referral_row(referral: Referral) -> ReferralRow:
    return ReferralRow(**_row(referral))


def referral_out(referral: Referral) -> ReferralOut:
    story = [
        TimelineOut(at=step.at.isoformat(), title=str(step.title), text=str(step.text)) for step in timeline(referral)
    ]
    row = _row(referral)
    row["attribution"].candidates = candidates_out(referral)
    return ReferralOut(**row, timeline=story)


def _row(referral: Referral) -> dict[str, Any]:
    return {
        "id": referral.public_id,
        "campaign": referral.campaign.slug,
        "friend": referral.friend.public_id,
        "status": referral.status,
        "attribution": attribution_out(referral),
        "deal": value_out(referral.deal_amount, referral.deal_unit) if referral.deal_amount is not None else None,
        "submitted_at": referral.submitted_at.isoformat(),
        "converted_at": referral.converted_at.isoformat() if referral.converted_at else None,
        "test": referral.is_test,
    }


def _referral(public_id: str) -> Referral:
    referral = Referral.objects.filter(public_id=public_id).first()
    if referral is None:
        raise NotFound
    return referral


def _consent(given: ConsentIn | bool | None, *, source: str, now: datetime) -> FriendConsent | None:
    if isinstance(given, ConsentIn):
        return FriendConsent(
            source=given.source, given_at=given.at, basis=Consent.Basis.BY_API, text_version=given.text_version
        )
    return FriendConsent(source=source, given_at=now, basis=Consent.Basis.BY_API) if given else None
