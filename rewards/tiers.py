"""How an advocate stands: their tier in each campaign that has any, and how far it is to the next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, F, IntegerField, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import Coalesce, Least
from django.utils.translation import ngettext

from advocates.models import Contact
from campaigns.models import Campaign, Enrolment
from config.lib.rounding import BASIS_POINTS
from referrals.models import Referral
from rewards.models import Tier, TierMove
from rewards.rules.tiers import BELOW_ALL, Lowered, counted

# How the keys of moves down begin that time brought, and no event.
IDLE = "idle:"
# Without the policy nobody is ever moved down: who was, stands by their friends again.
IN_FORCE = "enrolment__campaign__tier_policy__demote_after_months__isnull"


@dataclass(frozen=True, slots=True)
class Place:
    """`tier` None: below the first. `next` None: the highest is reached; `missing`: friends to the next."""

    campaign: Campaign
    confirmed: int
    tier: Tier | None
    next: Tier | None
    missing: int = 0


def places_of(contact: Contact) -> list[Place]:
    """By enrolment, the newest first; in campaigns with tiers only."""
    active = Enrolment.objects.filter(contact=contact, status=Enrolment.Status.ACTIVE, campaign__tiers__isnull=False)
    enrolments = active.distinct().select_related("campaign").order_by("-enrolled_at", "-pk")
    found = list(with_count(enrolments))
    tiers = list(Tier.objects.filter(campaign__in=[one.campaign_id for one in found]).order_by("from_confirmed"))
    return [place_of(one, [tier for tier in tiers if tier.campaign_id == one.campaign_id]) for one in found]


def with_count(enrolments: QuerySet[Enrolment]) -> QuerySet[Any]:
    """Each with `confirmed`, and with `lowered_at` and `lowered_to` where they were moved down: for place_of."""
    friends = Referral.objects.filter(
        campaign=OuterRef("campaign"), advocate=OuterRef("contact"), is_confirmed=True
    ).order_by()
    confirmed = friends.values("advocate").annotate(count=Count("pk")).values("count")
    moves = TierMove.objects.filter(enrolment=OuterRef("pk"), key__startswith=IDLE, **{IN_FORCE: False})
    newest = moves.order_by("-pk")
    return enrolments.annotate(
        confirmed=Coalesce(Subquery(confirmed, output_field=IntegerField()), 0),
        lowered_at=Subquery(newest.values("confirmed")[:1]),
        lowered_to=Subquery(newest.values("tier_to__from_confirmed")[:1]),
    )


def with_counted(enrolments: QuerySet[Enrolment]) -> QuerySet[Any]:
    """With `counted`, too: what rewards/rules/tiers.py makes of it, said in SQL."""
    lower = Least(F("confirmed"), Coalesce(F("lowered_to"), BELOW_ALL))
    counts = Case(When(lowered_at__gte=F("confirmed"), then=lower), default=F("confirmed"), output_field=IntegerField())
    rows: QuerySet[Any] = with_count(enrolments).annotate(counted=counts)
    return rows


def place_of(enrolment: Any, tiers: Iterable[Tier]) -> Place:
    """Of an enrolment from with_count; `tiers` of its campaign, from the lowest."""
    tiers = list(tiers)
    counts = counted(enrolment.confirmed, _lowered(enrolment.lowered_at, enrolment.lowered_to))
    tier = tier_among(tiers, counts)
    ahead = [other for other in tiers if other.from_confirmed > counts]
    # The next friend brings back all that was reached before.
    one_more = tier_among(tiers, enrolment.confirmed + 1)
    following = max([*ahead[:1], *([one_more] if one_more in ahead else [])], key=_rank, default=None)
    missing = max(following.from_confirmed - enrolment.confirmed, 1) if following else 0
    return Place(enrolment.campaign, enrolment.confirmed, tier, following, missing)


def tier_among(tiers: Iterable[Tier], counts: int) -> Tier | None:
    return max((tier for tier in tiers if tier.from_confirmed <= counts), key=_rank, default=None)


def lowered_before(campaign: Campaign, advocate: Contact, at: datetime) -> Lowered | None:
    """How they were last moved down, if ever, as it stood then."""
    moves = TierMove.objects.filter(
        enrolment__campaign=campaign,
        enrolment__contact=advocate,
        key__startswith=IDLE,
        occurred_at__lte=at,
        **{IN_FORCE: False},
    )
    found = moves.order_by("-pk").values_list("confirmed", "tier_to__from_confirmed").first()
    return _lowered(*found) if found else None


def lowered_in(campaign: Campaign) -> dict[int, list[tuple[datetime, Lowered]]]:
    """Of each advocate, by the contact's row: when and how they were moved down, the oldest first."""
    found: dict[int, list[tuple[datetime, Lowered]]] = {}
    moves = TierMove.objects.filter(enrolment__campaign=campaign, key__startswith=IDLE, **{IN_FORCE: False})
    names = ("enrolment__contact", "occurred_at", "confirmed", "tier_to__from_confirmed")
    for contact, at, confirmed, rank in moves.order_by("pk").values_list(*names):
        found.setdefault(contact, []).append((at, Lowered(confirmed, BELOW_ALL if rank is None else rank)))
    return found


def tier_key(contact: Contact) -> str | None:
    """For the API: the short name of their tier, in the campaign of their newest enrolment that has tiers."""
    place = next(iter(places_of(contact)), None)
    return place.tier.key if place and place.tier else None


def place_words(place: Place) -> str:
    """'Silver: 2 more friends to Gold'"""
    tier = place.tier.name if place.tier else ""
    if place.next is None:
        return tier
    values = {"tier": tier, "count": place.missing, "next": place.next.name}
    if not tier:
        return (
            ngettext("%(count)s more friend to %(next)s", "%(count)s more friends to %(next)s", place.missing) % values
        )
    return (
        ngettext(
            "%(tier)s: %(count)s more friend to %(next)s", "%(tier)s: %(count)s more friends to %(next)s", place.missing
        )
        % values
    )


def times(tier: Tier) -> Decimal:
    """Its multiplier as people write it: 1.25."""
    return (Decimal(tier.multiplier) / BASIS_POINTS).normalize()


def _lowered(confirmed: int | None, rank: int | None) -> Lowered | None:
    if confirmed is None:
        return None
    return Lowered(confirmed, BELOW_ALL if rank is None else rank)


def _rank(tier: Tier) -> int:
    return tier.from_confirmed
