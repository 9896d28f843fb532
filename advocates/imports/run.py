"""One reading of one file: each chunk is a transaction with its own progress, so that what is done stays, and a run
that was stopped goes on after it.
"""

import csv
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Literal

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from advocates.errors import ImportRefused
from advocates.imports.files import Row, Table, formula_safe
from advocates.models import ImportRun
from advocates.services.imports import import_finish, import_progress
from config.lib import clock

# SQLite has one writer: without a pause a web request that writes waits for seconds.
SQLITE_PAUSE_SECONDS = 0.05
DEADLOCK = "40P01"
MOST_TRIES = 3

Outcome = Literal["created", "updated", "merged", "unchanged", "refused"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """`mend` says what to do about it; empty where the reason says it already."""

    row: Row
    reason: StrOrPromise
    mend: StrOrPromise = ""


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """What would become of one row. `changes`: the fields that would change, as the columns of a file are called."""

    row: Row
    outcome: Outcome
    reason: StrOrPromise = ""
    mend: StrOrPromise = ""
    changes: tuple[str, ...] = ()


@dataclass(slots=True)
class Taken:
    """What became of one chunk. `merged`: a row whose keys were known apart, or in part, joined one person to both."""

    created: int = 0
    updated: int = 0
    merged: int = 0
    unchanged: int = 0
    refused: list[Refusal] = field(default_factory=list)
    changes: set[str] = field(default_factory=set)

    def count(self, outcome: Outcome, times: int = 1) -> None:
        setattr(self, outcome, getattr(self, outcome) + times)


@dataclass(frozen=True, slots=True)
class Import:
    """How one kind of file is written. Neither of the two raises for a single row.

    `read(rows)` says what they mean, once for each row in the order of the file, also of rows that an earlier attempt
    has written: it may count. `take(what was read, run)` runs in a transaction, and again if that one is lost.
    """

    kind: str
    chunk_size: int
    take: Callable[[Any, ImportRun], Taken]
    read: Callable[[Sequence[Row]], Any] = list


class RefusedRows:
    """A CSV with line, reason, mend and the row as it stood; it exists only if a row was refused. A run that is resumed
    adds to what stands in it.
    """

    def __init__(self, path: Path, header: Sequence[str], *, is_resumed: bool = False) -> None:
        self.path = path
        self._header = header
        self._is_begun = is_resumed and path.exists()
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
            reason, mend = formula_safe(str(refusal.reason)), formula_safe(str(refusal.mend))
            self._writer.writerow([refusal.row.line, reason, mend, *cells])
        if self._file:
            self._file.flush()

    def _open(self) -> None:
        if self._file:
            return
        try:
            if self._is_begun:
                self._file = self.path.open("a", encoding="utf-8", newline="")
            else:
                self._file = self.path.open("w", encoding="utf-8-sig", newline="")
        except OSError as error:
            raise ImportRefused(
                _("The list of refused rows cannot be written to %(path)s. Name another file with --refused.")
                % {"path": self.path}
            ) from error
        self._writer = csv.writer(self._file)
        if not self._is_begun:
            self._writer.writerow(["line", "reason", "mend", *map(formula_safe, self._header)])


def always(_run: ImportRun) -> bool:
    return True


def import_table(
    *,
    table: Table,
    how: Import,
    run: ImportRun,
    refused: RefusedRows,
    progress: Callable[[ImportRun], None],
    is_dry: bool,
    keep_going: Callable[[ImportRun], bool] = always,
) -> ImportRun:
    """Write the table from the row after `run.rows_read` on; the run with its counts, and done.

    A dry run writes nothing and takes a run that was never saved. `keep_going` is asked before each chunk: when it says
    no, the run is left as it stands, and its status to the caller. What stops a run (ImportRefused, a lost database) is
    kept on it and raised; the chunks before are written, and the same run, or the same file again, goes on from there.
    """
    try:
        for rows in _chunks(islice(table.rows, run.rows_read), how.chunk_size):
            how.read(rows)
        for rows in _chunks(table.rows, how.chunk_size):
            if not keep_going(run):
                return run
            _take(rows, run, how, refused, is_dry=is_dry)
            progress(run)
            _give_way()
    except BaseException as error:
        import_finish(run=run, now=clock.now(), error=_said(error))
        raise
    import_finish(run=run, now=clock.now())
    return run


def preview(*, table: Table, how: Import, rows: int = 20) -> list[PreviewRow]:
    """What would become of the first rows, one after the other; nothing of it is written."""
    run = ImportRun(kind=how.kind)
    with transaction.atomic():
        found = [_told(row, how.take(how.read([row]), run)) for row in islice(table.rows, rows)]
        transaction.set_rollback(True)
    return found


def _told(row: Row, taken: Taken) -> PreviewRow:
    if taken.refused:
        refusal = taken.refused[0]
        return PreviewRow(row, "refused", refusal.reason, refusal.mend)
    outcomes: Mapping[Outcome, int] = {
        "created": taken.created,
        "merged": taken.merged,
        "updated": taken.updated,
    }
    outcome: Outcome = next((name for name, times in outcomes.items() if times), "unchanged")
    return PreviewRow(row, outcome, changes=tuple(sorted(taken.changes)))


def _take(rows: Sequence[Row], run: ImportRun, how: Import, refused: RefusedRows, *, is_dry: bool) -> None:
    """One chunk. A rival that locks the same people the other way round makes us begin it anew."""
    said = how.read(rows)
    for tries in range(1, MOST_TRIES + 1):
        try:
            _take_once(said, len(rows), run, how, refused, is_dry=is_dry)
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") != DEADLOCK or tries == MOST_TRIES:
                raise
        else:
            return


def _take_once(said: Any, count: int, run: ImportRun, how: Import, refused: RefusedRows, *, is_dry: bool) -> None:
    with transaction.atomic():
        taken = how.take(said, run)
        # Written before the commit: a list with a line twice is better than one with a line too few.
        refused.add(taken.refused)
        import_progress(
            run=run,
            read=count,
            created=taken.created,
            updated=taken.updated,
            merged=taken.merged,
            unchanged=taken.unchanged,
            refused=len(taken.refused),
        )
        transaction.set_rollback(is_dry)


def _chunks(rows: Iterator[Row], size: int) -> Iterator[list[Row]]:
    while chunk := list(islice(rows, size)):
        yield chunk


def _give_way() -> None:
    if connection.vendor == "sqlite":
        time.sleep(SQLITE_PAUSE_SECONDS)


def _said(error: BaseException) -> str:
    """A refusal in its own words; of anything else only the kind, since its message may quote an address."""
    return str(error) if isinstance(error, ImportRefused) else type(error).__name__
