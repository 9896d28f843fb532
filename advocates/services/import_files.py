"""Files that were handed in lie under settings.IMPORT_ROOT, under names that nobody guesses, for a month."""

import csv
import os
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from advocates.errors import ImportRefused
from advocates.models import ImportRun

KEPT = timedelta(days=30)
# A command that was killed leaves a run that nobody goes on with.
COMMAND_AT_MOST = timedelta(days=1)
REFUSED = ".refused.csv"
ENDED = (ImportRun.Status.DONE, ImportRun.Status.FAILED, ImportRun.Status.CANCELLED, ImportRun.Status.UNDONE)
MEGABYTE = 1 << 20


def file_store(blocks: Iterable[bytes]) -> str:
    """Keep an uploaded file, readable by us alone; its name there. Raises ImportRefused for one that is too large."""
    root = Path(settings.IMPORT_ROOT)
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = secrets.token_hex(16)
    left = settings.IMPORT_MAX_BYTES
    opened = os.open(root / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "wb") as stream:
        for block in blocks:
            left -= len(block)
            if left < 0:
                break
            stream.write(block)
    if left < 0:
        (root / name).unlink()
        raise too_large()
    return name


def too_large() -> ImportRefused:
    return ImportRefused(
        _("This file is larger than %(limit)s MB. Hand it in compressed (.gz), or in parts.")
        % {"limit": settings.IMPORT_MAX_BYTES // MEGABYTE}
    )


def file_of(run: ImportRun) -> Path:
    """Raises ImportRefused where the file is no longer kept."""
    path = Path(settings.IMPORT_ROOT) / run.path
    if not run.path or not path.is_file():
        raise ImportRefused(_("The file is no longer kept here. Hand it in again."))
    return path


def refused_file_of(run: ImportRun) -> Path | None:
    path = Path(settings.IMPORT_ROOT) / run.refused_path
    return path if run.refused_path and path.is_file() and path.stat().st_size else None


def refused_file_begin(run: ImportRun) -> Path:
    """Where the refused rows of a run go. What a chunk left there that was never committed is cut off."""
    name = f"{run.path}{REFUSED}"
    if run.refused_path != name:
        ImportRun.objects.filter(pk=run.pk).update(refused_path=name)
        run.refused_path = name
    path = Path(settings.IMPORT_ROOT) / name
    if path.is_file():
        _cut(path, rows=run.refused_count)
    else:
        # Here already, so that nobody else can read what is written into it.
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    return path


def _cut(path: Path, *, rows: int) -> None:
    kept = path.with_suffix(".kept")
    with path.open(encoding="utf-8-sig", newline="") as old, kept.open("w", encoding="utf-8-sig", newline="") as new:
        kept.chmod(0o600)
        writer = csv.writer(new)
        for number, cells in enumerate(csv.reader(old)):
            if number > rows:
                break
            writer.writerow(cells)
    kept.replace(path)


def import_files_purge(*, now: datetime) -> dict[str, int]:
    """Files of imports that ended, or were never begun, a month ago; the run with its counts stays."""
    old = Q(finished_at__lt=now - KEPT, status__in=ENDED)
    forgotten = Q(started_at__lt=now - KEPT, status=ImportRun.Status.DRAFT)
    runs = ImportRun.objects.filter(old | forgotten).exclude(path="", refused_path="")
    deleted = 0
    for run in runs:
        for name in filter(None, (run.path, run.refused_path)):
            (Path(settings.IMPORT_ROOT) / name).unlink(missing_ok=True)
            deleted += 1
        ImportRun.objects.filter(pk=run.pk).update(path="", refused_path="")
    ImportRun.objects.filter(status=ImportRun.Status.DRAFT, path="", started_at__lt=now - KEPT).update(
        status=ImportRun.Status.CANCELLED, finished_at=now
    )
    gone = ImportRun.objects.filter(status=ImportRun.Status.RUNNING, path="", started_at__lt=now - COMMAND_AT_MOST)
    stopped = gone.update(status=ImportRun.Status.FAILED, finished_at=now, error=str(_("It was stopped from outside.")))
    return {"deleted": deleted, "stopped": stopped}
