from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from advocates.models import User
from advocates.services.contacts import ContactFacts, contact_upsert
from campaigns.models import Enrolment
from referrals.models import Referral
from referrals.services.joining import events_join
from referrals.services.letters import tell_arrival
from referrals.services.referrals.entry import Entry, FriendConsent, referral_enter


def referral_submit(
    *,
    enrolment: Enrolment,
    friend: ContactFacts,
    source: str,
    method: str,
    now: datetime,
    evidence: Mapping[str, Any] | None = None,
    channel: str = "",
    note: str = "",
    consent: FriendConsent | None = None,
    language: str = "",
    entered_by: User | None = None,
    event_id: str = "",
) -> Referral:
    """Somebody trusted (staff, another system) enters a friend for an advocate; everybody concerned is told by mail.

    Raises CampaignNotOpen, LinkOff, SelfReferral, AlreadyReferred (with `referral` for the same advocate),
    ExistingCustomer, EventIdReused, and what contact_upsert raises; nothing is written then.
    """
    entry = Entry(
        enrolment=enrolment,
        source=source,
        method=method,
        evidence=evidence or {},
        channel=channel,
        note=note,
        consent=consent,
        language=language,
        entered_by=entered_by,
        event_id=event_id,
    )
    with transaction.atomic():
        contact = contact_upsert(facts=friend, source=source, now=now).contact
        referral = referral_enter(entry=entry, friend=contact, now=now)
        tell_arrival(referral, now=now)
        events_join(referral=referral, now=now)
    return referral
