"""The public form's door. It answers everybody alike: a refusal is written down, and its reason goes to the address."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from advocates.errors import IdentityConflict
from advocates.models import Contact, ContactKey
from advocates.services.contacts import ContactFacts, ContactRef, contact_find, contact_upsert
from referrals.errors import AlreadyReferred, ExistingCustomer, SelfReferral
from referrals.models import ReferralEvent
from referrals.services.facts import fact_record
from referrals.services.joining import events_join
from referrals.services.letters import tell_arrival, tell_refusal
from referrals.services.referrals.entry import Entry, referral_enter

SILENT = (AlreadyReferred, ExistingCustomer, SelfReferral)


def friend_claim(*, entry: Entry, friend: ContactFacts, now: datetime) -> ReferralEvent:
    """A friend takes up an offer: the event `claimed`, or `claim_refused` with `metadata["code"]` and no referral.

    `entry.event_id` names the form that was shown: sent twice, it gives the first event again. Raises CampaignNotOpen
    and LinkOff, which the page had told before, and BadEmail, BadPhone or BadFact for what cannot be a person.
    """
    with transaction.atomic():
        contact = _person(friend, source=entry.source, now=now)
        try:
            with transaction.atomic():
                referral = referral_enter(entry=entry, friend=contact, now=now)
        except SILENT as refusal:
            return _refused(entry, contact, code=refusal.code, now=now)
        tell_arrival(referral, now=now)
        events_join(referral=referral, now=now)
        return referral.events.get(type=ReferralEvent.CLAIMED)


def _refused(entry: Entry, contact: Contact, *, code: str, now: datetime) -> ReferralEvent:
    enrolment = entry.enrolment
    event, is_new = fact_record(
        source=entry.source,
        event_id=entry.event_id,
        type=ReferralEvent.CLAIM_REFUSED,
        contact=contact,
        campaign=enrolment.campaign,
        is_test=enrolment.campaign.is_test or contact.is_test,
        metadata={"code": code, "enrolment": enrolment.public_id},
        now=now,
    )
    if is_new:
        tell_refusal(contact=contact, campaign=enrolment.campaign, code=code, now=now)
    return event


def _person(friend: ContactFacts, *, source: str, now: datetime) -> Contact:
    """Who has that address. Anybody can type it, so that what we know is never overwritten, only filled in.

    A phone number that is somebody else's is left out: the address decides who this is.
    """
    known = contact_find(ref=ContactRef(email=friend.email), source=source)
    facts = _only_gaps(friend, known) if known else friend
    try:
        return contact_upsert(facts=facts, source=source, now=now).contact
    except IdentityConflict:
        return contact_upsert(facts=replace(facts, phone=""), source=source, now=now).contact


def _only_gaps(friend: ContactFacts, known: Contact) -> ContactFacts:
    details = getattr(known, "details", None)
    has_phone = known.keys.filter(kind=ContactKey.Kind.PHONE).exists()
    return replace(
        friend,
        name="" if details and details.name else friend.name,
        company="" if details and details.company else friend.company,
        phone="" if has_phone else friend.phone,
        language="" if known.language else friend.language,
    )
