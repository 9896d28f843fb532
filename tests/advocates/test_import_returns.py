"""Orders that a shop calls refunded or cancelled, in the very file that brings them and in later ones."""

from datetime import UTC, datetime

import pytest

from advocates.imports import run as run_module
from advocates.imports.plan import open_plan
from advocates.imports.run import RefusedRows, import_table, preview
from advocates.models import Contact, ContactKey, ImportRun, Purchase, PurchaseReturn
from advocates.services.import_undo import import_undo
from advocates.services.purchases import purchase_record
from advocates.services.returns import purchase_return
from config.lib.money import Money
from tests.cast import LENA, contact_of

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
HEADER = (
    "Name,Email,Financial Status,Paid at,Currency,Total,Created at,Lineitem quantity,Cancelled at,Refunded Amount\n"
)
PAID = """#1001,omar@mail.example,paid,,USD,120.50,2026-03-01 09:30:00 +0000,2,,0.00
#1002,lena.vogt@posteo.example,paid,,USD,80.00,2026-03-02 09:30:00 +0000,4,,0.00
#1003,lena.vogt@posteo.example,paid,,USD,10.00,2026-03-03 09:30:00 +0000,1,,0.00
"""
LATER = """#1001,omar@mail.example,refunded,,USD,120.50,2026-03-01 09:30:00 +0000,2,,120.50
#1002,lena.vogt@posteo.example,partially_refunded,,USD,80.00,2026-03-02 09:30:00 +0000,4,,20.00
#1003,lena.vogt@posteo.example,paid,,USD,10.00,2026-03-03 09:30:00 +0000,1,2026-03-04 09:30:00 +0000,0.00
"""


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch):
    monkeypatch.setattr(run_module, "SQLITE_PAUSE_SECONDS", 0)


@pytest.fixture
def imported(tmp_path):
    def run_it(orders, *, is_dry=False):
        path = tmp_path / "orders.csv"
        path.write_text(HEADER + orders)
        run = ImportRun(kind=ImportRun.Kind.PURCHASES, source="shop", file_name="orders.csv")
        if not is_dry:
            run.save()
        with (
            open_plan(path, run=run, chosen={}, now=NOW) as plan,
            RefusedRows(tmp_path / "refused.csv", plan.table.header) as refused,
        ):
            return import_table(
                table=plan.table, how=plan.how, run=run, refused=refused, progress=lambda _run: None, is_dry=is_dry
            )

    return run_it


def counts(run):
    return run.created_count, run.updated_count, run.unchanged_count, run.refused_count


def figures(email):
    contact = Contact.objects.get(keys__value=email)
    return contact.purchases_count, contact.lifetime_amount


def test_customers_of_a_shop_are_known_by_their_address(imported):
    assert counts(imported(PAID)) == (3, 0, 0, 0)
    assert figures("lena.vogt@posteo.example") == (2, 90_00)
    assert set(ContactKey.objects.values_list("kind", flat=True)) == {ContactKey.Kind.EMAIL}


def test_refunded_and_cancelled_orders_are_written_and_do_not_count(imported):
    assert counts(imported(LATER)) == (3, 0, 0, 0)
    statuses = dict(Purchase.objects.values_list("external_id", "status"))
    assert statuses == {"#1001": "returned", "#1002": "part", "#1003": "cancelled"}
    assert figures("lena.vogt@posteo.example") == (1, 60_00)
    assert figures("omar@mail.example") == (0, 0)
    # The file does not say when: they stand on the day of the sale.
    assert PurchaseReturn.objects.filter(occurred_at__gt=datetime(2026, 3, 4, tzinfo=UTC)).count() == 0


def test_a_later_file_counts_back_what_came_back_since_and_the_same_file_nothing(imported):
    imported(PAID)
    assert counts(imported(LATER)) == (0, 3, 0, 0)
    assert counts(imported(LATER)) == (0, 0, 3, 0)
    assert figures("lena.vogt@posteo.example") == (1, 60_00)
    assert PurchaseReturn.objects.count() == 3


def test_what_another_system_counted_back_already_is_not_counted_back_twice(imported):
    imported(PAID)
    purchase_return(
        purchase=Purchase.objects.get(external_id="#1002"),
        source="shop",
        event_id="refund-7",
        money=Money(20_00, "USD"),
        kind="returned",
        occurred_at=NOW,
    )
    assert counts(imported(LATER)) == (0, 2, 1, 0)
    assert figures("lena.vogt@posteo.example") == (1, 60_00)


def test_an_order_that_is_not_paid_waits_for_the_next_file(imported):
    assert counts(imported(PAID.replace("#1003,lena.vogt@posteo.example,paid", "#1003,x@mail.example,pending"))) == (
        2,
        0,
        0,
        1,
    )
    assert not Purchase.objects.filter(external_id="#1003").exists()


def test_a_trial_writes_nothing_and_says_the_same(imported):
    imported(PAID)
    assert counts(imported(LATER, is_dry=True)) == (0, 3, 0, 0)
    assert not PurchaseReturn.objects.exists()


def test_the_first_rows_show_what_would_change(imported, tmp_path):
    imported(PAID)
    path = tmp_path / "later.csv"
    path.write_text(HEADER + LATER)
    run = ImportRun(kind=ImportRun.Kind.PURCHASES, source="shop", file_name="later.csv")
    with open_plan(path, run=run, chosen={}, now=NOW) as plan:
        assert [row.outcome for row in preview(table=plan.table, how=plan.how)] == ["updated"] * 3
    assert not PurchaseReturn.objects.exists()


def test_a_sale_without_a_number_of_its_own_needs_a_customer_number(imported):
    run = imported(PAID.replace("#1003,", ","))
    assert counts(run) == (2, 0, 0, 1)
    assert not Purchase.objects.filter(external_id__contains="@").exists()


def test_an_import_with_returns_is_taken_back_whole(imported):
    lena = contact_of(LENA)
    money = Money(5_00, "USD")
    purchase_record(contact=lena, source="till", external_id="T-1", occurred_at=NOW, money=money)
    run = imported(LATER)
    assert figures("lena.vogt@posteo.example") == (2, 65_00)
    import_undo(run=run, actor=None, now=NOW)
    assert (Purchase.objects.count(), PurchaseReturn.objects.count()) == (1, 0)
    assert figures("lena.vogt@posteo.example") == (1, 5_00)
    assert Contact.objects.count() == 1
