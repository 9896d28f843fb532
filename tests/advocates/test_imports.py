import codecs
import csv
import gzip
import io
import random
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum
from hypothesis import given, strategies as st

from advocates.errors import RowRefused
from advocates.imports import cells, contacts as contacts_module, run as run_module
from advocates.models import Contact, ContactKey, ImportRun, Purchase
from advocates.selectors import contact_email
from advocates.services.contacts import ContactRef, contact_find
from config.lib.money import Money
from tests.advocates.cdnow import CENTS, CUSTOMERS, ROWS, WHOLE, tenth

pytestmark = pytest.mark.django_db

CSV = """Customer ID,E-Mail,Name,Language,Country,NPS,NPS date,Shoe size
C-1,lena@posteo.example,Lena Vogt,de-AT,AT,10,2026-03-01,39
C-2,mei@mail.example,陈美,zh-CN,CN,9,1.3.2026,36
C-3,omar@mail.example,Omar Diallo,English,US,,,
"""


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch):
    monkeypatch.setattr(run_module, "SQLITE_PAUSE_SECONDS", 0)


@pytest.fixture
def people(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text(CSV, encoding="utf-8")
    return path


def imported(command, path, *options):
    out = io.StringIO()
    call_command(command, str(path), *options, stdout=out)
    return out.getvalue()


def refused_rows(path):
    with path.with_name(f"{path.name}.refused.csv").open(encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text))


def known(ref: ContactRef, source: str = "shop") -> Contact:
    contact = contact_find(ref=ref, source=source)
    assert contact is not None
    return contact


