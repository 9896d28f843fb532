"""Three segments that a coffee roaster would have; whatever stands is left alone."""

from datetime import datetime, timedelta

from advocates.models import Segment, SegmentCondition
from advocates.services.segment_refresh import segment_refresh
from advocates.services.segments import ConditionDraft, SegmentDraft, segment_save
from config.demo.surroundings import staff_member

Group = SegmentCondition.Group

SEGMENTS = (
    SegmentDraft(
        "Promoters to ask",
        [
            ConditionDraft("nps", "is", "promoter"),
            ConditionDraft("purchases", "at_least", 2),
            ConditionDraft("may_be_mailed", "yes"),
            ConditionDraft("last_asked", "within", 180, Group.NOT),
            ConditionDraft("open_complaint", "yes", None, Group.NOT),
        ],
        "Whom to ask for a recommendation next.",
    ),
    SegmentDraft(
        "Regulars on the Continent",
        [
            ConditionDraft("purchases", "at_least", 3),
            ConditionDraft("country", "one_of", ["DE", "AT", "CH", "NO", "FR", "ES", "IT", "NL"], Group.ANY),
            ConditionDraft("language", "is", "de", Group.ANY),
        ],
        "For the German and Norwegian editions of our mails.",
    ),
    SegmentDraft(
        "Gone quiet",
        [
            ConditionDraft("purchases", "at_least", 1),
            ConditionDraft("last_purchase", "longer_ago", 180),
            ConditionDraft("nps", "is", "detractor", Group.NOT),
        ],
        "Bought once and not for half a year.",
    ),
)


def make_segments(*, now: datetime) -> None:
    for draft in SEGMENTS:
        if not Segment.objects.filter(name=draft.name).exists():
            segment = segment_save(draft=draft, actor=staff_member("marketing"), now=now)
            # Asked some weeks ago as well, so that somebody has come and gone since.
            for days in (40, 12, 0):
                segment_refresh(segment=segment, now=now - timedelta(days=days))
