"""A segment as a sentence, from its own conditions, in the reader's language."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _, gettext_lazy
from django_stubs_ext import StrPromise

from advocates.models import Segment, SegmentCondition
from advocates.segments.evaluate import Asked, condition_problem, conditions_of
from advocates.segments.registry import SEGMENT_FIELDS

Group = SegmentCondition.Group

# Each stands on its own, so that nothing has to agree with what came before.
PARTS: Mapping[str, tuple[StrPromise, StrPromise]] = {
    Group.ALL: (
        gettext_lazy("Everybody with this – %(list)s."),
        gettext_lazy("Everybody with all of this – %(list)s."),
    ),
    Group.ANY: (gettext_lazy("Also with this – %(list)s."), gettext_lazy("With at least one of these – %(list)s.")),
    Group.NOT: (gettext_lazy("Without this – %(list)s."), gettext_lazy("With none of these – %(list)s.")),
}


def segment_sentence(segment: Segment) -> str:
    return conditions_sentence(conditions_of(segment))


def conditions_sentence(conditions: Iterable[Asked]) -> str:
    phrases: dict[str, list[str]] = {group: [] for group in PARTS}
    for condition in conditions:
        phrases[condition.group].append(condition_phrase(condition))
    if not any(phrases.values()):
        return _("Nothing is asked for yet.")
    said = [_part(group, listed) for group, listed in phrases.items() if listed]
    return " ".join(said if phrases[Group.ALL] else [_("Everybody."), *said])


def condition_phrase(condition: Asked) -> str:
    """One line in words; of one that cannot be asked, what is wrong."""
    problem = condition_problem(condition)
    if problem:
        return _("(cannot be asked) %(problem)s") % {"problem": problem.rstrip(".")}
    return SEGMENT_FIELDS[condition.field].phrase(condition.operator, condition.value)


def _part(group: str, phrases: list[str]) -> str:
    single, several = PARTS[group]
    return str(single if len(phrases) == 1 else several) % {"list": "; ".join(phrases)}