def written(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "people.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


# --- purchases --------------------------------------------------------------------------------------------------------


def test_a_tenth_of_cdnow_comes_in_to_the_cent_and_again_changes_nothing(tmp_path):
    path = tenth(tmp_path)
    said = imported("purchases_import", path)
    totals = Purchase.objects.aggregate(cents=Sum("amount"))
    rows = len(path.read_text().splitlines()) - 1
    customers = {line.split()[0] for line in path.read_text().splitlines()[1:]}
    assert said == f"{rows} rows read: {rows} created, 0 updated, 0 unchanged, 0 refused.\n"
    assert Purchase.objects.count() == rows
    assert Contact.objects.count() == len(customers)
    assert Contact.objects.aggregate(cents=Sum("lifetime_amount"), n=Sum("purchases_count")) == totals | {"n": rows}

    assert f"0 created, 0 updated, {rows} unchanged" in imported("purchases_import", path)
    assert Purchase.objects.aggregate(cents=Sum("amount")) == totals
    assert ImportRun.objects.filter(status=ImportRun.Status.DONE).count() == 2


@pytest.mark.slow
def test_the_whole_of_cdnow_comes_in_compressed():
    imported("purchases_import", WHOLE)
    assert Purchase.objects.aggregate(cents=Sum("amount"))["cents"] == CENTS
    assert (Purchase.objects.count(), Contact.objects.count()) == (ROWS, CUSTOMERS)
    assert Purchase.objects.filter(amount=0).count() == 80
    assert f"{ROWS} unchanged" in imported("purchases_import", WHOLE)


def test_the_order_of_the_file_does_not_matter(tmp_path):
    path = tenth(tmp_path)
    imported("purchases_import", path)
    header, *rows = path.read_text().splitlines(keepends=True)
    random.Random(7).shuffle(rows)
    path.write_text("".join([header, *rows]))
    assert " 0 created" in imported("purchases_import", path)


def test_a_row_that_repeats_another_is_a_sale_of_its_own(tmp_path):
    path = tmp_path / "sales.txt"
    path.write_text(" customer_id date number_of_cds dollar_value\r\n" + " 00007 19970101 1 11.77\r\n" * 2)
    imported("purchases_import", path)
    imported("purchases_import", path)
    assert Purchase.objects.count() == 2
    contact = Contact.objects.get()
    assert (contact.purchases_count, contact.lifetime_amount, contact.lifetime_unit) == (2, 2354, "USD")
    assert contact_email(contact) == "customer-00007@cdnow.example"


def test_sales_of_a_shop_find_who_is_known_by_the_address(people, tmp_path):
    imported("contacts_import", people, "--source", "crm")
    path = tmp_path / "sales.csv"
    path.write_text(
        "order_id;customer_id;email;date;amount;currency\nA-1;77;LENA@posteo.example;2026-03-01;49,90;EUR\n"
    )
    imported("purchases_import", path, "--source", "shop")
    lena = known(ContactRef(external_id="77"))
    assert lena == known(ContactRef(external_id="C-1"), source="crm")
    assert (lena.purchases_count, lena.lifetime_amount, lena.lifetime_unit) == (1, 4990, "EUR")


def test_a_sale_that_cannot_be_read_is_refused_with_line_and_reason(tmp_path):
    path = tmp_path / "sales.csv"
    path.write_text(
        "id,customer,date,amount,currency\n"
        "1,C-1,2026-03-01,10.00,EUR\n"
        "2,C-1,yesterday,10.00,EUR\n"
        "3,C-1,2026-03-01,-5.00,EUR\n"
        "4,C-1,2026-03-01,1.005,EUR\n"
        "5,C-1,2026-03-01,ten,EUR\n"
        "6,C-1,2026-03-01,10.00,XYZ\n"
        "7,,2026-03-01,10.00,EUR\n"
    )
    assert "1 created, 0 updated, 0 unchanged, 6 refused" in imported("purchases_import", path)
    refused = refused_rows(path)
    assert [row["line"] for row in refused] == ["3", "4", "5", "6", "7", "8"]
    assert all(row["reason"] for row in refused)


def test_a_file_without_a_currency_is_asked_for_one(tmp_path):
    path = tmp_path / "sales.csv"
    path.write_text("customer,date,amount\nC-1,2026-03-01,10\n")
    with pytest.raises(CommandError, match="--currency"):
        imported("purchases_import", path)
    imported("purchases_import", path, "--currency", "jpy")
    assert Purchase.objects.get().amount == 10


# --- contacts ---------------------------------------------------------------------------------------------------------


def test_contacts_come_in_with_language_and_score_and_again_change_nothing(people):
    said = imported("contacts_import", people)
    assert said == "Not used: Shoe size\n3 rows read: 3 created, 0 updated, 0 unchanged, 0 refused.\n"
    mei = known(ContactRef(email="mei@mail.example"))
    assert (mei.details.name, mei.language, mei.nps_score) == ("陈美", "zh-hans", 9)
    assert mei.nps_at == datetime(2026, 3, 1, tzinfo=UTC)
    assert "0 created, 0 updated, 3 unchanged" in imported("contacts_import", people)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_files_come_as_they_are_saved(tmp_path, encoding, delimiter):
    text = f'email{delimiter}name\r\njorg@mail.example{delimiter}"Jörg{delimiter} Müller"\r\n'
    imported("contacts_import", written(tmp_path, text, encoding))
    assert Contact.objects.get().details.name == f"Jörg{delimiter} Müller".replace("\t", "\t").strip()


def test_a_compressed_file_is_read_too(people):
    path = people.with_suffix(".csv.gz")
    path.write_bytes(gzip.compress(people.read_bytes()))
    assert "3 created" in imported("contacts_import", path)


def test_columns_of_another_name_are_said(tmp_path):
    path = written(tmp_path, "Wer,Wohin\nLena Vogt,lena@posteo.example\n")
    with pytest.raises(CommandError, match="Wer, Wohin"):
        imported("contacts_import", path)
    imported("contacts_import", path, "--map", "Wohin=email", "--map", "wer=name")
    assert Contact.objects.get().details.name == "Lena Vogt"


@pytest.mark.parametrize("choice", ["Nope=email", "Wohin=shoe_size"])
def test_a_column_or_field_that_does_not_exist_is_said(tmp_path, choice):
    with pytest.raises(CommandError, match="There is no"):
        imported("contacts_import", written(tmp_path, "Wohin\na@b.example\n"), "--map", choice)


def test_given_and_family_name_become_one(tmp_path):
    imported("contacts_import", written(tmp_path, "email,First Name,Last Name\na@b.example,Ada,Lovelace\n"))
    assert Contact.objects.get().details.name == "Ada Lovelace"


def test_a_row_that_cannot_be_taken_is_refused_and_the_others_are_not(tmp_path):
    path = written(
        tmp_path,
        "id,email,name,country,nps\n"
        "1,lena@posteo.example,Lena,DE,10\n"
        "2,not an address,Omar,US,9\n"
        "3,mei@mail.example,Mei,Cathay,9\n"
        "4,ada@mail.example,Ada,GB,11\n"
        "5,nul@mail.example,N\0ul,GB,\n"
        ",,Nobody,GB,\n"
        '6,two@mail.example,"two\nlines",GB,seven\n',
    )
    assert "1 created, 0 updated, 0 unchanged, 6 refused" in imported("contacts_import", path)
    assert [row["line"] for row in refused_rows(path)] == ["3", "4", "5", "6", "7", "8"]
    assert Contact.objects.get().details.name == "Lena"


def test_number_and_address_of_two_people_are_refused(people, tmp_path):
    imported("contacts_import", people)
    path = written(tmp_path, "id,email\nC-1,mei@mail.example\n")
    imported("contacts_import", path)
    assert "two different people" in refused_rows(path)[0]["reason"]


def test_a_formula_stays_text_and_never_reckons_in_the_refused_rows(tmp_path):
    path = written(tmp_path, 'email,name\na@b.example,"=HYPERLINK(""http://x"")"\nnobody,=1+1\n')
    imported("contacts_import", path)
    assert Contact.objects.get().details.name == '=HYPERLINK("http://x")'
    assert refused_rows(path)[0]["name"] == "'=1+1"


def test_a_dry_run_writes_nothing(people):
    said = imported("contacts_import", people, "--dry-run")
    assert "Tried out, nothing written: 3 rows read: 3 created" in said
    assert not ContactKey.objects.exists()
    assert not ImportRun.objects.exists()


def test_a_dry_run_of_sales_writes_nothing(tmp_path):
    assert "nothing written" in imported("purchases_import", tenth(tmp_path), "--dry-run")
    assert not Contact.objects.exists()


# --- files that are none ----------------------------------------------------------------------------------------------

BAD_FILES = {
    "empty": (b"", "empty"),
    "no header that says who": (b"name,town\nLena,Berlin\n", "No column is known"),
    "10,000 columns": (",".join(f"c{n}" for n in range(10_000)).encode() + b"\n", "10000 columns"),
    "a spreadsheet": (b"PK\x03\x04" + b"\0" * 100, "the sheet as CSV"),
    "damaged Shift-JIS": ("email,name\na@b.example,東京都\n".encode("shift-jis") + b"\x81", "encoding"),
    "noise": (bytes(random.Random(1).randbytes(4096)), "encoding"),
    "a quotation mark left open": (b'email,name\na@b.example,"Lena\n' + b"x" * 200_000, "quotation mark"),
    "a line without end": (b"email,name\n" + b"x" * 2_000_000, "longer than"),
}


@pytest.mark.parametrize(("content", "says"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_file_that_cannot_be_read_is_told_so_and_nothing_is_written(tmp_path, content, says):
    with pytest.raises(CommandError, match=says):
        imported("contacts_import", written(tmp_path, content))
    assert not Contact.objects.exists()


def test_the_wrong_encoding_is_found_before_the_first_row_is_written(tmp_path):
    rows = "".join(f"c{n}@b.example,Name\n" for n in range(500))
    path = written(tmp_path, f"email,name\n{rows}last@b.example,Jörg\n", "cp1252")
    with pytest.raises(CommandError, match="encoding"):
        imported("contacts_import", path, "--encoding", "utf-8")
    assert not Contact.objects.exists()


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        imported("contacts_import", tmp_path / "nowhere.csv")


def test_a_broken_archive(tmp_path):
    path = tmp_path / "people.csv.gz"
    path.write_bytes(gzip.compress(CSV.encode())[:40])
    with pytest.raises(CommandError, match="cannot be read"):
        imported("contacts_import", path)


def test_what_stops_a_run_is_kept_on_it(tmp_path, monkeypatch):
    monkeypatch.setattr(contacts_module, "CHUNK_SIZES", {"postgresql": 250, "sqlite": 250})
    rows = "".join(f"c{n}@b.example,Name\n" for n in range(300))
    path = written(tmp_path, f'email,name\n{rows}last@b.example,"open\n' + "x" * 200_000)
    with pytest.raises(CommandError):
        imported("contacts_import", path)
    run = ImportRun.objects.get()
    assert (run.status, run.rows_read) == (ImportRun.Status.FAILED, 250)
    assert "quotation mark" in run.error


def test_utf_16_is_known_by_its_mark(tmp_path):
    text = codecs.BOM_UTF16_BE + "email\na@b.example\n".encode("utf-16-be")
    assert "1 created" in imported("contacts_import", written(tmp_path, text))


# --- cells ------------------------------------------------------------------------------------------------------------


@given(st.integers(min_value=0, max_value=10**10), st.sampled_from(".,"))
def test_an_amount_is_read_to_the_cent(cents, mark):
    assert cells.money(f"{cents // 100}{mark}{cents % 100:02}", unit="EUR") == Money(cents, "EUR")


@pytest.mark.parametrize("text", ["", "1,234.56", "1 000", "1e3", "NaN", "٣", "0x1", "--1", "9" * 20])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(RowRefused):
        cells.money(text, unit="EUR")


@pytest.mark.parametrize("text", ["", "31.2.2026", "2026-13-01", "03/04/2026", "soon"])
def test_what_is_no_date_is_refused(text):
    with pytest.raises(RowRefused):
        cells.moment(text)
