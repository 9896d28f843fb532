"""A file on its way into the house, through the console."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from advocates.facts import ContactFacts
from advocates.models import Contact, ImportMapping, ImportRun, Purchase, User
from advocates.services.contacts import contact_upsert
from advocates.services.import_files import file_of
from advocates.services.import_rounds import imports_run
from config.lib import clock
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db

CSV = """Kunde;E-Mail;Name;Schuhgröße
K-1;lena@posteo.example;Lena Vogt;39
K-2;nobody;Niemand;
K-3;omar@mail.example;=HYPERLINK(1);44
K-4;nowhere;=1+1;
"""
ADD = "admin:advocates_importrun_add"
LIST = "admin:advocates_importrun_changelist"


@pytest.fixture
def marketing(client, mira, company):
    client.force_login(mira)
    return client


@pytest.fixture
def finance(client, tom, company):
    """May look at imports, and no more."""
    client.force_login(tom)
    return client


def hand_in(client, content=CSV, name="people.csv", **said):
    data = content.encode("cp1252") if isinstance(content, str) else content
    facts = {"kind": "contacts", "source": "crm", "format": "auto"} | said
    return client.post(reverse(ADD), {"file": SimpleUploadedFile(name, data), **facts})


def columns_of(run):
    return reverse("admin:advocates_importrun_columns", args=[run.pk])


def page_of(run):
    return reverse("admin:advocates_importrun_change", args=[run.pk])


def choose(client, run, do, **said):
    fields = {"column-0": "external_id", "column-1": "email", "column-2": "name", "column-3": ""}
    return client.post(columns_of(run), fields | {"currency": "", "do": do} | said)


@pytest.fixture
def handed_in(marketing):
    hand_in(marketing)
    return ImportRun.objects.get()


# --- the way ----------------------------------------------------------------------------------------------------------


def test_an_empty_list_says_what_to_do(marketing):
    page = marketing.get(reverse(LIST)).text
    assert "Bring in the people you know" in page
    assert reverse(ADD) in page


def test_a_file_is_looked_at_and_nothing_is_written(marketing, handed_in):
    assert (handed_in.status, handed_in.created_by.email) == (ImportRun.Status.DRAFT, "mira@fernway.example")
    page = marketing.get(columns_of(handed_in)).text
    assert "Schuhgröße" in page
    assert '<option value="email" selected>' in page
    assert "by its name" in page
    assert "not an e-mail address" in page
    assert not Contact.objects.exists()


def test_a_column_is_chosen_tried_out_and_the_import_begun(marketing, handed_in):
    tried = choose(marketing, handed_in, "try").text
    assert "Tried out with the first 4 rows; nothing was written" in tried
    assert not Contact.objects.exists()
    answer = choose(marketing, handed_in, "begin")
    assert answer.url == page_of(handed_in)
    imports_run(now=clock.now())
    page = marketing.get(page_of(handed_in)).text
    assert "100 %" in page
    assert "Download the refused rows" in page
    assert Contact.objects.count() == 2


def test_the_columns_are_remembered_for_the_next_file_of_the_source(marketing, handed_in):
    choose(marketing, handed_in, "begin", **{"column-2": ""})
    mapping = ImportMapping.objects.get().mapping
    assert mapping == {"kunde": "external_id", "e_mail": "email", "name": "", "schuhgrösse": ""}
    hand_in(marketing)
    page = marketing.get(columns_of(ImportRun.objects.latest("pk"))).text
    assert "as the last time" in page
    assert '<option value="name" selected>' not in page


def test_what_would_change_is_told_in_the_words_of_the_columns(marketing, company):
    contact_upsert(facts=ContactFacts(email="lena@posteo.example", name="L. Vogt"), source="shop", now=clock.now())
    hand_in(marketing, CSV.replace("Kunde;", "Kundennummer;"))
    page = marketing.get(columns_of(ImportRun.objects.get())).text
    assert "Customer number, Full name" in page
    assert "Match name" not in page


def test_what_is_missing_is_said_and_nothing_begins(marketing, handed_in):
    answer = choose(marketing, handed_in, "begin", **{"column-0": "", "column-1": ""})
    page = marketing.get(answer.url).text
    assert "Choose the column that says who somebody is" in page
    handed_in.refresh_from_db()
    assert handed_in.status == ImportRun.Status.DRAFT
    assert '<option value="name" selected>' in page


def test_two_columns_that_hold_the_same_are_told(marketing, handed_in):
    answer = choose(marketing, handed_in, "look", **{"column-2": "email"})
    assert "Two columns" in marketing.get(answer.url, follow=True).text


def test_a_wrong_currency_is_said_and_the_columns_stay_chosen(marketing, handed_in):
    page = choose(marketing, handed_in, "begin", currency="EURO", **{"column-2": ""}).text
    assert "EURO" in page
    handed_in.refresh_from_db()
    assert handed_in.mapping["Name"] == ""


def test_purchases_are_asked_for_their_currency(marketing):
    hand_in(marketing, "customer,date,amount\nC-1,2026-03-01,10.00\n", kind="purchases")
    run = ImportRun.objects.get()
    assert "say below which one all amounts are in" in marketing.get(columns_of(run)).text
    fields = {"column-0": "customer", "column-1": "date", "column-2": "amount", "do": "begin"}
    marketing.post(columns_of(run), fields | {"currency": "eur"})
    imports_run(now=clock.now())
    assert Purchase.objects.get().unit == "EUR"


def test_a_workbook_with_two_sheets_asks_which(marketing):
    book = openpyxl.Workbook()
    book.active.append(["nothing"])
    book.create_sheet("Kunden").append(["email"])
    book["Kunden"].append(["a@b.example"])
    content = io.BytesIO()
    book.save(content)
    hand_in(marketing, content.getvalue(), "people.xlsx")
    run = ImportRun.objects.get()
    assert "Kunden" in marketing.get(columns_of(run)).text
    marketing.post(columns_of(run), {"sheet": "Kunden", "do": "look"})
    assert '<option value="email" selected>' in marketing.get(columns_of(run)).text


def test_letters_that_look_wrong_can_be_read_otherwise(marketing):
    hand_in(marketing, "name,email\n高橋,a@b.example\n".encode("euc_jp"))
    run = ImportRun.objects.get()
    marketing.post(columns_of(run), {"encoding": "euc_jp", "do": "look"})
    assert "高橋" in marketing.get(columns_of(run)).text


# --- the run ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def begun(marketing, handed_in):
    choose(marketing, handed_in, "begin")
    return handed_in


def verb(client, run, name):
    return client.post(reverse("admin:advocates_importrun_verb", args=[run.pk, name]), follow=True)


def test_an_import_is_paused_and_goes_on(marketing, begun):
    assert "waits" in verb(marketing, begun, "pause").text
    imports_run(now=clock.now())
    assert not Contact.objects.exists()
    verb(marketing, begun, "resume")
    imports_run(now=clock.now())
    assert Contact.objects.count() == 2


def test_a_cancelled_import_says_how_far_it_came(marketing, begun):
    verb(marketing, begun, "cancel")
    begun.refresh_from_db()
    assert begun.status == ImportRun.Status.CANCELLED
    assert "Go on" not in marketing.get(page_of(begun)).text


def test_an_import_is_taken_back(marketing, begun):
    imports_run(now=clock.now())
    assert "2 new rows are deleted" in marketing.get(page_of(begun)).text
    verb(marketing, begun, "undo")
    begun.refresh_from_db()
    assert (begun.status, Contact.objects.count()) == (ImportRun.Status.UNDONE, 0)


def test_the_part_that_moves_is_there_alone(marketing, begun):
    url = reverse("admin:advocates_importrun_state", args=[begun.pk])
    waiting = marketing.get(url)
    assert "data-moving" in waiting.text
    assert "<html" not in waiting.text
    imports_run(now=clock.now())
    assert "data-moving" not in marketing.get(url).text


def test_the_page_and_its_list_take_a_bounded_number_of_queries(marketing, begun, django_assert_max_num_queries):
    imports_run(now=clock.now())
    for url in (page_of(begun), reverse(LIST)):
        with django_assert_max_num_queries(25):
            marketing.get(url)


def test_refused_rows_come_as_a_file_that_never_reckons(marketing, begun):
    imports_run(now=clock.now())
    answer = marketing.get(reverse("admin:advocates_importrun_refused", args=[begun.pk]))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert "attachment" in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    assert "nobody" in text
    assert "'=1+1" in text
    assert ",=" not in text


# --- who may ----------------------------------------------------------------------------------------------------------


def test_who_may_only_look_hands_nothing_in_and_takes_nothing_out(client, mira, company):
    client.force_login(mira)
    hand_in(client)
    run = ImportRun.objects.get()
    choose(client, run, "begin")
    imports_run(now=clock.now())
    reader = User.objects.create_user("reader@fernway.example", PASSWORD, name="Reader")
    reader.user_permissions.add(*view_permission())
    client.force_login(reader)
    assert client.get(page_of(run)).status_code == 200
    assert "Download" not in client.get(page_of(run)).text
    assert reverse(ADD) not in client.get(reverse(LIST)).text
    assert hand_in(client).status_code == 403
    assert client.get(reverse("admin:advocates_importrun_refused", args=[run.pk])).status_code == 403
    assert client.get(columns_of(run)).status_code == 403
    assert verb(client, run, "undo").status_code == 403


def view_permission():
    from django.contrib.auth.models import Permission

    return Permission.objects.filter(codename="view_importrun")


def test_who_may_see_no_imports_sees_none(client, company, handed_in):
    nobody = User.objects.create_user("nobody@fernway.example", PASSWORD, name="Nobody")
    client.force_login(nobody)
    for url in (columns_of(handed_in), reverse("admin:advocates_importrun_state", args=[handed_in.pk])):
        assert client.get(url).status_code in (302, 403)


def test_the_form_wants_its_token(mira, company):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(mira)
    assert hand_in(strict).status_code == 403
    assert not ImportRun.objects.exists()


# --- bad files --------------------------------------------------------------------------------------------------------

BAD = {
    "old Excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel workbook"),
    "PDF": (b"%PDF-1.7", "This is a PDF"),
    "nothing": (b"\n", "The file is empty"),
    "cut short": (b"PK\x03\x04 and so on", "damaged or cut short"),
    "noise": (bytes(range(128, 256)) * 20 + b"\x81\x8d\x8f\x90\x9d", "cannot be told"),
}


@pytest.mark.parametrize(("content", "says"), BAD.values(), ids=BAD)
def test_a_bad_file_is_told_and_not_kept(marketing, settings, content, says):
    page = hand_in(marketing, content).text
    assert says in page
    assert not ImportRun.objects.exists()
    assert not list(settings.IMPORT_ROOT.iterdir())


def test_a_file_that_is_too_large_is_turned_away_before_it_is_read(marketing, settings):
    settings.IMPORT_MAX_BYTES = 1 << 20
    answer = hand_in(marketing, b"x" * (2 << 20))
    assert "larger than 1 MB" in marketing.get(answer.url).text
    assert not ImportRun.objects.exists()


def test_what_is_typed_is_judged_and_kept(marketing):
    page = hand_in(marketing, source="").text
    assert "required" in page
    assert not ImportRun.objects.exists()


def test_a_draft_whose_file_is_gone_leads_back_to_the_list(marketing, handed_in):
    file_of(handed_in).unlink()
    assert "Hand it in again" in marketing.get(columns_of(handed_in), follow=True).text


def test_a_field_that_nobody_offers_is_refused(marketing, handed_in):
    answer = choose(marketing, handed_in, "begin", **{"column-2": "is_staff"})
    assert answer.url != page_of(handed_in)
    assert not Contact.objects.exists()
