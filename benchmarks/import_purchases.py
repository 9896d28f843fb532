"""Import of a file of sales, against a raw COPY of exactly the rows that stand afterwards; and the same file again."""

import lzma
from collections.abc import Iterator
from io import StringIO
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.management import call_command
from django.db.models import Sum

from advocates.models import Contact, ContactKey, ImportChange, ImportRun, Purchase
from benchmarks.bench import Bench
from benchmarks.harness import Comparison, Figure, Sample, Scale, WrongResult, compare
from benchmarks.tables import empty, give_out, must_be, peak_megabytes, take_in, versions
from tests.servers import ROOT

SALES = ROOT / "tests" / "data" / "cdnow_master.txt.xz"
ROWS = {Scale.QUICK: 60_000, Scale.FULL: 1_000_000}
# In the order in which foreign keys ask for them.
TABLES = (ImportRun, Contact, ContactKey, Purchase)
WRITTEN = (*TABLES[1:], ImportChange)
COMPARISON = Comparison(
    name="import_purchases",
    floor="COPY of the same customers, keys and purchases into the same tables",
    goal="≥ 0.35",
    gate=0.35,
)
COMPARISON_AGAIN = Comparison(
    name="import_again",
    floor="the first import of that file, into empty tables",
    goal="≥ 1.2, 0 rows written",
    gate=1.2,
)


def import_purchases(bench: Bench) -> Figure:
    with TemporaryDirectory() as folder:
        file = _file(Path(folder), ROWS[bench.scale])
        _import_first(file, bench)
        run = ImportRun.objects.latest("pk")
        give_out(TABLES, Path(folder), bench)
        return compare(
            COMPARISON,
            floor=lambda: take_in(TABLES, Path(folder), bench, count=run.rows_read),
            ours=lambda: _import_first(file, bench),
            scale=bench.scale,
            details=lambda: {"rows": run.rows_read, "peak MB": peak_megabytes()},
        )


def import_again(bench: Bench) -> Figure:
    with TemporaryDirectory() as folder:
        file = _file(Path(folder), ROWS[bench.scale])
        _import_first(file, bench)
        return compare(
            COMPARISON_AGAIN,
            floor=lambda: _import_first(file, bench),
            ours=lambda: _import_again(file, bench),
            scale=bench.scale,
            details=lambda: {"rows": Purchase.objects.count(), "rows written": 0, "peak MB": peak_megabytes()},
        )


def _file(folder: Path, rows: int) -> Path:
    """CDNOW's customers, and as many others who bought the same as it takes."""
    path = folder / "sales.txt"
    with path.open("w") as text:
        text.write("customer_id date number_of_cds dollar_value\n")
        text.writelines(islice(_lines(), rows))
    return path


def _lines() -> Iterator[str]:
    turn = 0
    while True:
        with lzma.open(SALES, "rt") as source:
            next(source)
            for line in source:
                customer, rest = line.split(maxsplit=1)
                yield f"{turn}x{customer} {rest.rstrip()}\n"
        turn += 1


def _import_first(file: Path, bench: Bench) -> Sample:
    with bench.connect() as plain:
        empty(TABLES, plain)
    return _import(file, bench)


def _import_again(file: Path, bench: Bench) -> Sample:
    """All stands already: not one row is written."""
    before = versions(WRITTEN)
    sample = _import(file, bench)
    if versions(WRITTEN) != before:
        raise WrongResult("importing the same file again wrote rows")
    return sample


def _import(file: Path, bench: Bench) -> Sample:
    rows = ROWS[bench.scale]
    with bench.meter().running() as spent:
        call_command("purchases_import", str(file), stdout=StringIO())
    run = ImportRun.objects.latest("pk")
    must_be(run.rows_read, rows, "rows read")
    must_be(run.created_count + run.unchanged_count, rows, "rows accounted for")
    must_be(Purchase.objects.count(), rows, "purchases")
    counted = Contact.objects.aggregate(count=Sum("purchases_count"), value=Sum("lifetime_amount"))
    must_be(counted["count"], rows, "purchases counted on customers")
    must_be(counted["value"], Purchase.objects.aggregate(value=Sum("amount"))["value"], "value counted on customers")
    return Sample(rows, spent)
