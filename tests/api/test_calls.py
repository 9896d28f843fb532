"""The calls of a shop, from the customer to the reward."""

from datetime import timedelta
from typing import Any

import pytest

from advocates.models import Contact, Purchase
from campaigns.models import Campaign
from config.lib import clock
from referrals.models import Referral, ReferralEvent
from tests.api.conftest import Call

pytestmark = pytest.mark.django_db

LENA = {"external_id": "C-1001", "email": "lena.vogt@posteo.example", "name": "Lena Vogt", "purchases_count": 3}
BEN = {"email": "ben.carter@gmail.com", "name": "Ben Carter"}


def enrolled(call: Call) -> str:
    call("post", "contacts", LENA)
    answer = call("post", "campaigns/give-and-get/enrolments", {"contact": {"external_id": "C-1001"}})
    assert answer.status_code == 201, answer.content
    code: str = answer.json()["referral_code"]
    return code


def sale(**changes: Any) -> dict[str, Any]:
    moment = (clock.now() - timedelta(minutes=1)).isoformat()
    return {
        "event_id": "order-77",
        "type": "purchase",
        "occurred_at": moment,
        "friend": {"email": BEN["email"]},
        "amount": 8000,
        "currency": "USD",
    } | changes


class TestContacts:
    def test_a_contact_is_made_and_then_brought_up_to_date(self, call: Call) -> None:
        made = call("post", "contacts", LENA | {"lifetime_value": {"amount": 12050, "currency": "EUR"}})
        again = call("post", "contacts", {"external_id": "C-1001", "company": "Vogt GmbH"})
        assert (made.status_code, again.status_code) == (201, 200)
        assert again.json()["id"] == made.json()["id"]
        assert again.json()["company"] == "Vogt GmbH"
        assert again.json()["lifetime_value"] == {"amount": 12050, "currency": "EUR"}
        assert again.json()["nps"]["standing"] == "unknown"
        assert call("get", f"contacts/{made.json()['id']}").json() == again.json()

    def test_two_people_under_one_roof_are_a_conflict(self, call: Call) -> None:
        call("post", "contacts", LENA)
        call("post", "contacts", BEN | {"external_id": "C-2"})
        answer = call("post", "contacts", {"external_id": "C-2", "email": LENA["email"]})
        assert (answer.status_code, answer.json()["code"]) == (409, "identity_conflict")

    def test_what_a_test_key_makes_is_marked(self, call: Call) -> None:
        assert call("post", "contacts", BEN | {"test": True}).json()["test"] is True


class TestEnrolments:
    def test_the_second_call_gives_the_same_code(self, call: Call, campaign: Campaign) -> None:
        code = enrolled(call)
        again = call("post", "campaigns/give-and-get/enrolments", {"contact": {"email": LENA["email"]}})
        assert (again.status_code, again.json()["referral_code"]) == (200, code)
        assert again.json()["share_url"].endswith(f"/r/{code}")

    def test_somebody_unknown_is_not_found(self, call: Call, campaign: Campaign) -> None:
        answer = call("post", "campaigns/give-and-get/enrolments", {"contact": {"email": "nobody@mail.example"}})
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_contact")

    def test_an_ended_campaign_takes_nobody(self, call: Call, campaign: Campaign) -> None:
        Campaign.objects.update(status=Campaign.Status.ENDED)
        call("post", "contacts", LENA)
        answer = call("post", "campaigns/give-and-get/enrolments", {"contact": {"external_id": "C-1001"}})
        assert (answer.status_code, answer.json()["code"]) == (409, "campaign_not_open")


