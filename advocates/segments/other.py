"""Whether somebody is in another segment, asked of that one's own conditions, never of its last count."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy

from advocates.models import Segment
from advocates.segments.build import OTHERS
from advocates.segments.evaluate import SEGMENT, conditions_of, conditions_where
from advocates.segments.registry import Choice, SegmentField
from advocates.segments.wording import phrase_of


def segments() -> Sequence[Choice]:
    return list(Segment.objects.filter(is_active=True).order_by("name").values_list("public_id", "name"))


def is_in(operator: str, value: Any, now: datetime) -> Q:
    """Of a segment without problems: these were looked for before, on the way in."""
    named = value if operator == "one_of" else [value]
    met = Q(pk__in=[])
    for segment in Segment.objects.filter(public_id__in=named).prefetch_related("conditions"):
        met |= conditions_where(conditions_of(segment), now)
    return ~met if operator == "is_not" else met


SEGMENT_LABEL = gettext_lazy("Other segment")
SEGMENT_FIELD = SegmentField(
    SEGMENT, SEGMENT_LABEL, "choice", OTHERS, is_in, phrase_of(SEGMENT_LABEL, "choice", segments), segments
)
