"""In which segments one person is, and why: asked live, in two queries whatever there is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BooleanField, Case, Q, Value, When

from advocates.models import Contact, Segment, SegmentCondition
from advocates.segments.evaluate import (
    Group,
    condition_problem,
    conditions_of,
    conditions_where,
    segment_where,
)
from advocates.segments.registry import SEGMENT_FIELDS
from advocates.segments.sentence import condition_phrase

# A statement asks so many questions at once; SQLite takes at most two thousand columns.
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Why:
    """One condition that holds. `told`: how the person stands in it, empty where only a query knows."""

    phrase: str
    told: str
    group: str


@dataclass(frozen=True, slots=True)
class Membership:
    """`since`: when the last count found them; None for somebody who answers to it only since then."""

    segment: Segment
    since: datetime | None
    why: list[Why]


def is_in_any(contact: Contact, segments: Sequence[Segment], now: datetime) -> bool:
    """Asked of this person at this moment; the kept members may be some minutes old."""
    return bool(segments_among(contact, segments, now))


def segments_among(contact: Contact, segments: Sequence[Segment], now: datetime) -> list[Segment]:
    """Those of the segments that the person is in, in one query for all of them."""
    answers = _answers(contact, [segment_where(segment, now) for segment in segments])
    return [segment for segment, holds in zip(segments, answers, strict=True) if holds]


def segments_of(contact: Contact, now: datetime) -> list[Membership]:
    """Every segment that the person is in at this moment, by name, each with its reasons."""
    asked = list(Segment.objects.filter(is_active=True).prefetch_related("conditions").order_by("name"))
    found = segments_among(contact, asked, now)
    since = dict(contact.segments.filter(segment__in=found).values_list("segment_id", "joined_at"))
    reasons = reasons_for(contact, found, now)
    return [Membership(segment, since.get(segment.pk), reasons[segment.pk]) for segment in found]


def reasons_for(contact: Contact, segments: Sequence[Segment], now: datetime) -> dict[int, list[Why]]:
    """Which conditions make the person belong, by segment: of the third group those that do not hold."""
    asked = [condition for segment in segments for condition in conditions_of(segment)]
    asked = [condition for condition in asked if not condition_problem(condition)]
    answers = _answers(contact, [conditions_where([_alone(condition)], now) for condition in asked])
    reasons: dict[int, list[Why]] = {segment.pk: [] for segment in segments}
    for condition, holds in zip(asked, answers, strict=True):
        if holds != (condition.group == Group.NOT):
            reasons[condition.segment_id].append(_why(condition, contact))
    return reasons


def _alone(condition: SegmentCondition) -> SegmentCondition:
    """The condition itself, whatever its group makes of it."""
    return SegmentCondition(field=condition.field, operator=condition.operator, value=condition.value)


def _why(condition: SegmentCondition, contact: Contact) -> Why:
    return Why(condition_phrase(condition), SEGMENT_FIELDS[condition.field].tell(contact), condition.group)


def _answers(contact: Contact, questions: Sequence[Q]) -> list[bool]:
    """Each question answered about the person; nobody who is gone meets any."""
    answers: list[bool] = []
    for start in range(0, len(questions), AT_ONCE):
        asked = {
            f"q{place}": Case(When(question, then=Value(True)), default=Value(False), output_field=BooleanField())
            for place, question in enumerate(questions[start : start + AT_ONCE])
        }
        row = Contact.objects.living().filter(pk=contact.pk).annotate(**asked).values_list(*asked).first()
        answers += [bool(answer) for answer in row] if row else [False] * len(asked)
    return answers
