"""Who may be one person: found by likeness, put side by side by a conflict, decided by staff."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, strategies as st

from advocates.errors import IdentityConflict
from advocates.facts import ContactFacts
from advocates.likeness import SUGGESTED_FROM, Profile, likeness, match_company, match_name
from advocates.models import Contact, ContactPair, JobRun, User
from advocates.services import pairs
from advocates.services.conflicts import conflict_keep
from advocates.services.contacts import contact_upsert
from advocates.services.pairs import pair_apart, pairs_find
from tests.cast import LENA, OMAR, contact_of

BOTH = ContactFacts(external_id=LENA.external_id, email=OMAR.email)


def person(now: datetime, **facts: Any) -> Contact:
    return contact_upsert(facts=ContactFacts(**facts), source="crm", now=now).contact


def conflict(now: datetime) -> IdentityConflict:
    with pytest.raises(IdentityConflict) as refusal:
        contact_upsert(facts=BOTH, source="shop", now=now)
    return refusal.value


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Lena Vogt", "VOGT, Lena"),
        ("Lena Vogt", "Dr. Lena Vogt"),
        ("Lena Vogt", "Frau Prof. Dr. Lena Vogt"),
        ("Lena Vogt", "ＬＥＮＡ　ＶＯＧＴ"),
        ("Sofía Marín", "Sofia Marin"),
        ("Renée Müller", "Renee Mu\u0308ller"),
        ("STRAẞE Hans", "Hans Strasse"),
        ("田中太郎", "田中　太郎"),
        ("田中太郎", "田中太郎 様"),
        ("陈美", "陈 美 女士"),
        ("김민준", "김 민준"),
        ("김민준", "김민준 씨"),
        ("ﾔﾏﾀﾞ ﾀﾛｳ", "ヤマダ タロウ"),
        ("Aishah binti Razak", "Puan Aishah Binti Razak"),
        ("O'Brien Mary", "Mary O’Brien"),
    ],
)
def test_one_name_however_it_is_written(one: str, other: str) -> None:
    assert match_name(one) == match_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Lena Vogt", "Lena Voigt"),
        ("田中太郎", "田中次郎"),
        ("陈美", "陳美"),
        ("はた", "ばた"),
        ("Dr", "Mr"),
        ("김민준", "김민주"),
    ],
)
def test_another_name_stays_another(one: str, other: str) -> None:
    assert match_name(one) != match_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Fernway GmbH & Co. KG", "FERNWAY"),
        ("Fernway Ltd.", "Fernway Limited"),
        ("Fernway S.A.", "fernway"),
        ("Fernway Sdn. Bhd.", "Fernway"),
        ("株式会社フジ", "フジ（株）"),
        ("㈱フジ", "フジ"),
        ("上海咖啡有限公司", "上海咖啡"),
        ("주식회사 한빛", "한빛"),
    ],
)
def test_a_company_is_one_without_its_legal_form(one: str, other: str) -> None:
    assert match_company(one) == match_company(other)


@given(st.text(max_size=60))
def test_any_text_has_a_name_that_is_its_own(text: str) -> None:
    assert match_name(match_name(text)) == match_name(text) or len(match_name(text)) < len(text)
    assert len(match_name(text)) <= 200


def test_a_name_alone_is_not_enough_and_says_so_in_codes() -> None:
    assert likeness(Profile("lena vogt"), Profile("lena vogt")).score < SUGGESTED_FROM
    alike = likeness(Profile("lena vogt", "fernway"), Profile("lena voigt", "fernway"))
    assert alike.score >= SUGGESTED_FROM
    assert [reason["code"] for reason in alike.reasons] == ["name_alike", "company_same"]
    assert "lena" not in str(alike.reasons)


def test_a_family_with_one_telephone_is_not_one_person() -> None:
    phones = frozenset({"+4930901820"})
    assert likeness(Profile("lena vogt", phones=phones), Profile("ben vogt", phones=phones)).score < SUGGESTED_FROM
    assert likeness(Profile("lena vogt", phones=phones), Profile("lena vogt", phones=phones)).score >= SUGGESTED_FROM


# --- the job ----------------------------------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


def ran(now: datetime) -> dict[str, int]:
    counts = pairs_find(now)
    JobRun.objects.create(
        name=pairs.JOB, live_key=f"{now}", status="done", lease_until=now, started_at=now, result=counts
    )
    return counts


def test_two_of_one_name_and_company_are_proposed_once(now: datetime) -> None:
    soon = datetime.now(tz=now.tzinfo) + timedelta(hours=1)
    one = person(now, email="lena@posteo.example", name="Lena Vogt", company="Fernway GmbH")
    two = person(now, email="vogt@fernway.example", name="VOGT, Lena", company="Fernway")
    person(now, email="ben@fernway.example", name="Ben Carter", company="Fernway")
    assert ran(soon)["found"] == 1
    pair = ContactPair.objects.get()
    assert ({pair.left, pair.right}, pair.cause, pair.status) == ({one, two}, "alike", "open")
    assert ran(soon + timedelta(minutes=1))["compared"] == 0


def test_an_alias_at_any_provider_is_proposed(now: datetime) -> None:
    person(now, email="lena@posteo.example", name="Lena Vogt")
    person(now, email="lena+shop@posteo.example")
    assert pairs_find(now)["found"] == 1
    assert ContactPair.objects.get().reasons == [{"code": "address_alias"}]


def test_what_was_decided_is_not_proposed_again(now: datetime, ada: User) -> None:
    person(now, email="lena@posteo.example")
    person(now, email="lena+shop@posteo.example")
    pairs_find(now)
    pair_apart(pair=ContactPair.objects.get(), actor=ada, reason="sisters", now=now)
    assert pairs_find(now)["found"] == 0
    assert ContactPair.objects.get().status == "apart"


def test_test_data_and_the_forgotten_are_left_out(now: datetime) -> None:
    person(now, email="lena@posteo.example")
    person(now, email="lena+shop@posteo.example", is_test=True)
    Contact.objects.filter(pk=person(now, email="lena+two@posteo.example").pk).update(erased_at=now)
    assert pairs_find(now)["found"] == 0


def test_it_goes_on_where_it_stopped(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairs, "PEOPLE_A_RUN", 2)
    later = datetime.now(tz=now.tzinfo) + timedelta(hours=1)
    for number in range(5):
        person(now, email=f"lena+{number}@posteo.example")
    seen = [ran(later + timedelta(minutes=number))["compared"] for number in range(4)]
    assert seen == [2, 2, 1, 0]
    assert ContactPair.objects.count() == 10


def test_a_crowd_of_one_name_is_not_compared_with_itself(
    now: datetime, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr(pairs, "BLOCK", 3)
    for number in range(8):
        person(now, email=f"w{number}@posteo.example", name="Wei Wang", company=f"Company {number}")
    with django_assert_max_num_queries(14):
        assert pairs_find(now)["found"] == 0


# --- conflicts --------------------------------------------------------------------------------------------------------


def test_a_conflict_waits_for_a_person_once(now: datetime) -> None:
    lena, omar = contact_of(LENA), contact_of(OMAR)
    first, again = conflict(now), conflict(now)
    pair = ContactPair.objects.get()
    assert ({pair.left, pair.right}, pair.cause, pair.source) == ({lena, omar}, "conflict", "shop")
    assert first.extra["pair"] == again.extra["pair"] == pair.public_id


def test_a_likeness_that_turns_out_a_conflict_comes_first(now: datetime) -> None:
    left, right = sorted((contact_of(LENA), contact_of(OMAR)), key=lambda contact: contact.pk)
    ContactPair.objects.create(left=left, right=right, cause="alike", score=72, found_at=now)
    conflict(now)
    assert ContactPair.objects.values_list("cause", "score").get() == ("conflict", 100)


def test_who_was_found_to_be_two_is_still_refused_and_not_asked_about_again(now: datetime, ada: User) -> None:
    contact_of(LENA), contact_of(OMAR)
    conflict(now)
    pair_apart(pair=ContactPair.objects.get(), actor=ada, reason="", now=now)
    conflict(now)
    assert ContactPair.objects.get().status == "apart"


def test_the_pair_outlives_the_transaction_that_was_refused(now: datetime) -> None:
    contact_of(LENA), contact_of(OMAR)
    with pytest.raises(IdentityConflict) as refusal, transaction.atomic():
        contact_upsert(facts=replace(BOTH, name="Somebody"), source="shop", now=now)
    assert not ContactPair.objects.exists()
    conflict_keep(conflict=refusal.value, now=now)
    conflict_keep(conflict=refusal.value, now=now)
    assert ContactPair.objects.get().public_id == refusal.value.extra["pair"]
