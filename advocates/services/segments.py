"""A segment is saved as a question, asked again every few minutes, and its comings and goings are kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from advocates.errors import BadSegment, SegmentInUse
from advocates.locks import segment_lock
from advocates.models import Segment, SegmentCondition, User
from advocates.segments.evaluate import conditions_problems
from advocates.segments.registry import SEGMENT_FIELDS
from advocates.segments.uses import uses_of
from advocates.services.audit import audit
from advocates.services.segment_refresh import members_leave

MAX_CONDITIONS = 30
# What is compared with a text may name a person: the trail says that it changed, not to what.
UNTOLD = frozenset({"text", "fact"})


@dataclass(frozen=True, slots=True)
class ConditionDraft:
    field: str
    operator: str
    value: Any = None
    group: str = SegmentCondition.Group.ALL


@dataclass(frozen=True, slots=True)
class SegmentDraft:
    """A segment as somebody wants it."""

    name: str
    conditions: Sequence[ConditionDraft]
    note: str = ""


def segment_save(*, draft: SegmentDraft, actor: User | None, now: datetime, segment: Segment | None = None) -> Segment:
    """Make a segment, or let one ask something else from now on. Its people are counted again by the next refresh.

    Raises BadSegment with `reasons`. Saving what stands already is nothing.
    """
    reasons = draft_problems(draft, segment)
    if reasons:
        raise BadSegment(" ".join(reasons), reasons=reasons)
    with transaction.atomic():
        standing = segment_lock(segment.pk) if segment else None
        if standing and draft_of(standing) == draft:
            return standing
        before = _audited(draft_of(standing)) if standing else None
        saved = standing or Segment(created_by=actor)
        saved.name, saved.note, saved.refreshed_at = draft.name, draft.note, None
        saved.save()
        saved.conditions.all().delete()
        SegmentCondition.objects.bulk_create(
            SegmentCondition(segment=saved, group=one.group, field=one.field, operator=one.operator, value=one.value)
            for one in draft.conditions
        )
        audit(verb="segment.saved", row=saved, actor=actor, before=before, after=_audited(draft))
    return saved


def segment_retire(*, segment: Segment, actor: User | None, now: datetime) -> None:
    """Put a segment to rest: nobody is in it any more. Raises SegmentInUse with `reasons`."""
    with transaction.atomic():
        standing = segment_lock(segment.pk)
        reasons = [f"{use.label}: {use.row}" for use in uses_of(standing) if use.holds]
        if reasons:
            text = _("It is still used. First take it out of: %(uses)s.") % {"uses": ", ".join(reasons)}
            raise SegmentInUse(text, reasons=reasons)
        if not standing.is_active:
            return
        members_leave(standing, now=now)
        Segment.objects.filter(pk=standing.pk).update(is_active=False, members_count=0, refreshed_at=now)
        audit(verb="segment.retired", row=standing, actor=actor, before={"people": standing.members_count})


def segment_restore(*, segment: Segment, actor: User | None) -> None:
    """Take a segment into use again; the next refresh finds its people."""
    with transaction.atomic():
        if Segment.objects.filter(pk=segment.pk, is_active=False).update(is_active=True, refreshed_at=None):
            audit(verb="segment.restored", row=segment, actor=actor)


def draft_problems(draft: SegmentDraft, segment: Segment | None = None) -> list[str]:
    """What stands against saving it, as sentences; empty when it can be asked."""
    problems = []
    if not draft.name.strip() or "\0" in draft.name:
        problems.append(_("Give it a name."))
    elif Segment.objects.filter(name=draft.name).exclude(pk=segment.pk if segment else 0).exists():
        problems.append(_("There is a segment of this name already."))
    if len(draft.conditions) > MAX_CONDITIONS:
        problems.append(_("A segment asks for at most %(most)s things.") % {"most": MAX_CONDITIONS})
    seen = (segment.public_id,) if segment else ()
    return problems + conditions_problems(draft.conditions, seen=seen)


def draft_of(segment: Segment) -> SegmentDraft:
    """The segment as a draft: to compare it, and to begin a change from it."""
    rows = segment.conditions.order_by("pk")
    conditions = [ConditionDraft(row.field, row.operator, row.value, row.group) for row in rows]
    return SegmentDraft(segment.name, conditions, segment.note)


def _audited(draft: SegmentDraft) -> dict[str, Any]:
    return {"name": draft.name, "conditions": [_trace(condition) for condition in draft.conditions]}


def _trace(condition: ConditionDraft) -> dict[str, Any]:
    field = SEGMENT_FIELDS.get(condition.field)
    told = {} if field is None or field.kind in UNTOLD else {"value": condition.value}
    return {"group": condition.group, "field": condition.field, "operator": condition.operator} | told
