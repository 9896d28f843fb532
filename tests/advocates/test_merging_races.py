"""Real threads on PostgreSQL: what is written, and who waits for a row, at the very moment of a merge."""

from collections.abc import Callable
from datetime import datetime
from threading import Event
from typing import Any

import pytest
from django.db import transaction

from advocates.facts import ContactFacts
from advocates.models import Contact, Purchase
from advocates.services import purchases
from advocates.services.contacts import contact_upsert
from advocates.services.late_rows import merges_settle
from advocates.services.merging import contacts_merge
from advocates.services.purchases import purchase_record
from campaigns.models import Campaign, Company, Enrolment
from config.lib.money import Money
from referrals.locks import event_locked, referral_locked
from referrals.models import Referral, ReferralEvent
from rewards.locks import referral_lock, reward_lock, rewards_lock
from rewards.models import Reward
from tests.cast import BEN, LENA, contact_of
from tests.concurrency.race import run_together
from tests.factories.campaigns import campaign_made
from tests.factories.referrals import enrolled, referred
from tests.factories.rewards import rule_of, won

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

SECONDS = 30.0


def twin_of_lena(now: datetime) -> Contact:
    facts = ContactFacts(email="lena@fernway-vogt.example", name="L. Vogt")
    return contact_upsert(facts=facts, source="crm", now=now).contact


def test_a_sale_during_the_merge_counts_after_the_sweep(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    lena, twin = contact_of(LENA), twin_of_lena(now)
    is_written, is_merged = Event(), Event()
    count = purchases.purchases_count

    def count_later(**values: Any) -> Any:
        is_written.set()
        is_merged.wait(SECONDS)
        return count(**values)

    monkeypatch.setattr(purchases, "purchases_count", count_later)

    def buy() -> Any:
        return purchase_record(contact=twin, source="shop", external_id="1", occurred_at=now, money=Money(500, "EUR"))

    def merge() -> None:
        is_written.wait(SECONDS)
        try:
            contacts_merge(kept=lena, gone=twin, actor=None, reason="", now=now)
        finally:
            is_merged.set()

    outcomes = run_together(buy, merge)
    assert not any(isinstance(outcome, Exception) for outcome in outcomes)
    assert Purchase.objects.get().contact == twin  # it stands with the stub, and counts for nobody who stands
    merges_settle(now)
    assert Purchase.objects.get().contact == lena
    assert Contact.objects.values_list("purchases_count", "lifetime_amount").get(pk=lena.pk) == (1, 500)
    assert merges_settle(now) == {"merges": 0, "rows": 0}


@pytest.mark.parametrize("_time", range(3))
def test_two_sweeps_at_once_send_a_row_on_once(now: datetime, _time: int) -> None:
    lena, twin = contact_of(LENA), twin_of_lena(now)
    contacts_merge(kept=lena, gone=twin, actor=None, reason="", now=now)
    purchase_record(contact=twin, source="shop", external_id="1", occurred_at=now, money=Money(500, "EUR"))
    outcomes = run_together(lambda: merges_settle(now), lambda: merges_settle(now))
    assert sorted(outcome["rows"] for outcome in outcomes) == [0, 1]
    assert Contact.objects.values_list("purchases_count", "lifetime_amount").get(pk=lena.pk) == (1, 500)


# --- who waits for a row that goes to somebody else ---


@pytest.fixture
def link(company: Company, now: datetime) -> Enrolment:
    campaign: Campaign = campaign_made()
    rule_of(campaign, now=now)
    return enrolled(campaign, now=now)


def waited_for(read: Callable[[], Any], *, link: Enrolment, now: datetime) -> Any:
    """Somebody wants the row while a merge that gives it to the twin is not yet committed."""
    twin = twin_of_lena(now)
    is_given = Event()

    def merge() -> None:
        with transaction.atomic():
            try:
                contacts_merge(kept=twin, gone=link.contact, actor=None, reason="", now=now)
            finally:
                is_given.set()
            Event().wait(1.0)  # the reader is waiting by now

    def wait() -> Any:
        is_given.wait(SECONDS)
        with transaction.atomic():
            return read()

    merged, answer = run_together(merge, wait)
    assert merged is None
    return answer


def test_a_referral_that_goes_to_another_advocate_is_found(link: Enrolment, now: datetime) -> None:
    referral = referred(link, now=now, person=BEN)
    found = waited_for(lambda: referral_locked(referral.pk), link=link, now=now)
    assert (found.pk, found.advocate.merged_into_id) == (referral.pk, None)


def test_read_in_one_go_with_its_people_it_is_missed(link: Enrolment, now: datetime) -> None:
    referral = referred(link, now=now, person=BEN)
    joined = Referral.objects.select_related("advocate").select_for_update(of=("self",))
    found = waited_for(lambda: joined.get(pk=referral.pk), link=link, now=now)
    assert isinstance(found, Referral.DoesNotExist)


def test_so_are_rewards_and_events(link: Enrolment, now: datetime) -> None:
    referral = referred(link, now=now, person=BEN)
    won(referral, now=now)
    reward = Reward.objects.get()
    rows = Reward.objects.select_related("contact").filter(referral=referral)

    def read() -> Any:
        event = ReferralEvent.objects.filter(referral=referral).order_by("pk")[0]
        mine = referral_lock(referral.pk)
        return mine, event_locked(event.pk), reward_lock(reward.pk), rewards_lock(rows)[0]

    mine, _event, alone, among = waited_for(read, link=link, now=now)
    kept = Contact.objects.living().exclude(pk=referral.friend_id).get()
    assert (mine.advocate, alone.contact, among.contact) == (kept, kept, kept)
