"""Import of a file of purchases, against a raw COPY of the same clean rows; and the same file again."""

import lzma
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.management import call_command
from django.db import connection

from advocates.models import Contact, ContactKey, ImportRun, Purchase
from benchmarks.bench import Bench
from benchmarks.harness import Comparison, Figure, Sample, Scale, WrongResult, compare
from tests.servers import ROOT

SALES = ROOT / "tests" / "data" / "cdnow_master.txt.xz"
LINES = {Scale.QUICK: 12_000, Scale.FULL: 70_000}
PURCHASES = Purchase._meta.db_table
TABLES = (PURCHASES, ImportRun._meta.db_table, Contact._meta.db_table)
COMPARISON = Comparison(
    name="import_purchases",
    floor="COPY of the purchases alone into the same indexed table, customers already there",
    goal="P9: ≥ 0.35 (reported)",
)


COMPARISON_AGAIN = Comparison(
    name="import_again",
    floor="the first import of that file, into empty tables",
    goal="P9b: ≥ 1.2, 0 rows written",
    gate=1.2,
)


def import_purchases(bench: Bench) -> Figure:
    with TemporaryDirectory() as folder:
        file = _file(Path(folder), LINES[bench.scale])
        clean = _clean_rows(file, bench)
        return compare(
            COMPARISON,
            floor=lambda: _copy(clean, bench),
            ours=lambda: _import_first(file, bench),
            scale=bench.scale,
            details=lambda: {"rows": clean.count(b"\n")},
        )


def import_again(bench: Bench) -> Figure:
    with TemporaryDirectory() as folder:
        file = _file(Path(folder), LINES[bench.scale])
        _import_first(file, bench)
        return compare(
            COMPARISON_AGAIN,
            floor=lambda: _import_first(file, bench),
            ours=lambda: _import_again(file, bench),
            scale=bench.scale,
            details=lambda: {"rows": Purchase.objects.count(), "rows written": 0},
        )


def _file(folder: Path, lines: int) -> Path:
    path = folder / "sales.txt"
    with lzma.open(SALES, "rt") as source:
        path.write_text("".join(line for _number, line in zip(range(lines + 1), source, strict=False)))
    return path


def _clean_rows(file: Path, bench: Bench) -> bytes:
    """What an import has written, as COPY gives it out. The customers stay, for the foreign keys of the floor."""
    _import(file, bench)
    with bench.connect() as plain, plain.cursor() as cursor, cursor.copy(f"COPY {PURCHASES} TO STDOUT") as rows:
        return b"".join(bytes(block) for block in rows)


def _copy(clean: bytes, bench: Bench) -> Sample:
    expected = clean.count(b"\n")
    with bench.connect() as plain:
        plain.execute(f"TRUNCATE {PURCHASES}")
        cursor = plain.cursor()
        with bench.meter().running() as spent, cursor.copy(f"COPY {PURCHASES} FROM STDIN") as rows:
            rows.write(clean)
        _must_be(cursor.rowcount, expected, "rows copied")
    return Sample(expected, spent)


def _import_first(file: Path, bench: Bench) -> Sample:
    with bench.connect() as plain:
        # Numbered from 1 again, so that the clean rows of the floor point at the customers that this import makes.
        plain.execute(f"TRUNCATE {', '.join(TABLES)} RESTART IDENTITY CASCADE")
    return _import(file, bench)


def _import_again(file: Path, bench: Bench) -> Sample:
    """All stands already: not one row is written."""
    before = _versions()
    sample = _import(file, bench)
    if _versions() != before:
        raise WrongResult("importing the same file again wrote rows")
    return sample


def _import(file: Path, bench: Bench) -> Sample:
    with bench.meter().running() as spent:
        call_command("purchases_import", str(file), stdout=StringIO())
    run = ImportRun.objects.latest("pk")
    _must_be(run.created_count + run.unchanged_count, run.rows_read, "rows accounted for")
    _must_be(Purchase.objects.count(), run.rows_read, "purchases")
    return Sample(run.rows_read, spent)


def _versions() -> list[Any]:
    """Changes when any row of these tables is written: count and sum of the transactions that wrote them."""
    found = []
    with connection.cursor() as cursor:
        for table in (PURCHASES, Contact._meta.db_table, ContactKey._meta.db_table):
            cursor.execute(f"SELECT count(*), sum(xmin::text::bigint) FROM {table}")
            found.append(cursor.fetchone())
    return found


def _must_be(found: int, expected: int, what: str) -> None:
    if found != expected:
        raise WrongResult(f"{what}: {found} instead of {expected}")
