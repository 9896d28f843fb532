"""Two contacts turn out to be one person, and may be told apart again for a month."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core import serializers
from django.db import transaction
from hypothesis import HealthCheck, given, settings, strategies as st
from hypothesis.extra.django import TestCase as HypothesisCase

from advocates.errors import IdentityConflict, NoMerge, NoUndo
from advocates.facts import ContactFacts
from advocates.models import (
    AuditEntry,
    CircleSuggestion,
    Consent,
    Contact,
    ContactKey,
    ContactMerge,
    ContactPair,
    Purchase,
)
from advocates.people import PERSONAL_DATA, family
from advocates.selectors import contact_email, display_name
from advocates.services.consents import consent_record, consent_withdraw
from advocates.services.contacts import ContactRef, contact_find, contact_upsert
from advocates.services.merging import contacts_merge, merge_to_undo, merge_undo
from advocates.services.purchases import purchase_record
from config.lib.money import Money
from tests.cast import LENA, MEI, OMAR, contact_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def lena(now: datetime) -> Contact:
    return contact_of(LENA)


@pytest.fixture
def twin(now: datetime) -> Contact:
    """Lena once more, as she signed up with her work address."""
    facts = ContactFacts(email="lena@fernway-vogt.example", name="L. Vogt", company="Vogt GmbH", metadata={"seats": 3})
    return contact_upsert(facts=facts, source="crm", now=now).contact


def merged(kept: Contact, gone: Contact, now: datetime) -> ContactMerge:
    return contacts_merge(kept=kept, gone=gone, actor=None, reason="same person", now=now)


def bought(contact: Contact, number: str, cents: int, at: datetime, unit: str = "EUR") -> Purchase:
    purchase, _is_new = purchase_record(
        contact=contact, source="shop", external_id=number, occurred_at=at, money=Money(cents, unit)
    )
    return purchase


def fresh(contact: Contact) -> Contact:
    return Contact.objects.get(pk=contact.pk)


def everything() -> dict[str, list[Any]]:
    """All rows of all tables with people in them; what a trail is for may grow."""
    trails = {"advocates.contactmerge", "advocates.auditentry", "rewards.account", "rewards.transfer"}
    entries = [entry for entry in PERSONAL_DATA if entry.name not in trails]
    rows = {entry.name: serializers.serialize("python", entry.model._base_manager.order_by("pk")) for entry in entries}
    for name in ("advocates.contact", "referrals.referral"):
        for row in rows[name]:
            row["fields"].pop("updated_at")
    return rows


def test_who_was_merged_answers_under_both_ids_and_every_key(lena: Contact, twin: Contact, now: datetime) -> None:
    merged(lena, twin, now)
    for ref in (
        ContactRef(id=twin.public_id),
        ContactRef(id=lena.public_id),
        ContactRef(email="lena@fernway-vogt.example"),
        ContactRef(external_id=LENA.external_id),
    ):
        assert contact_find(ref=ref, source="shop") == lena
    assert contact_upsert(facts=ContactFacts(email="lena@fernway-vogt.example"), source="x", now=now).contact == lena
    assert Contact.objects.living().get() == lena


def test_gaps_are_filled_and_nothing_is_overwritten(lena: Contact, twin: Contact, now: datetime) -> None:
    merged(lena, twin, now)
    kept = fresh(lena)
    assert (display_name(kept), kept.details.company, kept.metadata) == ("Lena Vogt", "Vogt GmbH", {"seats": 3})
    assert contact_email(kept) == LENA.email or contact_email(kept)


def test_purchases_and_what_they_come_to_are_added_up(lena: Contact, twin: Contact, now: datetime) -> None:
    bought(lena, "1", 2_000, now - timedelta(days=30))
    bought(twin, "2", 500, now - timedelta(days=300))
    bought(twin, "3", 700, now - timedelta(days=2))
    merged(lena, twin, now)
    kept = fresh(lena)
    assert (kept.purchases_count, kept.lifetime_amount, kept.lifetime_unit) == (3, 3_200, "EUR")
    assert kept.customer_since == (now - timedelta(days=300)).date()
    assert kept.purchases.count() == 3
    assert kept.relation == Contact.Relation.CUSTOMER


def test_value_in_another_currency_is_not_converted(lena: Contact, twin: Contact, now: datetime) -> None:
    bought(lena, "1", 2_000, now, "EUR")
    bought(twin, "2", 500, now, "USD")
    merged(lena, twin, now)
    assert (fresh(lena).purchases_count, fresh(lena).lifetime_amount) == (2, 2_000)


@pytest.mark.parametrize(("own", "other", "stands"), [(9, 3, 3), (None, 3, 3), (9, None, 9)])
def test_the_later_answer_decides_the_standing(
    lena: Contact, twin: Contact, now: datetime, own: int | None, other: int | None, stands: int
) -> None:
    for contact, score, days in ((lena, own, 20), (twin, other, 5)):
        if score is not None:
            Contact.objects.filter(pk=contact.pk).update(nps_score=score, nps_at=now - timedelta(days=days))
    merged(lena, twin, now)
    assert fresh(lena).nps_score == stands


@pytest.mark.parametrize(
    ("own", "other", "stronger"),
    [("lead", "customer", "customer"), ("partner", "lost_lead", "partner"), ("other", "vendor", "vendor")],
)
def test_the_relation_that_says_more_stands(
    lena: Contact, twin: Contact, now: datetime, own: str, other: str, stronger: str
) -> None:
    Contact.objects.filter(pk=lena.pk).update(relation=own)
    Contact.objects.filter(pk=twin.pk).update(relation=other)
    merged(lena, twin, now)
    assert fresh(lena).relation == stronger


def test_a_later_no_to_one_of_the_two_is_a_no_of_the_person(lena: Contact, twin: Contact, now: datetime) -> None:
    for contact, day in ((lena, 10), (twin, 20)):
        consent_record(
            contact=contact, channel="phone", basis="by_phone", source="console", given_at=now - timedelta(days=day)
        )
    consent_withdraw(contact=twin, channel="phone", source="console", now=now - timedelta(days=1))
    merge = merged(lena, twin, now)
    assert not lena.consents.filter(withdrawn_at=None).exists()
    merge_undo(merge=merge, actor=None, now=now)
    assert Consent.objects.get(contact=lena).withdrawn_at is None
    assert Consent.objects.get(contact=twin).withdrawn_at == now - timedelta(days=1)


def test_of_two_open_suggestions_one_stays_with_the_stub(lena: Contact, twin: Contact, now: datetime) -> None:
    for contact in (lena, twin):
        CircleSuggestion.objects.create(
            contact=contact, live_key=contact.public_id, score=5, suggested_at=now, refreshed_at=now
        )
    merged(lena, twin, now)
    assert CircleSuggestion.objects.get(contact=lena).live_key == lena.public_id


def test_undone_everything_stands_as_it_stood(lena: Contact, twin: Contact, now: datetime) -> None:
    bought(lena, "1", 2_000, now - timedelta(days=30))
    bought(twin, "2", 500, now - timedelta(days=300), "EUR")
    consent_record(contact=twin, channel="email", basis="opt_in", source="form", given_at=now)
    Contact.objects.filter(pk=twin.pk).update(nps_score=2, nps_at=now, country="CH", last_asked_at=now)
    before = everything()
    merge_undo(merge=merged(lena, twin, now), actor=None, now=now + timedelta(days=29))
    assert everything() == before


def test_what_came_since_stays_with_the_one_who_stayed(lena: Contact, twin: Contact, now: datetime) -> None:
    bought(twin, "2", 500, now)
    merge = merged(lena, twin, now)
    later = bought(fresh(lena), "3", 900, now)
    contact_upsert(facts=ContactFacts(email=LENA.email, country="SE"), source="shop", now=now)
    merge_undo(merge=merge, actor=None, now=now)
    assert later.contact == lena
    assert (fresh(lena).purchases_count, fresh(lena).lifetime_amount, fresh(lena).country) == (1, 900, "SE")
    assert (fresh(twin).purchases_count, fresh(twin).lifetime_amount) == (1, 500)
    assert contact_find(ref=ContactRef(id=twin.public_id), source="shop") == twin


def test_it_can_be_undone_for_thirty_days_and_once(lena: Contact, twin: Contact, now: datetime) -> None:
    merge = merged(lena, twin, now)
    with pytest.raises(NoUndo):
        merge_undo(merge=merge, actor=None, now=now + timedelta(days=30, seconds=1))
    assert merge_to_undo(fresh(lena), now) == merge
    assert merge_to_undo(fresh(twin), now) == merge
    merge_undo(merge=merge, actor=None, now=now)
    with pytest.raises(NoUndo):
        merge_undo(merge=merge, actor=None, now=now)
    assert merge_to_undo(fresh(lena), now) is None


def test_chains_lead_to_who_stands_and_are_undone_from_the_end(lena: Contact, twin: Contact, now: datetime) -> None:
    omar = contact_of(OMAR)
    first = merged(lena, twin, now)
    second = merged(omar, twin, now)  # named by the stub: it means Lena
    assert (second.kept, second.gone) == (omar, lena)
    assert {contact.pk for contact in family(omar)} == {omar.pk, lena.pk, twin.pk}
    assert contact_find(ref=ContactRef(id=twin.public_id), source="shop") == omar
    with pytest.raises(NoUndo):
        merge_undo(merge=first, actor=None, now=now)
    merge_undo(merge=second, actor=None, now=now)
    merge_undo(merge=first, actor=None, now=now)
    assert Contact.objects.living().count() == 3


def test_nobody_is_merged_with_themselves_the_forgotten_or_test_data(
    lena: Contact, twin: Contact, now: datetime
) -> None:
    with pytest.raises(NoMerge):
        merged(lena, lena, now)
    test_data = contact_of(MEI, is_test=True)
    with pytest.raises(NoMerge):
        merged(lena, test_data, now)
    Contact.objects.filter(pk=twin.pk).update(erased_at=now)
    with pytest.raises(NoMerge):
        merged(lena, twin, now)
    assert not ContactMerge.objects.exists()


def test_the_trail_says_who_merged_whom_without_a_name(lena: Contact, twin: Contact, now: datetime) -> None:
    merge_undo(merge=merged(lena, twin, now), actor=None, now=now)
    done, undone = AuditEntry.objects.filter(verb__startswith="contacts_merge").order_by("pk")
    assert (done.verb, undone.verb) == ("contacts_merge", "contacts_merge_undone")
    assert done.after["gone"] == twin.public_id
    told = str([entry.before | entry.after for entry in (done, undone)]) + str(ContactMerge.objects.get().before)
    assert "Vogt" not in told
    assert "@" not in told


def test_a_pair_is_decided_by_the_merge_and_open_again_after_its_undo(
    lena: Contact, twin: Contact, now: datetime
) -> None:
    left, right = sorted((lena, twin), key=lambda contact: contact.pk)
    pair = ContactPair.objects.create(left=left, right=right, cause="alike", score=80, found_at=now)
    merge = merged(twin, lena, now)
    pair.refresh_from_db()
    assert pair.status == "merged"
    merge_undo(merge=merge, actor=None, now=now)
    pair.refresh_from_db()
    assert (pair.status, pair.decided_at) == ("open", None)


# --- in whatever order it arrives -------------------------------------------------------------------------------------

NOW = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)
PEOPLE = st.integers(0, 4)


@st.composite
def rows_of_people(draw: Any) -> list[ContactFacts]:
    """Rows of a file about at most five people, each known by number, by address, or both: never by two people's."""
    rows = []
    for person in draw(st.lists(PEOPLE, min_size=1, max_size=8)):
        how = draw(st.sampled_from(["number", "address", "both", "alias"]))
        address = f"p.{person}+x@gmail.com" if how == "alias" else f"p{person}@gmail.com"
        rows.append(
            ContactFacts(
                external_id="" if how in ("address", "alias") else f"N{person}",
                email="" if how == "number" else address,
                name=draw(st.sampled_from(["", f"Person {person}"])),
            )
        )
    return rows


