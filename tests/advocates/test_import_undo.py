"""A whole import is taken back, or nothing of it and the reason is said."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command

from advocates.errors import ImportInUse
from advocates.imports import run as run_module
from advocates.models import (
    AuditEntry,
    Contact,
    ContactDetails,
    ContactKey,
    ImportChange,
    ImportRun,
    NpsAnswer,
    Purchase,
)
from advocates.services.import_undo import import_undo
from advocates.services.merging import contacts_merge, merge_undo
from advocates.services.purchases import purchase_record
from config.lib.money import Money
from config.lib.states import NotAllowed

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, tzinfo=UTC)
TABLES = (Contact, ContactDetails, ContactKey, NpsAnswer, Purchase)
BEFORE = (
    "id,email,name,country,nps,nps date\nC-1,lena@mail.example,Lena,DE,9,2026-01-01\n,omar@mail.example,Omar,US,,\n"
)
AFTER = (
    "id,email,name,company,country,nps,nps date\n"
    "C-1,,Lena Vogt,Fernway,AT,4,2026-02-01\n"
    "C-2,omar@mail.example,,,,10,2026-02-01\n"
    "C-3,mei@mail.example,Mei,Kite,CN,8,2026-02-01\n"
    "C-3,,Mei Tan,,,,\n"
)
SALES = (
    "customer,email,date,amount,currency\n"
    "C-1,,2026-01-05,9.99,EUR\n"
    "X-9,omar@mail.example,2026-01-06,5,EUR\n"
    "X-8,,2026-01-07,1,EUR\n"
)


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch):
    monkeypatch.setattr(run_module, "SQLITE_PAUSE_SECONDS", 0)


def imported(tmp_path, text, command="contacts_import", *options):
    path = tmp_path / "file.csv"
    path.write_text(text)
    call_command(command, str(path), *options, stdout=io.StringIO())
    return ImportRun.objects.latest("pk")


def standing():
    """Every row, but for when it was changed."""
    return [sorted(map(str, model.objects.values_list(*columns(model)))) for model in TABLES]


def columns(model):
    return [field.attname for field in model._meta.concrete_fields if field.name != "updated_at"]


def test_what_an_import_changed_stands_again_as_before(tmp_path):
    imported(tmp_path, BEFORE)
    before = standing()
    run = imported(tmp_path, AFTER)
    assert (run.created_count, run.updated_count, run.merged_count) == (1, 2, 1)
    undone = import_undo(run=run, actor=None, now=NOW)
    assert standing() == before
    assert (undone.people, undone.restored) == (1, 2)
    run.refresh_from_db()
    assert (run.status, run.undone_at) == (ImportRun.Status.UNDONE, NOW)
    assert not ImportChange.objects.filter(run=run).exists()
    assert AuditEntry.objects.get(verb="import.undone").after["people"] == 1


def test_an_import_is_taken_back_once(tmp_path):
    run = imported(tmp_path, BEFORE)
    import_undo(run=run, actor=None, now=NOW)
    assert not Contact.objects.exists()
    with pytest.raises(NotAllowed):
        import_undo(run=run, actor=None, now=NOW)
    imported(tmp_path, BEFORE)
    assert Contact.objects.count() == 2


def test_what_somebody_changed_since_stays(tmp_path):
    imported(tmp_path, BEFORE)
    run = imported(tmp_path, AFTER)
    lena = ContactKey.objects.get(value="C-1").contact
    Contact.objects.filter(pk=lena.pk).update(country="CH")
    import_undo(run=run, actor=None, now=NOW)
    lena.refresh_from_db()
    assert (lena.country, lena.details.name, lena.nps_score) == ("CH", "Lena", 9)


def test_sales_are_counted_back(tmp_path):
    imported(tmp_path, BEFORE)
    lena = ContactKey.objects.get(value="C-1").contact
    purchase_record(contact=lena, source="shop", external_id="A", occurred_at=NOW, money=Money(500, "EUR"))
    before = standing()
    run = imported(tmp_path, SALES, "purchases_import")
    assert (run.created_count, Contact.objects.count(), Purchase.objects.count()) == (3, 3, 4)
    undone = import_undo(run=run, actor=None, now=NOW)
    assert standing() == before
    assert (undone.people, undone.restored, undone.rows) == (1, 2, 3)


def test_a_later_sale_still_counts_when_earlier_ones_are_taken_back(tmp_path):
    imported(tmp_path, BEFORE)
    lena = ContactKey.objects.get(value="C-1").contact
    run = imported(tmp_path, "customer,date,amount,currency\nC-1,2026-01-05,9.99,EUR\n", "purchases_import")
    lena.refresh_from_db()
    purchase_record(contact=lena, source="shop", external_id="A", occurred_at=NOW, money=Money(500, "EUR"))
    import_undo(run=run, actor=None, now=NOW)
    lena.refresh_from_db()
    assert (lena.purchases_count, lena.lifetime_amount, lena.relation) == (1, 500, "customer")
    assert lena.first_purchase_at == NOW


def test_nothing_is_taken_back_while_something_depends_on_it(tmp_path):
    run = imported(tmp_path, BEFORE)
    lena = ContactKey.objects.get(value="C-1").contact
    purchase_record(contact=lena, source="shop", external_id="A", occurred_at=NOW, money=Money(500, "EUR"))
    before = standing()
    with pytest.raises(ImportInUse, match="1 purchase"):
        import_undo(run=run, actor=None, now=NOW)
    assert standing() == before
    run.refresh_from_db()
    assert run.status == ImportRun.Status.DONE


def test_people_whom_another_import_brought_up_to_date_stay(tmp_path):
    first = imported(tmp_path, BEFORE)
    second = imported(tmp_path, AFTER)
    with pytest.raises(ImportInUse, match="2 people"):
        import_undo(run=first, actor=None, now=NOW)
    import_undo(run=second, actor=None, now=NOW)
    import_undo(run=first, actor=None, now=NOW)
    assert not Contact.objects.exists()


# --- people who are part of a merge ---


def merged(*, kept, gone, now):
    lena, other = (ContactKey.objects.get(value=value).contact for value in (kept, gone))
    return contacts_merge(kept=lena, gone=other, actor=None, reason="same person", now=now)


@pytest.mark.parametrize("is_kept", [True, False])
def test_people_of_an_import_who_were_merged_stay(tmp_path, is_kept):
    imported(tmp_path, "id,email\nC-9,old@mail.example\n")
    run = imported(tmp_path, BEFORE)
    kept, gone = ("C-1", "C-9") if is_kept else ("C-9", "C-1")
    merged(kept=kept, gone=gone, now=run.finished_at + timedelta(hours=1))
    before = standing()
    with pytest.raises(ImportInUse, match="1 merge"):
        import_undo(run=run, actor=None, now=NOW)
    assert standing() == before


@pytest.mark.parametrize("is_kept", [True, False])
def test_what_an_import_told_of_people_who_were_merged_since_stays_until_the_merge_is_undone(tmp_path, is_kept):
    imported(tmp_path, BEFORE)
    before = standing()
    run = imported(tmp_path, "id,name,company\nC-1,Lena Vogt,Fernway\n")
    kept, gone = ("C-1", "omar@mail.example") if is_kept else ("omar@mail.example", "C-1")
    merge = merged(kept=kept, gone=gone, now=run.finished_at + timedelta(hours=1))
    with pytest.raises(ImportInUse, match="1 people who were merged"):
        import_undo(run=run, actor=None, now=NOW)
    merge_undo(merge=merge, actor=None, now=run.finished_at + timedelta(hours=2))
    import_undo(run=run, actor=None, now=NOW)
    assert standing() == before


def test_a_merge_before_the_import_is_not_in_its_way(tmp_path):
    imported(tmp_path, BEFORE)
    merged(kept="C-1", gone="omar@mail.example", now=ImportRun.objects.get().started_at)
    before = standing()
    run = imported(tmp_path, "id,name,company\nC-1,Lena Vogt,Fernway\n")
    assert import_undo(run=run, actor=None, now=NOW).restored == 1
    assert standing() == before
