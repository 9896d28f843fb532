"""What holds for every call: keys, scopes, strict shapes, problem documents, repeated calls."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from advocates.models import Contact
from campaigns.models import IdempotentAnswer
from campaigns.services.api_keys import api_key_create, api_key_revoke
from config.lib import clock
from tests.api.conftest import Call

pytestmark = pytest.mark.django_db
LENA = {"email": "lena.vogt@posteo.example", "name": "Lena Vogt"}


def problem_of(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["detail"]
    assert body["title"]
    return body


class TestKeys:
    def test_a_call_without_a_key_is_refused(self, client: Client) -> None:
        problem_of(client.get("/api/v1/referrals"), 401, "bad_api_key")

    def test_a_wrong_key_is_refused(self, call: Call) -> None:
        problem_of(call("get", "referrals", key="ick_wrong"), 401, "bad_api_key")

    def test_a_revoked_key_is_refused(self, call: Call) -> None:
        key, secret = api_key_create(name="Old", source="old", scope="write", now=clock.now())
        assert call("get", "referrals", key=secret).status_code == 200
        api_key_revoke(key=key, actor=None, now=clock.now())
        problem_of(call("get", "referrals", key=secret), 401, "bad_api_key")

    def test_a_key_that_has_run_out_is_refused(self, call: Call) -> None:
        past = clock.now() - timedelta(days=1)
        _key, secret = api_key_create(name="Old", source="old", scope="write", expires_at=past, now=clock.now())
        problem_of(call("get", "referrals", key=secret), 401, "bad_api_key")

    def test_a_key_that_may_read_may_not_write(self, call: Call) -> None:
        _key, secret = api_key_create(name="BI", source="bi", scope="read", now=clock.now())
        assert call("get", "referrals", key=secret).status_code == 200
        problem_of(call("post", "contacts", LENA, key=secret), 403, "scope")
        assert not Contact.objects.exists()


class TestShapes:
    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("purchases_count", True),
            ("purchases_count", "42"),
            ("purchases_count", 42.0),
            ("purchases_count", -1),
            ("purchases_count", 10**12),
            ("name", "Le\0na"),
            ("name", "\ud800"),
            ("name", "n" * 255),
            ("name", 7),
            ("customer_since", 20240101),
            ("customer_since", "2024-13-01"),
            ("lifetime_value", {"amount": 1.5, "currency": "USD"}),
            ("lifetime_value", {"amount": True, "currency": "USD"}),
            ("lifetime_value", {"amount": 100, "currency": "DEM"}),
            ("lifetime_value", {"amount": 100, "currency": "usd"}),
            ("lifetime_value", {"amount": 10**13, "currency": "USD"}),
            ("metadata", {"x": "\0"}),
            ("metadata", {"x": "y" * 9000}),
            ("metadata", []),
            ("test", 1),
            ("colour", "blue"),
        ],
    )
    def test_a_field_of_the_wrong_shape_is_named(self, call: Call, field: str, value: Any) -> None:
        body = problem_of(call("post", "contacts", LENA | {field: value}), 422, "invalid")
        assert any(entry["field"].startswith(field) for entry in body["errors"])
        assert not Contact.objects.exists()

    @pytest.mark.parametrize(
        ("field", "value"), [("country", "Germany"), ("timezone", "Mars/Base"), ("language", "tlh"), ("email", "lena@")]
    )
    def test_a_fact_that_cannot_be_is_named(self, call: Call, field: str, value: str) -> None:
        answer = call("post", "contacts", LENA | {field: value})
        assert answer.status_code == 422
        assert answer["Content-Type"] == "application/problem+json"
        assert not Contact.objects.exists()

    @pytest.mark.parametrize("body", ["", "{", '{"name": NaN}', "[]", "null", '"text"', "\xff"])
    def test_what_is_no_object_is_refused(self, call: Call, body: str) -> None:
        answer = call("post", "contacts", body)
        assert answer.status_code in (400, 422)
        assert answer["Content-Type"] == "application/problem+json"

    def test_ten_megabytes_are_too_much(self, call: Call) -> None:
        problem_of(call("post", "contacts", {"name": "x" * 10_000_000}), 413, "too_big")
        problem_of(call("post", "contacts", {"name": "x" * 10_000_000}, idempotency_key="k"), 413, "too_big")

    @pytest.mark.parametrize(
        "path", ["contacts/con_%00", "referrals/ref_unknown", "rewards/rew_unknown", "campaigns/none"]
    )
    def test_what_is_not_there_is_not_found(self, call: Call, path: str) -> None:
        assert call("get", path).status_code == 404

    @pytest.mark.parametrize("query", ["cursor=ref_unknown", "campaign=%00", "status=" + "x" * 100])
    def test_a_list_refuses_a_strange_filter(self, call: Call, query: str) -> None:
        assert call("get", f"referrals?{query}").status_code == 422


class TestRepeatedCalls:
    def test_the_same_call_gives_the_first_answer_again(self, call: Call) -> None:
        first = call("post", "contacts", LENA, idempotency_key="order-1")
        again = call("post", "contacts", LENA, idempotency_key="order-1")
        assert (first.status_code, again.status_code) == (201, 201)
        assert again.json() == first.json()
        assert "Idempotent-Replay" not in first
        assert again["Idempotent-Replay"] == "true"

    def test_a_refusal_is_given_again_as_a_problem(self, call: Call) -> None:
        call("post", "contacts", {"email": "lena@"}, idempotency_key="order-2")
        again = call("post", "contacts", {"email": "lena@"}, idempotency_key="order-2")
        problem_of(again, 422, "bad_email")
        assert again["Idempotent-Replay"] == "true"

    def test_another_body_under_the_same_key_is_refused(self, call: Call) -> None:
        call("post", "contacts", LENA, idempotency_key="order-1")
        other = call("post", "contacts", LENA | {"name": "Lena V."}, idempotency_key="order-1")
        problem_of(other, 409, "idempotency_key_reused")

    def test_two_systems_may_use_the_same_key(self, call: Call) -> None:
        _key, crm = api_key_create(name="CRM", source="crm", scope="write", now=clock.now())
        call("post", "contacts", LENA, idempotency_key="1")
        assert call("post", "contacts", {"email": "ben@mail.example"}, key=crm, idempotency_key="1").status_code == 201

    def test_a_key_that_is_too_long_is_refused(self, call: Call) -> None:
        problem_of(call("post", "contacts", LENA, idempotency_key="k" * 129), 422, "bad_idempotency_key")

    def test_an_unknown_caller_leaves_nothing_behind(self, call: Call) -> None:
        problem_of(call("post", "contacts", LENA, key="ick_wrong", idempotency_key="1"), 401, "bad_api_key")
        assert not IdempotentAnswer.objects.exists()


def test_the_interface_describes_itself(client: Client) -> None:
    document = client.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert "401" in operation["responses"], path
            assert "422" in operation["responses"], path


def test_its_documentation_asks_no_other_host(client: Client) -> None:
    page = client.get("/api/v1/docs").content.decode()
    assert "https://" not in page
    assert "cdn" not in page
