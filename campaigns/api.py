from django.http import HttpRequest
from ninja import Router, Schema, Status

from advocates.api import ContactRefIn
from advocates.errors import UnknownContact
from advocates.services.contacts import contact_find
from campaigns.errors import UnknownCode
from campaigns.models import Campaign, Enrolment
from campaigns.selectors import enrolment_by_code, share_url
from campaigns.services.enrolments import enrolment_create, share_record
from config.lib import clock
from config.lib.schemas import PROBLEM_CODES, Body, Key, NotFound, Problem, ShortText, caller

router = Router(tags=["campaigns"])


class EnrolmentIn(Body):
    contact: ContactRefIn
    channel: ShortText = ""


class EnrolmentOut(Schema):
    id: str
    campaign: str
    contact: str
    referral_code: str
    share_url: str
    status: str
    enrolled_at: str


class ShareIn(Body):
    referral_code: Key
    channel: ShortText


class ShareOut(Schema):
    referral_code: str
    channel: str


class CampaignOut(Schema):
    id: str
    slug: str
    name: str
    status: str
    currency: str
    conversion_events: list[str]
    attribution_window_days: int
    credit_window_days: int
    starts_at: str | None
    ends_at: str | None
    test: bool


@router.get("/campaigns/{slug:slug}", response={200: CampaignOut, PROBLEM_CODES: Problem}, operation_id="campaign_get")
def campaign_get(request: HttpRequest, slug: str) -> CampaignOut:
    campaign = campaign_of(slug)
    return CampaignOut(
        id=campaign.public_id,
        slug=campaign.slug,
        name=campaign.name,
        status=campaign.status,
        currency=campaign.currency,
        conversion_events=campaign.conversion_events,
        attribution_window_days=campaign.attribution_window_days,
        credit_window_days=campaign.credit_window_days,
        starts_at=campaign.starts_at.isoformat() if campaign.starts_at else None,
        ends_at=campaign.ends_at.isoformat() if campaign.ends_at else None,
        test=campaign.is_test,
    )


@router.post(
    "/campaigns/{slug:slug}/enrolments",
    response={200: EnrolmentOut, 201: EnrolmentOut, PROBLEM_CODES: Problem},
    operation_id="enrolment_create",
)
def enrolment_post(request: HttpRequest, slug: str, body: EnrolmentIn) -> Status[EnrolmentOut]:
    """Make a contact an advocate of the campaign: a code and a link of their own. Again: the same ones."""
    contact = contact_find(ref=body.contact.ref(), source=caller(request).source)
    if contact is None:
        raise UnknownContact
    enrolment, created = enrolment_create(
        campaign=campaign_of(slug), contact=contact, channel=body.channel, now=clock.now()
    )
    return Status(201 if created else 200, enrolment_out(enrolment))


@router.post(
    "/campaigns/{slug:slug}/shares",
    response={201: ShareOut, PROBLEM_CODES: Problem},
    operation_id="share_record",
)
def share_post(request: HttpRequest, slug: str, body: ShareIn) -> Status[ShareOut]:
    """Count that an advocate shared their link."""
    enrolment = enrolment_of(campaign_of(slug), body.referral_code)
    share_record(enrolment=enrolment, channel=body.channel, now=clock.now())
    return Status(201, ShareOut(referral_code=enrolment.code, channel=body.channel))


def campaign_of(slug: str) -> Campaign:
    campaign = Campaign.objects.filter(slug=slug).first()
    if campaign is None:
        raise NotFound
    return campaign


def enrolment_of(campaign: Campaign, code: str) -> Enrolment:
    enrolment = enrolment_by_code(code)
    if enrolment is None or enrolment.campaign_id != campaign.pk:
        raise UnknownCode
    return enrolment


def enrolment_out(enrolment: Enrolment) -> EnrolmentOut:
    return EnrolmentOut(
        id=enrolment.public_id,
        campaign=enrolment.campaign.slug,
        contact=enrolment.contact.public_id,
        referral_code=enrolment.code,
        share_url=share_url(enrolment),
        status=enrolment.status,
        enrolled_at=enrolment.enrolled_at.isoformat(),
    )
