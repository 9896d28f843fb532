"""Who answers to a segment, asked in SQL at that moment. A segment that cannot be asked has nobody in it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol

from django.db.models import Q
from django.utils.translation import gettext as _

from advocates.models import Contact, Segment, SegmentCondition
from advocates.models.contact import ContactQuerySet
from advocates.segments.operators import operator_get
from advocates.segments.registry import SEGMENT_FIELDS
from advocates.segments.values import value_problem
from advocates.segments.wording import line

# The field that asks about another segment: what it names is looked into, so that no circle can arise.
SEGMENT = "segment"
# It is for test people; every other segment leaves them out of its figures.
IS_TEST = "is_test"

# Segments that ask about segments multiply: a handful of them on top of each other is a question without an end.
MOST_IN_ALL = 500

Group = SegmentCondition.Group


class Asked(Protocol):
    """A condition, saved or still in a form."""

    @property
    def group(self) -> str: ...
    @property
    def field(self) -> str: ...
    @property
    def operator(self) -> str: ...
    @property
    def value(self) -> Any: ...


def nobody() -> Q:
    return Q(pk__in=[])


def segment_contacts(segment: Segment, now: datetime) -> ContactQuerySet:
    """The people of a segment as they are now, each once, to be filtered further. Test people only where asked for."""
    return contacts_of(conditions_of(segment), segment_where(segment, now))


def contacts_of(conditions: Iterable[Asked], where: Q) -> ContactQuerySet:
    people = Contact.objects.living().filter(where)
    return people if any(condition.field == IS_TEST for condition in conditions) else people.filter(is_test=False)


def segment_where(segment: Segment, now: datetime) -> Q:
    """The condition on Contact: alike for all people and for one. Nobody while the segment has a problem or rests."""
    if not segment.is_active or segment_problems(segment):
        return nobody()
    return conditions_where(conditions_of(segment), now)


def conditions_of(segment: Segment) -> list[SegmentCondition]:
    return sorted(segment.conditions.all(), key=lambda condition: condition.pk)


def conditions_where(conditions: Iterable[Asked], now: datetime) -> Q:
    """Of conditions without a problem: all of the first group, at least one of the second, none of the third."""
    everyone, either = Q(), Q()
    for condition in conditions:
        met = SEGMENT_FIELDS[condition.field].where(condition.operator, condition.value, now)
        if condition.group == Group.ANY:
            either = either | met if either else met
        else:
            everyone &= ~met if condition.group == Group.NOT else met
    return everyone & either


def segment_problems(segment: Segment) -> list[str]:
    """Why nobody can be in the segment, in sentences; empty when all of it can be asked."""
    return conditions_problems(conditions_of(segment), seen=(segment.public_id,))


def conditions_problems(conditions: Sequence[Asked], *, seen: tuple[str, ...] = ()) -> list[str]:
    """`seen`: the segments on the way here, so that one which asks about itself is found."""
    if _is_too_much(conditions, seen):
        return [_("A segment asks for at most %(most)s things.") % {"most": MOST_IN_ALL}]
    return _problems(conditions, seen)


def _problems(conditions: Sequence[Asked], seen: tuple[str, ...]) -> list[str]:
    if not conditions:
        return [_("It asks for nothing yet: nobody is in it.")]
    problems = [problem for condition in conditions if (problem := condition_problem(condition))]
    return problems or [problem for other in _others(conditions) for problem in _other_problems(other, seen)]


def condition_problem(condition: Asked) -> str:
    """What is wrong with one line, as a sentence with the name of its field; empty when it can be asked."""
    field = SEGMENT_FIELDS.get(condition.field)
    if field is None:
        return _("“%(field)s” can no longer be asked about.") % {"field": condition.field}
    operator = operator_get(field.kind, condition.operator)
    if operator is None:
        return line(field.label, _("Choose how it is compared."))
    problem = value_problem(field, operator, condition.value)
    return line(field.label, problem) if problem else ""


def segments_named(conditions: Iterable[Asked]) -> list[str]:
    """The public ids of the segments that these conditions ask about."""
    names: dict[str, None] = {}
    for condition in conditions:
        if condition.field == SEGMENT:
            named = condition.value if isinstance(condition.value, list) else [condition.value]
            names |= dict.fromkeys(map(str, named))
    return list(names)


def _is_too_much(conditions: Sequence[Asked], seen: tuple[str, ...]) -> bool:
    """Every segment that is asked about counts as often as it is asked, and no further than the limit."""
    waiting, count = [(conditions, seen)], 0
    while waiting and count <= MOST_IN_ALL:
        asked, path = waiting.pop()
        count += len(asked)
        named = (other for one in asked if one.field == SEGMENT for other in _others([one]))
        others = [other for other in named if other.public_id not in path]
        waiting += [(conditions_of(other), (*path, other.public_id)) for other in others]
    return count > MOST_IN_ALL


def _others(conditions: Iterable[Asked]) -> list[Segment]:
    named = segments_named(conditions)
    if not named:
        return []
    return list(Segment.objects.filter(public_id__in=named).prefetch_related("conditions").order_by("pk"))


def _other_problems(other: Segment, seen: tuple[str, ...]) -> list[str]:
    if other.public_id in seen:
        return [_("The segment asks about itself, by way of “%(segment)s”.") % {"segment": other.name}]
    if _problems(conditions_of(other), (*seen, other.public_id)):
        return [_("The segment “%(segment)s”, which it asks about, has a problem itself.") % {"segment": other.name}]
    return []
