"""Reads for the friend's pages and for an advocate's own."""

from datetime import datetime

from django.db.models import QuerySet

from advocates.models import Contact
from campaigns.models import Campaign, Enrolment
from campaigns.selectors import company, enrolment_by_code, is_open
from config.lib.ids import code_normalise
from config.lib.signing import sign, unsign
from referrals.models import Claim, Referral, ReferralEvent
from referrals.working_hours import answer_due, day_due, working_week

LONGEST_CODE = 32
THANKS_PURPOSE = "thanks"
# Working days within which a colleague decides; advocates are told so.
CLAIM_DAYS = 5


def open_enrolment(code: str, *, now: datetime) -> Enrolment | None:
    """Whose link a code is, as long as it takes friends; None for anything else, whatever the reason."""
    enrolment = enrolment_by_code(plain_code(code))
    if enrolment is None or enrolment.status != Enrolment.Status.ACTIVE or not is_open(enrolment.campaign, now):
        return None
    return enrolment


def plain_code(typed: str) -> str:
    """A code as it is stored; empty for what cannot be one (a NUL byte would stop PostgreSQL)."""
    plain = code_normalise(typed)
    return plain if plain.isalnum() and plain.isascii() and len(plain) <= LONGEST_CODE else ""


def open_campaigns(*, now: datetime) -> list[Campaign]:
    return [campaign for campaign in Campaign.objects.public().order_by("-created_at") if is_open(campaign, now)]


def first_answer_due(campaign: Campaign, *, since: datetime) -> datetime:
    """By when we answer somebody who came in at `since`, reckoned in the company's working hours."""
    own = company()
    week = working_week(own.working_hours, time_zone=own.time_zone)
    return answer_due(since=since, hours=campaign.first_answer_hours, week=week)


def claim_due(*, since: datetime) -> datetime:
    """By when a claim is decided that was made at `since`."""
    own = company()
    return day_due(since=since, days=CLAIM_DAYS, week=working_week(own.working_hours, time_zone=own.time_zone))


def claims_of(advocate: Contact) -> QuerySet[Claim]:
    """What they said of whom, the newest first."""
    mine = Claim.objects.filter(enrolment__contact=advocate).select_related("enrolment__campaign", "referral__friend")
    return mine.order_by("-claimed_at", "-pk")


def thanks_token(event: ReferralEvent) -> str:
    """Names a claim in the address of its thank-you page; nobody can make one for another's."""
    return sign(THANKS_PURPOSE, event.public_id)


def claim_of_token(token: str, *, slug: str) -> ReferralEvent | None:
    public_id = unsign(THANKS_PURPOSE, token)
    claims = ReferralEvent.objects.select_related("campaign", "contact", "referral")
    types = (ReferralEvent.CLAIMED, ReferralEvent.CLAIM_REFUSED)
    return claims.filter(public_id=public_id, campaign__slug=slug, type__in=types).first() if public_id else None


def enrolment_of_claim(event: ReferralEvent) -> Enrolment | None:
    """Whose link a claim came over, counted or not."""
    if event.referral:
        return event.referral.enrolment
    return Enrolment.objects.filter(public_id=event.metadata.get("enrolment", "")).first()


def friends_of(advocate: Contact) -> QuerySet[Referral]:
    """Everybody this advocate has brought, the newest first."""
    mine = Referral.objects.filter(advocate=advocate).select_related("friend__details", "campaign")
    return mine.order_by("-submitted_at", "-pk")
