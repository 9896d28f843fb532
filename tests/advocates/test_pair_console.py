"""Deciding about two people in the console."""

from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from advocates.errors import IdentityConflict
from advocates.facts import ContactFacts
from advocates.models import Contact, ContactMerge, ContactPair, User
from advocates.services.contacts import contact_upsert
from advocates.services.merging import contacts_merge
from tests.cast import LENA, OMAR, contact_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


@pytest.fixture
def console(client: Client, ada: User) -> Client:
    client.force_login(ada)
    return client


@pytest.fixture
def pair(now: datetime, company: object) -> ContactPair:
    contact_of(LENA), contact_of(OMAR)
    facts = ContactFacts(external_id=LENA.external_id, email=OMAR.email)
    with pytest.raises(IdentityConflict):
        contact_upsert(facts=facts, source="shop", now=now)
    return ContactPair.objects.select_related("left__details", "right__details").get()


def page(pair: ContactPair) -> str:
    return reverse("admin:advocates_contactpair_change", args=[pair.pk])


def verb(row: ContactPair | Contact, name: str) -> str:
    return reverse(f"admin:advocates_{row._meta.model_name}_verb", args=[row.pk, name])


def test_both_stand_side_by_side_with_what_differs(console: Client, pair: ContactPair) -> None:
    html = console.get(page(pair)).content.decode()
    for words in (LENA.name, OMAR.name, LENA.email, OMAR.email, "differs", "They are one person", "Two people"):
        assert words in html
    assert "money" in html  # the sentence before the merge
    # Nobody weighed how alike two are whose keys met.
    assert "Likeness" not in html


def test_the_list_shows_what_is_to_be_decided_first(console: Client, pair: ContactPair) -> None:
    html = console.get(reverse("admin:advocates_contactpair_changelist")).content.decode()
    assert f"{pair.left.details.name} · {pair.right.details.name}" in html
    assert "conflict" in html


@pytest.mark.parametrize(("stays", "kept"), [("a", "left"), ("b", "right")])
def test_whoever_is_chosen_stays(console: Client, pair: ContactPair, stays: str, kept: str) -> None:
    console.post(verb(pair, "one"), {"stays": stays, "note": "same signature"})
    merge = ContactMerge.objects.get()
    assert merge.kept == getattr(pair, kept)
    assert (merge.reason, merge.merged_by.email) == ("same signature", "ada@fernway.example")  # type: ignore[union-attr]
    pair.refresh_from_db()
    assert pair.status == "merged"
    assert console.get(page(pair)).status_code == 200


def test_two_people_are_left_alone(console: Client, pair: ContactPair) -> None:
    console.post(verb(pair, "two"), {"note": "sisters"})
    pair.refresh_from_db()
    assert (pair.status, ContactMerge.objects.count()) == ("apart", 0)


@pytest.mark.parametrize("said", [OMAR.email, OMAR.external_id, OMAR.phone, "id"])
def test_from_the_page_of_a_person_anybody_can_be_named(console: Client, pair: ContactPair, said: str) -> None:
    lena = Contact.objects.get(details__name=LENA.name)
    omar = Contact.objects.get(details__name=OMAR.name)
    console.post(verb(lena, "merge"), {"whom": omar.public_id if said == "id" else said})
    assert ContactMerge.objects.get().gone == omar
    html = console.get(reverse("admin:advocates_contact_change", args=[lena.pk])).content.decode()
    assert "Undo the merge" in html
    console.post(verb(lena, "undo-merge"))
    assert ContactMerge.objects.get().undone_at


def test_who_is_not_known_is_not_merged(console: Client, pair: ContactPair) -> None:
    answer = console.post(verb(pair.left, "merge"), {"whom": "nobody@mail.example"}, follow=True)
    assert "Nobody here is known by that" in answer.content.decode()
    assert not ContactMerge.objects.exists()


def test_the_page_of_the_stub_leads_to_who_they_are_now(console: Client, pair: ContactPair, now: datetime) -> None:
    contacts_merge(kept=pair.left, gone=pair.right, actor=None, reason="", now=now)
    html = console.get(reverse("admin:advocates_contact_change", args=[pair.right.pk])).content.decode()
    assert reverse("admin:advocates_contact_change", args=[pair.left.pk]) in html


def test_only_who_may_decide_decides(client: Client, pair: ContactPair, tom: User) -> None:
    client.force_login(tom)
    assert client.post(verb(pair, "one"), {"stays": "a"}).status_code == 403
    assert not ContactMerge.objects.exists()
