"""How many came and went, by week, for a small chart and the list."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count
from django.db.models.functions import TruncWeek

from advocates.models import Segment, SegmentEvent

WEEKS = 12
Kind = SegmentEvent.Kind


@dataclass(frozen=True, slots=True)
class Week:
    """The week that begins on that Monday."""

    begins: date
    joined: int
    left: int


def weeks_of(segment: Segment, now: datetime) -> list[Week]:
    """The last twelve weeks with this one, the oldest first, also where nothing happened."""
    monday = now - timedelta(days=now.weekday())
    begins = [(monday - timedelta(weeks=back)).date() for back in range(WEEKS - 1, -1, -1)]
    events = SegmentEvent.objects.filter(segment=segment, occurred_at__date__gte=begins[0])
    counted = events.annotate(week=TruncWeek("occurred_at")).values_list("week", "kind").annotate(n=Count("pk"))
    by_week = {(week.date(), kind): n for week, kind, n in counted}
    return [Week(day, by_week.get((day, Kind.JOINED), 0), by_week.get((day, Kind.LEFT), 0)) for day in begins]


def lately(segments: Iterable[Segment], now: datetime, *, days: int = 7) -> dict[int, tuple[int, int]]:
    """Segment id → (joined, left) in the last days, in one query."""
    ids = [segment.pk for segment in segments]
    events = SegmentEvent.objects.filter(segment__in=ids, occurred_at__gte=now - timedelta(days=days))
    found: dict[int, tuple[int, int]] = {}
    for segment, kind, n in events.values_list("segment", "kind").annotate(n=Count("pk")):
        joined, left = found.get(segment, (0, 0))
        found[segment] = (n, left) if kind == Kind.JOINED else (joined, n)
    return found
