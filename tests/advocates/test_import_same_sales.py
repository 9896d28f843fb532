"""Sales by the chunk give what sales one by one give: the same customers, keys, figures, returns and outcomes."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings, strategies as st

from advocates.identity import email_key
from advocates.imports.files import Row
from advocates.imports.people import EMAIL, Key
from advocates.imports.purchase_writer import PurchaseWriter, Sale
from advocates.imports.purchases import purchases_import_of
from advocates.models import Contact, ContactKey, ImportRun, Purchase
from advocates.services.purchases import purchase_record
from advocates.services.returns import purchases_returned
from config.lib.money import Money

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SOURCE = "shop"
FIELDS = {
    "customer": ["", "N-1", "N-2", " N-2 ", "N-3"],
    "email": ["", "", "lena@mail.example", "LENA@mail.example", "l.ena@gmail.com", "lena@gmail.com", "nobody"],
    "date": ["2026-01-01", "20260105", "1.3.2026", "soon"],
    "quantity": ["", "1", "2", "x"],
    "amount": ["5.00", "7,5", "-1"],
}  # fmt: skip
# Number, state, what went back: where a number stands twice it says the same.
ORDERS = [
    ("", "", ""),
    ("", "", ""),
    ("", "refunded", ""),
    ("", "pending", ""),
    ("A", "paid", ""),
    ("B", "refunded", ""),
    ("C", "", "1.00"),
    ("D", "pending", ""),
    ("E", "cancelled", ""),
]
LATER = [("", "", ""), ("A", "", "2.00"), ("B", "refunded", ""), ("C", "refunded", ""), ("D", "paid", "")]
HEADER = (*FIELDS, "order_id", "status", "returned")


def rows_of(orders):
    cells = [st.sampled_from(values) for values in FIELDS.values()]
    row = st.tuples(st.tuples(*cells), st.sampled_from(orders)).map(lambda parts: [*parts[0], *parts[1]])
    return st.lists(row, min_size=1, max_size=14)


class Undone(Exception):
    """Ends a trial, so that the next one begins with empty tables."""


def how_of():
    return purchases_import_of(HEADER, chosen={}, source=SOURCE, currency="EUR")


def records_of(texts):
    return [Row(line, cells) for line, cells in enumerate(texts, start=2)]


def one_by_one(records, _size):
    outcomes: Counter[str] = Counter()
    reader = how_of()
    for record in records:
        said = reader.read([record])
        outcomes["refused"] += len(said.refused)
        for sale in said.sales:
            outcomes[recorded(sale, said.back)] += 1
    return outcomes


def recorded(sale, back):
    if Purchase.objects.filter(source=SOURCE, external_id=sale.external_id).exists():
        is_new = False
    else:
        money = Money(sale.amount, sale.unit)
        _purchase, is_new = purchase_record(
            contact=customer_of(sale),
            source=SOURCE,
            external_id=sale.external_id,
            occurred_at=sale.occurred_at,
            money=money,
            quantity=sale.quantity,
        )
    changed = purchases_returned(source=SOURCE, orders=back.values())
    return "created" if is_new else "updated" if changed else "unchanged"


def customer_of(sale: Sale) -> Contact:
    """By the number, else by the address, else somebody new; who is known keeps the address that they have."""
    keys = [sale.number]
    if sale.address:
        address = email_key(sale.address)
        keys.append(Key(EMAIL, "", address.value, address.shown, address.strict))
    owners = [
        Contact.objects.filter(keys__kind=key.kind, keys__source=key.source, keys__value=key.value).first()
        for key in keys
    ]
    if owners[0]:
        return owners[0]
    known = owners[-1]
    contact = known or Contact.objects.create(relation=Contact.Relation.CUSTOMER)
    for key in keys[:1] if known else keys:
        ContactKey.objects.create(contact=contact, **key._asdict())
    return contact


def at_once(records, size):
    how = how_of().how()
    outcomes: Counter[str] = Counter()
    run = ImportRun.objects.create(kind="purchases", source=SOURCE, file_name="x")
    for start in range(0, len(records), size):
        taken = how.take(how.read(records[start : start + size]), run)
        outcomes["created"] += taken.created
        outcomes["updated"] += taken.updated
        outcomes["unchanged"] += taken.unchanged
        outcomes["refused"] += len(taken.refused)
    return outcomes


def standing():
    """Everybody with their keys, figures and sales, but for ids and moments of writing."""
    varying = {"id", "public_id", "created_at", "updated_at", "import_run", "contact"}
    figures, sold = (
        [field.name for field in model._meta.concrete_fields if field.name not in varying]
        for model in (Contact, Purchase)
    )
    everybody = Contact.objects.prefetch_related("keys", "purchases__returns")
    people = [
        (
            sorted((key.kind, key.source, key.value, key.shown, key.strict) for key in contact.keys.all()),
            [getattr(contact, name) for name in figures],
            sorted(
                (
                    [getattr(sale, name) for name in sold],
                    sorted((back.amount, back.kind) for back in sale.returns.all()),
                )
                for sale in contact.purchases.all()
            ),
        )
        for contact in everybody
    ]
    return sorted(people, key=repr)


def tried(way, *files, size):
    """What came of it, in a transaction that is taken back."""
    found = []
    try:
        with transaction.atomic():
            found += [+way(records_of(file), size) for file in files]
            found.append(standing())
            raise Undone
    except Undone:
        return found


@given(first=rows_of(ORDERS), second=rows_of(LATER), size=st.integers(1, 14))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_sales_by_the_chunk_are_the_same_as_one_by_one(first, second, size):
    theirs = tried(one_by_one, first, second, size=size)
    ours = tried(at_once, first, second, size=size)
    assert ours[-1] == theirs[-1]
    assert [counts["created"] for counts in ours[:-1]] == [counts["created"] for counts in theirs[:-1]]
    assert [counts["refused"] for counts in ours[:-1]] == [counts["refused"] for counts in theirs[:-1]]


def test_a_new_file_does_not_look_for_its_sales_and_one_with_old_ones_does(monkeypatch):
    """Else the property above would compare only one of the two."""
    looked = []
    new = PurchaseWriter._new

    def look(self, sales):
        looked.append(self.hunch.meets_sales)
        return new(self, sales)

    monkeypatch.setattr(PurchaseWriter, "_new", look)
    file = [[f"N-{n}", "", "2026-01-01", "1", "5.00", f"O-{n}", "", ""] for n in range(30)]
    assert at_once(records_of(file[:20]), 10)["created"] == 20
    assert looked == [True, False]
    # New ones, then some that stand: the key says so, and that chunk is written once more.
    assert at_once(records_of([*file[20:], *file[:20]]), 10) == Counter(created=10, unchanged=20, updated=0, refused=0)
    assert looked[2:] == [True, False, True, True]
    assert Purchase.objects.count() == 30
