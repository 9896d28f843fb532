from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from advocates.standing import standing as contact_standing
from campaigns.models import Campaign
from campaigns.selectors import company
from referrals.models import Referral, ReferralEvent
from rewards.coupon_pools import coupon_code_of, coupon_terms, coupons_named, is_used_by, order_of_event
from rewards.coupon_terms import refusals
from rewards.locks import referral_lock, referral_of_event_lock
from rewards.models import Coupon, Quote, Tier
from rewards.rules.facts import Facts, Value, item_of
from rewards.standing import Standing, standing
from rewards.triggers.occasion import (
    Occasion,
    book_stamp,
    drawn,
    house_currency,
    local_date,
    parties_of,
    people_now,
)
from rewards.triggers.promise import region_of, stands

COUPON_REDEEMED = "coupon_redeemed"

# They undo or annotate: no step that the referral reached.
NO_STEPS = frozenset(
    {
        ReferralEvent.REFUND,
        ReferralEvent.WON_TAKEN_BACK,
        ReferralEvent.LOST_TAKEN_BACK,
        ReferralEvent.REVIEWED,
        ReferralEvent.OWNER_CHANGED,
        ReferralEvent.REASSIGNED,
        ReferralEvent.JOINED,
    }
)

NEIGHBOURS = (
    "campaign__rule_book",
    "contact__merged_into",
    "takes_back__evidence_for",
    "referral__campaign__rule_book",
    "referral__campaign__brand",
    "referral__enrolment",
    "referral__advocate__merged_into",
    "referral__friend__merged_into",
    "referral__quote",
)


def referral_event_load(pk: int) -> Occasion | None:
    """Holds the referral's lock until the transaction ends: its events are evaluated one after the other.

    One statement locks, one reads the event with all its neighbours as they stand under the lock. What was refunded is
    asked for only where something was.
    """
    referral_of_event_lock(pk)
    event = _events().get(pk=pk)
    left = standing(event) if event.is_touched else Standing(False, event.amount)
    owner = _coupon_owner(event, left)
    referral = event.referral or (referral_lock(owner.pk) if owner else None)
    campaign = referral.campaign if referral else event.campaign
    if campaign is None:
        return None
    occasion = occasion_of(event, referral, campaign, left=left, currency=event.house_currency)
    return _redeeming(occasion) if owner and owner == referral else occasion


def occasion_of(
    event: ReferralEvent,
    referral: Referral | None,
    campaign: Campaign,
    *,
    left: Standing | None = None,
    currency: str | None = None,
) -> Occasion:
    """Everything that stands on the rows at hand. What else rules ask about, `known` asks for."""
    named = {"advocate": referral.advocate, "friend": referral.friend} if referral else {"friend": event.contact}
    people = people_now(named)
    left = left or standing(event)
    promise: Quote | None = getattr(referral, "quote", None)
    facts = Facts(
        event_key=event.public_id,
        campaign_key=campaign.public_id,
        triggers=_triggers(event, left),
        local_date=local_date(event.occurred_at, campaign),
        parties=parties_of(people),
        company_currency=currency or company().currency,
        value=None if left.amount is None else Value(left.amount, event.unit),
        event_type=event.type,
        sequence=0 if left.is_gone else event.sequence,
        days_since_signup=(event.occurred_at - referral.submitted_at).days if referral else None,
        items=tuple(item_of(line) for line in event.items),
        region=region_of(event, people["friend"], promise),
        metadata=event.metadata,
        confirmed=event.confirmed_count,
        draw=drawn(event.public_id),
    )
    is_test = event.is_test or campaign.is_test or bool(referral and referral.is_test)
    return Occasion(
        campaign,
        facts,
        people,
        rules_at(event, referral, promise),
        event.occurred_at,
        is_test,
        referral,
        event,
        promise,
        book_stamp(campaign),
        left,
    )


def rules_at(event: ReferralEvent, referral: Referral | None, promise: Quote | None) -> datetime:
    """Whose versions count: those of sign-up while the promise stands, else those of today.

    A referral from before promises were kept goes on by its sign-up.
    """
    if referral is None:
        return event.recorded_at
    if promise is None:
        return referral.submitted_at
    return promise.rules_at if stands(promise, event.occurred_at) else event.recorded_at


def _events() -> QuerySet[Any]:
    refunds = ReferralEvent.objects.filter(takes_back=OuterRef("pk"))
    of_evidence = ReferralEvent.objects.filter(takes_back__evidence_for=OuterRef("pk"))
    return ReferralEvent.objects.select_related(*NEIGHBOURS).annotate(
        is_touched=Exists(refunds) | Exists(of_evidence),
        house_currency=house_currency(),
        has_tiers=Exists(Tier.objects.filter(campaign=OuterRef("referral__campaign"))),
    )


def _triggers(event: ReferralEvent, left: Standing) -> frozenset[str]:
    """Nothing is earned by what was taken back, nor twice by a purchase that only proves a deal already won."""
    if left.is_gone or event.evidence_for_id:
        return frozenset()
    steps = {event.status_to} if event.status_to and event.type not in NO_STEPS else set()
    return frozenset({event.type} | steps)


# --- coupons of ours --------------------------------------------------------------------------------------------------


def _coupon_owner(event: ReferralEvent, left: Standing) -> Referral | None:
    """The referral of the coupon that this event was paid with, where it was good, and its own friend used it."""
    if not event.coupon_code or left.is_gone or event.evidence_for_id or event.takes_back_id:
        return None
    near = ("pool", "reward__referral__friend__merged_into", "reward__referral__advocate")
    coupon = coupons_named(coupon_code_of(event)).select_related(*near).first()
    if coupon is None or coupon.reward is None or not _was_good(coupon, event):
        return None
    owner = coupon.reward.referral
    return owner if owner and contact_standing(owner.friend) == contact_standing(event.contact) else None


def _was_good(coupon: Coupon, event: ReferralEvent) -> bool:
    """Used by this very order, or good for it as it is."""
    if coupon.status == Coupon.Status.USED:
        return is_used_by(coupon, event)
    has_run_out = coupon.expires_at is not None and coupon.expires_at <= event.occurred_at
    if coupon.status != Coupon.Status.ISSUED or has_run_out:
        return False
    return not refusals(coupon_terms(coupon), order_of_event(event, coupon.pool))


def _redeeming(occasion: Occasion) -> Occasion:
    triggers = occasion.facts.triggers | {COUPON_REDEEMED}
    return replace(occasion, facts=replace(occasion.facts, triggers=triggers))
