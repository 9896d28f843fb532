"""To which referral an outside event belongs: the person's own, else the one that its code or coupon brings about."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from advocates.locks import contacts_held
from advocates.models import Contact
from advocates.services.contacts import Recognised, contact_recognise
from campaigns.errors import CampaignNotOpen
from campaigns.models import Campaign, Enrolment
from campaigns.selectors import enrolment_by_code
from config.lib.registry import Registry
from config.lib.together import Together
from referrals.errors import AlreadyReferred, ExistingCustomer, FriendMissing, LinkOff, SelfReferral
from referrals.locks import first_referral_locked
from referrals.models import Referral
from referrals.services.attribution import Decision, Friend, attribution_decide
from referrals.services.decisions import evidence_of, terms_of
from referrals.services.events.facts import EventFacts
from referrals.services.referrals.entry import BEFORE_THE_REFERRAL, Entry, referral_enter

# Whose coupon a code is: rewards know.
COUPON_OWNERS: Registry[Callable[[str], Referral | None]] = Registry("owner of a coupon")

NOT_COUNTED = (AlreadyReferred, CampaignNotOpen, ExistingCustomer, LinkOff, SelfReferral)


@dataclass(frozen=True, slots=True)
class Attributed:
    """`why_not`: code of the refusal where a code or coupon was given and did not count; `is_new`: the referral is."""

    person: Recognised
    referral: Referral | None
    why_not: str = ""
    is_new: bool = False

    @property
    def contact(self) -> Contact:
        return self.person.contact


@dataclass(frozen=True, slots=True)
class _Lead:
    decision: Decision
    enrolment: Enrolment


def event_attribute(
    facts: EventFacts, *, campaign: Campaign | None, source: str, writes: Together, now: datetime
) -> Attributed:
    """The person and the referral, both held; what is new about the person is left to `writes`.

    A fact is never refused for its code: one that leads nowhere only does not count. Raises FriendMissing, and what
    contact_upsert raises.
    """
    of_coupon = _coupon_owner(facts.coupon)
    person = _person(facts, of_coupon, source=source, writes=writes, now=now)
    contact = person.contact
    lead = _lead(facts, of_coupon, campaign)
    where = campaign or (lead.enrolment.campaign if lead else None)
    # Nobody else can tell anything about the person now: what came into being a moment ago is seen.
    at = facts.occurred_at
    campaigns = {"campaign": where.pk} if where else {}
    referral = first_referral_locked(
        _own_referrals, friend=contact.pk, at=at, from_then=at + BEFORE_THE_REFERRAL, **campaigns
    )
    if referral or not lead:
        return Attributed(person, referral)
    try:
        made = _new_referral(lead, contact, facts, source=source, now=now)
    except NOT_COUNTED as refusal:
        return Attributed(person, None, why_not=refusal.code)
    return Attributed(person, first_referral_locked(_referral, pk=made.pk), is_new=True)


def _person(
    facts: EventFacts, of_coupon: Referral | None, *, source: str, writes: Together, now: datetime
) -> Recognised:
    if facts.friend:
        return contact_recognise(facts=facts.friend, source=source, writes=writes, now=now)
    if of_coupon:
        [contact] = contacts_held(ids=[of_coupon.friend_id])
        return Recognised(contact)
    raise FriendMissing(_("Say who it is about: a customer number, an e-mail address or a coupon."))


def _coupon_owner(code: str) -> Referral | None:
    if not code:
        return None
    return next((referral for owner in COUPON_OWNERS if (referral := owner(code))), None)


def _lead(facts: EventFacts, of_coupon: Referral | None, campaign: Campaign | None) -> _Lead | None:
    """Where code or coupon lead, unless the event names another campaign."""
    by_code = enrolment_by_code(facts.referral_code) if facts.referral_code else None
    found = [(by_code, Referral.Method.CODE)] if by_code else []
    found += [(of_coupon.enrolment, Referral.Method.COUPON)] if of_coupon else []
    if not found or (campaign and found[0][0].campaign_id != campaign.pk):
        return None
    enrolment = found[0][0]
    # A link that is switched off is refused below, with its code.
    evidence = [replace(evidence_of(row, method=method), is_off=False) for row, method in found]
    decision = attribution_decide(evidence, terms=terms_of(enrolment.campaign), friend=Friend(), now=facts.occurred_at)
    return _Lead(decision, enrolment)


def _own_referrals(*, friend: int, at: datetime, from_then: datetime, **campaign: int) -> QuerySet[Referral]:
    """Those inside their credit window at `at`, the newest first; one event counts in one campaign."""
    began = Q(counts_from__lte=at) | Q(counts_from=None, submitted_at__lte=from_then)
    own = Referral.objects.filter(began, friend=friend, credit_until__gte=at, **campaign)
    return own.exclude(status=Referral.Status.REJECTED).order_by("-submitted_at", "-pk")


def _referral(*, pk: int) -> QuerySet[Referral]:
    return Referral.objects.filter(pk=pk)


def _new_referral(lead: _Lead, contact: Contact, facts: EventFacts, *, source: str, now: datetime) -> Referral:
    entry = Entry(
        enrolment=lead.enrolment,
        source=source,
        method=lead.decision.candidates[0].code,
        decision=lead.decision,
        came_at=min(facts.occurred_at, now),
        is_code_at_sale=True,
    )
    with transaction.atomic():
        return referral_enter(entry=entry, friend=contact, now=now)
