"""Files that were handed in hold people. A file with somebody in it who asked to be forgotten is deleted whole."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from advocates.errors import ErasureRefused, ImportRefused
from advocates.imports.files import open_table
from advocates.models import Contact, ImportRun
from advocates.services.audit import audit
from advocates.words import Words
from config.lib.states import Stale, move

Status = ImportRun.Status
UNDER_WAY = (Status.QUEUED, Status.RUNNING)
UNREAD = (Status.DRAFT, Status.PAUSED)
# Rows that are looked at together.
BLOCK = 500


def import_files_forget(words: Words, contacts: Sequence[Contact], now: datetime) -> int:
    """Delete every stored file that these people stand in; how many. Raises ErasureRefused while one is being read."""
    named = {path for path in _stored() if _names(path, words)}
    runs = [run for run in ImportRun.objects.exclude(path="", refused_path="") if _is_about(run, named, contacts)]
    if any(run.status in UNDER_WAY for run in runs):
        raise ErasureRefused(
            _("An import whose file names this person is being read. Wait until it is done, or cancel it."),
            reason="import_under_way",
        )
    for run in runs:
        named |= set(_files(run))
        _note(run, words, now)
    for path in named:
        path.unlink(missing_ok=True)
    return len(named)


def _stored() -> Iterator[Path]:
    root = Path(settings.IMPORT_ROOT)
    return (path for path in root.rglob("*") if path.is_file()) if root.exists() else iter(())


def _files(run: ImportRun) -> list[Path]:
    return [Path(settings.IMPORT_ROOT) / path for path in (run.path, run.refused_path) if path]


def _is_about(run: ImportRun, named: set[Path], contacts: Sequence[Contact]) -> bool:
    """By the words in its file, or because it wrote something about them."""
    if named.intersection(_files(run)):
        return True
    wrote = Q(contacts__in=contacts) | Q(changes__contact__in=contacts) | Q(purchases__contact__in=contacts)
    wrote |= Q(moments__contact__in=contacts) | Q(nps_answers__contact__in=contacts)
    return ImportRun.objects.filter(wrote, pk=run.pk).exists()


def _names(path: Path, words: Words) -> bool:
    return any(words.are_in(text) for text in _texts(path))


def _texts(path: Path) -> Iterator[str]:
    """The text of a table block by block; of what cannot be read as one, its bytes as they stand."""
    try:
        with open_table(path) as table:
            yield "\n".join(table.header)
            rows = iter(table.rows)
            while block := list(islice(rows, BLOCK)):
                yield "\n".join("\t".join(row.cells) for row in block)
    except (ImportRefused, OSError, ValueError, EOFError):
        data = path.read_bytes()
        yield from (data.decode(encoding, errors="replace") for encoding in ("utf-8", "cp1252", "utf-16"))


def _note(run: ImportRun, words: Words, now: datetime) -> None:
    """The run says that its file is gone; one that was not read yet is off."""
    with transaction.atomic():
        if run.status in UNREAD:
            try:
                move(run, to=Status.CANCELLED, table=ImportRun.MOVES, finished_at=now)
            except Stale:
                raise ErasureRefused(_("An import has just begun. Try again when it is done.")) from None
        note = "\n".join(filter(None, [run.error, _("The file was deleted: somebody in it asked to be forgotten.")]))
        name = "–" if words.are_in(run.file_name.replace("_", " ")) else run.file_name
        ImportRun.objects.filter(pk=run.pk).update(path="", refused_path="", error=note, file_name=name)
        audit(verb="import.file_deleted", row=run, by="erasure")
