"""Exports as HubSpot and Shopify write them, columns as people choose them, cells as they come."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.core.management import call_command

from advocates.errors import ImportRefused, RowRefused
from advocates.imports import cells
from advocates.imports.columns import columns_match, columns_remembered
from advocates.imports.files import read_table
from advocates.imports.formats import format_of, formatted, known_fields
from advocates.models import Consent, Contact, ImportRun, Purchase
from advocates.services.consents import consent_withdraw
from advocates.services.import_undo import import_undo

CONTACTS, PURCHASES = ImportRun.Kind.CONTACTS, ImportRun.Kind.PURCHASES

HUBSPOT = """Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Lifecycle Stage,Company name,Country/Region,Preferred language,Create Date
51,Lena,Vogt,lena@posteo.example,+4930901820,Maya,Customer,Vogt GmbH,Germany,de-de,2024-05-04 10:11
"""  # noqa: E501
SHOPIFY_CUSTOMERS = """Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,Default Address Country Code,Default Address Phone,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Note,Tax Exempt,Tags
'7123456789,Omar,Diallo,omar@mail.example,yes,,US,,+12025550143,no,120.50,3,,no,
"""  # noqa: E501
SHOPIFY_ORDERS = """Name,Email,Financial Status,Paid at,Currency,Total,Created at,Lineitem quantity,Lineitem name,Cancelled at,Refunded Amount,Billing Name
#1001,omar@mail.example,paid,2026-03-01 09:31:00 -0500,USD,120.50,2026-03-01 09:30:00 -0500,2,Beans,,0.00,Omar Diallo
#1001,omar@mail.example,,,,,,1,Filter,,,
#1001,omar@mail.example,,,,,,1,Mug,,,
#1002,lena@posteo.example,partially_refunded,2026-03-02 09:31:00 -0500,USD,80.00,2026-03-02 09:30:00 -0500,4,Beans,,20.00,Lena Vogt
#1003,lena@posteo.example,paid,2026-03-03 09:31:00 -0500,USD,10.00,2026-03-03 09:30:00 -0500,1,Mug,2026-03-04 09:30:00 -0500,0.00,Lena Vogt
#1004,lena@posteo.example,paid,2026-03-03 09:31:00 -0500,USD,10.00,2026-03-03 09:30:00 -0500,many,Mug,,0.00,Lena Vogt
"""  # noqa: E501


def known_as(text, kind, wanted="auto"):
    """What the columns hold by the export's own names, with the cells of each of our rows."""
    table = read_table(io.StringIO(text))
    found = format_of(table.header, kind=kind, wanted=wanted)
    assert found
    columns = columns_match(table.header, known=known_fields({}, found), chosen={})
    return [{field: row.cells[index] for field, index in columns.items()} for row in formatted(table, found).rows]


def imported(text, kind, *options):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "export.csv"
        path.write_text(text, encoding="utf-8")
        out = io.StringIO()
        call_command(f"{kind}_import", str(path), "--source", "shop", *options, stdout=out)
        return out.getvalue()


@pytest.mark.django_db
def test_an_export_of_hubspot_comes_in_as_it_is():
    said = imported(HUBSPOT.replace("Customer,", "Marketing Qualified Lead,"), "contacts")
    assert "Known as an export of HubSpot." in said
    lena = Contact.objects.get()
    assert (lena.relation, lena.country, lena.language, lena.details.company) == ("lead", "DE", "de", "Vogt GmbH")


@pytest.mark.django_db
def test_who_agreed_in_the_shop_may_be_mailed_and_who_said_no_later_stays_so(now):
    imported(SHOPIFY_CUSTOMERS, "contacts", "--currency", "USD")
    omar = Contact.objects.get()
    assert omar.consents.get().basis == Consent.Basis.BY_API
    assert omar.keys.filter(kind="external").get().shown == "7123456789"
    consent_withdraw(contact=omar, channel="email", source="console", now=now)
    assert "0 created" in imported(SHOPIFY_CUSTOMERS, "contacts", "--currency", "USD")
    assert not omar.consents.filter(withdrawn_at=None).exists()


