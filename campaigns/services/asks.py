"""Nobody is asked twice within the rest period: the person's own row is the judge, not a look before it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from advocates.models import CircleChoice, Consent, Contact, Segment, Suppression, User
from advocates.segments.evaluate import segment_contacts
from advocates.selectors import contact_email, is_suppressed, may_contact, open_complaint
from advocates.services.audit import audit
from campaigns.errors import CampaignNotOpen
from campaigns.models import Campaign, Enrolment, EnrolmentEvent
from campaigns.selectors import advocate_url, company, copy_for, is_open, share_url
from campaigns.services.enrolments import enrolment_create, enrolment_event, not_eligible_reasons
from campaigns.services.messages import message_queue

ASKED = "asked"
# So many people of a segment are asked at a time: each is written to in a transaction of their own.
ASKED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class AskResult:
    """How many were asked, and why the others were not."""

    asked: int = 0
    resting: int = 0
    without_address: int = 0
    suppressed: int = 0
    without_basis: int = 0
    not_eligible: int = 0
    switched_off: int = 0
    complaint: int = 0
    # Of a large segment, those whose turn comes when it is asked again.
    waiting: int = 0

    @property
    def left_out(self) -> int:
        return sum(getattr(self, field.name) for field in fields(self) if field.name != ASKED)


def inner_circle() -> QuerySet[Contact]:
    """Everybody whom a person has chosen."""
    members = Contact.objects.living().filter(circle__status=CircleChoice.Status.MEMBER)
    return members.select_related("details").prefetch_related("keys").order_by("pk")


def asks_send(*, campaign: Campaign, contacts: Iterable[Contact], actor: User, now: datetime) -> AskResult:
    """Enrol these contacts and write each the mail *ask*, in their own language.

    Each contact stands in a transaction of its own, so that a large circle holds nobody up and a second call goes on
    where the first was broken off. Raises CampaignNotOpen, CopyMissing.
    """
    result = _ask_all(campaign, contacts, now)
    audit(verb="asked", row=campaign, actor=actor, after=_counts(result))
    return result


def asks_send_to_segment(*, campaign: Campaign, segment: Segment, actor: User, now: datetime) -> AskResult:
    """Ask the people who are in the segment at this moment, who was not asked for longest first, so many at a time.

    Who rests is only counted: it would be a look at each of a large segment, every time.
    Raises CampaignNotOpen, CopyMissing.
    """
    people = segment_contacts(segment, now)
    rested = people.filter(_rested(now - timedelta(days=company().ask_rest_days)))
    turn = rested.order_by(F("last_asked_at").asc(nulls_first=True), "pk")[:ASKED_AT_ONCE]
    everybody, awake = people.count(), rested.count()
    met = _ask_all(campaign, turn.select_related("details").prefetch_related("keys"), now)
    resting, waiting = met.resting + everybody - awake, max(awake - ASKED_AT_ONCE, 0)
    result = replace(met, resting=resting, waiting=waiting)
    audit(verb="asked", row=campaign, actor=actor, after=_counts(result) | {"segment": segment.public_id})
    return result


def _ask_all(campaign: Campaign, contacts: Iterable[Contact], now: datetime) -> AskResult:
    if not is_open(campaign, now):
        raise CampaignNotOpen(_("“%(campaign)s” takes nobody new at the moment.") % {"campaign": campaign})
    rested_before = now - timedelta(days=company().ask_rest_days)
    return AskResult(**Counter(_ask(campaign, contact, rested_before, now) for contact in contacts))


def _counts(result: AskResult) -> dict[str, int]:
    return {name: count for name, count in asdict(result).items() if count}


def _rested(before: datetime) -> Q:
    return Q(last_asked_at=None) | Q(last_asked_at__lte=before)


def _ask(campaign: Campaign, contact: Contact, rested_before: datetime, now: datetime) -> str:
    """Ask one person: the name of the field of AskResult that counts them."""
    refused = _refused(campaign, contact, now)
    if refused:
        return refused
    with transaction.atomic():
        if not Contact.objects.filter(_rested(rested_before), pk=contact.pk, erased_at=None).update(last_asked_at=now):
            return "resting"
        enrolment, _is_new = enrolment_create(campaign=campaign, contact=contact, channel="ask", now=now)
        enrolment_event(enrolment=enrolment, type=EnrolmentEvent.Type.ASKED, channel="email", now=now)
        message_queue(
            mail="ask",
            key=f"ask:{enrolment.public_id}:{now:%Y%m%dT%H%M%S}",
            values=ask_values(enrolment),
            contact=contact,
            campaign=campaign,
            now=now,
        )
    return ASKED


def ask_values(enrolment: Enrolment) -> dict[str, str]:
    """The placeholders of the mail *ask*, in the advocate's language where the campaign has it."""
    copy = copy_for(enrolment.campaign, enrolment.contact.language)
    return {
        "headline": copy.headline,
        "advocate_offer": copy.advocate_offer,
        "friend_offer": copy.friend_offer,
        "good_fit": copy.good_fit,
        "share_url": share_url(enrolment, channel="email"),
        "code": enrolment.code,
        "advocate_url": advocate_url(enrolment),
    }


def _refused(campaign: Campaign, contact: Contact, now: datetime) -> str:
    """Why this person is not asked, or an empty string. The rest period is not read here: its update decides."""
    address = contact_email(contact)
    if not address:
        return "without_address"
    if is_suppressed(address, scope=Suppression.Scope.ASKS):
        return "suppressed"
    if not_eligible_reasons(campaign, contact, now):
        return "not_eligible"
    if open_complaint(contact):
        return "complaint"
    if not may_contact(contact, Consent.Channel.EMAIL).allowed:
        return "without_basis"
    if Enrolment.objects.filter(campaign=campaign, contact=contact, status=Enrolment.Status.DISABLED).exists():
        return "switched_off"
    return ""
