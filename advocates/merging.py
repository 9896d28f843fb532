"""What becomes of this app's rows when two contacts turn out to be one person, and when they are told apart again."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db.models import F, Max

from advocates.models import (
    CircleChoice,
    CircleSuggestion,
    Consent,
    ContactDetails,
    ContactKey,
    Moment,
    NpsAnswer,
    Purchase,
    SegmentEvent,
    SegmentMember,
    User,
)
from advocates.people import Move, rows_moved, rows_moved_back

SHOWN = ("name", "public_name", "company", "match_name")

contactkey_merge = partial(rows_moved, ContactKey, "contact")
contactkey_unmerge = partial(rows_moved_back, ContactKey, "contact")
purchase_merge = partial(rows_moved, Purchase, "contact")
purchase_unmerge = partial(rows_moved_back, Purchase, "contact")
moment_merge = partial(rows_moved, Moment, "contact")
moment_unmerge = partial(rows_moved_back, Moment, "contact")
npsanswer_merge = partial(rows_moved, NpsAnswer, "contact")
npsanswer_unmerge = partial(rows_moved_back, NpsAnswer, "contact")
segmentevent_merge = partial(rows_moved, SegmentEvent, "contact")
segmentevent_unmerge = partial(rows_moved_back, SegmentEvent, "contact")
user_merge = partial(rows_moved, User, "contact")
user_unmerge = partial(rows_moved_back, User, "contact")
circlechoice_unmerge = partial(rows_moved_back, CircleChoice, "contact")
segmentmember_unmerge = partial(rows_moved_back, SegmentMember, "contact")


def contactdetails_merge(move: Move) -> list[Any]:
    """The stub keeps its own; gaps of the one who stays are filled from there. The names of the filled columns."""
    given = ContactDetails.objects.filter(contact=move.gone).first()
    if given is None:
        return []
    own, _created = ContactDetails.objects.get_or_create(contact=move.kept)
    filled = [name for name in SHOWN if getattr(given, name) and not getattr(own, name)]
    ContactDetails.objects.filter(contact=move.kept).update(**{name: getattr(given, name) for name in filled})
    return filled


def contactdetails_unmerge(move: Move, names: Sequence[Any]) -> None:
    """Empty what was filled, unless it says something else by now."""
    given = ContactDetails.objects.filter(contact=move.gone).first()
    for name in names if given else ():
        ContactDetails.objects.filter(contact=move.kept, **{name: getattr(given, name)}).update(**{name: ""})


def consent_merge(move: Move) -> list[Any]:
    """The later word of the person counts: a *no* to one of the two ends what the other had said before it."""
    changed: list[Any] = [[pk, ""] for pk in rows_moved(Consent, "contact", move)]
    refusals = Consent.objects.filter(contact=move.kept, withdrawn_at__isnull=False)
    for channel, last in refusals.values_list("channel").annotate(Max("withdrawn_at")).order_by("channel"):
        older = Consent.objects.filter(contact=move.kept, channel=channel, withdrawn_at=None, given_at__lt=last)
        changed += [[pk, last.isoformat()] for pk in older.order_by("pk").values_list("pk", flat=True)]
        older.update(withdrawn_at=last)
    return changed


def consent_unmerge(move: Move, changed: Sequence[Any]) -> None:
    """What only the merge ended stands again."""
    for pk, last in changed:
        if last:
            Consent.objects.filter(pk=pk, withdrawn_at=last).update(withdrawn_at=None)
    rows_moved_back(Consent, "contact", move, [pk for pk, last in changed if not last])


def circlechoice_merge(move: Move) -> list[Any]:
    """What was decided about the one who stays, stands."""
    if CircleChoice.objects.filter(contact=move.kept).exists():
        return []
    return rows_moved(CircleChoice, "contact", move)


def circlesuggestion_merge(move: Move) -> list[Any]:
    """Decided ones go along. An open one does where the other has none and nobody has decided; else it is put aside."""
    moved = rows_moved(CircleSuggestion, "contact", move, among={"decided_at__isnull": False})
    waiting = CircleSuggestion.objects.filter(live_key=move.gone.public_id)
    moved += waiting.values_list("pk", flat=True)
    has_own = CircleSuggestion.objects.filter(live_key=move.kept.public_id).exists()
    if has_own or CircleChoice.objects.filter(contact=move.kept).exists():
        waiting.update(live_key=F("public_id"))
    else:
        waiting.update(contact=move.kept, live_key=move.kept.public_id)
    return moved


def circlesuggestion_unmerge(move: Move, ids: Sequence[Any]) -> None:
    """What was put aside, and what is still open, is put forward for the other one again."""
    put_aside = CircleSuggestion.objects.filter(pk__in=ids, contact=move.gone, decision="")
    for pk in put_aside.values_list("pk", flat=True):
        CircleSuggestion.objects.filter(pk=pk).update(live_key=move.gone.public_id)
    rows_moved_back(CircleSuggestion, "contact", move, ids)
    waiting = CircleSuggestion.objects.filter(pk__in=ids, contact=move.gone, live_key=move.kept.public_id)
    waiting.update(live_key=move.gone.public_id)


def segmentmember_merge(move: Move) -> list[Any]:
    """Where both are members one is enough; the next count of the segment drops the stub."""
    both = SegmentMember.objects.filter(contact=move.kept).values("segment")
    rows = SegmentMember.objects.filter(contact=move.gone).exclude(segment__in=both)
    return rows_moved(SegmentMember, "contact", move, among={"pk__in": list(rows.values_list("pk", flat=True))})
