"""Two imports of the same people at once, on PostgreSQL. The guard is the unique key: who comes second looks again."""

import io
from collections import Counter
from threading import Barrier

import pytest
from django.core.management import call_command

from advocates.facts import ContactFacts
from advocates.imports import contact_writer, contacts as contacts_module
from advocates.models import Contact, ContactKey, ImportRun
from advocates.services.contacts import contact_upsert
from advocates.services.import_undo import import_undo
from tests.advocates.test_races import at_once, without_unique
from tests.concurrency.race import meet, run_together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

ROWS = 60


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.setattr(contacts_module, "CHUNK_SIZES", {"postgresql": 20})
    path = tmp_path / "people.csv"
    rows = (f"C-{number},c{number}@mail.example,Person {number},9\n" for number in range(ROWS))
    path.write_text("id,email,name,nps\n" + "".join(rows))
    return path


@pytest.fixture
def together(monkeypatch):
    """Both have looked who is known before either writes."""
    looked = Barrier(2)
    look = contact_writer.ContactWriter._wave

    def look_and_wait(self, people):
        found = look(self, people)
        meet(looked, seconds=2)
        return found

    monkeypatch.setattr(contact_writer.ContactWriter, "_wave", look_and_wait)


def imported(path):
    call_command("contacts_import", str(path), stdout=io.StringIO())


def test_two_imports_of_one_file_make_each_person_once(file, together):
    assert at_once(lambda _number: imported(file), times=2) == [None, None]
    assert (Contact.objects.count(), ContactKey.objects.count()) == (ROWS, 2 * ROWS)
    runs = ImportRun.objects.values_list("created_count", "unchanged_count", "updated_count", "refused_count")
    created, unchanged, updated, refused = map(sum, zip(*runs, strict=True))
    assert (created, unchanged + updated, refused) == (ROWS, ROWS, 0)


def test_twin_without_the_unique_key_makes_people_twice(file, together):
    with without_unique(ContactKey, "kind", "source", "value"):
        at_once(lambda _number: imported(file), times=2)
        assert Contact.objects.count() > ROWS


def test_an_import_and_calls_of_another_system_make_each_person_once(file, together, now):
    def called():
        for number in reversed(range(ROWS)):
            facts = ContactFacts(external_id=f"C-{number}", email=f"c{number}@mail.example", company="Fernway")
            contact_upsert(facts=facts, source="import", now=now)

    assert run_together(lambda: imported(file), called) == [None, None]
    assert (Contact.objects.count(), ContactKey.objects.count()) == (ROWS, 2 * ROWS)
    told = Counter(Contact.objects.values_list("details__company", "nps_score"))
    assert told == {("Fernway", 9): ROWS}


def test_an_import_is_taken_back_by_one_of_two(file, now):
    imported(file)
    run = ImportRun.objects.get()
    outcomes = run_together(*[lambda: import_undo(run=ImportRun.objects.get(pk=run.pk), actor=None, now=now)] * 2)
    assert sorted(type(outcome).__name__ for outcome in outcomes) in (["NotAllowed", "Undone"], ["Stale", "Undone"])
    assert not Contact.objects.exists()
