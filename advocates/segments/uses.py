"""Who relies on a segment. Apps above register what of theirs names one; it is not put to rest under them."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Model
from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from advocates.models import Segment
from advocates.segments.evaluate import SEGMENT, segments_named
from config.lib.registry import Registry


@dataclass(frozen=True, slots=True)
class SegmentUse:
    """`holds`: it still works with the segment; an ended campaign only tells that it once did."""

    label: StrOrPromise
    row: Model
    holds: bool = True


SEGMENT_USES: Registry[Callable[[Segment], list[SegmentUse]]] = Registry("use of segments")


def uses_of(segment: Segment) -> list[SegmentUse]:
    return [use for read in SEGMENT_USES for use in read(segment)]


def segment_uses(segment: Segment) -> list[SegmentUse]:
    """The segments in use that ask about this one."""
    asking = Segment.objects.filter(is_active=True, conditions__field=SEGMENT).distinct().order_by("name")
    found = [other for other in asking.prefetch_related("conditions") if _asks(other, segment)]
    return [SegmentUse(_("Segment"), other) for other in found]


def _asks(other: Segment, segment: Segment) -> bool:
    return segment.public_id in segments_named(other.conditions.all())
