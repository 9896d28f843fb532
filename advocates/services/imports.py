from datetime import datetime

from advocates.models import ImportRun
from config.lib.states import move

COUNTS = ("rows_read", "created_count", "updated_count", "merged_count", "unchanged_count", "refused_count")


def import_begin(*, kind: str, source: str, file_name: str) -> ImportRun:
    return ImportRun.objects.create(kind=kind, source=source, file_name=file_name[:200])


def import_progress(
    *, run: ImportRun, read: int, created: int, updated: int, merged: int, unchanged: int, refused: int
) -> None:
    """Count a chunk in, in the transaction that writes it. A run that is only tried out is counted, not saved."""
    run.rows_read += read
    run.created_count += created
    run.updated_count += updated
    run.merged_count += merged
    run.unchanged_count += unchanged
    run.refused_count += refused
    if run.pk:
        run.save(update_fields=COUNTS)


def import_finish(*, run: ImportRun, now: datetime, error: str = "") -> None:
    """Close the run: done, or stopped by that error."""
    if run.pk:
        to = ImportRun.Status.FAILED if error else ImportRun.Status.DONE
        move(run, to=to, table=ImportRun.MOVES, finished_at=now, error=error)