@pytest.mark.django_db
def test_a_column_of_ones_own_becomes_a_further_fact_and_again_changes_nothing():
    text = "email,Shoe size\na@b.example,39\nb@b.example,\n"
    imported(text, "contacts", "--map", "Shoe size=fact:shoe_size")
    assert sorted(Contact.objects.values_list("metadata", flat=True), key=str) == [{"shoe_size": "39"}, {}]
    assert "0 created, 0 updated, 2 unchanged" in imported(text, "contacts")
    assert "1 updated, 1 unchanged" in imported(text.replace("39", "40"), "contacts")


@pytest.mark.django_db
def test_orders_of_shopify_come_in_with_what_went_back():
    said = imported(SHOPIFY_ORDERS, "purchases")
    assert "4 created" in said
    states = dict(Purchase.objects.values_list("external_id", "status"))
    assert states == {"#1001": "complete", "#1002": "part", "#1003": "cancelled", "#1004": "complete"}
    assert Purchase.objects.get(external_id="#1002").returned_amount == 2000
    assert "0 created, 0 updated, 4 unchanged" in imported(SHOPIFY_ORDERS, "purchases")


def test_hubspots_contacts_are_known_by_their_own_columns():
    (said,) = known_as(HUBSPOT, CONTACTS)
    assert said == {
        "external_id": "51",
        "first_name": "Lena",
        "last_name": "Vogt",
        "email": "lena@posteo.example",
        "phone": "+4930901820",
        "relation": "Customer",
        "company": "Vogt GmbH",
        "country": "Germany",
        "language": "de-de",
    }


def test_shopifys_customers_say_whether_they_agreed_to_mails():
    (said,) = known_as(SHOPIFY_CUSTOMERS, CONTACTS)
    assert (said["consent_email"], said["external_id"], said["phone"]) == ("yes", "'7123456789", "+12025550143")
    assert (said["lifetime_value"], said["purchases_count"], said["country"]) == ("120.50", "3", "US")


def test_an_order_of_several_rows_is_one_sale_and_what_was_cancelled_is_none():
    first, second, third, fourth = known_as(SHOPIFY_ORDERS, PURCHASES)
    assert (first["id"], first["amount"], first["quantity"], first["status"]) == ("#1001", "120.50", "4", "paid")
    assert (second["status"], second["returned"], second["name"]) == ("partially_refunded", "20.00", "Lena Vogt")
    assert third["status"] == "cancelled"
    assert fourth["quantity"] == "1"
    assert first["date"] == "2026-03-01 09:30:00 -0500"


def test_rows_of_orders_keep_the_line_that_they_begin_in():
    table = read_table(io.StringIO(SHOPIFY_ORDERS))
    found = format_of(table.header, kind=PURCHASES)
    assert [row.line for row in formatted(table, found).rows] == [2, 5, 6, 7]


def test_putting_orders_together_twice_changes_nothing():
    table = read_table(io.StringIO(SHOPIFY_ORDERS))
    found = format_of(table.header, kind=PURCHASES)
    once = list(formatted(table, found).rows)
    again = list(formatted(type(table)(table.header, iter(once)), found).rows)
    assert again == once


def test_an_export_handed_in_as_something_else_is_told():
    header = next(csv.reader([SHOPIFY_ORDERS.splitlines()[0]]))
    with pytest.raises(ImportRefused, match="purchases from Shopify"):
        format_of(header, kind=CONTACTS)


@pytest.mark.parametrize("wanted", ["hubspot", "shopify"])
def test_other_columns_than_the_exports_are_told(wanted):
    with pytest.raises(ImportRefused, match="not the columns of an export"):
        format_of(["email", "name"], kind=CONTACTS, wanted=wanted)


def test_a_file_of_ones_own_is_no_export():
    assert format_of(["email", "name"], kind=CONTACTS) is None


# --- columns ----------------------------------------------------------------------------------------------------------

KNOWN = {"external_id": ("customer_id", "id"), "email": ("email", "mail"), "name": ("name",)}


