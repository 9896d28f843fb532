import pytest
from django.db import IntegrityError, transaction

from advocates.models import Contact, ContactKey, Purchase, RateBucket
from config.lib.insert_once import insert_once
from config.lib.many import insert_many, update_many

pytestmark = pytest.mark.django_db


@pytest.fixture
def contact():
    return Contact.objects.create()


def purchase(contact, now, **values):
    return {
        "contact": contact,
        "source": "shop",
        "external_id": "A-1",
        "occurred_at": now,
        "amount": 500,
        "unit": "USD",
    } | values


def test_the_first_row_is_inserted_with_all_its_defaults(contact, now):
    row, is_new = insert_once(Purchase, unique=["source", "external_id"], **purchase(contact, now))
    assert is_new
    assert (row.quantity, row.contact_id) == (1, contact.pk)
    assert Purchase.objects.get(pk=row.pk).created_at is not None


def test_the_second_gives_back_the_first_unchanged(contact, now):
    first, _new = insert_once(Purchase, unique=["source", "external_id"], **purchase(contact, now))
    second, is_new = insert_once(Purchase, unique=["source", "external_id"], **purchase(contact, now, amount=999))
    assert not is_new
    assert second == first
    assert second.amount == 500


def test_a_broken_check_is_not_mistaken_for_a_row_that_stands(contact, now):
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_once(Purchase, unique=["source", "external_id"], **purchase(contact, now, amount=-1))
    assert not Purchase.objects.exists()


def test_another_unique_key_than_the_one_named_still_raises(contact):
    values = {"contact": contact, "kind": "email", "value": "ben@mail.example", "shown": "Ben@mail.example"}
    insert_once(ContactKey, unique=["kind", "source", "value"], **values, source="")
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_once(Contact, unique=["id"], public_id=contact.public_id)


def test_a_row_can_be_saved_again_after_it_was_inserted(now):
    row, _ = insert_once(RateBucket, unique=["key", "window_start"], key="login", window_start=now)
    row.count = 3
    row.save()
    assert RateBucket.objects.get().count == 3


UNIQUE = ["kind", "source", "value"]


def numbers(contact, *values):
    return [ContactKey(contact=contact, kind="external", source="shop", value=value, shown=value) for value in values]


def test_a_chunk_inserts_what_is_missing_and_tells_which(contact):
    insert_many(numbers(contact, "A", "B"), unique=UNIQUE)
    inserted = insert_many(numbers(contact, "B", "C"), unique=UNIQUE)
    assert [row.value for row in inserted] == ["C"]
    assert ContactKey.objects.get(value="C").pk == inserted[0].pk
    assert ContactKey.objects.count() == 3


def test_twins_within_a_chunk_become_one_row(contact):
    assert len(insert_many(numbers(contact, "A", "A"), unique=UNIQUE)) == 1


def test_a_chunk_may_hold_more_than_one_statement_takes(contact):
    rows = numbers(contact, *(str(number) for number in range(6_000)))
    assert len(insert_many(rows, unique=UNIQUE)) == 6_000


def test_a_broken_check_spoils_its_chunk(contact):
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_many(numbers(contact, "A", ""), unique=UNIQUE)
    assert not ContactKey.objects.exists()


def test_nothing_is_inserted_for_nothing():
    assert insert_many([], unique=["key"]) == []


def test_a_chunk_of_rows_is_written_in_one_statement(now, django_assert_num_queries):
    contacts = [Contact.objects.create(region="old", purchases_count=1) for _ in range(3)]
    for number, contact in enumerate(contacts):
        contact.nps_score, contact.nps_at, contact.region = number, now, "new"
    contacts[2].nps_score = contacts[2].nps_at = None
    with django_assert_num_queries(1):
        update_many(contacts, fields=["nps_score", "nps_at"])
    stored = list(Contact.objects.order_by("pk").values_list("nps_score", "nps_at", "region", "purchases_count"))
    assert stored == [(0, now, "old", 1), (1, now, "old", 1), (None, None, "old", 1)]
