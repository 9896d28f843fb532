"""A fact is stored before the answer; rewards follow. What has been recorded is never recorded twice."""

from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from advocates.models import Contact, Purchase
from advocates.services.contacts import ContactFacts, ContactRef, contact_find
from advocates.services.purchases import purchase_add
from advocates.standing import standing
from campaigns.models import Campaign
from campaigns.news import announce
from campaigns.selectors import company_lately
from config.lib.errors import DomainError
from config.lib.lately import Lately
from config.lib.money import Money
from config.lib.together import Together
from referrals.errors import EventIdReused, UnknownCampaign
from referrals.locks import referral_locked
from referrals.models import Referral, ReferralEvent
from referrals.services.conversions import conversion_add, moved_check
from referrals.services.events.attribution import Attributed, event_attribute
from referrals.services.events.early_refunds import refunds_settle, refunds_waiting
from referrals.services.events.facts import PURCHASE, EventFacts, Recorded, body_hash, event_check
from referrals.services.events.standing import Standing, standing_now
from referrals.services.facts import ONCE
from referrals.services.joining import events_join

COUPON_LENGTH = 64


class _Rival(Exception):
    """The same event, sale or key was written by somebody else meanwhile: now it is found as it stands."""


def event_record(*, facts: EventFacts, source: str, now: datetime, is_test: bool = False) -> Recorded:
    """Record what another system says has happened: attributed, and the referral won where this is its conversion.

    Raises BadEventType, BadTime, BadAmount, UnknownCampaign, FriendMissing, EventIdReused, and what contact_upsert
    raises; nothing is written then.
    """
    event_check(facts, now=now)
    campaign = _campaign(facts.campaign)
    asked = partial(_record_once, facts, campaign, source=source, is_test=is_test, now=now)
    try:
        return asked()
    except _Rival:
        return asked()
    except DomainError:
        # What was recorded is told again, whatever stands against it today.
        earlier = _earlier(facts, source)
        if earlier is None:
            raise
    return _again(earlier, facts, source=source)


def _record_once(
    facts: EventFacts, campaign: Campaign | None, *, source: str, is_test: bool, now: datetime
) -> Recorded:
    writes = Together()
    with transaction.atomic():
        # A code makes a referral, which a repeated call must not; else one look under the locks sees all at once.
        earlier = _earlier(facts, source) if facts.referral_code or facts.coupon else None
        if earlier:
            return _again(earlier, facts, source=source)
        attributed = event_attribute(facts, campaign=campaign, source=source, writes=writes, now=now)
        seen = standing_now(
            contact=attributed.contact,
            referral=attributed.referral,
            source=source,
            event_id=facts.event_id,
            type=facts.type,
        )
        earlier = _earlier(facts, source) if seen.is_recorded else None
        if earlier:
            return _again(earlier, facts, source=source)
        early = refunds_waiting(source=source, event_id=facts.event_id) if seen.is_refunded else []
        event = _write(facts, attributed, seen, campaign, source=source, is_test=is_test, writes=writes, now=now)
        if attributed.is_new and event.referral:
            # After the sale that bore the code, which is the one that wins.
            events_join(referral=referral_locked(event.referral.pk), now=now)
        refunds_settle(early, now=now)
    return Recorded(event, duplicate=False)


def _earlier(facts: EventFacts, source: str) -> ReferralEvent | None:
    return ReferralEvent.objects.filter(source=source, event_id=facts.event_id).first()


def _campaign(slug: str) -> Campaign | None:
    if not slug:
        return None
    campaign = _campaign_lately(slug)
    if campaign is None:
        raise UnknownCampaign(_("There is no campaign of that name."))
    return campaign


def _write(
    facts: EventFacts,
    attributed: Attributed,
    seen: Standing,
    campaign: Campaign | None,
    *,
    source: str,
    is_test: bool,
    writes: Together,
    now: datetime,
) -> ReferralEvent:
    """All of it in one statement. Raises _Rival."""
    event = _event(facts, attributed, seen, campaign, source=source, is_test=is_test, now=now)
    writes.insert(event, unique=ONCE)
    sale = None if seen.is_bought else _purchase(facts, attributed.contact, campaign, source=source, writes=writes)
    moved = None
    if seen.referral and event.status_to:
        moved = conversion_add(referral=seen.referral, event=event, writes=writes, addresses=seen.addresses, now=now)
    writes.run()
    if event._state.adding or (sale and sale._state.adding) or attributed.person.is_disputed:
        raise _Rival
    if moved:
        moved_check(moved)
    announce(source="referral_event", pk=event.pk)
    return event


def _event(
    facts: EventFacts,
    attributed: Attributed,
    seen: Standing,
    campaign: Campaign | None,
    *,
    source: str,
    is_test: bool,
    now: datetime,
) -> ReferralEvent:
    contact, referral = attributed.contact, seen.referral
    event = ReferralEvent(
        source=source,
        event_id=facts.event_id,
        type=facts.type,
        contact=contact,
        campaign=campaign,
        reason=attributed.why_not,
        items=[dict(item) for item in facts.items],
        region=facts.region,
        coupon_code=facts.coupon.strip()[:COUPON_LENGTH],
        metadata=dict(facts.metadata),
        body_hash=body_hash(facts),
        is_test=is_test or contact.is_test,
        occurred_at=facts.occurred_at,
        recorded_at=now,
        **_money(facts),
    )
    if referral:
        _place(event, referral, seen)
    return event


def _place(event: ReferralEvent, referral: Referral, seen: Standing) -> None:
    """Where it stands in the referral: as its conversion, as the proof of one that was told by hand, or by number."""
    event.referral, event.campaign = referral, referral.campaign
    event.is_test = event.is_test or referral.is_test
    event.sequence, event.confirmed_count = seen.numbered + 1, seen.confirmed
    if event.type not in referral.campaign.conversion_events:
        return
    if referral.may_convert(at=event.occurred_at):
        event.status_from, event.status_to = referral.status, Referral.Status.CONVERTED
        event.confirmed_count = seen.confirmed + 1
    elif referral.status == Referral.Status.CONVERTED and seen.by_hand:
        # This event is that sale, and is not counted again.
        event.evidence_for_id, event.sequence = seen.by_hand, 0


def _money(facts: EventFacts) -> dict[str, Any]:
    return {"amount": facts.amount.amount, "unit": facts.amount.unit} if facts.amount else {}


def _purchase(
    facts: EventFacts, contact: Contact, campaign: Campaign | None, *, source: str, writes: Together
) -> Purchase | None:
    """Every purchase is one of the contact's too, else referred and other customers cannot be compared."""
    if facts.type != PURCHASE:
        return None
    money = facts.amount or Money(0, campaign.currency if campaign else company_lately().currency)
    return purchase_add(
        writes=writes,
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


_campaign_lately: Lately[str, Campaign | None] = Lately(lambda slug: Campaign.objects.filter(slug=slug).first())
