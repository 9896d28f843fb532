"""How an advocate stands: their tier in each campaign that has any, and how far it is to the next."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import ngettext

from advocates.models import Contact
from campaigns.models import Campaign, Enrolment
from rewards.models import Tier


@dataclass(frozen=True, slots=True)
class Place:
    """`tier` None: below the first. `next` None: the highest is reached; `missing`: friends to the next."""

    campaign: Campaign
    confirmed: int
    tier: Tier | None
    next: Tier | None

    @property
    def missing(self) -> int:
        return self.next.from_confirmed - self.confirmed if self.next else 0


def places_of(contact: Contact) -> list[Place]:
    """By enrolment, the newest first; in campaigns with tiers only."""
    active = Enrolment.objects.filter(contact=contact, status=Enrolment.Status.ACTIVE, campaign__tiers__isnull=False)
    enrolments = active.distinct().select_related("campaign").order_by("-enrolled_at", "-pk")
    counted = enrolments.annotate(
        confirmed=Count(
            "campaign__referrals",
            filter=Q(campaign__referrals__advocate=contact, campaign__referrals__is_confirmed=True),
            distinct=True,
        )
    )
    found = list(counted)
    tiers = list(Tier.objects.filter(campaign__in=[one.campaign_id for one in found]).order_by("from_confirmed"))
    return [
        _place(one.campaign, one.confirmed, [t for t in tiers if t.campaign_id == one.campaign_id]) for one in found
    ]


def place_in(campaign: Campaign, confirmed: int) -> Place | None:
    """None where the campaign has no tiers."""
    tiers = list(Tier.objects.filter(campaign=campaign).order_by("from_confirmed"))
    return _place(campaign, confirmed, tiers) if tiers else None


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


def _place(campaign: Campaign, confirmed: int, tiers: Iterable[Tier]) -> Place:
    """`tiers` from the lowest."""
    tiers = list(tiers)
    reached = [tier for tier in tiers if tier.from_confirmed <= confirmed]
    ahead = [tier for tier in tiers if tier.from_confirmed > confirmed]
    return Place(campaign, confirmed, reached[-1] if reached else None, ahead[0] if ahead else None)
