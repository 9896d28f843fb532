"""Real threads on PostgreSQL. Each race has a twin without its guard, which shows that the race is there."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection

from advocates.models import Contact, Purchase
from advocates.services import contacts
from advocates.services.contacts import ContactFacts
from config.lib.ids import new_public_id
from config.lib.money import Money
from referrals.models import Referral, ReferralEvent
from referrals.services.events import EventFacts, attribution, event_record
from referrals.services.referrals import entry, referral_take_back
from tests.cast import BEN, OMAR, contact_of
from tests.concurrency.race import run_together
from tests.factories.campaigns import campaign_made
from tests.factories.referrals import enrolled, referred

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

THREADS = 6


def at_once(act: Callable[[int], Any]) -> list[Any]:
    """What each of six calls came to: its result, or its refusal."""
    return run_together(*(partial(act, number) for number in range(THREADS)))


@contextmanager
def without(constraint: str, *, table: str) -> Iterator[None]:
    """The table without that constraint. Twins it would refuse are gone before it comes back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [constraint])
        definition = cursor.fetchone()[0]
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE referrals_referral CASCADE")
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {constraint} {definition}")


def nobody_holds_the_friend(monkeypatch: pytest.MonkeyPatch) -> None:
    """The friend's own row keeps callers apart before anything else could: here it does not."""
    monkeypatch.setattr(contacts, "owners_held", lambda keys: [])
    for room in (contacts, entry, attribution):
        monkeypatch.setattr(
            room, "contacts_held", lambda *, ids: list(Contact.objects.filter(pk__in=ids).order_by("pk"))
        )


def all_look_before_any_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worst moment: everybody has seen that nobody is there yet."""
    nobody_holds_the_friend(monkeypatch)
    looked, check = threading.Barrier(THREADS), entry._check_friend

    def check_together(*args: Any) -> None:
        check(*args)
        looked.wait(10)

    monkeypatch.setattr(entry, "_check_friend", check_together)


def submit_six_times(company: Any, now: datetime) -> list[Any]:
    link = enrolled(campaign_made(), now=now)
    contact_of(BEN)
    return at_once(lambda number: referred(link, now=now))


def test_one_friend_submitted_six_times_at_once_is_one_referral(company, now, monkeypatch):
    all_look_before_any_writes(monkeypatch)

    outcomes = submit_six_times(company, now)

    assert Referral.objects.count() == 1
    assert ReferralEvent.objects.filter(type="claimed").count() == 1
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AlreadyReferred"] * 5 + ["Referral"]


def test_twin_a_look_before_the_insert_is_no_guard(company, now, monkeypatch):
    all_look_before_any_writes(monkeypatch)
    monkeypatch.setattr(entry, "insert_once", lambda model, *, unique, **values: (model.objects.create(**values), True))

    with without("referral_once", table="referrals_referral"):
        submit_six_times(company, now)

        assert Referral.objects.count() > 1


def sale(number: int, now: datetime, *, event_id: str = "") -> EventFacts:
    return EventFacts(
        event_id=event_id or f"order-{number}",
        type="purchase",
        occurred_at=now,
        friend=ContactFacts(email=BEN.email, name=f"Ben {number}"),
        amount=Money(5_000, "USD"),
    )


def test_one_sale_told_six_times_at_once_counts_once(company, now):
    referral = referred(enrolled(campaign_made(), now=now), now=now)

    outcomes = at_once(lambda number: event_record(facts=sale(number, now, event_id="order-1"), source="shop", now=now))

    assert sorted(outcome.duplicate for outcome in outcomes) == [False] + [True] * 5
    assert referral.events.filter(type="purchase").count() == Purchase.objects.count() == 1
    assert Contact.objects.get(pk=referral.friend_id).purchases_count == 1


def test_six_sales_at_once_are_numbered_one_to_six(company, now):
    referral = referred(enrolled(campaign_made(), now=now), now=now)

    outcomes = at_once(lambda number: event_record(facts=sale(number, now), source="shop", now=now))

    assert sorted(outcome.event.sequence for outcome in outcomes) == [1, 2, 3, 4, 5, 6]
    assert referral.events.filter(status_to="converted").count() == 1


def test_twin_counting_without_the_lock_numbers_twice(company, now, monkeypatch):
    from referrals.services.events import recording
    from referrals.services.events.standing import standing_now

    referred(enrolled(campaign_made(), now=now), now=now)
    referral = Referral.objects.get()
    event_record(facts=sale(0, now), source="shop", now=now)
    counted, look = threading.Barrier(THREADS), standing_now

    def look_together(**asked: Any) -> Any:
        seen = look(**asked)
        counted.wait(10)
        return seen

    nobody_holds_the_friend(monkeypatch)
    monkeypatch.setattr(recording, "standing_now", look_together)
    monkeypatch.setattr(attribution, "first_referral_locked", lambda build, **values: build(**values).first())
    monkeypatch.setattr(recording, "_purchase", lambda *args, **kwargs: None)

    at_once(lambda number: event_record(facts=unnamed_sale(number, now), source="shop", now=now))

    numbers = list(referral.events.filter(type="purchase").values_list("sequence", flat=True))
    assert len(numbers) > len(set(numbers))


def unnamed_sale(number: int, now: datetime) -> EventFacts:
    """Without a new name, so that the contact's row holds nobody up."""
    return EventFacts(
        event_id=f"later-{number}", type="purchase", occurred_at=now, friend=ContactFacts(email=BEN.email)
    )


def test_six_colleagues_take_back_one_sale_and_one_succeeds(company, maya, now):
    referral = referred(enrolled(campaign_made(), now=now), now=now)
    event_record(facts=sale(1, now), source="shop", now=now)
    won = Referral.objects.get(pk=referral.pk)

    outcomes = at_once(
        lambda number: referral_take_back(
            referral=Referral.objects.get(pk=won.pk), actor=maya, reason="Wrong row", now=now + timedelta(minutes=1)
        )
    )

    assert sum(isinstance(outcome, ReferralEvent) for outcome in outcomes) == 1
    assert referral.events.filter(type="won_taken_back").count() == 1


def test_six_friends_at_once_by_code_are_six_referrals(company, now):
    link = enrolled(campaign_made(), now=now, person=OMAR)

    outcomes = at_once(
        lambda number: event_record(
            facts=EventFacts(
                event_id=new_public_id("ord"),
                type="purchase",
                occurred_at=now,
                friend=ContactFacts(email=f"friend{number}@mail.example"),
                referral_code=link.code,
            ),
            source="shop",
            now=now,
        )
    )

    assert len({outcome.event.referral_id for outcome in outcomes}) == 6
