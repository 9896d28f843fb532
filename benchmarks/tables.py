"""What an import has written, given out and taken in again by COPY: the floor of every import."""

from collections.abc import Sequence
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from typing import Any

from django.db import connection, models

from benchmarks.bench import Bench
from benchmarks.harness import Sample, WrongResult

BLOCK = 1 << 20


def give_out(tables: Sequence[type[models.Model]], folder: Path, bench: Bench) -> None:
    """The rows of these tables as files, as COPY writes them."""
    with bench.connect() as plain, plain.cursor() as cursor:
        for model in tables:
            table = model._meta.db_table
            with (folder / table).open("wb") as file, cursor.copy(f"COPY {table} TO STDOUT") as rows:
                for block in rows:
                    file.write(bytes(block))


def take_in(tables: Sequence[type[models.Model]], folder: Path, bench: Bench, *, count: int) -> Sample:
    """The same rows by COPY into the same tables, emptied before. `count`: the units of work that they stand for."""
    with bench.connect() as plain:
        empty(tables, plain)
        copied = 0
        with bench.meter().running() as spent, plain.transaction(), plain.cursor() as cursor:
            for model in tables:
                copied += _copy(cursor, folder / model._meta.db_table)
    if not copied:
        raise WrongResult("nothing was copied")
    return Sample(count, spent)


def empty(tables: Sequence[type[models.Model]], plain: Any) -> None:
    names = ", ".join(model._meta.db_table for model in tables)
    plain.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")


def versions(tables: Sequence[type[models.Model]]) -> list[Any]:
    """Changes when any row of these tables is written: count and sum of the transactions that wrote them."""
    found = []
    with connection.cursor() as cursor:
        for model in tables:
            cursor.execute(f"SELECT count(*), sum(xmin::text::bigint) FROM {model._meta.db_table}")
            found.append(cursor.fetchone())
    return found


def peak_megabytes() -> int:
    """The most memory that this process, Django and all, has held so far."""
    return getrusage(RUSAGE_SELF).ru_maxrss // 1024


def must_be(found: int, expected: int, what: str) -> None:
    if found != expected:
        raise WrongResult(f"{what}: {found} instead of {expected}")


def _copy(cursor: Any, path: Path) -> int:
    with path.open("rb") as file, cursor.copy(f"COPY {path.name} FROM STDIN") as rows:
        while block := file.read(BLOCK):
            rows.write(block)
    return int(cursor.rowcount)
