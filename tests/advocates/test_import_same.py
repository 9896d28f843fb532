"""The way for many gives what the way for one gives: the same people, keys, columns and outcomes."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings, strategies as st

from advocates.errors import BadFact
from advocates.identity import external_key
from advocates.imports import contact_writer
from advocates.imports.contacts import ContactsImport
from advocates.imports.files import Row
from advocates.imports.people import PeopleReader, contact_facts, number_keys
from advocates.models import Contact, ContactPair, ImportRun
from advocates.services.contacts import contact_upsert
from config.lib.errors import DomainError

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SOURCE = "crm"
FIELDS = {
    "external_id": ["", "", "C-1", "C-2", "C-3", " C-3 ", "C-4"],
    "email": ["", "", "lena@mail.example", "LENA@mail.example", "l.ena@gmail.com", "lena+x@gmail.com", "nobody"],
    "phone": ["", "", "", "+4915112345678", "+49 151 12345678", "0151 12345678", "+4915112345679"],
    "name": ["", "Lena Vogt", "Vogt, Lena", "陈美", "x" * 201],
    "public_name": ["", "Lena"],
    "company": ["", "Fernway GmbH", "Fernway"],
    "language": ["", "de", "English", "??"],
    "country": ["", "DE", "AT", "Germany"],
    "relation": ["", "lead", "customer", "friend"],
    "customer_since": ["", "2025-01-01", "soon"],
    "purchases_count": ["", "3", "4"],
    "lifetime_value": ["", "10.00", "1,5", "x"],
    "currency": ["", "EUR", "JPY"],
    "nps_score": ["", "", "9", "10", "3", "11"],
    "nps_at": ["", "", "2026-01-01", "2026-02-01", "2025-12-31"],
}  # fmt: skip
NAMES = list(FIELDS)
COLUMNS = {name: place for place, name in enumerate(NAMES)}
rows = st.lists(st.tuples(*(st.sampled_from(values) for values in FIELDS.values())), min_size=1, max_size=24)


class Undone(Exception):
    """Ends a trial, so that the next one begins with empty tables."""


def one_by_one(records):
    outcomes: Counter[str] = Counter()
    reader = PeopleReader(COLUMNS, SOURCE)
    for row in records:
        try:
            outcomes[contact_upsert(facts=contact_facts(reader.said(row)), source=SOURCE, now=NOW).outcome] += 1
        except DomainError:
            outcomes["refused"] += 1
    return outcomes


def at_once(records):
    how = ContactsImport(columns=COLUMNS, source=SOURCE, now=NOW).how()
    taken = how.take(how.read(records), ImportRun.objects.create(kind="contacts", source=SOURCE, file_name="x"))
    return Counter(
        created=taken.created,
        updated=taken.updated + taken.merged,
        unchanged=taken.unchanged,
        refused=len(taken.refused),
    )


def standing():
    """Everybody by all that is known of them, but for ids and moments of writing."""
    everybody = Contact.objects.select_related("details").prefetch_related("keys")
    people = [
        (
            sorted((key.kind, key.source, key.value, key.shown, key.strict) for key in contact.keys.all()),
            [getattr(contact, name) for name in contact_columns()],
            [getattr(contact.details, name) for name in ("name", "public_name", "company", "match_name")],
        )
        for contact in everybody
    ]
    return sorted(people, key=repr), ContactPair.objects.count()


def contact_columns():
    varying = {"id", "public_id", "created_at", "updated_at", "import_run"}
    return [field.name for field in Contact._meta.concrete_fields if field.name not in varying]


def tried(way, *chunks):
    """What came of it, in a transaction that is taken back."""
    found = []
    try:
        with transaction.atomic():
            found += [way(chunk) for chunk in chunks]
            found.append(standing())
            raise Undone
    except Undone:
        return found


def records_of(texts):
    return [Row(line, list(cells)) for line, cells in enumerate(texts, start=2)]


def trial(first, second):
    records = records_of(first), records_of(second)
    theirs, ours = tried(one_by_one, *records), tried(at_once, *records)
    assert +ours[0] == +theirs[0]
    assert +ours[1] == +theirs[1]
    assert ours[2] == theirs[2]


@pytest.mark.parametrize("fewest", [1, 5])
@given(first=rows, second=rows)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_many_at_once_are_the_same_people_as_one_by_one(fewest, first, second):
    before = contact_writer.FEWEST_A_WAVE
    contact_writer.FEWEST_A_WAVE = fewest
    try:
        trial(first, second)
    finally:
        contact_writer.FEWEST_A_WAVE = before


# Rows of one person all name their number; beside it, what belongs to that person alone.
LINKED = st.lists(
    st.tuples(st.integers(1, 5), st.sampled_from(["", "a", "A", "b"]), st.booleans()), min_size=1, max_size=12
)


def linked(texts):
    addresses = ((f"C-{number}", f"{box}{number}@mail.example" if box else "") for number, box, _called in texts)
    phones = (f"+4915112345{number}00" if called else "" for number, _box, called in texts)
    return [[*keys, phone, *[""] * (len(NAMES) - 3)] for keys, phone in zip(addresses, phones, strict=True)]


def in_chunks(records, size):
    return [records[start : start + size] for start in range(0, len(records), size)]


def partition(people):
    """Who has which keys, however they were written when they first came."""
    return sorted(sorted(key[:3] for key in keys) for keys, *_columns in people)


@given(texts=rows, order=st.randoms(use_true_random=False), size=st.integers(1, 12))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_in_whatever_order_and_chunks_they_are_the_people_of_one_by_one(texts, order, size):
    order.shuffle(texts)
    theirs = tried(one_by_one, records_of(texts))
    ours = tried(at_once, *in_chunks(records_of(texts), size))
    assert ours[-1] == theirs[-1]
    assert +sum(ours[:-1], Counter()) == +theirs[0]


@given(texts=LINKED, order=st.randoms(use_true_random=False), size=st.integers(1, 12))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_where_each_row_names_its_number_the_order_makes_no_difference_to_who_they_are(texts, order, size):
    theirs = tried(one_by_one, records_of(linked(texts)))
    order.shuffle(texts)
    ours = tried(at_once, *in_chunks(records_of(linked(texts)), size))
    assert partition(ours[-1][0]) == partition(theirs[-1][0])


@given(st.one_of(st.text(max_size=140), st.from_regex(r"[A-Za-z0-9 ._/-]{0,12}", fullmatch=True)))
def test_a_number_is_the_key_that_it_is_elsewhere(text):
    try:
        keys = number_keys(text, SOURCE)
    except BadFact:
        return
    assert [key.value for key in keys] == [value for value in [external_key(text)] if value]


def test_most_rows_go_the_short_way(monkeypatch):
    """Else the property above would compare one way with itself."""
    singly = []
    monkeypatch.setattr(contact_writer, "person_upsert", lambda **said: singly.append(said))
    records = [Row(n, [f"C-{n}", f"c{n}@mail.example", *[""] * (len(NAMES) - 2)]) for n in range(200)]
    assert at_once(records)["created"] == 200
    assert at_once(records)["unchanged"] == 200
    assert singly == []
