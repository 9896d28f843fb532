"""Two contacts turn out to be one person. One stays, the other becomes a stub that answers under its old id.

Every table says itself what of it moves (advocates/people.py). What a unique key holds back stays with the stub and
goes on to work: a second referral code, a second place in one payout run.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from advocates.errors import NoMerge, NoUndo
from advocates.locks import contacts_held
from advocates.models import Contact, ContactMerge, ContactPair, User
from advocates.people import Move, family, tables
from advocates.services.audit import audit
from advocates.services.late_rows import STAYED, rows_stayed
from advocates.services.merged_figures import figures_add, figures_take, scores_forget
from advocates.standing import standing

UNDO_FOR = timedelta(days=30)


def contacts_merge(*, kept: Contact, gone: Contact, actor: User | None, reason: str, now: datetime) -> ContactMerge:
    """`gone` becomes a part of `kept`; either may be named by a contact that was merged before.

    Raises NoMerge: they are one already, one was forgotten, one is test data, or money is on its way to one of them.
    """
    with transaction.atomic():
        kept, gone = _held(_now(kept), _now(gone))
        _check(kept, gone)
        merge = ContactMerge.objects.create(
            kept=kept,
            gone=gone,
            reason=reason[:500],
            merged_by=actor,
            merged_at=now,
            undo_until=now + UNDO_FOR,
        )
        move = Move(kept, gone, now)
        merge.moved = {entry.name: moved for entry in tables() if (moved := entry.merge(move))}
        merge.before = figures_add(kept, gone) | {STAYED: rows_stayed(gone)}
        scores_forget(kept, gone)
        merge.save(update_fields=["moved", "before"])
        Contact.objects.filter(pk=gone.pk).update(merged_into=kept)
        _pairs_settle(kept, actor=actor, now=now)
        audit(
            verb="contacts_merge",
            row=kept,
            actor=actor,
            after={"gone": gone.public_id, "merge": merge.public_id, "rows": _counts(merge.moved)},
            reason=reason,
        )
    return merge


def merge_undo(*, merge: ContactMerge, actor: User | None, now: datetime) -> ContactMerge:
    """Two people after all: what was moved goes back, unless it went elsewhere since; what came since stays.

    `before["left"]` of the answer names the money that could not go back. Raises NoUndo.
    """
    with transaction.atomic():
        kept, gone = _held(merge.kept, merge.gone)
        merge = ContactMerge.objects.select_related("kept", "gone").get(pk=merge.pk)
        _check_undo(merge, kept, gone, now)
        Contact.objects.filter(pk=gone.pk).update(merged_into=None)
        move = Move(kept, gone, now)
        for entry in tables():
            if entry.name in merge.moved:
                entry.unmerge(move, merge.moved[entry.name])
        figures_take(kept, merge)
        scores_forget(kept, gone)
        merge = ContactMerge.objects.get(pk=merge.pk)
        merge.undone_at, merge.undone_by = now, actor
        merge.save(update_fields=["undone_at", "undone_by"])
        _pairs_reopen(kept, gone)
        audit(
            verb="contacts_merge_undone",
            row=kept,
            actor=actor,
            before={"gone": gone.public_id, "merge": merge.public_id},
            after={"left": merge.before.get("left", [])},
        )
    return merge


def merge_to_undo(contact: Contact, now: datetime) -> ContactMerge | None:
    """The latest merge of this person (as either side) that can still be undone."""
    merges = ContactMerge.objects.filter(undone_at=None, undo_until__gte=now).select_related("kept", "gone")
    if contact.merged_into_id:
        return merges.filter(gone=contact, kept=contact.merged_into_id).first()
    return merges.filter(kept=contact).order_by("-pk").first()


def _now(contact: Contact) -> Contact:
    return standing(Contact.objects.get(pk=contact.pk))


def _held(kept: Contact, gone: Contact) -> tuple[Contact, Contact]:
    """Both as they stand now, locked in the order of their ids; the answer is in the order asked for."""
    held = {contact.pk: contact for contact in contacts_held(ids=[kept.pk, gone.pk])}
    return held[kept.pk], held[gone.pk]


def _check(kept: Contact, gone: Contact) -> None:
    if kept.pk == gone.pk:
        raise NoMerge(_("These are one person already."))
    if kept.merged_into_id or gone.merged_into_id:
        raise NoMerge(_("One of the two was merged a moment ago. Look at them again."))
    if kept.erased_at or gone.erased_at:
        raise NoMerge(_("One of the two asked to be forgotten. Nothing is left that could be merged."))
    if kept.is_test != gone.is_test:
        raise NoMerge(_("One of the two is test data. A real person is never merged with that."))


def _check_undo(merge: ContactMerge, kept: Contact, gone: Contact, now: datetime) -> None:
    if merge.undone_at:
        raise NoUndo(_("This merge was undone already."))
    if now > merge.undo_until:
        day = date_format(localtime(merge.undo_until))
        raise NoUndo(_("This merge could be undone until %(day)s.") % {"day": day})
    if kept.erased_at or gone.erased_at:
        raise NoUndo(_("This person asked to be forgotten: there is nothing to go back to."))
    if kept.merged_into_id or gone.merged_into_id != kept.pk:
        raise NoUndo(_("This person was merged again since. Undo the later merge first."))


def _pairs_settle(kept: Contact, *, actor: User | None, now: datetime) -> None:
    """Every suggestion about two who are one person now is decided by that."""
    ids = [contact.pk for contact in family(kept)]
    pairs = ContactPair.objects.filter(left__in=ids, right__in=ids)
    pairs.exclude(status=ContactPair.Status.MERGED).update(
        status=ContactPair.Status.MERGED, decided_by=actor, decided_at=now
    )


def _pairs_reopen(kept: Contact, gone: Contact) -> None:
    ones, others = ([contact.pk for contact in family(person)] for person in (kept, gone))
    pairs = ContactPair.objects.filter(status=ContactPair.Status.MERGED)
    for left, right in ((ones, others), (others, ones)):
        pairs.filter(left__in=left, right__in=right).update(
            status=ContactPair.Status.OPEN, decided_by=None, decided_at=None
        )


def _counts(moved: dict[str, Iterable[Any]]) -> dict[str, int]:
    return {name: len(list(ids)) for name, ids in moved.items()}