class TestReferrals:
    def test_a_friend_is_entered_and_can_be_read(self, call: Call, campaign: Campaign) -> None:
        code = enrolled(call)
        answer = call(
            "post",
            "campaigns/give-and-get/referrals",
            {"referral_code": code, "friend": BEN, "channel": "whatsapp", "consent": True},
        )
        assert answer.status_code == 201, answer.content
        body = answer.json()
        assert (body["status"], body["attribution"]["method"]) == ("submitted", "code")
        assert body["attribution"]["channel"] == "whatsapp"
        assert body["timeline"]
        assert call("get", f"referrals/{body['id']}").json()["id"] == body["id"]
        assert [row["id"] for row in call("get", "referrals?campaign=give-and-get").json()["items"]] == [body["id"]]
        assert call("get", f"referrals?contact={body['friend']}&status=submitted").json()["items"]
        assert call("get", "referrals?status=lost").json() == {"items": [], "next_cursor": None}

    def test_the_same_friend_again_is_refused_with_the_referral(self, call: Call, campaign: Campaign) -> None:
        body = {"referral_code": enrolled(call), "friend": BEN}
        first = call("post", "campaigns/give-and-get/referrals", body)
        again = call("post", "campaigns/give-and-get/referrals", body)
        assert (again.status_code, again.json()["code"]) == (409, "already_referred")
        assert again.json()["referral"] == first.json()["id"]

    def test_another_advocate_is_not_told_whose_it_is(self, call: Call, campaign: Campaign) -> None:
        call("post", "campaigns/give-and-get/referrals", {"referral_code": enrolled(call), "friend": BEN})
        call("post", "contacts", {"email": "mei.chen@mail.example"})
        mei = call("post", "campaigns/give-and-get/enrolments", {"contact": {"email": "mei.chen@mail.example"}}).json()
        body = {"referral_code": mei["referral_code"], "friend": BEN}
        answer = call("post", "campaigns/give-and-get/referrals", body)
        assert answer.json()["code"] == "already_referred"
        assert "referral" not in answer.json()

    def test_oneself_and_a_customer_cannot_be_referred(self, call: Call, campaign: Campaign) -> None:
        code = enrolled(call)
        oneself = {"referral_code": code, "friend": {"email": LENA["email"]}}
        assert call("post", "campaigns/give-and-get/referrals", oneself).json()["code"] == "self_referral"
        call("post", "contacts", {"email": "old@mail.example", "customer_since": "2020-01-01"})
        customer = {"referral_code": code, "friend": {"email": "old@mail.example"}}
        assert call("post", "campaigns/give-and-get/referrals", customer).json()["code"] == "existing_customer"
        assert not Referral.objects.exists()

    def test_a_code_of_nobody_is_refused(self, call: Call, campaign: Campaign) -> None:
        answer = call("post", "campaigns/give-and-get/referrals", {"referral_code": "XXXXXXXXXX", "friend": BEN})
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_code")

    def test_sales_may_live_in_another_system(self, call: Call, campaign: Campaign) -> None:
        body = {"referral_code": enrolled(call), "friend": BEN}
        referral = call("post", "campaigns/give-and-get/referrals", body).json()["id"]
        moved = call("post", f"referrals/{referral}/status", {"status": "contacted"})
        assert moved.json()["status"] == "contacted"
        stale = call("post", f"referrals/{referral}/status", {"status": "qualified", "expected_status": "submitted"})
        assert (stale.status_code, stale.json()["code"]) == (409, "stale")
        won = {"status": "converted", "deal": {"amount": 120000, "currency": "USD"}}
        assert call("post", f"referrals/{referral}/status", won).json()["deal"] == {"amount": 120000, "currency": "USD"}
        back = call("post", f"referrals/{referral}/status", {"status": "contacted"})
        assert (back.status_code, back.json()["code"]) == (409, "not_allowed")

    def test_a_long_list_comes_in_pages(self, call: Call, campaign: Campaign) -> None:
        code = enrolled(call)
        for number in range(53):
            friend = {"email": f"friend{number}@mail.example"}
            assert (
                call("post", "campaigns/give-and-get/referrals", {"referral_code": code, "friend": friend}).status_code
                == 201
            )
        first = call("get", "referrals").json()
        rest = call("get", f"referrals?cursor={first['next_cursor']}").json()
        ids = [row["id"] for row in first["items"] + rest["items"]]
        assert (len(first["items"]), len(ids), len(set(ids)), rest["next_cursor"]) == (50, 53, 53, None)


