"""Lists are searched by the people they are about, as quickly for many as for few."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from advocates.finding import people_like
from advocates.models import Contact, ContactDetails, ContactKey, ContactPair, Moment, NpsAnswer, Purchase, User
from config.search import find_people
from tests.cast import BEN, LENA, contact_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(client, company):
    user = User.objects.create_superuser("root@fernway.example", "a long pass phrase", name="Root")
    client.force_login(user)
    return user


@pytest.fixture
def lena(company):
    contact = contact_of(LENA)
    ContactDetails.objects.filter(contact=contact).update(company="Vogt & Sons")
    ContactKey.objects.create(contact=contact, kind="external", source="shop", value="S-4711", shown="S-4711")
    return contact


def ids(found):
    return {one if isinstance(one, int) else one["pk"] for one in found}


@pytest.mark.parametrize("term", ["lena", "Vogt lena", "sons", "s-4711", "4711", "Lena S-4711"])
def test_each_word_may_stand_somewhere_else(lena, term):
    contact_of(BEN)
    assert ids(people_like(term)) == {lena.pk}


def test_a_word_that_stands_nowhere_finds_nobody(lena):
    assert ids(people_like("lena nobody")) == set()


def test_who_was_merged_leads_to_who_they_are_now(lena):
    gone = Contact.objects.create(merged_into=lena)
    assert lena.pk in ids(people_like(gone.public_id))


def test_very_many_are_found_all(lena, monkeypatch):
    monkeypatch.setattr("advocates.finding.FEW", 1)
    others = [contact_of(replace(LENA, name=f"Lena {n}", email=f"l{n}@mail.example", phone="")) for n in range(3)]
    assert ids(people_like("lena")) == {lena.pk, *(other.pk for other in others)}


def test_the_search_of_everything_finds_by_name_number_and_id(lena):
    for query in ("Lena V", "vogt", "S-4711", lena.public_id):
        assert list(find_people(query)) == [lena]


@pytest.mark.parametrize("model", [Contact, NpsAnswer, Moment, Purchase, ContactPair])
def test_a_search_joins_no_tables_and_needs_no_distinct(client, root, lena, now, model):
    """DISTINCT over whole rows of all people was what took seconds."""
    page = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    with CaptureQueriesContext(connection) as captured:
        assert client.get(page, {"q": "lena sons"}).status_code == 200
    assert not [query for query in captured if f'SELECT DISTINCT "{model._meta.db_table}"."id"' in query["sql"]]
    assert len(captured) <= 16


def test_answers_are_found_by_their_person_and_by_their_words(client, root, lena, now):
    said = {"contact": lena, "score": 9, "via": "staff", "source": "console", "occurred_at": now}
    NpsAnswer.objects.create(comment="very quick", event_id="a", **said)
    page = reverse("admin:advocates_npsanswer_changelist")
    for term in ("lena", "quick", "s-4711"):
        assert client.get(page, {"q": term}).context["cl"].result_count == 1
    assert client.get(page, {"q": "slow"}).context["cl"].result_count == 0
