from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from advocates.api import ContactRefIn
from advocates.errors import UnknownContact
from advocates.services.contacts import ContactFacts, contact_find
from campaigns.api import campaign_of
from campaigns.services.enrolments import enrolment_create
from config.lib import clock
from config.lib.schemas import PROBLEM_CODES, Body, Key, LongText, Problem, ShortText, Text, caller
from referrals.claim_words import answer_words
from referrals.models import Claim
from referrals.services.claims import claim_make

router = Router(tags=["referrals"])


class ClaimedFriendIn(Body):
    """An address or a number; a name alone does where exactly one person bears it."""

    name: Text = ""
    email: Text = ""
    phone: ShortText = ""


class ClaimIn(Body):
    contact: ContactRefIn
    campaign: Key
    friend: ClaimedFriendIn
    note: Annotated[LongText, Field(max_length=500)] = ""


class ClaimOut(Schema):
    """`answer`: a code once somebody has decided, `answer_text` its sentence for the advocate."""

    id: str
    campaign: str
    contact: str
    status: str
    answer: str
    answer_text: str
    referral: str | None
    claimed_at: str
    decide_by: str


@router.post(
    "/claims",
    response={200: ClaimOut, 201: ClaimOut, PROBLEM_CODES: Problem},
    operation_id="claim_create",
)
def claim_post(request: HttpRequest, body: ClaimIn) -> Status[ClaimOut]:
    """An advocate says “I referred this person”. Said again of the same friend, it is answered with how it stands."""
    system, now = caller(request), clock.now()
    contact = contact_find(ref=body.contact.ref(), source=system.source)
    if contact is None or (system.is_test and not contact.is_test):
        raise UnknownContact
    enrolment, _is_new = enrolment_create(campaign=campaign_of(body.campaign), contact=contact, now=now)
    friend = ContactFacts(**body.friend.model_dump(), is_test=system.is_test)
    claim, is_new = claim_make(enrolment=enrolment, friend=friend, note=body.note, source=system.source, now=now)
    return Status(201 if is_new else 200, claim_out(claim))


def claim_out(claim: Claim) -> ClaimOut:
    enrolment = claim.enrolment
    return ClaimOut(
        id=claim.public_id,
        campaign=enrolment.campaign.slug,
        contact=enrolment.contact.public_id,
        status=claim.status,
        answer=claim.answer,
        answer_text=answer_words(claim),
        referral=claim.referral.public_id if claim.referral else None,
        claimed_at=claim.claimed_at.isoformat(),
        decide_by=claim.decide_by.isoformat(),
    )
