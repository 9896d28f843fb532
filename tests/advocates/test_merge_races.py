"""Real threads on PostgreSQL: two merges at once, and a merge against a message about one of the two."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Barrier
from typing import Any

import pytest

from advocates.errors import NoMerge
from advocates.facts import ContactFacts
from advocates.models import Contact, ContactKey, ContactMerge
from advocates.services import contacts, merging
from advocates.services.contacts import contact_upsert
from advocates.services.merging import contacts_merge
from tests.cast import LENA, OMAR, contact_of
from tests.concurrency.race import meet, run_together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

SECONDS = 3.0
# Both come here: nobody waits for a lock meanwhile.
LONG = 30.0


def merge(kept: Contact, gone: Contact, now: datetime) -> Any:
    return contacts_merge(kept=kept, gone=gone, actor=None, reason="", now=now)


@contextmanager
def read_without_lock(module: Any, barrier: Barrier) -> Iterator[None]:
    """Both look at the people before either writes, and neither holds them."""

    def read(*, ids: Any) -> list[Contact]:
        found = list(Contact.objects.filter(pk__in=list(ids)).order_by("pk"))
        meet(barrier, seconds=SECONDS)
        return found

    patch = pytest.MonkeyPatch()
    patch.setattr(module, "contacts_held", read)
    try:
        yield
    finally:
        patch.undo()


def test_of_two_merges_in_opposite_directions_one_is_told_to_look_again(now: datetime) -> None:
    lena, omar = contact_of(LENA), contact_of(OMAR)
    outcomes = run_together(lambda: merge(lena, omar, now), lambda: merge(omar, lena, now))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["ContactMerge", "NoMerge"]
    assert any(isinstance(outcome, NoMerge) for outcome in outcomes)
    assert Contact.objects.living().count() == 1
    assert ContactKey.objects.values("contact").distinct().count() == 1


def test_without_the_lock_two_merges_leave_nobody_standing(now: datetime) -> None:
    lena, omar = contact_of(LENA), contact_of(OMAR)
    with read_without_lock(merging, Barrier(2)):
        outcomes = run_together(lambda: merge(lena, omar, now), lambda: merge(omar, lena, now))
    went_through = [outcome for outcome in outcomes if isinstance(outcome, ContactMerge)]
    assert len(went_through) == 2 or any("deadlock" in str(outcome) for outcome in outcomes)
    if len(went_through) == 2:
        assert Contact.objects.living().count() == 0


def message(now: datetime) -> Any:
    """It knows Omar by his telephone, which proves nothing, and brings a fact about him."""
    return contact_upsert(facts=ContactFacts(phone=OMAR.phone, metadata={"plan": "pro"}), source="crm", now=now)


@pytest.mark.parametrize("_time", range(5))
def test_a_message_during_a_merge_is_about_who_they_are_now(now: datetime, _time: int) -> None:
    lena, omar = contact_of(LENA), contact_of(OMAR)
    outcomes = run_together(lambda: merge(lena, omar, now), lambda: message(now))
    assert not any(isinstance(outcome, Exception) for outcome in outcomes)
    assert Contact.objects.living().get().metadata == {"plan": "pro"}
    assert set(ContactKey.objects.values_list("contact", flat=True)) == {lena.pk}


def test_without_the_lock_a_message_during_a_merge_writes_to_the_stub(now: datetime) -> None:
    lena, omar = contact_of(LENA), contact_of(OMAR)
    looked, merged = Barrier(2), Barrier(2)

    def held_by_nobody(*, ids: Any) -> list[Contact]:
        found = list(Contact.objects.filter(pk__in=list(ids)))
        meet(looked, seconds=LONG)
        meet(merged, seconds=LONG)
        return found

    def merge_between() -> None:
        meet(looked, seconds=LONG)
        merge(lena, omar, now)
        meet(merged, seconds=LONG)

    patch = pytest.MonkeyPatch()
    patch.setattr(contacts, "contacts_held", held_by_nobody)
    try:
        run_together(merge_between, lambda: message(now))
    finally:
        patch.undo()
    assert Contact.objects.living().get().metadata == {}