def bridged(rows: list[ContactFacts]) -> list[ContactFacts]:
    """With a row at the end that says number and address of each person: conflicts are then merged by a person."""
    people = sorted({int((row.external_id or row.email.replace(".", ""))[1]) for row in rows})
    return [*rows, *(ContactFacts(external_id=f"N{person}", email=f"p{person}@gmail.com") for person in people)]


def imported(rows: list[ContactFacts]) -> set[frozenset[str]]:
    """Import the rows, let staff merge every conflict; which keys are one person's."""
    for row in rows:
        upsert_or_merge(row)
    return partition()


def upsert_or_merge(row: ContactFacts) -> None:
    try:
        contact_upsert(facts=row, source="shop", now=NOW)
    except IdentityConflict as conflict:
        pair = ContactPair.objects.get(public_id=conflict.extra["pair"])
        contacts_merge(kept=pair.left, gone=pair.right, actor=None, reason="", now=NOW)
        contact_upsert(facts=row, source="shop", now=NOW)


def partition() -> set[frozenset[str]]:
    people: dict[int, set[str]] = {}
    for key in ContactKey.objects.all():
        people.setdefault(key.contact_id, set()).add(f"{key.kind}:{key.value}")
    return {frozenset(keys) for keys in people.values()}


def tried(act: Any) -> Any:
    """What it comes to, in a world that is forgotten afterwards."""
    with transaction.atomic():
        outcome = act()
        transaction.set_rollback(True)
    return outcome