def test_the_better_name_of_a_field_goes_first_wherever_it_stands():
    assert columns_match(["mail", "Email"], known=KNOWN, chosen={}) == {"email": 1}


def test_what_was_chosen_goes_before_what_is_guessed():
    found = columns_match(["email", "other"], known=KNOWN, chosen={"other": "email"})
    assert found == {"email": 1}


@pytest.mark.parametrize("nothing", ["", "-"])
def test_a_column_that_is_left_out_is_not_guessed(nothing):
    assert columns_match(["Email", "Name"], known=KNOWN, chosen={"email": nothing}) == {"name": 1}


def test_a_column_can_be_kept_as_a_further_fact():
    found = columns_match(["email", "Shoe size"], known=KNOWN, chosen={"Shoe size": "fact:shoe_size"})
    assert found == {"email": 0, "fact:shoe_size": 1}


def test_two_columns_cannot_hold_the_same():
    with pytest.raises(ImportRefused, match="Two columns"):
        columns_match(["a", "b"], known=KNOWN, chosen={"a": "email", "b": "email"})


def test_of_what_is_remembered_only_columns_of_this_file_count():
    assert columns_remembered(["E-Mail"], {"e_mail": "email", "gone": "name"}) == {"e_mail": "email"}


# --- cells ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "relation"),
    [
        ("Customer", Contact.Relation.CUSTOMER),
        ("Marketing Qualified Lead", Contact.Relation.LEAD),
        ("salesqualifiedlead", Contact.Relation.LEAD),
        ("Opportunity", Contact.Relation.LEAD),
        ("past_customer", Contact.Relation.PAST_CUSTOMER),
        ("industry leader", Contact.Relation.INDUSTRY_LEADER),
    ],
)
def test_a_lifecycle_stage_is_a_relation(text, relation):
    assert cells.relation(text) == relation


@pytest.mark.parametrize(
    ("text", "code"), [("de", "DE"), ("Germany", "DE"), ("deutschland", "DE"), ("대한민국", "KR"), ("中国", "CN")]
)
def test_a_country_is_known_by_its_code_or_its_name_in_any_of_our_languages(text, code):
    assert cells.country(text) == code


@pytest.mark.parametrize("text", ["europe_slash_berlin", "Europe/Berlin", "europe/berlin"])
def test_a_time_zone_is_known_as_hubspot_writes_it(text):
    assert cells.time_zone(text) == "Europe/Berlin"


def test_what_is_neither_yes_nor_no_is_refused():
    assert (cells.yes_no("Yes"), cells.yes_no("nein"), cells.yes_no("")) == (True, False, False)
    with pytest.raises(RowRefused):
        cells.yes_no("perhaps")


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("paid", Purchase.Status.COMPLETE),
        ("Partially refunded", Purchase.Status.PART_RETURNED),
        ("refunded", Purchase.Status.RETURNED),
        ("voided", Purchase.Status.CANCELLED),
    ],
)
def test_the_state_of_an_order_is_read_as_shops_call_it(text, status):
    assert cells.purchase_status(text) == status


@pytest.mark.parametrize("text", ["pending", "authorized", "no such state"])
def test_what_is_not_paid_is_no_sale_yet(text):
    with pytest.raises(RowRefused):
        cells.purchase_status(text)


@pytest.mark.parametrize("text", ["2026-03-01 09:30:00 -0500", "2026-03-01 14:30:00 UTC", "2026-03-01T14:30Z"])
def test_a_moment_is_read_as_shops_write_it(text):
    assert cells.moment(text) == datetime(2026, 3, 1, 14, 30, tzinfo=UTC)


@pytest.mark.django_db
def test_people_with_facts_and_consents_of_an_import_go_with_it(ada, now):
    imported(SHOPIFY_CUSTOMERS, "contacts", "--currency", "USD", "--map", "Tags=fact:tags")
    import_undo(run=ImportRun.objects.get(), actor=ada, now=now)
    assert not Contact.objects.exists()
