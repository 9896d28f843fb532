"""A fact is stored before the answer; rewards follow. What has been recorded is never recorded twice."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from advocates.models import Contact
from advocates.services.contacts import ContactFacts, ContactRef, contact_find
from advocates.services.purchases import purchase_record
from advocates.standing import standing
from campaigns.models import Campaign
from campaigns.selectors import company
from config.lib.ids import code_normalise
from config.lib.money import Money
from referrals.errors import EventIdReused, UnknownCampaign
from referrals.locks import referral_locked
from referrals.models import Referral, ReferralEvent
from referrals.services.conversions import conversion_record
from referrals.services.events.attribution import Attributed, event_attribute
from referrals.services.events.facts import PURCHASE, EventFacts, Recorded, body_hash, event_check
from referrals.services.facts import fact_record, next_number

COUPON_LENGTH = 64


def event_record(*, facts: EventFacts, source: str, now: datetime, is_test: bool = False) -> Recorded:
    """Record what another system says has happened: attributed, and the referral won where this is its conversion.

    Raises BadEventType, BadTime, BadAmount, UnknownCampaign, FriendMissing, EventIdReused, and what contact_upsert
    raises; nothing is written then.
    """
    event_check(facts, now=now)
    campaign = _campaign(facts.campaign)
    with transaction.atomic():
        # Spares a repeated call the writing; the unique key below is what decides.
        earlier = ReferralEvent.objects.filter(source=source, event_id=facts.event_id).first()
        if earlier:
            return _again(earlier, facts, source=source)
        attributed = event_attribute(facts, campaign=campaign, source=source, now=now)
        # Contacts are locked before referrals, see locks.py.
        _purchase(facts, attributed.contact, campaign, source=source)
        event, is_new = _write(facts, attributed, campaign, source=source, is_test=is_test, now=now)
        return Recorded(event, duplicate=False) if is_new else _again(event, facts, source=source)


def _campaign(slug: str) -> Campaign | None:
    if not slug:
        return None
    campaign = Campaign.objects.filter(slug=slug).first()
    if campaign is None:
        raise UnknownCampaign(_("There is no campaign of that name."))
    return campaign


def _write(
    facts: EventFacts,
    attributed: Attributed,
    campaign: Campaign | None,
    *,
    source: str,
    is_test: bool,
    now: datetime,
) -> tuple[ReferralEvent, bool]:
    contact = attributed.contact
    values: dict[str, Any] = {
        "source": source,
        "event_id": facts.event_id,
        "type": facts.type,
        "contact": contact,
        "items": [dict(item) for item in facts.items],
        "region": facts.region,
        "coupon_code": code_normalise(facts.coupon)[:COUPON_LENGTH],
        "metadata": dict(facts.metadata),
        "body_hash": body_hash(facts),
        "occurred_at": facts.occurred_at,
        "is_test": is_test or contact.is_test,
        "now": now,
    }
    if attributed.referral is None:
        return fact_record(campaign=campaign, reason=attributed.why_not, **_money(facts), **values)
    referral = referral_locked(attributed.referral.pk)
    values["is_test"] = values["is_test"] or referral.is_test
    converts = facts.type in referral.campaign.conversion_events
    if converts and referral.may_convert(at=facts.occurred_at):
        return conversion_record(referral=referral, money=facts.amount, **values)
    proves = _won_by_hand(referral) if converts else None
    number = 0 if proves else next_number(referral, type=facts.type)
    return fact_record(
        referral=referral,
        campaign=referral.campaign,
        sequence=number,
        evidence_for=proves,
        **_money(facts),
        **values,
    )


def _won_by_hand(referral: Referral) -> ReferralEvent | None:
    """The console's *won* that no sale has proved yet: this event is that sale, and is not counted again."""
    if referral.status != Referral.Status.CONVERTED:
        return None
    by_hand = referral.events.filter(source=ReferralEvent.CONSOLE, status_to=Referral.Status.CONVERTED, evidence=None)
    return by_hand.standing().first()


def _money(facts: EventFacts) -> dict[str, Any]:
    return {"amount": facts.amount.amount, "unit": facts.amount.unit} if facts.amount else {}


def _purchase(facts: EventFacts, contact: Contact, campaign: Campaign | None, *, source: str) -> None:
    """Every purchase is one of the contact's too, else referred and other customers cannot be compared."""
    if facts.type != PURCHASE:
        return
    money = facts.amount or Money(0, campaign.currency if campaign else company().currency)
    purchase_record(
        contact=contact,
        source=source,
        external_id=facts.event_id,
        occurred_at=facts.occurred_at,
        money=money,
        quantity=sum(int(item.get("quantity", 1)) for item in facts.items) or 1,
    )


def _again(earlier: ReferralEvent, facts: EventFacts, *, source: str) -> Recorded:
    """The same id once more: the first answer, or EventIdReused for another content or another person."""
    if earlier.body_hash != body_hash(facts) or not _same_person(earlier.contact, facts.friend, source=source):
        raise EventIdReused(_("This event id was used before, for something else."))
    return Recorded(earlier, duplicate=True)


def _same_person(contact: Contact, friend: ContactFacts | None, *, source: str) -> bool:
    if friend is None:
        return True
    ref = ContactRef(external_id=friend.external_id, email=friend.email, phone=friend.phone)
    found = contact_find(ref=ref, source=source)
    return found == standing(contact)