class TestInAnyOrder(HypothesisCase):
    @settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
    @given(rows_of_people().flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))))
    def test_rows_in_any_order_give_the_same_people(
        self, orders: tuple[list[ContactFacts], list[ContactFacts]]
    ) -> None:
        rows, shuffled = orders
        first = tried(lambda: imported(bridged(rows)))
        assert tried(lambda: imported(bridged(shuffled))) == first

    @settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
    @given(rows_of_people(), st.integers(0, 8))
    def test_a_merge_before_or_after_an_import_gives_the_same_people(
        self, rows: list[ContactFacts], moment: int
    ) -> None:
        def people(at: int) -> set[frozenset[str]]:
            one = contact_upsert(facts=ContactFacts(external_id="N0"), source="shop", now=NOW).contact
            two = contact_upsert(facts=ContactFacts(email="p0@gmail.com"), source="shop", now=NOW).contact
            refused = []
            for place, row in enumerate([*rows, None]):
                if place == at:
                    contacts_merge(kept=one, gone=two, actor=None, reason="", now=NOW)
                try:
                    if row:
                        contact_upsert(facts=row, source="shop", now=NOW)
                except IdentityConflict:
                    refused.append(row)
            for row in refused:  # read again from the file of refused rows
                if row:
                    upsert_or_merge(row)
            return partition()

        assert tried(lambda: people(min(moment, len(rows)))) == tried(lambda: people(0))

    @settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(st.tuples(st.booleans(), st.integers(1, 9_000), st.integers(0, 400)), max_size=6))
    def test_a_merge_undone_gives_back_the_same_rows(self, sales: list[tuple[bool, int, int]]) -> None:
        one = contact_upsert(facts=ContactFacts(external_id="N0", name="A"), source="shop", now=NOW).contact
        two = contact_upsert(facts=ContactFacts(email="p0@gmail.com", country="DE"), source="shop", now=NOW).contact
        for number, (is_first, cents, days) in enumerate(sales):
            bought(one if is_first else two, str(number), cents, NOW - timedelta(days=days))
        before = everything()
        merge = contacts_merge(kept=one, gone=two, actor=None, reason="", now=NOW)
        merge_undo(merge=merge, actor=None, now=NOW)
        assert everything() == before


def test_a_day_in_the_trail_is_read_back_as_a_day(lena: Contact, twin: Contact, now: datetime) -> None:
    Contact.objects.filter(pk=twin.pk).update(customer_since=date(2020, 2, 29))
    merge = merged(lena, twin, now)
    assert fresh(lena).customer_since == date(2020, 2, 29)
    merge_undo(merge=merge, actor=None, now=now)
    assert fresh(lena).customer_since is None
