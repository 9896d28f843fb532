"""Moments come once by (source, event_id). A complaint stays open until a person settles it, or the system that told
of it says that the problem was solved, in whichever order the two arrive.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from advocates.errors import BadTime, EventIdReused, UnknownContact, UnknownMomentKind
from advocates.facts import text_check
from advocates.locks import contacts_lock
from advocates.models import Contact, ImportRun, Moment, User
from advocates.selectors import open_complaints
from advocates.services.audit import audit
from config.lib.ids import new_public_id
from config.lib.insert_once import insert_once
from config.lib.states import NotAllowed

Kind = Moment.Kind
CONSOLE = "console"
NOTE_LENGTH = 500
OLDEST = timedelta(days=90)
AHEAD = timedelta(minutes=5)


def moment_record(
    *,
    contact: Contact,
    kind: str,
    source: str,
    event_id: str,
    occurred_at: datetime,
    now: datetime,
    note: str = "",
    metadata: Mapping[str, Any] | None = None,
    actor: User | None = None,
    import_run: ImportRun | None = None,
) -> tuple[Moment, bool]:
    """Keep one moment, once by (source, event_id): (row, is it new?).

    *Issue resolved* settles the older complaints of the same source. Raises UnknownMomentKind, BadTime, BadFact (the
    note), UnknownContact (erased) and EventIdReused.
    """
    kind_check(kind)
    if contact.erased_at:
        raise UnknownContact
    if occurred_at > now + AHEAD:
        raise BadTime(_("A moment cannot lie in the future."), field="occurred_at")
    words = text_check(note, field="note", max_length=NOTE_LENGTH)
    with transaction.atomic():
        contacts_lock(ids=[contact.pk])
        moment, is_new = insert_once(
            Moment,
            unique=["source", "event_id"],
            contact=contact,
            kind=kind,
            source=source,
            event_id=event_id,
            note=words,
            metadata=dict(metadata or {}),
            occurred_at=occurred_at,
            recorded_by=actor,
            import_run=import_run,
        )
        if is_new:
            _settle_by_source(moment, now)
        elif not _is_same(moment, contact, kind):
            raise EventIdReused(_("This id was used before, for another moment."))
    return moment, is_new


def recent_check(occurred_at: datetime, *, now: datetime) -> None:
    """What other systems send is recent; files may go further back. Raises BadTime."""
    if occurred_at < now - OLDEST:
        raise BadTime(_("A moment lies at most 90 days back. Import older ones from a file."), field="occurred_at")


def kind_check(kind: str) -> None:
    """Raises UnknownMomentKind."""
    if kind not in Kind.values:
        known = ", ".join(Kind.values)
        raise UnknownMomentKind(_("This kind of moment is not known. There are: %(known)s") % {"known": known})


def complaint_open(*, contact: Contact, note: str, actor: User, now: datetime) -> Moment:
    """Staff heard a complaint: until it is settled, the person is asked for nothing."""
    with transaction.atomic():
        moment, _is_new = moment_record(
            contact=contact,
            kind=Kind.COMPLAINT,
            source=CONSOLE,
            event_id=new_public_id("mom"),
            occurred_at=now,
            note=note,
            actor=actor,
            now=now,
        )
        audit(verb="complaint.opened", row=moment, actor=actor)
    return moment


def complaint_settle(*, contact: Contact, actor: User, now: datetime, note: str = "") -> int:
    """Every open complaint of that person is settled; how many. Raises NotAllowed where there is none."""
    return _settled(list(open_complaints().filter(contact=contact)), actor, note, now)


def moment_settle(*, moment: Moment, actor: User, now: datetime, note: str = "") -> int:
    """This one complaint. Raises NotAllowed where it is none, or settled already."""
    return _settled(list(open_complaints().filter(pk=moment.pk)), actor, note, now)


def _settled(complaints: list[Moment], actor: User, note: str, now: datetime) -> int:
    with transaction.atomic():
        settled = [moment for moment in complaints if open_complaints().filter(pk=moment.pk).update(resolved_at=now)]
        for moment in settled:
            audit(verb="complaint.settled", row=moment, actor=actor, reason=note)
    if not settled:
        raise NotAllowed(_("No complaint is open here."))
    return len(settled)


def _settle_by_source(moment: Moment, now: datetime) -> None:
    """The source's own word, whichever of the two came in first. Under the contact's lock."""
    theirs = Moment.objects.filter(contact=moment.contact, source=moment.source)
    if moment.source == CONSOLE:  # people settle what people noted
        return
    if moment.kind == Kind.ISSUE_RESOLVED:
        older = open_complaints().filter(pk__in=theirs.values("pk"), occurred_at__lte=moment.occurred_at)
        for complaint in older:
            _close(complaint, now)
    solved_since = theirs.filter(kind=Kind.ISSUE_RESOLVED, occurred_at__gte=moment.occurred_at)
    if moment.kind == Kind.COMPLAINT and solved_since.exists():
        _close(moment, now)


def _close(complaint: Moment, now: datetime) -> None:
    if open_complaints().filter(pk=complaint.pk).update(resolved_at=now):
        audit(verb="complaint.settled", row=complaint, by=complaint.source)
        complaint.resolved_at = now


def _is_same(moment: Moment, contact: Contact, kind: str) -> bool:
    owner = moment.contact
    return moment.kind == kind and contact.pk in (owner.pk, owner.merged_into_id)
