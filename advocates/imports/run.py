"""One reading of one file: each chunk is a transaction with its own progress, so that what is done stays."""

import csv
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from advocates.errors import ImportRefused
from advocates.imports.files import Row, Table, formula_safe
from advocates.models import ImportRun
from advocates.services.imports import import_begin, import_finish, import_progress
from config.lib import clock

# SQLite has one writer: without a pause a web request that writes waits for seconds.
SQLITE_PAUSE_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Refusal:
    row: Row
    reason: StrOrPromise


@dataclass(slots=True)
class Taken:
    """What became of one chunk."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[Refusal] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Import:
    """How one kind of file is written: `take(rows, run)` runs in a transaction and never raises for a single row."""

    kind: str
    chunk_size: int
    take: Callable[[Sequence[Row], ImportRun], Taken]


class RefusedRows:
    """A CSV with line, reason and the row as it stood; it exists only if a row was refused."""

    def __init__(self, path: Path, header: Sequence[str]) -> None:
        self.path = path
        self._header = header
        self._file: IO[str] | None = None
        self._writer: Any = None

    def __enter__(self) -> "RefusedRows":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file:
            self._file.close()

    def add(self, refusals: Sequence[Refusal]) -> None:
        for refusal in refusals:
            self._open()
            cells = [formula_safe(cell) for cell in refusal.row.cells]
            self._writer.writerow([refusal.row.line, str(refusal.reason), *cells])

    def _open(self) -> None:
        if self._file:
            return
        try:
            self._file = self.path.open("w", encoding="utf-8-sig", newline="")
        except OSError as error:
            raise ImportRefused(
                _("The list of refused rows cannot be written to %(path)s. Name another file with --refused.")
                % {"path": self.path}
            ) from error
        self._writer = csv.writer(self._file)
        self._writer.writerow(["line", "reason", *map(formula_safe, self._header)])


def import_table(
    *,
    table: Table,
    how: Import,
    source: str,
    file_name: str,
    refused: RefusedRows,
    progress: Callable[[ImportRun], None],
    is_dry: bool,
) -> ImportRun:
    """Write the whole table; the run with its counts. A dry one writes nothing, and counts a person anew in each chunk.

    What stops it (ImportRefused, a lost database) is kept on the run and raised; chunks before it are written, and
    importing again goes on from there.
    """
    run = ImportRun(kind=how.kind, source=source, file_name=file_name)
    if not is_dry:
        run = import_begin(kind=how.kind, source=source, file_name=file_name)
    try:
        for rows in _chunks(table.rows, how.chunk_size):
            refused.add(_take(rows, run, how, is_dry=is_dry).refused)
            progress(run)
            _give_way()
    except BaseException as error:
        import_finish(run=run, now=clock.now(), error=_said(error))
        raise
    import_finish(run=run, now=clock.now())
    return run


def _take(rows: Sequence[Row], run: ImportRun, how: Import, *, is_dry: bool) -> Taken:
    with transaction.atomic():
        taken = how.take(rows, run)
        import_progress(
            run=run,
            read=len(rows),
            created=taken.created,
            updated=taken.updated,
            unchanged=taken.unchanged,
            refused=len(taken.refused),
        )
        transaction.set_rollback(is_dry)
    return taken


def _chunks(rows: Iterator[Row], size: int) -> Iterator[list[Row]]:
    while chunk := list(islice(rows, size)):
        yield chunk


def _give_way() -> None:
    if connection.vendor == "sqlite":
        time.sleep(SQLITE_PAUSE_SECONDS)


def _said(error: BaseException) -> str:
    """A refusal in its own words; of anything else only the kind, since its message may quote an address."""
    return str(error) if isinstance(error, ImportRefused) else type(error).__name__
