import pytest

from campaigns.models import Campaign
from campaigns.services.api_keys import api_key_create
from config.lib import clock
from referrals.models import Claim
from tests.api.conftest import Call
from tests.cast import BEN, LENA, contact_of

pytestmark = pytest.mark.django_db

BODY = {
    "contact": {"email": LENA.email},
    "campaign": "give-and-get",
    "friend": {"name": "Ben", "email": BEN.email},
    "note": "On the phone",
}


def test_a_claim_is_taken_once_and_says_by_when_it_is_decided(call: Call, campaign: Campaign) -> None:
    lena = contact_of(LENA)
    made = call("post", "claims", BODY)
    claim = Claim.objects.get()
    assert made.status_code == 201
    assert made.json() == {
        "id": claim.public_id,
        "campaign": "give-and-get",
        "contact": lena.public_id,
        "status": "open",
        "answer": "",
        "answer_text": "",
        "referral": None,
        "claimed_at": claim.claimed_at.isoformat(),
        "decide_by": claim.decide_by.isoformat(),
    }
    again = call("post", "claims", BODY | {"note": "Once more"})
    assert (again.status_code, again.json()) == (200, made.json())


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"contact": {"email": "nobody@mail.example"}}, 404, "unknown_contact"),
        ({"campaign": "none"}, 404, "not_found"),
        ({"friend": {"email": LENA.email}}, 409, "self_referral"),
        ({"friend": {"name": "Nobody Known"}}, 422, "friend_missing"),
        ({"friend": {}}, 422, "friend_missing"),
        ({"friend": {"email": "no address"}}, 422, "bad_email"),
        ({"friend": {"email": BEN.email, "nickname": "B"}}, 422, "invalid"),
        ({"note": "x" * 501}, 422, "invalid"),
        ({"note": "\0"}, 422, "invalid"),
    ],
)
def test_what_is_refused(call: Call, campaign: Campaign, changes: dict[str, object], status: int, code: str) -> None:
    contact_of(LENA)
    refused = call("post", "claims", BODY | changes)
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert not Claim.objects.exists()


def test_a_key_for_tests_claims_for_nobody_real(call: Call, campaign: Campaign) -> None:
    contact_of(LENA)
    key = api_key_create(name="Tests", source="shop", scope="write", is_test=True, now=clock.now())[1]
    assert call("post", "claims", BODY, key=key).status_code == 404
