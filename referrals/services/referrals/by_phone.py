from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from advocates.errors import BadEmail, BadFact, BadPhone
from advocates.models import Contact, User
from advocates.services.contacts import ContactFacts, ContactRef, contact_find
from campaigns.models import Campaign, Enrolment
from campaigns.selectors import enrolment_by_code
from campaigns.services.enrolments import enrolment_create
from referrals.errors import UnknownAdvocate
from referrals.models import Referral, ReferralEvent
from referrals.selectors import plain_code
from referrals.services.referrals.entry import FriendConsent
from referrals.services.referrals.submission import referral_submit

PHONE_CHANNEL = "phone"


def referral_heard(
    *,
    campaign: Campaign,
    advocate: str,
    friend: ContactFacts,
    consent: FriendConsent | None,
    note: str,
    actor: User,
    now: datetime,
) -> Referral:
    """Enter a friend whom an advocate named to a colleague; the advocate is enrolled where they were not yet.

    `advocate`: referral code, e-mail address or phone number. Raises UnknownAdvocate, what enrolment_create raises and
    what referral_submit raises.
    """
    with transaction.atomic():
        return referral_submit(
            enrolment=enrolment_meant(campaign, advocate, now=now),
            friend=friend,
            source=ReferralEvent.CONSOLE,
            method=Referral.Method.STAFF,
            channel=PHONE_CHANNEL,
            note=note,
            consent=consent,
            entered_by=actor,
            now=now,
        )


def enrolment_meant(campaign: Campaign, advocate: str, *, now: datetime) -> Enrolment:
    """Whom a colleague means by a code, an address or a number; enrolled where they were not yet."""
    by_code = enrolment_by_code(plain_code(advocate))
    if by_code and by_code.campaign_id == campaign.pk:
        return by_code
    contact = by_code.contact if by_code else _contact(advocate)
    enrolment, _is_new = enrolment_create(campaign=campaign, contact=contact, channel=PHONE_CHANNEL, now=now)
    return enrolment


def _contact(advocate: str) -> Contact:
    ref = ContactRef(email=advocate) if "@" in advocate else ContactRef(phone=advocate)
    try:
        contact = contact_find(ref=ref, source=ReferralEvent.CONSOLE)
    except (BadEmail, BadFact, BadPhone):
        contact = None
    if contact is None:
        raise UnknownAdvocate(_("Nobody is known by that code, address or number. Enter the customer first."))
    return contact
