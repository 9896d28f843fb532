"""A refusal takes back what its transaction wrote, but not that two people wait for somebody to look at them."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.db import transaction
from django.test import Client

from advocates.admin.base import Verb
from advocates.errors import IdentityConflict
from advocates.facts import ContactFacts
from advocates.models import Contact, ContactPair, User
from advocates.services.conflicts import conflict_keep
from advocates.services.contacts import contact_upsert
from advocates.services.merging import contacts_merge
from campaigns.models import Campaign, Enrolment
from campaigns.services.api_keys import api_key_create
from config.lib import clock
from config.lib.signing import sign
from referrals.admin import referrals as desk
from referrals.forms import FORM_PURPOSE, QUICKEST
from referrals.models import Referral, ReferralEvent
from referrals.views import landing
from tests.cast import LENA, OMAR, SOFIA, contact_of
from tests.factories.campaigns import campaign_made
from tests.factories.referrals import enrolled

pytestmark = pytest.mark.django_db

BOTH = {"external_id": LENA.external_id, "email": OMAR.email}
PUBLIC = "/c/give-and-get/"


@pytest.fixture
def two(company: object) -> set[Contact]:
    return {contact_of(LENA), contact_of(OMAR)}


@pytest.fixture
def link(company: object, now: datetime) -> Enrolment:
    campaign: Campaign = campaign_made(slug="give-and-get")
    return enrolled(campaign, now=now, person=SOFIA)


@pytest.fixture
def root(client: Client, company: object) -> User:
    user = User.objects.create_superuser("root@fernway.example", "a long pass phrase", name="Root")
    client.force_login(user)
    return user


def refuse(*_args: Any, **_values: Any) -> None:
    """A service that brings both keys in a transaction of its own."""
    with transaction.atomic():
        contact_upsert(
            facts=ContactFacts(external_id=LENA.external_id, email=OMAR.email), source="shop", now=clock.now()
        )


def assert_waiting(two: set[Contact], *, public_id: str = "") -> None:
    pair = ContactPair.objects.get()
    assert ({pair.left, pair.right}, pair.cause, pair.status) == (two, "conflict", "open")
    assert public_id in ("", pair.public_id)


@pytest.mark.parametrize("is_repeatable", [False, True])
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("contacts", BOTH),
        ("campaigns/give-and-get/referrals", {"referral_code": "?", "friend": BOTH}),
        ("events", {"event_id": "e1", "type": "signup", "friend": BOTH}),
        ("events", {"event_id": "e2", "type": "purchase", "friend": BOTH, "amount": 100, "currency": "EUR"}),
    ],
)
def test_calls_name_the_pair_and_leave_it(
    two: set[Contact], link: Enrolment, client: Client, path: str, body: dict[str, Any], is_repeatable: bool
) -> None:
    secret = api_key_create(name="Shop", source="shop", scope="write", now=clock.now())[1]
    headers = {"authorization": f"Bearer {secret}"} | ({"idempotency-key": "k1"} if is_repeatable else {})
    if "referral_code" in body:
        body = body | {"referral_code": link.code}
    answer = client.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "identity_conflict")
    assert_waiting(two, public_id=answer.json()["pair"])
    assert not Referral.objects.exists()
    assert not ReferralEvent.objects.filter(source="shop").exists()


def test_an_enrolment_by_call_finds_by_the_number_and_joins_nobody(
    two: set[Contact], link: Enrolment, client: Client
) -> None:
    """It only looks for somebody who is known: nothing is written about the other."""
    secret = api_key_create(name="Shop", source="shop", scope="write", now=clock.now())[1]
    client.post(
        "/api/v1/campaigns/give-and-get/enrolments",
        json.dumps({"contact": BOTH}),
        content_type="application/json",
        headers={"authorization": f"Bearer {secret}"},
    )
    assert not ContactPair.objects.exists()


def test_a_verb_of_the_console_leaves_it(
    two: set[Contact], root: User, client: Client, monkeypatch: pytest.MonkeyPatch, link: Enrolment
) -> None:
    own = admin.site.get_model_admin(Contact)
    refusing = Verb(name="refuse", label="x", permission="advocates.view_contact", run=refuse)  # type: ignore[arg-type]
    monkeypatch.setattr(type(own), "verbs", [refusing], raising=False)
    client.post(f"/admin/advocates/contact/{link.contact.pk}/do/refuse/")
    assert_waiting(two)


def test_a_referral_heard_by_phone_leaves_it(
    two: set[Contact], root: User, client: Client, monkeypatch: pytest.MonkeyPatch, link: Enrolment
) -> None:
    monkeypatch.setattr(desk, "referral_heard", refuse)
    answers = {
        "campaign": str(link.campaign_id),
        "advocate": link.code,
        "name": "Noor",
        "email": "noor@mail.example",
        "basis": "given_to_advocate",
    }
    page = client.post("/admin/referrals/referral/add/", answers)
    assert "belong to two different people" in page.content.decode()
    assert_waiting(two)


def test_the_public_form_leaves_it_and_says_nothing(
    two: set[Contact], client: Client, monkeypatch: pytest.MonkeyPatch, link: Enrolment
) -> None:
    monkeypatch.setattr(landing, "friend_claim", refuse)
    client.get(f"/r/{link.code}?c=mail")
    at = clock.now() - QUICKEST - timedelta(seconds=1)
    shown = sign(FORM_PURPOSE, f"n1:{at.timestamp():.0f}")
    answers = {"name": "Noor", "email": "noor@mail.example", "consent": "on", "shown": shown}
    page = client.post(PUBLIC, answers)
    assert_waiting(two)
    told = page.content.decode()
    assert page.status_code == 429
    assert "people" not in told.lower()
    assert not any(word in told for contact in two for word in (contact.public_id, "Lena", "Omar"))


def test_a_likeness_is_a_conflict_also_when_the_refusal_rolled_back(now: datetime, two: set[Contact]) -> None:
    left, right = sorted(two, key=lambda contact: contact.pk)
    ContactPair.objects.create(left=left, right=right, cause="alike", score=72, found_at=now)
    with pytest.raises(IdentityConflict) as refusal:
        refuse()
    assert ContactPair.objects.get().cause == "alike"
    conflict_keep(conflict=refusal.value, now=now)
    assert_waiting(two)


def test_who_was_merged_meanwhile_waits_for_nobody(now: datetime, two: set[Contact]) -> None:
    with pytest.raises(IdentityConflict) as refusal:
        refuse()
    kept, gone = two
    contacts_merge(kept=kept, gone=gone, actor=None, reason="", now=now)
    conflict_keep(conflict=refusal.value, now=now)
    assert not ContactPair.objects.exists()
