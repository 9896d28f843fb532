"""Somebody is forgotten while another system tells something about them. Each race has a twin without its guard."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from threading import Event
from typing import Any

import pytest

from advocates.models import Contact, ContactDetails, ContactKey, Erasure
from advocates.services import contacts
from advocates.services.contacts import ContactFacts, contact_upsert
from advocates.services.erasure import contact_erase
from tests.cast import LENA, contact_of
from tests.concurrency.race import run_together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

FACTS = ContactFacts(email=LENA.email, phone="+4930901821", name="Lena Vogt-Berger")
SECONDS = 20


def forget_after_the_look(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    """The shop looks up who that is; before it writes, the person is forgotten."""
    lena = contact_of(LENA)
    looked, gone = Event(), Event()
    look: Callable[..., Any] = contacts._owners

    def look_and_wait(keys: Any) -> Any:
        found = look(keys)
        if not looked.is_set():
            looked.set()
            gone.wait(SECONDS)
        return found

    def forget() -> None:
        looked.wait(SECONDS)
        contact_erase(contact=lena, way=Erasure.Way.STAFF, now=now)
        gone.set()

    monkeypatch.setattr(contacts, "_owners", look_and_wait)
    outcomes = run_together(lambda: contact_upsert(facts=FACTS, source="shop", now=now), forget)
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)], outcomes


def named_though_forgotten() -> int:
    forgotten = Contact.objects.exclude(erased_at=None)
    keys = ContactKey.objects.filter(contact__in=forgotten).count()
    return keys + ContactDetails.objects.filter(contact__in=forgotten).count()


def test_what_is_told_at_that_moment_makes_somebody_new(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    forget_after_the_look(monkeypatch, now)
    assert named_though_forgotten() == 0
    anew = Contact.objects.get(erased_at=None)
    assert anew.details.name == FACTS.name


def test_unguarded_a_name_lands_on_somebody_forgotten(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr(contacts, "_held", lambda owner: owner)
    forget_after_the_look(monkeypatch, now)
    assert named_though_forgotten() > 0


def test_two_who_forget_one_person_make_one_erasure(now: datetime) -> None:
    lena = contact_of(LENA)
    outcomes = run_together(*[lambda: contact_erase(contact=lena, way=Erasure.Way.STAFF, now=now)] * 4)
    assert {outcome.pk for outcome in outcomes} == {Erasure.objects.get().pk}


def test_told_again_and_forgotten_at_once_leaves_nobody_half_forgotten(now: datetime) -> None:
    """No order is forced here: whoever comes first, no name stands on a stub."""
    for number in range(6):
        person = replace(LENA, email=f"lena-{number}@mail.example", external_id=f"C-{number}", phone="")
        lena = contact_of(person)
        told = ContactFacts(email=person.email, name=f"Lena {number}", company="Vogt")
        run_together(
            lambda told=told: contact_upsert(facts=told, source="shop", now=now),  # type: ignore[misc]
            lambda lena=lena: contact_erase(contact=lena, way=Erasure.Way.STAFF, now=now),  # type: ignore[misc]
        )
    assert named_though_forgotten() == 0
    assert Erasure.objects.count() == 6
