"""People made for one question, and segments made of one line."""

from datetime import datetime, timedelta
from typing import Any

from advocates.models import CircleChoice, CircleLevel, Contact, CustomerScore, Moment, Segment, User
from advocates.segments.evaluate import segment_contacts
from advocates.services.segments import ConditionDraft, SegmentDraft, segment_save
from tests.factories.advocates import ContactFactory

Line = tuple[str, str, Any]


def segment_made(name: str, *lines: tuple[Any, ...], now: datetime, actor: User | None = None) -> Segment:
    """A segment of lines (field, operator, value, group)."""
    conditions = [ConditionDraft(*line) for line in lines]
    return segment_save(draft=SegmentDraft(name, conditions), actor=actor, now=now)


def names_in(segment: Segment, now: datetime) -> set[str]:
    return set(segment_contacts(segment, now).values_list("details__name", flat=True))


def person(name: str, **columns: Any) -> Contact:
    contact: Contact = ContactFactory.create(named__name=name, **columns)
    return contact


def ago(now: datetime, days: int) -> datetime:
    return now - timedelta(days=days)


def moment_of(contact: Contact, kind: str, at: datetime, **columns: Any) -> Moment:
    event_id = f"{contact.pk}-{kind}-{at:%Y%m%d}"
    return Moment.objects.create(
        contact=contact, kind=kind, source="test", event_id=event_id, occurred_at=at, **columns
    )


def score_of(contact: Contact, now: datetime, **columns: Any) -> CustomerScore:
    fifths = {"recency": 3, "frequency": 3, "value": 3}
    return CustomerScore.objects.create(contact=contact, scored_at=now, **(fifths | columns))


def in_circle(contact: Contact, actor: User, now: datetime, *, level: CircleLevel | None = None) -> CircleChoice:
    return CircleChoice.objects.create(contact=contact, status="member", level=level, chosen_by=actor, chosen_at=now)
