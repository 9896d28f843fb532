"""What the page of a segment shows below its sentence: the chart of comings and goings, the latest of each."""

from typing import Any

from advocates.admin.base import page_url
from advocates.models import Segment, SegmentEvent
from advocates.segments.figures import Week
from advocates.selectors import display_name

SHOWN = 25
MOVES_SHOWN = 8
# In pixels: a bar up for who came, one down for who went.
BAR, GAP, HALF = 28, 12, 48


def chart(weeks: list[Week]) -> dict[str, Any]:
    """Bars in pixels; empty where nobody came or went."""
    most = max(max(week.joined, week.left) for week in weeks)
    if not most:
        return {}
    bars = [
        {
            "x": place * (BAR + GAP),
            "up": _height(week.joined, most),
            "up_y": HALF - _height(week.joined, most),
            "down": _height(week.left, most),
            "week": week,
        }
        for place, week in enumerate(weeks)
    ]
    return {"bars": bars, "width": len(weeks) * (BAR + GAP) - GAP, "bar": BAR, "half": HALF, "height": 2 * HALF + 1}


def _height(count: int, most: int) -> int:
    """At least a pixel or two for anybody at all."""
    return max(count * HALF // most, 3) if count else 0


def members_of(segment: Segment) -> list[dict[str, Any]]:
    members = segment.members.select_related("contact__details").prefetch_related("contact__keys")
    return [
        {"name": display_name(row.contact), "url": page_url(row.contact), "since": row.joined_at}
        for row in members.order_by("-joined_at")[:SHOWN]
    ]


def moves_of(segment: Segment) -> list[dict[str, Any]]:
    events = segment.events.select_related("contact__details").prefetch_related("contact__keys")
    return [
        {
            "name": display_name(event.contact),
            "url": page_url(event.contact),
            "label": event.get_kind_display(),
            "tone": "success" if event.kind == SegmentEvent.Kind.JOINED else "neutral",
            "at": event.occurred_at,
        }
        for event in events.order_by("-occurred_at")[:MOVES_SHOWN]
    ]
