"""What rules ask about people, each in one place and only where a rule asks it."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

from django.db.models import Max, Min
from django.utils.translation import gettext as _

from advocates.errors import BadSegment
from advocates.models import CircleChoice, Contact, Purchase, Segment
from advocates.segments.evaluate import segment_problems
from advocates.segments.membership import segments_among
from campaigns.models import Campaign
from referrals.models import Referral, ReferralEvent
from rewards.models import Charity, Tier
from rewards.rules import facts as pure
from rewards.rules.rule import charity_party
from rewards.rules.tiers import counted
from rewards.tiers import lowered_before
from rewards.triggers.occasion import first_seen


def segments_now(person: Contact, named: Collection[str], now: datetime) -> frozenset[str]:
    """Those of the named segments that the person is in, asked live: the kept members may be some minutes old.

    Raises BadSegment where one cannot be asked: money waits until somebody has mended it, rather than be paid or
    refused for good by a question without an answer.
    """
    if not named:
        return frozenset()
    segments = _segments(named)
    good = [segment for segment in segments if _is_good(segment)]
    if len(good) < len(named):
        broken = [segment.public_id for segment in segments if segment not in good]
        raise BadSegment(_("A segment that a rule asks about has a problem."), segments=broken)
    return _among(person, good, now)


def segments_held(person: Contact, named: Collection[str], now: datetime) -> frozenset[str]:
    """The same for a promise: what cannot be asked is not promised, and nothing waits for it."""
    return _among(person, [segment for segment in _segments(named) if _is_good(segment)], now)


def charities_named(keys: Collection[str]) -> dict[str, pure.Party]:
    """Those of these good causes that may be given to, by the name under which rules know them."""
    if not keys:
        return {}
    charities = Charity.objects.filter(key__in=keys, is_active=True)
    return {charity_party(charity.key): pure.Party(charity.public_id) for charity in charities}


def tiers_of(campaign: Campaign) -> list[pure.Tier]:
    """From the lowest."""
    tiers = Tier.objects.filter(campaign=campaign).order_by("from_confirmed")
    return [pure.Tier(*row) for row in tiers.values_list("key", "from_confirmed", "multiplier")]


def tier_at(tiers: Iterable[pure.Tier], confirmed: int) -> pure.Tier | None:
    return max((tier for tier in tiers if tier.rank <= confirmed), key=lambda tier: tier.rank, default=None)


def better_tier(tiers: Sequence[pure.Tier], *, promised: str, confirmed: int) -> pure.Tier | None:
    """The higher of the promised tier and the one that stands; a tier that is no more is promised to nobody."""
    either = [tier for tier in (tier_at(tiers, confirmed), *tiers) if tier]
    kept = [tier for tier in either if tier.key == promised or tier.rank <= confirmed]
    return max(kept, key=lambda tier: tier.rank, default=None)


def confirmed_before(event: ReferralEvent) -> int:
    """The advocate's confirmed friends before the event: its rewards use the tier that stood then."""
    is_one = event.status_to == Referral.Status.CONVERTED
    return max(event.confirmed_count - is_one, 0)


def counted_before(event: ReferralEvent, referral: Referral) -> int:
    """The same, as far as they count for a tier: who was moved down before the event counts for less."""
    lowered = lowered_before(referral.campaign, referral.advocate, event.recorded_at)
    return counted(confirmed_before(event), lowered)


def confirmed_friends(campaign: Campaign, advocate: Contact) -> int:
    return Referral.objects.filter(campaign=campaign, advocate=advocate, is_confirmed=True).count()


def circle_level(person: Contact) -> str:
    """The name of their level in the inner circle; empty outside of it, and for a member without a level."""
    members = CircleChoice.objects.members().filter(contact=person)
    return members.values_list("level__name", flat=True).first() or ""


def bought_last(friend: Contact, referral: Referral | None, at: datetime) -> datetime | None:
    """The friend's last purchase before they came in, in one statement.

    They came in when they signed up, or with the earlier purchase that a code on it made the referral of. `at`: the
    moment of an event without a referral.
    """
    purchases = Purchase.objects.filter(contact=friend, occurred_at__lt=referral.submitted_at if referral else at)
    if referral:
        earliest = ReferralEvent.objects.filter(referral=referral).values("referral")
        purchases = purchases.filter(occurred_at__lt=earliest.annotate(first=Min("occurred_at")).values("first"))
    last: datetime | None = purchases.aggregate(last=Max("occurred_at"))["last"]
    return last


def customer_before(friend: Contact, referral: Referral | None, at: datetime) -> date | None:
    """Since when the friend has been a customer, where somebody told so and it was before they came in."""
    since = friend.customer_since
    if since is None:
        return None
    came_in = first_seen(referral) if referral else at
    return since if since < came_in.date() else None


def counts_up_to(event: ReferralEvent, types: Collection[str]) -> dict[str, int]:
    """Standing events of the referral by type, this one included, in the order in which they were recorded."""
    so_far = ReferralEvent.objects.filter(referral=event.referral, type__in=types, evidence_for=None, pk__lte=event.pk)
    return dict(Counter(so_far.standing().values_list("type", flat=True)))


def _segments(named: Collection[str]) -> list[Segment]:
    return list(Segment.objects.filter(public_id__in=named).prefetch_related("conditions"))


def _is_good(segment: Segment) -> bool:
    return segment.is_active and not segment_problems(segment)


def _among(person: Contact, segments: Sequence[Segment], now: datetime) -> frozenset[str]:
    return (
        frozenset(segment.public_id for segment in segments_among(person, segments, now)) if segments else frozenset()
    )
