"""Another system takes everything about a person along, and has them forgotten."""

from typing import Any

import pytest

from advocates.models import AuditEntry, Erasure
from campaigns.models import Campaign
from campaigns.services.api_keys import api_key_create
from config.lib import clock
from rewards.services.payouts import payout_run_prepare
from tests.api.conftest import Call
from tests.cast import LENA, contact_of
from tests.factories.payouts import account_given, approved_cash

pytestmark = pytest.mark.django_db


def test_everything_about_a_person_is_one_document(call: Call, campaign: Campaign) -> None:
    lena = contact_of(LENA)
    answer = call("post", f"contacts/{lena.public_id}/export", {})
    assert answer.status_code == 200
    told: dict[str, Any] = answer.json()
    assert (told["format"], told["version"], told["id"]) == ("innercircle-person", 1, lena.public_id)
    assert AuditEntry.objects.get(verb="contact.exported").actor_label == "shop"


def test_forgetting_again_gives_the_first_erasure(call: Call, campaign: Campaign) -> None:
    lena = contact_of(LENA)
    first = call("post", f"contacts/{lena.public_id}/erase", {})
    assert first.status_code == 200
    assert first.json()["id"] == Erasure.objects.get().public_id
    assert call("post", f"contacts/{lena.public_id}/erase", {}).json() == first.json()
    shown = call("get", f"contacts/{lena.public_id}").json()
    assert (shown["email"], shown["name"]) == ("", lena.public_id)


def test_what_is_under_way_is_named(call: Call, campaign: Campaign, tom: Any) -> None:
    lena = contact_of(LENA)
    now = clock.now()
    approved_cash(lena, 2_500, now=now)
    account_given(lena, now=now)
    payout_run_prepare(unit="EUR", actor=tom, now=now)
    answer = call("post", f"contacts/{lena.public_id}/erase", {})
    assert (answer.status_code, answer.json()["code"], answer.json()["reason"]) == (
        409,
        "erasure_refused",
        "payment_under_way",
    )


def test_a_key_that_may_only_read_may_do_neither(call: Call, campaign: Campaign) -> None:
    lena = contact_of(LENA)
    reader = api_key_create(name="Reader", source="shop", scope="read", now=clock.now())[1]
    for act in ("export", "erase"):
        assert call("post", f"contacts/{lena.public_id}/{act}", {}, key=reader).status_code == 403


def test_whom_nobody_knows_is_not_found(call: Call, campaign: Campaign) -> None:
    assert call("post", "contacts/con_nobody/erase", {}).status_code == 404
