from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from advocates.errors import BadFact, IdentityConflict, NoKey
from advocates.facts import ContactFacts
from advocates.models import Contact, ContactKey
from advocates.selectors import contact_email, contact_phone, display_name, external_ids, public_name
from advocates.services.contacts import ContactRef, contact_find, contact_upsert
from config.lib.money import Money
from tests.cast import LENA, OMAR, contact_of

pytestmark = pytest.mark.django_db

LENA_FACTS = ContactFacts(external_id="C-1001", email="lena.vogt@posteo.example", name="Lena Vogt", language="de")


def upsert(facts, now, source="shop"):
    return contact_upsert(facts=facts, source=source, now=now)


def test_the_same_facts_again_change_nothing(now):
    first = upsert(LENA_FACTS, now)
    again = upsert(LENA_FACTS, now)
    assert (first.outcome, again.outcome) == ("created", "unchanged")
    assert first.contact == again.contact
    assert Contact.objects.count() == 1


def test_what_is_not_given_stays_as_it_is(now):
    upsert(replace(LENA_FACTS, company="Vogt GmbH", country="DE", metadata={"plan": "pro"}), now)
    changed = upsert(ContactFacts(external_id="C-1001", name="Lena Vogt-Berg", metadata={"seats": 3}), now)
    assert changed.outcome == "updated"
    lena = Contact.objects.get()
    assert (lena.language, lena.country, lena.metadata) == ("de", "DE", {"plan": "pro", "seats": 3})
    assert (lena.details.name, lena.details.company) == ("Lena Vogt-Berg", "Vogt GmbH")


def test_a_customer_number_is_of_its_source(now):
    here = upsert(ContactFacts(external_id="7"), now, source="shop").contact
    there = upsert(ContactFacts(external_id="7"), now, source="crm").contact
    assert here != there


def test_the_number_beats_the_address_and_learns_a_new_one(now):
    lena = upsert(LENA_FACTS, now).contact
    moved = upsert(ContactFacts(external_id="C-1001", email="lena@new.example"), now)
    assert moved.contact == lena
    assert contact_email(moved.contact) == "lena@new.example"
    assert contact_find(ref=ContactRef(email="Lena.Vogt@posteo.example"), source="x") == lena


def test_number_and_address_of_two_people_are_for_a_person_to_look_at(now):
    lena = contact_of(LENA)
    contact_of(OMAR)
    with pytest.raises(IdentityConflict):
        upsert(ContactFacts(external_id=LENA.external_id, email=OMAR.email), now)
    assert contact_find(ref=ContactRef(external_id=LENA.external_id, email=OMAR.email), source="shop") == lena


def test_who_shares_a_telephone_is_not_the_same_person(now):
    lena = contact_of(LENA)
    other = upsert(ContactFacts(email="noor@mail.example", phone=LENA.phone), now)
    assert other.outcome == "created"
    assert other.contact != lena
    assert contact_phone(other.contact) == ""
    assert contact_find(ref=ContactRef(phone=LENA.phone), source="shop") == lena


def test_somebody_known_by_telephone_only_is_found_by_it(now):
    caller = upsert(ContactFacts(phone="+49 30 901820"), now).contact
    written = upsert(ContactFacts(phone="030 901820", country="DE", email="lena@posteo.example"), now)
    assert (written.contact, written.outcome) == (caller, "updated")


def test_whoever_was_merged_is_found_as_who_they_are_now(now):
    old, new = contact_of(LENA), contact_of(OMAR)
    Contact.objects.filter(pk=old.pk).update(merged_into=new)
    assert contact_find(ref=ContactRef(id=old.public_id), source="shop") == new
    assert contact_find(ref=ContactRef(email=LENA.email), source="shop") == new


def test_nobody_can_be_made_of_nothing(now):
    with pytest.raises(NoKey):
        upsert(ContactFacts(name="Lena"), now)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"name": "Le\0na"}, "name"),
        ({"name": "L" * 201}, "name"),
        ({"language": "xx"}, "language"),
        ({"relation": "friend"}, "relation"),
        ({"country": "Germany"}, "country"),
        ({"time_zone": "Berlin"}, "time_zone"),
        ({"nps_score": 11}, "nps_score"),
        ({"purchases_count": -1}, "purchases_count"),
        ({"metadata": {"note": "\0"}}, "metadata"),
        ({"external_id": "9" * 129}, "external_id"),
    ],
)
def test_a_fact_that_no_column_takes_is_refused_before_anything_is_written(now, facts, field):
    with pytest.raises(BadFact) as refusal:
        upsert(ContactFacts(**{"email": "lena@posteo.example"} | facts), now)
    assert refusal.value.extra == {"field": field}
    assert not ContactKey.objects.exists()


def test_the_latest_answer_stands(now):
    earlier = now - timedelta(days=30)
    upsert(ContactFacts(email=LENA.email, nps_score=9, nps_at=now), now)
    late = upsert(ContactFacts(email=LENA.email, nps_score=2, nps_at=earlier), now)
    assert (late.outcome, late.contact.nps_score) == ("unchanged", 9)


def test_a_score_without_a_date_is_new_only_if_it_differs(now):
    upsert(ContactFacts(email=LENA.email, nps_score=9), now)
    again = upsert(ContactFacts(email=LENA.email, nps_score=9), now + timedelta(days=1))
    assert (again.outcome, again.contact.nps_at) == ("unchanged", now)
    changed = upsert(ContactFacts(email=LENA.email, nps_score=4), now + timedelta(days=1))
    assert (changed.outcome, changed.contact.nps_standing) == ("updated", "detractor")


def test_the_figures_that_a_shop_reports_replace_ours(now):
    facts = ContactFacts(email=LENA.email, purchases_count=12, lifetime_value=Money(99_00, "EUR"))
    lena = upsert(facts, now).contact
    lena.refresh_from_db()
    assert (lena.purchases_count, lena.lifetime_amount, lena.lifetime_unit) == (12, 9900, "EUR")


def test_a_test_key_does_not_make_a_real_person_a_test(now):
    upsert(ContactFacts(email=LENA.email), now)
    assert not upsert(ContactFacts(email=LENA.email, is_test=True), now).contact.is_test


def test_how_a_person_is_named(now):
    nameless = upsert(ContactFacts(external_id="C-9"), now).contact
    assert (display_name(nameless), public_name(nameless)) == ("C-9", "")
    lena = upsert(replace(LENA_FACTS, public_name="Lena V."), now).contact
    assert (display_name(lena), public_name(lena)) == ("Lena Vogt", "Lena V.")
    assert external_ids(lena) == {"shop": "C-1001"}


def test_a_moment_is_kept_in_utc(now):
    at = datetime(2026, 3, 1, 9, tzinfo=UTC)
    lena = upsert(ContactFacts(email=LENA.email, nps_score=10, nps_at=at), now).contact
    lena.refresh_from_db()
    assert (lena.nps_at, lena.nps_standing) == (at, "promoter")
