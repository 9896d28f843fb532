"""One statement on PostgreSQL, several on SQLite, one outcome."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from advocates.models import Contact, ContactDetails, ContactKey, Purchase
from config.lib.together import Together

pytestmark = pytest.mark.django_db

SALE = ["source", "external_id"]


@pytest.fixture
def lena():
    return Contact.objects.create(region="south")


def sale(contact, now, **values):
    facts = {"source": "shop", "external_id": "A-1", "occurred_at": now, "amount": 500, "unit": "USD"}
    return Purchase(contact=contact, **(facts | values))


def test_rows_that_point_at_each_other_are_written_by_one_statement(lena, now, django_assert_num_queries):
    writes = Together()
    ben = writes.insert(Contact(metadata={"shop": "north"}))
    key = writes.insert(ContactKey(contact=ben, kind="email", value="ben@mail.example", shown="ben@mail.example"))
    writes.insert(ContactDetails(contact=ben, name="Ben"))
    bought = writes.update(Contact.objects.filter(pk=lena.pk), purchases_count=F("purchases_count") + 2, region="")
    missed = writes.update(Contact.objects.filter(pk=lena.pk, relation="partner"), region="west")
    if connection.vendor == "postgresql":
        with django_assert_num_queries(1):
            assert writes.run()
    else:
        assert writes.run()

    stored = ContactKey.objects.select_related("contact__details").get(pk=key.pk)
    assert (stored.contact, stored.contact.details.name, stored.contact.metadata) == (ben, "Ben", {"shop": "north"})
    assert (bought.count, missed.count) == (1, 0)
    lena.refresh_from_db()
    assert (lena.purchases_count, lena.region) == (2, "")
    ben.region = "east"
    ben.save()
    assert Contact.objects.get(pk=ben.pk).region == "east"


def test_nothing_is_written_unless_the_row_that_decides_is_new(lena, now):
    def write(amount):
        writes = Together()
        first = writes.decide(sale(lena, now, amount=amount), unique=SALE)
        ben = writes.insert(Contact())
        writes.insert(ContactDetails(contact=ben, name="Ben"))
        told = writes.update(Contact.objects.filter(pk=lena.pk), purchases_count=F("purchases_count") + 1)
        return writes.run(), first.pk, told.count

    assert write(500) == (True, Purchase.objects.get().pk, 1)
    assert write(900) == (False, None, 0)
    assert Purchase.objects.get().amount == 500
    assert (Contact.objects.count(), ContactDetails.objects.count()) == (2, 1)
    assert Contact.objects.get(pk=lena.pk).purchases_count == 1


def test_a_row_that_stands_is_left_alone_and_the_others_are_written(lena, now):
    sale(lena, now).save()
    writes = Together()
    again = writes.insert(sale(lena, now, amount=900), unique=SALE)
    other = writes.insert(sale(lena, now, external_id="A-2"), unique=SALE)
    assert writes.run()
    assert again.pk is None
    assert other.pk == Purchase.objects.get(external_id="A-2").pk
    assert Purchase.objects.get(external_id="A-1").amount == 500


def test_one_broken_check_undoes_all(lena, now):
    writes = Together()
    writes.insert(sale(lena, now))
    writes.update(Contact.objects.filter(pk=lena.pk), region="west")
    writes.insert(sale(lena, now, external_id="A-2", amount=-1))
    with pytest.raises(IntegrityError), transaction.atomic():
        writes.run()
    assert not Purchase.objects.exists()
    assert Contact.objects.get(pk=lena.pk).region == "south"


def test_nothing_to_write_is_no_statement(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert Together().run()


def test_what_decides_is_said_first(lena, now):
    writes = Together()
    writes.insert(Contact())
    with pytest.raises(ValueError, match="first"):
        writes.decide(sale(lena, now), unique=SALE)


def test_what_is_said_of_a_row_becomes_one_update_with_its_latest_values(lena, django_assert_num_queries):
    before, writes = lena.updated_at, Together()
    lena.region = "north"
    writes.save(lena, ["region", "updated_at"])
    lena.purchases_count, lena.region, lena.metadata = 3, "west", {"shop": "north"}
    writes.save(lena, ["purchases_count", "metadata"])
    assert writes.run()
    lena.refresh_from_db()
    assert (lena.region, lena.purchases_count, lena.metadata) == ("west", 3, {"shop": "north"})
    assert lena.updated_at > before


@pytest.mark.parametrize("region", ["south", "north"])
def test_a_row_is_inserted_unless_another_is_there(lena, now, region):
    writes = Together()
    first = writes.insert(sale(lena, now), unless=Contact.objects.filter(pk=lena.pk, region=region))
    second = writes.insert(sale(lena, now, external_id="A-2"))
    assert writes.run()
    assert (first.pk is None) == (region == "south")
    assert second.pk
