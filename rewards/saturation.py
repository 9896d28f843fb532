"""Do more people stand in the highest tier than bring anybody? Then it asks too little, or has nothing left to give."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, QuerySet

from campaigns.models import Campaign, Enrolment
from referrals.models import Referral
from rewards.models import Tier, TierMove
from rewards.tiers import IDLE, tier_among, with_counted

LATELY = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Saturation:
    """`members` of the highest `tier`, and the `conversions` of the campaign in the last 90 days."""

    tier: Tier
    members: int
    conversions: int

    @property
    def is_saturated(self) -> bool:
        return self.members > self.conversions


def saturation_of(campaign: Campaign, now: datetime) -> Saturation | None:
    """None where there is no tier to climb to."""
    tiers = tiers_in(campaign)
    if len(tiers) < 2:
        return None
    won = Referral.objects.filter(campaign=campaign, is_confirmed=True, is_test=campaign.is_test)
    lately = won.filter(converted_at__gt=now - LATELY, converted_at__lte=now).count()
    return Saturation(tiers[-1], members_by_tier(campaign, tiers)[tiers[-1].pk], lately)


def members_by_tier(campaign: Campaign, tiers: Sequence[Tier]) -> dict[int, int]:
    """By the tier's row: how many active advocates stand in it. `tiers` of the campaign, from the lowest."""
    found = dict.fromkeys((tier.pk for tier in tiers), 0)
    active = Enrolment.objects.filter(campaign=campaign, status=Enrolment.Status.ACTIVE)
    by_friends = _by_friends(campaign, active)
    for friends, people in by_friends:
        _add(found, tiers, friends, people)
    _add(found, tiers, 0, active.count() - sum(people for _friends, people in by_friends))
    moved = active.filter(Exists(TierMove.objects.filter(enrolment=OuterRef("pk"), key__startswith=IDLE)))
    for confirmed, counts in with_counted(moved).values_list("confirmed", "counted"):
        _add(found, tiers, confirmed, -1)
        _add(found, tiers, counts, 1)
    return found


def tiers_in(campaign: Campaign) -> list[Tier]:
    """From the lowest."""
    return list(Tier.objects.filter(campaign=campaign).order_by("from_confirmed"))


def _by_friends(campaign: Campaign, active: QuerySet[Enrolment]) -> list[tuple[int, int]]:
    """(so many confirmed friends, so many people have them), from the friends' side: most advocates have none."""
    people = Exists(active.filter(contact=OuterRef("advocate")))
    friends = Referral.objects.filter(people, campaign=campaign, is_confirmed=True)
    counts: dict[int, int] = {}
    for row in friends.order_by().values("advocate").annotate(count=Count("pk")).iterator(chunk_size=2_000):
        counts[row["count"]] = counts.get(row["count"], 0) + 1
    return sorted(counts.items())


def _add(found: dict[int, int], tiers: Sequence[Tier], friends: int, people: int) -> None:
    tier = tier_among(tiers, friends)
    if tier:
        found[tier.pk] += people
