"""The engine itself: stopped and resumed, shown before it is begun, tried out, within a bounded memory."""

import csv
import tracemalloc
from datetime import UTC, date, datetime

import pytest
from django.db import connection

from advocates.forgotten import hash_of
from advocates.imports import contacts as contacts_module, purchases as purchases_module, run as run_module
from advocates.imports.contacts import ContactsImport
from advocates.imports.files import Row, Table
from advocates.imports.purchases import purchases_import_of
from advocates.imports.run import RefusedRows, import_table, preview
from advocates.models import Contact, ContactKey, ContactPair, Erasure, ImportChange, ImportRun, NpsAnswer, Purchase
from tests.factories.advocates import ContactFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FIELDS = ("external_id", "email", "name", "nps_score", "nps_at")
SALES = ("customer", "date", "amount", "currency")


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch):
    monkeypatch.setattr(run_module, "SQLITE_PAUSE_SECONDS", 0)
    for module in (contacts_module, purchases_module):
        monkeypatch.setattr(module, "CHUNK_SIZES", {"postgresql": 10, "sqlite": 10})


def table_of(rows, header=FIELDS):
    return Table(list(header), (Row(line, list(cells)) for line, cells in enumerate(rows, start=2)))


def people(count, start=0):
    return ((f"C-{n}", f"c{n}@mail.example", f"Person {n}", "", "") for n in range(start, start + count))


def contacts_how():
    return ContactsImport(columns={name: place for place, name in enumerate(FIELDS)}, source="crm", now=NOW).how()


def sales_how():
    return purchases_import_of(SALES, chosen={}, source="shop", currency="").how()


def imported(rows, tmp_path, how=None, run=None, header=FIELDS, **options):
    how = how or contacts_how()
    if run is None:
        run = ImportRun.objects.create(kind=how.kind, source="crm", file_name="x")
    table = table_of(rows, header)
    with RefusedRows(tmp_path / "refused.csv", table.header, is_resumed=run.refused_count > 0) as refused:
        return import_table(
            table=table, how=how, run=run, refused=refused, progress=lambda _run: None, **{"is_dry": False} | options
        )


def refused(tmp_path):
    with (tmp_path / "refused.csv").open(encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text))


def versions():
    """Changes when any row is written."""
    models = (Contact, ContactKey, NpsAnswer, Purchase, ImportChange)
    if connection.vendor != "postgresql":
        return [list(model.objects.order_by("pk").values_list()) for model in models]
    with connection.cursor() as cursor:
        found = []
        for model in models:
            cursor.execute(f"SELECT count(*), sum(xmin::text::bigint) FROM {model._meta.db_table}")
            found.append(cursor.fetchone())
    return found


# --- stopped and resumed ---


def test_a_run_that_is_told_to_stop_leaves_its_status_and_goes_on_later(tmp_path):
    run = imported(people(35), tmp_path, keep_going=lambda run: run.rows_read < 20)
    assert (run.status, run.rows_read, Contact.objects.count()) == (ImportRun.Status.RUNNING, 20, 20)
    run = imported(people(35), tmp_path, run=ImportRun.objects.get())
    assert (run.status, run.rows_read, run.created_count) == (ImportRun.Status.DONE, 35, 35)
    assert Contact.objects.count() == 35


def test_sales_that_repeat_each_other_are_numbered_on_after_a_pause(tmp_path):
    rows = [("C-1", "2026-01-01", "5.00", "EUR")] * 25
    run = imported(rows, tmp_path, how=sales_how(), header=SALES, keep_going=lambda run: run.rows_read < 10)
    run = imported(rows, tmp_path, how=sales_how(), header=SALES, run=run)
    assert (run.created_count, run.unchanged_count, Purchase.objects.count()) == (25, 0, 25)
    assert Contact.objects.get().purchases_count == 25


def test_refused_rows_of_a_resumed_run_follow_the_first_ones(tmp_path):
    rows = [("", "nobody", "", "", "")] * 15
    run = imported(rows, tmp_path, keep_going=lambda run: run.rows_read < 10)
    imported(rows, tmp_path, run=run)
    assert [row["line"] for row in refused(tmp_path)] == [str(line) for line in range(2, 17)]


# --- the same file again ---


def test_the_same_file_again_writes_no_row(tmp_path):
    rows = [*people(30), ("C-3", "", "Lena", "9", "2026-02-01"), ("C-4", "", "", "8", "")]
    imported(rows, tmp_path)
    second = imported(rows[30:], tmp_path)
    assert (second.unchanged_count, second.updated_count) == (2, 0)
    before = versions()
    again = imported(rows[4:30], tmp_path)
    assert (again.unchanged_count, again.rows_read) == (26, 26)
    assert versions() == before


def test_the_same_sales_again_write_no_row(tmp_path):
    rows = [(f"C-{n % 7}", "2026-01-01", "5.00", "EUR") for n in range(40)]
    imported(rows, tmp_path, how=sales_how(), header=SALES)
    before = versions()
    again = imported(rows, tmp_path, how=sales_how(), header=SALES)
    assert (again.unchanged_count, again.created_count) == (40, 0)
    assert versions() == before


# --- what became of a row ---


def test_a_row_that_brings_a_second_key_is_counted_as_merged(tmp_path):
    imported([("C-1", "", "Lena", "", "")], tmp_path)
    run = imported([("C-1", "lena@mail.example", "Lena", "", "")], tmp_path)
    assert (run.merged_count, run.updated_count, Contact.objects.count()) == (1, 0, 1)