class TestEvents:
    def test_a_sale_wins_the_referral_and_again_changes_nothing(self, call: Call, campaign: Campaign) -> None:
        call("post", "campaigns/give-and-get/referrals", {"referral_code": enrolled(call), "friend": BEN})
        first = call("post", "events", sale())
        again = call("post", "events", sale())
        assert (first.status_code, again.status_code) == (202, 200)
        assert again.json() == first.json() | {"duplicate": True}
        assert first.json()["attribution"]["method"] == "code"
        assert call("get", f"referrals/{first.json()['referral']}").json()["status"] == "converted"
        assert Purchase.objects.filter(source="shop", external_id="order-77").count() == 1

    @pytest.mark.parametrize(
        "change",
        [
            {"amount": 8001},
            {"currency": "EUR"},
            {"type": "signup"},
            {"friend": {"email": "mei.chen@mail.example"}},
            {"items": [{"product": "beans"}]},
            {"campaign": "give-and-get"},
            {"referral_code": "ABC"},
        ],
    )
    def test_the_same_id_for_something_else_is_refused(
        self, call: Call, campaign: Campaign, change: dict[str, Any]
    ) -> None:
        call("post", "events", sale())
        answer = call("post", "events", sale(**change))
        assert (answer.status_code, answer.json()["code"]) == (409, "event_id_reused")
        assert ReferralEvent.objects.count() == 1

    def test_time_and_further_facts_may_differ(self, call: Call, campaign: Campaign) -> None:
        call("post", "events", sale())
        later = sale(occurred_at=clock.now().isoformat(), metadata={"till": 4})
        assert call("post", "events", later).json()["duplicate"] is True

    def test_a_code_alone_brings_the_referral_about(self, call: Call, campaign: Campaign) -> None:
        answer = call("post", "events", sale(referral_code=enrolled(call)))
        assert answer.json()["attribution"]["method"] == "code"
        assert Referral.objects.get().status == "converted"

    def test_a_sale_of_somebody_not_referred_is_kept_too(self, call: Call, campaign: Campaign) -> None:
        answer = call("post", "events", sale())
        assert (answer.status_code, answer.json()["referral"]) == (202, None)
        assert Contact.objects.get().purchases_count == 1

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"amount": 80.0}, "invalid"),
            ({"amount": True}, "invalid"),
            ({"amount": "8000"}, "invalid"),
            ({"currency": "XXX"}, "invalid"),
            ({"currency": None}, "currency_missing"),
            ({"event_id": "a\0b"}, "invalid"),
            ({"type": "Purchase!"}, "bad_type"),
            ({"type": "claimed"}, "bad_type"),
            ({"occurred_at": "2020-01-01T00:00:00Z"}, "bad_time"),
            ({"occurred_at": "2026-01-01T00:00:00"}, "invalid"),
            ({"friend": None}, "friend_missing"),
            ({"campaign": "none"}, "unknown_campaign"),
            ({"items": [{"quantity": -1}]}, "invalid"),
        ],
    )
    def test_a_bad_event_is_refused_and_leaves_nothing(
        self, call: Call, campaign: Campaign, change: dict[str, Any], code: str
    ) -> None:
        answer = call("post", "events", sale(**change))
        assert (answer.status_code, answer.json()["code"]) == (422, code)
        assert not ReferralEvent.objects.exists()
        assert not Contact.objects.exists()


class TestRefunds:
    def test_a_refund_is_recorded_once(self, call: Call, campaign: Campaign) -> None:
        call("post", "events", sale())
        refund = {"event_id": "refund-1", "refunds": "order-77", "amount": 2000, "currency": "USD"}
        first, again = call("post", "refunds", refund), call("post", "refunds", refund)
        assert (first.status_code, again.status_code, again.json()["duplicate"]) == (202, 200, True)

    def test_more_than_the_sale_cannot_go_back(self, call: Call, campaign: Campaign) -> None:
        call("post", "events", sale())
        refund = {"event_id": "refund-1", "refunds": "order-77", "amount": 8001, "currency": "USD"}
        answer = call("post", "refunds", refund)
        assert (answer.status_code, answer.json()["code"]) == (422, "refund_too_large")

    def test_a_sale_that_nobody_knows_yet_is_refunded_when_it_arrives(self, call: Call, campaign: Campaign) -> None:
        answer = call("post", "refunds", {"event_id": "refund-1", "refunds": "order-77"})
        assert (answer.status_code, answer.json()["referral"], answer.json()["waiting"]) == (202, None, True)
        call("post", "events", sale())
        assert Contact.objects.get().purchases_count == 0
