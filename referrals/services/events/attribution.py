"""To which referral an outside event belongs: the person's own, else the one that its code or coupon brings about."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from advocates.models import Contact
from advocates.services.contacts import contact_upsert
from campaigns.errors import CampaignNotOpen
from campaigns.models import Campaign, Enrolment
from campaigns.selectors import enrolment_by_code
from config.lib.registry import Registry
from referrals.errors import AlreadyReferred, ExistingCustomer, FriendMissing, LinkOff, SelfReferral
from referrals.models import Referral
from referrals.services.events.facts import EventFacts
from referrals.services.referrals.entry import Entry, referral_enter

# Whose coupon a code is: rewards know.
COUPON_OWNERS: Registry[Callable[[str], Referral | None]] = Registry("owner of a coupon")

# Shops that know the day of a sale but not the hour, and friends who buy before they fill in the form.
BEFORE_THE_REFERRAL = timedelta(days=1)
NOT_COUNTED = (AlreadyReferred, CampaignNotOpen, ExistingCustomer, LinkOff, SelfReferral)


@dataclass(frozen=True, slots=True)
class Attributed:
    """`why_not`: code of the refusal where a code or coupon was given and did not count."""

    contact: Contact
    referral: Referral | None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class _Lead:
    enrolment: Enrolment
    method: str


def event_attribute(facts: EventFacts, *, campaign: Campaign | None, source: str, now: datetime) -> Attributed:
    """The person and the referral. A fact is never refused for its code: one that leads nowhere only does not count.

    Raises FriendMissing, and what contact_upsert raises.
    """
    of_coupon = _coupon_owner(facts.coupon)
    contact = _person(facts, of_coupon, source=source, now=now)
    lead = _lead(facts, of_coupon, campaign)
    referral = _own_referral(contact, campaign or (lead.enrolment.campaign if lead else None), at=facts.occurred_at)
    if referral or not lead:
        return Attributed(contact, referral)
    try:
        return Attributed(contact, _new_referral(lead, contact, source=source, now=now))
    except NOT_COUNTED as refusal:
        return Attributed(contact, None, why_not=refusal.code)


def _person(facts: EventFacts, of_coupon: Referral | None, *, source: str, now: datetime) -> Contact:
    if facts.friend:
        return contact_upsert(facts=facts.friend, source=source, now=now).contact
    if of_coupon:
        return of_coupon.friend
    raise FriendMissing(_("Say who it is about: a customer number, an e-mail address or a coupon."))


def _coupon_owner(code: str) -> Referral | None:
    if not code:
        return None
    return next((referral for owner in COUPON_OWNERS if (referral := owner(code))), None)


def _lead(facts: EventFacts, of_coupon: Referral | None, campaign: Campaign | None) -> _Lead | None:
    """Where code or coupon lead, unless the event names another campaign."""
    enrolment = enrolment_by_code(facts.referral_code) if facts.referral_code else None
    lead = _Lead(enrolment, Referral.Method.CODE) if enrolment else None
    if lead is None and of_coupon:
        lead = _Lead(of_coupon.enrolment, Referral.Method.COUPON)
    if lead and campaign and lead.enrolment.campaign_id != campaign.pk:
        return None
    return lead


def _own_referral(contact: Contact, campaign: Campaign | None, *, at: datetime) -> Referral | None:
    """The newest inside its credit window; one event counts in one campaign."""
    own = Referral.objects.filter(friend=contact, credit_until__gte=at, submitted_at__lte=at + BEFORE_THE_REFERRAL)
    own = own.exclude(status=Referral.Status.REJECTED)
    if campaign:
        own = own.filter(campaign=campaign)
    return own.order_by("-submitted_at", "-pk").first()


def _new_referral(lead: _Lead, contact: Contact, *, source: str, now: datetime) -> Referral:
    entry = Entry(enrolment=lead.enrolment, source=source, method=lead.method)
    with transaction.atomic():
        return referral_enter(entry=entry, friend=contact, now=now)