def test_number_and_address_of_two_people_wait_for_a_person_and_the_row_says_so(tmp_path):
    imported([("C-1", "lena@mail.example", "", "", ""), ("C-2", "mei@mail.example", "", "", "")], tmp_path)
    run = imported([("C-1", "mei@mail.example", "", "", "")], tmp_path)
    assert (run.refused_count, ContactPair.objects.get().status) == (1, ContactPair.Status.OPEN)
    assert "Possible duplicates" in refused(tmp_path)[0]["mend"]


def test_a_score_leaves_an_answer_of_its_own_once(tmp_path):
    rows = [("C-1", "", "", "9", "2026-02-01"), ("C-2", "", "", "8", "")]
    imported(rows, tmp_path)
    imported(rows, tmp_path)
    answers = NpsAnswer.objects.order_by("-score").values_list("score", "via", "import_run")
    first = ImportRun.objects.earliest("pk").pk
    assert list(answers) == [(9, "import", first), (8, "import", first)]


@pytest.mark.parametrize("key", [("external", "C-1", "crm"), ("email", "lena@mail.example", "")])
def test_who_asked_to_be_forgotten_does_not_come_back_by_a_file(tmp_path, key):
    kind, value, source = key
    hashes = [hash_of(kind, value, source)]
    Erasure.objects.create(contact=ContactFactory.create(), way=Erasure.Way.STAFF, key_hashes=hashes, erased_at=NOW)
    run = imported([("C-1", "lena@mail.example", "Lena", "", ""), ("C-2", "", "Mei", "", "")], tmp_path)
    assert (run.created_count, run.refused_count) == (1, 1)
    assert "forgotten" in refused(tmp_path)[0]["reason"]
    row = preview(table=table_of([("C-1", "lena@mail.example", "Lena", "", "")]), how=contacts_how())[0]
    assert "Leave the row out" in str(row.mend)
    assert not ContactKey.objects.filter(value__in=["C-1", "lena@mail.example"]).exists()


def test_sales_of_who_asked_to_be_forgotten_are_refused(tmp_path):
    hashes = [hash_of("external", "C-1", "shop")]
    Erasure.objects.create(contact=ContactFactory.create(), way=Erasure.Way.STAFF, key_hashes=hashes, erased_at=NOW)
    rows = [(f"C-{n}", "2026-01-01", "5.00", "EUR") for n in (1, 2)]
    run = imported(rows, tmp_path, how=sales_how(), header=SALES)
    assert (run.created_count, run.refused_count) == (1, 1)


def test_first_and_last_purchase_are_known(tmp_path):
    rows = [("C-1", f"2026-01-{day:02}", "5.00", "EUR") for day in (9, 3, 5)]
    imported(rows[:1], tmp_path, how=sales_how(), header=SALES)
    imported(rows[1:], tmp_path, how=sales_how(), header=SALES)
    contact = Contact.objects.get()
    assert contact.first_purchase_at == datetime(2026, 1, 3, tzinfo=UTC)
    assert contact.last_purchase_at == datetime(2026, 1, 9, tzinfo=UTC)
    assert contact.customer_since == date(2026, 1, 3)


def test_two_numbers_with_one_address_in_a_file_of_sales_are_one_person(tmp_path):
    header = (*SALES, "email")
    rows = [(f"C-{n}", "2026-01-01", "5.00", "EUR", "lena@mail.example") for n in (1, 2)]
    how = purchases_import_of(header, chosen={}, source="shop", currency="").how()
    imported(rows, tmp_path, how=how, header=header)
    assert (Contact.objects.get().purchases_count, ContactKey.objects.count()) == (2, 3)


# --- shown before, tried out ---


def test_a_preview_says_what_would_become_of_each_row_and_writes_nothing(tmp_path):
    imported([("C-1", "lena@mail.example", "Lena", "", ""), ("C-2", "", "Mei", "", "")], tmp_path)
    before = versions()
    rows = [
        ("C-1", "", "Lena", "", ""),
        ("C-2", "mei@mail.example", "Mei", "", ""),
        ("C-1", "", "Lena Vogt", "9", "2026-01-01"),
        ("C-3", "", "Omar", "", ""),
        ("C-4", "nobody", "", "", ""),
    ]
    shown = preview(table=table_of(rows), how=contacts_how())
    assert [row.outcome for row in shown] == ["unchanged", "merged", "updated", "created", "refused"]
    assert shown[2].changes == ("match_name", "name", "nps_at", "nps_score")
    assert shown[4].reason
    assert shown[4].mend
    assert versions() == before


def test_a_preview_stops_after_the_rows_that_are_asked_for():
    assert len(preview(table=table_of(people(100)), how=contacts_how(), rows=20)) == 20


def test_a_dry_run_counts_somebody_who_stands_twice_once(tmp_path):
    rows = [*people(15), ("C-1", "c1@mail.example", "Person 1", "", ""), ("C-2", "", "Other", "", "")]
    how = contacts_how()
    run = imported(rows, tmp_path, how=how, run=ImportRun(kind=how.kind), is_dry=True)
    assert (run.created_count, run.unchanged_count, run.updated_count) == (15, 1, 1)
    assert not Contact.objects.exists()
    assert not ImportRun.objects.exists()


# --- memory ---


@pytest.mark.parametrize("kind", ["contacts", "purchases"])
def test_memory_does_not_grow_with_the_rows(tmp_path, kind, settings):
    settings.DEBUG = False

    def peak(count):
        sales = ((f"C-{count}-{n}", "2026-01-01", "5.00", "EUR") for n in range(count))
        tracemalloc.start()
        if kind == "contacts":
            imported(people(count, start=count * 10), tmp_path)
        else:
            imported(sales, tmp_path, how=sales_how(), header=SALES)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(50)  # what is loaded and remembered once
    few, many = peak(200), peak(1_000)
    assert many < few * 1.3 + 300_000
