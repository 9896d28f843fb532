"""A contact becomes an advocate once per campaign: one code, one link, the terms as they stood."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from advocates.models import Contact, User
from advocates.segments.membership import is_in_any
from advocates.services.audit import audit
from campaigns.errors import CampaignNotOpen, NotEligible
from campaigns.models import Campaign, Enrolment, EnrolmentEvent
from campaigns.news import announce
from campaigns.selectors import copy_for, is_open
from config.lib.insert_once import insert_once
from config.lib.states import move

Type = EnrolmentEvent.Type
SWITCHED = {Enrolment.Status.ACTIVE: Type.ENABLED, Enrolment.Status.DISABLED: Type.DISABLED}


def enrolment_create(
    *, campaign: Campaign, contact: Contact, channel: str = "", now: datetime
) -> tuple[Enrolment, bool]:
    """The enrolment and whether it is new. Who is in stays in, also after the campaign has closed.

    Raises CampaignNotOpen, NotEligible (with `reasons`) and CopyMissing.
    """
    standing = Enrolment.objects.filter(campaign=campaign, contact=contact).first()
    if standing:
        return standing, False
    if not is_open(campaign, now):
        raise CampaignNotOpen(_("“%(campaign)s” takes nobody new at the moment.") % {"campaign": campaign})
    reasons = not_eligible_reasons(campaign, contact, now)
    if reasons:
        raise NotEligible(_("This person cannot recommend in this campaign."), reasons=reasons)
    with transaction.atomic():
        enrolment, is_new = insert_once(
            Enrolment,
            unique=["campaign", "contact"],
            campaign=campaign,
            contact=contact,
            channel=channel[:32],
            terms_seen=copy_for(campaign, contact.language),
            is_test=campaign.is_test or contact.is_test,
            enrolled_at=now,
        )
        if is_new:
            enrolment_event(enrolment=enrolment, type=Type.ENROLLED, channel=channel, now=now)
    return enrolment, is_new


def not_eligible_reasons(campaign: Campaign, contact: Contact, now: datetime) -> list[str]:
    """Codes of what stands against it; empty when nothing does."""
    reasons = {
        "erased": contact.erased_at is not None,
        "merged": contact.merged_into_id is not None,
        "test_campaign": campaign.is_test and not contact.is_test,
        "not_in_segment": not _is_chosen(campaign, contact, now),
    }
    return [code for code, holds in reasons.items() if holds]


def _is_chosen(campaign: Campaign, contact: Contact, now: datetime) -> bool:
    """In one of the campaign's segments, asked at this moment; a campaign without any is for everybody."""
    segments = list(campaign.segments.prefetch_related("conditions"))
    return not segments or is_in_any(contact, segments, now)


def enrolment_switch(*, enrolment: Enrolment, to: str, actor: User, reason: str, now: datetime) -> Enrolment:
    """Switch a link on or off. What its friends have earned stays. Raises NotAllowed, Stale."""
    with transaction.atomic():
        before = move(enrolment, to=to, table=Enrolment.MOVES)
        enrolment_event(enrolment=enrolment, type=SWITCHED[Enrolment.Status(to)], now=now)
        audit(
            verb="enrolment_switched",
            row=enrolment,
            actor=actor,
            before={"status": before},
            after={"status": to},
            reason=reason,
        )
    return enrolment


def share_record(*, enrolment: Enrolment, channel: str, now: datetime) -> EnrolmentEvent:
    """The advocate pressed a share button: we know that, never with whom."""
    with transaction.atomic():
        return enrolment_event(enrolment=enrolment, type=Type.SHARED, channel=channel, now=now)


def enrolment_event(*, enrolment: Enrolment, type: str, now: datetime, channel: str = "") -> EnrolmentEvent:  # noqa: A002
    """One step of an advocate, told to the rule engine. Belongs in the transaction of what it reports."""
    event = EnrolmentEvent.objects.create(enrolment=enrolment, type=type, channel=channel[:32], occurred_at=now)
    announce(source="enrolment_event", pk=event.pk)
    return event
