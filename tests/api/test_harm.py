"""What a key must not reach: real people with a key for tests, kept answers with one that may only read."""

import pytest

from advocates.models import Contact, Erasure, Moment, NpsAnswer
from campaigns.models import Campaign, IdempotentAnswer
from campaigns.services.api_keys import api_key_create
from config.lib import clock
from tests.api.conftest import Call
from tests.cast import LENA, contact_of

pytestmark = pytest.mark.django_db

BODIES = {"export": {}, "erase": {}, "nps": {"score": 0}, "moments": {"kind": "complaint"}}


@pytest.fixture
def test_key(db: None) -> str:
    return api_key_create(name="Tests", source="shop", scope="write", is_test=True, now=clock.now())[1]


@pytest.mark.parametrize("act", BODIES)
def test_a_key_for_tests_finds_nobody_real(call: Call, campaign: Campaign, test_key: str, act: str) -> None:
    lena = contact_of(LENA)
    refused = call("post", f"contacts/{lena.public_id}/{act}", BODIES[act], key=test_key)
    unknown = call("post", f"contacts/con_nobody/{act}", BODIES[act], key=test_key)
    assert (refused.status_code, refused.content) == (404, unknown.content)
    assert [model.objects.count() for model in (Erasure, NpsAnswer, Moment)] == [0, 0, 0]


@pytest.mark.parametrize("act", BODIES)
def test_a_key_for_tests_does_all_of_it_with_a_test_contact(
    call: Call, campaign: Campaign, test_key: str, act: str
) -> None:
    made = call("post", "contacts", {"email": "try@test.example"}, key=test_key).json()
    assert call("post", f"contacts/{made['id']}/{act}", BODIES[act], key=test_key).status_code in (200, 201)


def test_a_key_for_tests_changes_nobody_real(call: Call, campaign: Campaign, test_key: str) -> None:
    lena = contact_of(LENA)
    answer = call("post", "contacts", {"email": LENA.email, "name": "Somebody Else"}, key=test_key)
    assert (answer.status_code, answer.json()["test"]) == (200, False)
    assert Contact.objects.get(pk=lena.pk).details.name == LENA.name


def test_an_export_is_kept_nowhere(call: Call, campaign: Campaign) -> None:
    lena = contact_of(LENA)
    answer = call("post", f"contacts/{lena.public_id}/export", {}, idempotency_key="once")
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert not IdempotentAnswer.objects.exists()


def test_who_may_only_read_is_given_no_kept_answer(call: Call, campaign: Campaign) -> None:
    reader = api_key_create(name="Reader", source="shop", scope="read", now=clock.now())[1]
    body = {"email": "ben@mail.example"}
    assert call("post", "contacts", body, idempotency_key="once").status_code == 201
    assert call("post", "contacts", body, idempotency_key="once", key=reader).status_code == 403
