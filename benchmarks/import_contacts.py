"""Import of a file of people, against a raw COPY of exactly the rows that stand afterwards; and the same file again."""

import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from django.core.management import call_command

from advocates.models import Contact, ContactDetails, ContactKey, ImportChange, ImportRun, NpsAnswer
from benchmarks.bench import Bench
from benchmarks.harness import Comparison, Figure, Sample, Scale, WrongResult, compare
from benchmarks.tables import empty, give_out, must_be, peak_megabytes, take_in, versions

ROWS = {Scale.QUICK: 40_000, Scale.FULL: 1_000_000}
# In the order in which foreign keys ask for them.
TABLES = (ImportRun, Contact, ContactKey, ContactDetails, NpsAnswer)
WRITTEN = (*TABLES[1:], ImportChange)
HEADER = ("email", "name", "company", "country", "language", "external_id", "nps_score")
BAD_EVERY, AGAIN_EVERY = 400, 100
GIVEN = ("Lena", "Omar", "Mei", "Ada", "Jörg", "Nur", "Kari", "Min-jun", "陈美", "Sofía", "Tom", "Aisha")
FAMILY = ("Vogt", "Diallo", "Tan", "Lovelace", "Müller", "Rahman", "Nordmann", "Kim", "García", "Berg", "Okafor")
COMPANIES = ("Fernway GmbH", "Halden AS", "Kite Ltd", "Mori 株式会社", "Sentosa Sdn Bhd", "Okafor & Sons")
COUNTRIES = ("DE", "AT", "NO", "MY", "KR", "US", "GB", "SG")
LANGUAGES = ("de", "en", "nb", "ms", "ko", "zh-hans")
MAILS = ("mail.example", "gmail.com", "outlook.com", "post.example", "firma.example")

COMPARISON = Comparison(
    name="import_contacts",
    floor="COPY of the same people, keys, details and answers into the same tables",
    goal="≥ 0.35",
    gate=0.35,
)
COMPARISON_AGAIN = Comparison(
    name="import_contacts_again",
    floor="the first import of that file, into empty tables",
    goal="≥ 1.2, 0 rows written",
    gate=1.2,
)


def import_contacts(bench: Bench) -> Figure:
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
            details=lambda: _details(run),
        )


def import_contacts_again(bench: Bench) -> Figure:
    with TemporaryDirectory() as folder:
        file = _file(Path(folder), ROWS[bench.scale])
        _import_first(file, bench)
        return compare(
            COMPARISON_AGAIN,
            floor=lambda: _import_first(file, bench),
            ours=lambda: _import_again(file, bench),
            scale=bench.scale,
            details=lambda: {"people": Contact.objects.count(), "rows written": 0, "peak MB": peak_megabytes()},
        )


def _details(run: ImportRun) -> dict[str, int]:
    return {
        "rows": run.rows_read,
        "created": run.created_count,
        "unchanged": run.unchanged_count,
        "refused": run.refused_count,
        "peak MB": peak_megabytes(),
    }


def _file(folder: Path, rows: int) -> Path:
    path = folder / "people.csv"
    with path.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(HEADER)
        writer.writerows(_rows(rows))
    return path


def _rows(count: int) -> Iterator[tuple[str, ...]]:
    """One in a hundred stands in the file already, half of those a few rows before; one in four hundred is wrong."""
    random = Random(20_261)
    for number in range(count):
        if number % BAD_EVERY == BAD_EVERY - 1:
            yield _bad(number)
        elif number % AGAIN_EVERY == AGAIN_EVERY // 2:
            before = number - random.randrange(1, 40 if random.random() < 0.5 else number)
            yield _person(before if not _is_odd(before) else number)
        else:
            yield _person(number)


def _is_odd(number: int) -> bool:
    return number % BAD_EVERY == BAD_EVERY - 1 or number % AGAIN_EVERY == AGAIN_EVERY // 2


def _person(number: int) -> tuple[str, ...]:
    name = f"{GIVEN[number % len(GIVEN)]} {FAMILY[number // 7 % len(FAMILY)]}-{number % 9973}"
    address = f"Person.{number}@{MAILS[number % len(MAILS)]}"
    company = COMPANIES[number // 3 % len(COMPANIES)]
    country, language = COUNTRIES[number % len(COUNTRIES)], LANGUAGES[number % len(LANGUAGES)]
    return address, name, company, country, language, f"C-{number:07}", str(number * 7 % 11)


def _bad(number: int) -> tuple[str, ...]:
    address, name, company, country, language, key, score = _person(number)
    wrong = (("nobody at home", score), (address, "eleven"))[number // BAD_EVERY % 2]
    return wrong[0], name, company, country, language, key, wrong[1]


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
    with bench.meter().running() as spent:
        call_command("contacts_import", str(file), stdout=StringIO())
    run = ImportRun.objects.latest("pk")
    rows = ROWS[bench.scale]
    must_be(run.rows_read, rows, "rows read")
    must_be(run.refused_count, rows // BAD_EVERY, "rows refused")
    taken = run.created_count + run.updated_count + run.merged_count + run.unchanged_count
    must_be(taken + run.refused_count, rows, "rows accounted for")
    must_be(Contact.objects.count(), ContactKey.objects.filter(kind="email").count(), "people beside addresses")
    return Sample(rows, spent)
