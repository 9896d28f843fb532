"""The course of an import: handed in, told what its columns hold, queued, run in rounds, closed.

A round holds the run by a lease, and each of its chunks is counted only under that lease: a worker that was taken for
dead and comes back finds another's lease and writes nothing.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from advocates.models import ImportMapping, ImportRun, User
from advocates.services.audit import audit
from config.lib.states import Stale, move

COUNTS = ("rows_read", "created_count", "updated_count", "merged_count", "unchanged_count", "refused_count")
LEASE = timedelta(minutes=3)
# Of a worker that is told to end: what it held goes on in the next round.
ENDED_FROM_OUTSIDE = ("SystemExit", "KeyboardInterrupt", "WorkerShutdown", "WorkerTerminate")
Status = ImportRun.Status


def import_begin(*, kind: str, source: str, file_name: str, **facts: Any) -> ImportRun:
    """A run that its caller reads right away."""
    return ImportRun.objects.create(kind=kind, source=source, file_name=file_name[:200], **facts)


def import_draft(*, kind: str, source: str, file_name: str, path: str, format: str, actor: User) -> ImportRun:  # noqa: A002
    """A file that was handed in and stored as `path`; nothing of it is read before it is queued."""
    return ImportRun.objects.create(
        kind=kind,
        source=source,
        file_name=file_name[:200],
        path=path,
        format=format,
        status=Status.DRAFT,
        created_by=actor,
    )


def import_choose(*, run: ImportRun, **chosen: Any) -> None:
    """How a file that is not begun is to be read: mapping, currency, encoding, sheet. Raises Stale."""
    changed = ImportRun.objects.filter(pk=run.pk, status=Status.DRAFT).update(**chosen)
    if not changed:
        raise _stale()
    for name, value in chosen.items():
        setattr(run, name, value)


@transaction.atomic
def import_queue(*, run: ImportRun, actor: User, remember: Mapping[str, str]) -> None:
    """Let it run. `remember`: plain name of each column → its field, for the next file of this source."""
    move(run, to=Status.QUEUED, table=ImportRun.MOVES)
    mapping_remember(source=run.source, kind=run.kind, mapping=remember)
    audit(verb="import.queued", row=run, actor=actor, after={"kind": run.kind, "source": run.source})


@transaction.atomic
def import_pause(*, run: ImportRun, actor: User) -> None:
    """The chunk in hand is finished; then it waits."""
    move(run, to=Status.PAUSED, table=ImportRun.MOVES)
    audit(verb="import.paused", row=run, actor=actor)


@transaction.atomic
def import_resume(*, run: ImportRun, actor: User) -> None:
    """Go on after the last row that was read, also where an error stopped it."""
    move(run, to=Status.QUEUED, table=ImportRun.MOVES, error="", finished_at=None)
    audit(verb="import.resumed", row=run, actor=actor)


@transaction.atomic
def import_cancel(*, run: ImportRun, actor: User, now: datetime) -> None:
    """No more rows; those that are written stay until the import is taken back."""
    move(run, to=Status.CANCELLED, table=ImportRun.MOVES, finished_at=now)
    audit(verb="import.cancelled", row=run, actor=actor, after={"rows_read": run.rows_read})


def import_take(*, now: datetime) -> ImportRun | None:
    """The oldest run that waits, or whose worker is gone, with a lease on it."""
    is_free = Q(lease_until=None) | Q(lease_until__lt=now)
    waiting = Q(status=Status.QUEUED) | Q(status=Status.RUNNING, path__gt="")
    for run in ImportRun.objects.filter(waiting, is_free).order_by("started_at", "pk")[:5]:
        own = ImportRun.objects.filter(pk=run.pk, status=run.status, lease_until=run.lease_until)
        if own.update(status=Status.RUNNING, lease_until=now + LEASE):
            run.status, run.lease_until = Status.RUNNING, now + LEASE
            return run
    return None


def import_hold(*, run: ImportRun, now: datetime, worked: timedelta) -> bool:
    """Hold the run for longer; false where somebody paused or cancelled it, or took it over."""
    facts: dict[str, Any] = {"lease_until": now + LEASE, "worked_for": run.worked_for + worked}
    if not _own(run).filter(status=Status.RUNNING).update(**facts):
        return False
    run.lease_until, run.worked_for = facts["lease_until"], facts["worked_for"]
    return True


def import_release(*, run: ImportRun) -> None:
    """Let others go on with it."""
    if _own(run).update(lease_until=None):
        run.lease_until = None


def import_progress(
    *, run: ImportRun, read: int, created: int, updated: int, merged: int, unchanged: int, refused: int
) -> None:
    """Count a chunk in, in the transaction that writes it. A run that is only tried out is counted, not saved.

    Raises Stale, and the chunk is not written, where another worker has taken the run over.
    """
    run.rows_read += read
    run.created_count += created
    run.updated_count += updated
    run.merged_count += merged
    run.unchanged_count += unchanged
    run.refused_count += refused
    if run.pk and not _own(run).update(**{name: getattr(run, name) for name in COUNTS}):
        raise _stale()


def import_finish(*, run: ImportRun, now: datetime, error: str = "") -> None:
    """Close the run: done, or stopped by that error. One that was paused, cancelled or taken over stays so."""
    if not run.pk:
        return
    if run.path and error in ENDED_FROM_OUTSIDE:
        import_release(run=run)
        return
    facts: dict[str, Any] = {"status": Status.FAILED if error else Status.DONE, "finished_at": now, "error": error}
    if not error:
        facts["rows_total"] = run.rows_read
    if _own(run).filter(status=Status.RUNNING).update(lease_until=None, **facts):
        for name, value in ({"lease_until": None} | facts).items():
            setattr(run, name, value)


def mapping_remember(*, source: str, kind: str, mapping: Mapping[str, str]) -> None:
    """Beside what was said about other columns of that source."""
    known = mapping_of(source=source, kind=kind)
    if mapping and known | dict(mapping) != known:
        ImportMapping.objects.update_or_create(source=source, kind=kind, defaults={"mapping": known | dict(mapping)})


def mapping_of(*, source: str, kind: str) -> dict[str, str]:
    """Plain name of a column → field, as it was said last about a file of that source."""
    found = ImportMapping.objects.filter(source=source, kind=kind).values_list("mapping", flat=True).first()
    return dict(found or {})


def _own(run: ImportRun) -> Any:
    return ImportRun.objects.filter(pk=run.pk, lease_until=run.lease_until)


def _stale() -> Stale:
    return Stale(_("Somebody changed this import a moment ago. Look at it again before you go on."))
