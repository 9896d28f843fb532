"""Moves between tiers: by friends who are confirmed, or no more, and, where the campaign wants it, by time.

Rewards do not ask these rows who was promoted: they count friends (rewards/triggers/people.py). Who was moved down by
time, they do ask.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet

from campaigns.models import Enrolment
from config.lib.insert_once import insert_once
from config.lib.months import months_before
from referrals.models import Referral, ReferralEvent
from rewards.locks import enrolment_lock
from rewards.models import Tier, TierMove, TierPolicy
from rewards.services.tier_letters import tell_lowered, tell_reached
from rewards.tiers import IDLE, Place, place_of, tier_among, with_count
from rewards.triggers import Occasion

# Events that change how many friends are confirmed; any other leaves everybody where they are.
COUNTING = (ReferralEvent.REVIEWED, ReferralEvent.REASSIGNED, ReferralEvent.JOINED)
# They bring a friend who may be confirmed already.
BRINGING = (ReferralEvent.REASSIGNED, ReferralEvent.JOINED)
ENDING = (Referral.Status.CONVERTED, Referral.Status.REJECTED)
CHUNK = 500


def tiers_follow(*, occasion: Occasion, now: datetime) -> None:
    """Write down who stands in another tier since the event; who has reached one is told. In its own transaction's end.

    The event's own rewards were reckoned by then: they use the tier before it.
    """
    event, referral = occasion.event, occasion.referral
    if event is None or referral is None or not _counts(event) or not getattr(event, "has_tiers", True):
        return
    tiers = _tiers_of(referral.campaign_id)
    concerned = {referral.enrolment.public_id, event.metadata.get("from", "")}
    for enrolment in with_count(_near(Enrolment.objects.filter(public_id__in=concerned, campaign=referral.campaign))):
        before = _before(event, referral, enrolment.confirmed) if enrolment.pk == referral.enrolment_id else None
        _follow(enrolment, before, tiers, event, now)


def tiers_lower(now: datetime) -> dict[str, int]:
    """The job: one step down for who has brought nobody for as long as the campaign waits. Once a month at most."""
    policies = TierPolicy.objects.exclude(demote_after_months=None).select_related("campaign").order_by("pk")
    return {"lowered": sum(_lower_in(policy, now) for policy in policies)}


# --- by friends -------------------------------------------------------------------------------------------------------


def _counts(event: ReferralEvent) -> bool:
    return bool(event.status_to in ENDING or event.takes_back_id or event.type in COUNTING)


def _before(event: ReferralEvent, referral: Referral, confirmed: int) -> int | None:
    """How many were confirmed before it, where it may have brought one; None: it brought none."""
    if event.status_to == Referral.Status.CONVERTED:
        return event.confirmed_count - 1
    return confirmed - referral.is_confirmed if event.type in BRINGING else None


def _follow(enrolment: Any, before: int | None, tiers: Sequence[Tier], event: ReferralEvent, now: datetime) -> None:
    """Only who seems to have moved is locked, and looked at again: two friends may be won at the same moment."""
    if not _moved(enrolment, before, tiers):
        return
    enrolment_lock(enrolment.pk)
    enrolment = with_count(_near(Enrolment.objects.filter(pk=enrolment.pk))).get()
    moved = _moved(enrolment, before, tiers)
    if not moved:
        return
    stood, place = moved
    move = _move(enrolment.pk, event.public_id, stood, place, now)
    if move and _rank(place.tier) > _rank(stood):
        tell_reached(move=move, place=place, now=now)


def _moved(enrolment: Any, before: int | None, tiers: Sequence[Tier]) -> tuple[Tier | None, Place] | None:
    """(the tier in which they stood, where they stand now), where the two differ.

    `before`: the friends before the event, for somebody of whom no move is known; without it there is nothing to
    compare with.
    """
    place = place_of(enrolment, tiers)
    newest = TierMove.objects.filter(enrolment=enrolment.pk).select_related("tier_to").order_by("-pk").first()
    if newest is None and before is None:
        return None
    stood = newest.tier_to if newest else tier_among(tiers, before or 0)
    return None if stood == place.tier else (stood, place)


def _move(enrolment_id: int, key: str, stood: Tier | None, place: Place, now: datetime) -> TierMove | None:
    """None when this has been written before."""
    move, is_new = insert_once(
        TierMove,
        unique=["enrolment", "key"],
        enrolment_id=enrolment_id,
        key=key,
        tier_from=stood,
        tier_to=place.tier,
        confirmed=place.confirmed,
        occurred_at=now,
    )
    return move if is_new else None


# --- by time ----------------------------------------------------------------------------------------------------------


def _lower_in(policy: TierPolicy, now: datetime) -> int:
    tiers = _tiers_of(policy.campaign_id)
    since = months_before(now.date(), policy.demote_after_months or 0)
    idle = _idle(policy, tiers, datetime.combine(since, time.max, tzinfo=UTC))
    return sum(_lower(enrolment, tiers, now) for enrolment in idle.iterator(chunk_size=CHUNK))


def _idle(policy: TierPolicy, tiers: list[Tier], since: datetime) -> QuerySet[Enrolment]:
    """Who stands above the lowest tier by their friends, and has neither brought anybody nor been moved since then."""
    above = [tier.from_confirmed for tier in tiers if tier.from_confirmed > 0]
    if not above:
        return Enrolment.objects.none()
    friends = Referral.objects.filter(campaign=policy.campaign, is_confirmed=True).order_by().values("advocate")
    idle = friends.annotate(last=Max("converted_at")).filter(last__lte=since)
    moved = TierMove.objects.filter(enrolment__campaign=policy.campaign, occurred_at__gt=since)
    mine = Enrolment.objects.filter(campaign=policy.campaign, status=Enrolment.Status.ACTIVE)
    waiting = mine.filter(contact__in=idle.values("advocate")).exclude(pk__in=moved.values("enrolment"))
    return with_count(_near(waiting)).filter(confirmed__gte=above[0]).order_by("pk")


def _lower(enrolment: Enrolment, tiers: list[Tier], now: datetime) -> bool:
    """One step, by the counter that the row was read with: who brings a friend at this moment is above it at once."""
    stands = place_of(enrolment, tiers)
    if stands.tier is None or (stands.tier == tiers[0] and tiers[0].from_confirmed == 0):
        return False
    below = tier_among(tiers, stands.tier.from_confirmed - 1)
    with transaction.atomic():
        lowered = Place(stands.campaign, stands.confirmed, below, stands.tier, 1)
        move = _move(enrolment.pk, f"{IDLE}{now:%Y-%m}", stands.tier, lowered, now)
        if move:
            again = with_count(_near(Enrolment.objects.filter(pk=enrolment.pk))).get()
            tell_lowered(move=move, place=place_of(again, tiers), now=now)
    return move is not None


def _near(enrolments: QuerySet[Enrolment]) -> QuerySet[Enrolment]:
    return enrolments.select_related("campaign", "contact__details")


def _tiers_of(campaign_id: int) -> list[Tier]:
    return list(Tier.objects.filter(campaign=campaign_id).order_by("from_confirmed"))


def _rank(tier: Tier | None) -> int:
    return tier.from_confirmed if tier else -1
