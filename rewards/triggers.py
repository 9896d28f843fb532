"""Where events come from: a literal list. Each source loads its event with the facts that rules may know."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Min, Model
from django.utils.translation import gettext as _

from advocates.errors import BadSegment
from advocates.models import Contact, Purchase, Segment
from advocates.segments.evaluate import segment_problems
from advocates.segments.membership import segments_among
from advocates.standing import standing as contact_standing
from campaigns.models import Campaign, EnrolmentEvent
from campaigns.selectors import company
from referrals.models import Referral, ReferralEvent
from rewards.locks import referral_lock
from rewards.models import RewardRule
from rewards.rules.conditions import SEGMENT_CONDITIONS
from rewards.rules.facts import Facts, Party, Value
from rewards.standing import Standing, standing

# They undo or annotate: no step that the referral reached.
NO_STEPS = frozenset(
    {
        ReferralEvent.REFUND,
        ReferralEvent.WON_TAKEN_BACK,
        ReferralEvent.LOST_TAKEN_BACK,
        ReferralEvent.REVIEWED,
        ReferralEvent.OWNER_CHANGED,
    }
)


@dataclass(frozen=True, slots=True)
class Occasion:
    """An event with the rows that rewards point to. `rules_at`: whose versions count. `event`: None for enrolments."""

    campaign: Campaign
    facts: Facts
    people: Mapping[str, Contact]
    rules_at: datetime
    occurred_at: datetime
    is_test: bool
    referral: Referral | None = None
    event: ReferralEvent | None = None


@dataclass(frozen=True, slots=True)
class EventSource:
    """`load(pk)`: the occasion; None for an event that belongs to no campaign. Raises DoesNotExist."""

    model: type[Model]
    load: Callable[[int], Occasion | None]


def referral_event_load(pk: int) -> Occasion | None:
    """Holds the referral's lock until the transaction ends: its events are evaluated one after the other."""
    event = ReferralEvent.objects.select_related("campaign", "contact", "takes_back__evidence_for").get(pk=pk)
    referral = referral_lock(event.referral_id) if event.referral_id else None
    campaign = referral.campaign if referral else event.campaign
    return occasion_of(event, referral, campaign) if campaign else None


def occasion_of(event: ReferralEvent, referral: Referral | None, campaign: Campaign) -> Occasion:
    named = {"advocate": referral.advocate, "friend": referral.friend} if referral else {"friend": event.contact}
    people = _people(named)
    left = standing(event)
    facts = Facts(
        event_key=event.public_id,
        campaign_key=campaign.public_id,
        triggers=_triggers(event, left),
        local_date=local_date(event.occurred_at, campaign),
        parties=_parties(people),
        company_currency=company().currency,
        value=_value(event, left),
        sequence=0 if left.is_gone else event.sequence,
        friend_is_new=referral is not None and not bought_before(referral.friend, first_seen(referral)),
        days_since_signup=(event.occurred_at - referral.submitted_at).days if referral else None,
    )
    rules_at = referral.submitted_at if referral else event.recorded_at
    is_test = event.is_test or campaign.is_test or bool(referral and referral.is_test)
    return Occasion(campaign, facts, people, rules_at, event.occurred_at, is_test, referral, event)


def enrolment_event_load(pk: int) -> Occasion | None:
    event = EnrolmentEvent.objects.select_related("enrolment__campaign", "enrolment__contact").get(pk=pk)
    enrolment = event.enrolment
    people = _people({"advocate": enrolment.contact})
    facts = Facts(
        event_key=event.public_id,
        campaign_key=enrolment.campaign.public_id,
        triggers=frozenset({event.type}),
        local_date=local_date(event.occurred_at, enrolment.campaign),
        parties=_parties(people),
        company_currency=company().currency,
    )
    is_test = enrolment.is_test or enrolment.campaign.is_test
    return Occasion(enrolment.campaign, facts, people, event.occurred_at, event.occurred_at, is_test)


def with_segments(occasion: Occasion, rules: Iterable[RewardRule], now: datetime) -> Occasion:
    """The occasion with the segments that these rules ask about, each asked live, now: the kept members may be old.

    Raises BadSegment where one cannot be asked: money waits until somebody has mended it, rather than be paid or
    refused for good by a question without an answer.
    """
    conditions = [condition for rule in rules for condition in rule.conditions.all()]
    named = {one.parameters["segment"] for one in conditions if one.kind in SEGMENT_CONDITIONS}
    if not named:
        return occasion
    segments = _segments(named)
    among = {
        kind: frozenset(one.public_id for one in segments_among(person, segments, now))
        for kind, person in occasion.people.items()
    }
    facts = replace(
        occasion.facts,
        advocate_segments=among.get("advocate", frozenset()),
        friend_segments=among.get("friend", frozenset()),
    )
    return replace(occasion, facts=facts)


def _segments(named: Collection[str]) -> list[Segment]:
    segments = list(Segment.objects.filter(public_id__in=named).prefetch_related("conditions"))
    broken = [segment.public_id for segment in segments if not segment.is_active or segment_problems(segment)]
    if broken or len(segments) < len(named):
        raise BadSegment(_("A segment that a rule asks about has a problem."), segments=broken)
    return segments


EVENT_SOURCES: Mapping[str, EventSource] = {
    "referral_event": EventSource(ReferralEvent, referral_event_load),
    "enrolment_event": EventSource(EnrolmentEvent, enrolment_event_load),
}


def local_date(moment: datetime, campaign: Campaign) -> date:
    """The day in the campaign's zone: limits and budgets turn with it."""
    return moment.astimezone(ZoneInfo(campaign.time_zone)).date()


def first_seen(referral: Referral) -> datetime:
    """When the friend came in, or the earlier purchase that a code on it made the referral of."""
    earliest: datetime | None = referral.events.aggregate(Min("occurred_at"))["occurred_at__min"]
    return min(referral.submitted_at, earliest or referral.submitted_at)


def bought_before(contact: Contact, moment: datetime) -> bool:
    if contact.customer_since and contact.customer_since < moment.date():
        return True
    return Purchase.objects.filter(contact=contact, occurred_at__lt=moment).exists()


def _triggers(event: ReferralEvent, left: Standing) -> frozenset[str]:
    """Nothing is earned by what was taken back, nor twice by a purchase that only proves a deal already won."""
    if left.is_gone or event.evidence_for_id:
        return frozenset()
    steps = {event.status_to} if event.status_to and event.type not in NO_STEPS else set()
    return frozenset({event.type} | steps)


def _value(event: ReferralEvent, left: Standing) -> Value | None:
    return None if left.amount is None else Value(left.amount, event.unit)


def _people(named: Mapping[str, Contact]) -> dict[str, Contact]:
    """Who they are now: what a merge had to leave with the stub is earned by the person, and once."""
    return {kind: contact_standing(person) for kind, person in named.items()}


def _parties(people: Mapping[str, Contact]) -> dict[str, Party]:
    return {kind: Party(person.public_id, person.lifetime_unit) for kind, person in people.items()}
