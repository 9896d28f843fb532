"""Fields of each kind from what makes them different: a few lines say how the database is asked."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, DateField, Exists, IntegerField, Model, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from advocates.models import Contact
from advocates.segments.registry import Choice, SegmentField, no_words
from advocates.segments.wording import flag_phrase, phrase_of

PERSON = _("Person")
PURCHASES = _("Purchases")
SATISFACTION = _("Satisfaction")
CIRCLE = _("Inner circle")
ASKS = _("Asks and mails")
REFERRALS = _("Referrals and rewards")
OTHERS = _("Other segments and facts")

# Stands for an empty column: a choice is never empty itself.
UNKNOWN = "unknown"

Tell = Callable[[Contact], str]
Choices = Callable[[], Sequence[Choice]]


def no_choice() -> Sequence[Choice]:
    return ()


def rows_of(rows: QuerySet[Any], path: str = "contact") -> Exists:
    """Whether the person has any of these rows: an EXISTS, so that many rows are still one person."""
    return Exists(rows.filter(**{path: OuterRef("pk")}))


def choice_field(
    name: str,
    label: StrOrPromise,
    group: StrOrPromise,
    choices: Choices,
    has: Callable[[str], Q],
    tell: Tell = no_words,
) -> SegmentField:
    """`has(value)`: the people of that choice."""

    def where(operator: str, value: Any, _now: datetime) -> Q:
        if operator == "is_not":
            return ~has(value)
        met = Q(pk__in=[])
        for one in value if operator == "one_of" else [value]:
            met |= has(one)
        return met

    return SegmentField(name, label, "choice", group, where, phrase_of(label, "choice", choices), choices, tell)


def column_choice(
    name: str, label: StrOrPromise, group: StrOrPromise, choices: Choices, column: str, tell: Tell = no_words
) -> SegmentField:
    """The choice UNKNOWN stands for an empty column."""
    return choice_field(
        name, label, group, choices, lambda value: Q(**{column: "" if value == UNKNOWN else value}), tell
    )


def bounds(operator: str, value: Any) -> tuple[Any, Any]:
    """The least and the greatest that is meant, both included; None: no bound."""
    if operator == "between":
        return value[0], value[1]
    return (None if operator == "at_most" else value), (None if operator == "at_least" else value)


def number_field(
    name: str,
    label: StrOrPromise,
    group: StrOrPromise,
    within: Callable[[int | None, int | None], Q],
    tell: Tell = no_words,
) -> SegmentField:
    """`within(low, high)`: both included; None where there is no bound."""

    def where(operator: str, value: Any, _now: datetime) -> Q:
        return within(*bounds(operator, value))

    return SegmentField(name, label, "number", group, where, phrase_of(label, "number", no_choice), tell=tell)


def column_within(column: str, scale: int = 1) -> Callable[[int | None, int | None], Q]:
    def within(low: int | None, high: int | None) -> Q:
        met = Q(**{f"{column}__isnull": False})
        met &= Q() if low is None else Q(**{f"{column}__gte": low * scale})
        return met & (Q() if high is None else Q(**{f"{column}__lte": high * scale}))

    return within


def count_within(rows: Callable[[], QuerySet[Any]], path: str) -> Callable[[int | None, int | None], Q]:
    """How many rows there are of the person: one probe of an index for each person that is asked about."""

    def within(low: int | None, high: int | None) -> Q:
        mine = rows().filter(**{path: OuterRef("pk")}).order_by().values(path).annotate(n=Count("pk")).values("n")
        count = Coalesce(Subquery(mine, output_field=IntegerField()), Value(0))
        met = Q() if low is None else Q(GreaterThanOrEqual(count, low))
        return met & (Q() if high is None else Q(LessThanOrEqual(count, high)))

    return within


def days_field(
    name: str,
    label: StrOrPromise,
    group: StrOrPromise,
    since: Callable[[datetime | None], Q],
    tell: Tell = no_words,
) -> SegmentField:
    """`since(moment)`: the people to whom it happened at that moment or later; None: ever."""

    def where(operator: str, value: Any, now: datetime) -> Q:
        if operator == "never":
            return ~since(None)
        lately = since(now - timedelta(days=value))
        if operator == "within":
            return lately
        return ~lately if operator == "not_within" else since(None) & ~lately

    return SegmentField(name, label, "days_ago", group, where, phrase_of(label, "days_ago", no_choice), tell=tell)


def column_since(column: str) -> Callable[[datetime | None], Q]:
    is_day = type(Contact._meta.get_field(column)) is DateField

    def since(moment: datetime | None) -> Q:
        if moment is None:
            return Q(**{f"{column}__isnull": False})
        return Q(**{f"{column}__gte": moment.date() if is_day else moment})

    return since


def rows_since(rows: Callable[[], QuerySet[Any]], at: str, path: str = "contact") -> Callable[[datetime | None], Q]:
    def since(moment: datetime | None) -> Q:
        happened: QuerySet[Model] = rows()
        return Q(rows_of(happened if moment is None else happened.filter(**{f"{at}__gte": moment}), path))

    return since


def flag_field(
    name: str,
    label: StrOrPromise,
    group: StrOrPromise,
    words: tuple[StrOrPromise, StrOrPromise],
    holds: Callable[[datetime], Q],
) -> SegmentField:
    """`words`: what is said of those to whom it applies, and of the others."""

    def where(operator: str, _value: Any, now: datetime) -> Q:
        return holds(now) if operator == "yes" else ~holds(now)

    return SegmentField(name, label, "flag", group, where, flag_phrase(*words))


def text_field(name: str, label: StrOrPromise, group: StrOrPromise, column: str, tell: Tell = no_words) -> SegmentField:
    def where(operator: str, value: Any, _now: datetime) -> Q:
        return Q(**{f"{column}__{'icontains' if operator == 'contains' else 'iexact'}": value.strip()})

    return SegmentField(name, label, "text", group, where, phrase_of(label, "text", no_choice), tell=tell)
