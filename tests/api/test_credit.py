"""POST contacts/{id}/credit-debits and GET contacts/{id}/statement: account credit as a means of payment."""

from typing import Any

import pytest

from advocates.models import AuditEntry, Contact, Erasure
from advocates.services.erasure import contact_erase
from campaigns.services.api_keys import api_key_create
from config.lib import clock
from rewards.ledger.check import ledger_problems
from rewards.models import Account, Transfer
from tests.api.conftest import Call
from tests.cast import BEN, LENA, contact_of
from tests.factories.payouts import balances, credit_given, owes_back

pytestmark = pytest.mark.django_db

DEBIT = {"amount": 1_500, "currency": "EUR", "event_id": "order-1", "reason": "Order 1"}


@pytest.fixture
def lena(company: object) -> Contact:
    lena = contact_of(LENA)
    credit_given(lena, 2_000, now=clock.now())
    return lena


def debits(contact: Contact) -> str:
    return f"contacts/{contact.public_id}/credit-debits"


def test_credit_is_spent_once_and_only_as_far_as_it_goes(call: Call, lena: Contact) -> None:
    first = call("post", debits(lena), DEBIT)
    assert first.status_code == 201
    assert first.json()["balance"] == {"amount": 500, "currency": "EUR"}

    again = call("post", debits(lena), DEBIT)
    assert (again.status_code, again.json()["duplicate"]) == (200, True)
    assert again.json()["occurred_at"] == first.json()["occurred_at"]

    refused = call("post", debits(lena), DEBIT | {"event_id": "order-2"})
    assert (refused.status_code, refused.json()["code"], refused.json()["balance"]) == (409, "insufficient_credit", 500)
    assert "€5.00" in refused.json()["detail"]

    assert call("post", debits(lena), DEBIT | {"event_id": "order-3", "amount": 500}).status_code == 201
    # What is left no longer suffices, and still it is the same debit.
    assert call("post", debits(lena), DEBIT).json()["duplicate"]
    assert balances(lena) == {"paid": 2_000}
    assert AuditEntry.objects.filter(verb="credit_spend").count() == 2
    assert ledger_problems() == []


def test_one_event_stands_for_one_debit(call: Call, lena: Contact) -> None:
    call("post", debits(lena), DEBIT)
    for other in ({"amount": 1_400}, {"currency": "USD"}):
        answer = call("post", debits(lena), DEBIT | other)
        assert (answer.status_code, answer.json()["code"]) == (409, "event_id_reused")
    answer = call("post", debits(contact_of(BEN)), DEBIT)
    assert (answer.status_code, answer.json()["code"]) == (409, "event_id_reused")
    # Another system counts for itself.
    till = api_key_create(name="Till", source="till", scope="write", now=clock.now())[1]
    assert call("post", debits(lena), DEBIT | {"amount": 300}, key=till).status_code == 201
    assert balances(lena) == {"credit": 200, "paid": 1_800}


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": 0},
        {"amount": -1},
        {"amount": True},
        {"currency": None},
        {"unit": "points"},
        {"currency": None, "unit": "beans"},
        {"event_id": ""},
    ],
)
def test_what_is_no_amount_is_refused(call: Call, lena: Contact, wrong: dict[str, Any]) -> None:
    body = {name: value for name, value in (DEBIT | wrong).items() if value is not None}
    assert call("post", debits(lena), body).status_code == 422
    assert not Transfer.objects.filter(key__startswith="spent:").exists()


def test_who_may_not_spend(call: Call, lena: Contact) -> None:
    reader = api_key_create(name="Reader", source="shop", scope="read", now=clock.now())[1]
    trying = api_key_create(name="Try", source="shop", scope="write", is_test=True, now=clock.now())[1]
    assert call("post", debits(lena), DEBIT, key=reader).status_code == 403
    assert call("post", debits(lena), DEBIT, key=trying).status_code in {404, 422}
    assert call("post", "contacts/con_nobody/credit-debits", DEBIT).status_code in {404, 422}
    assert balances(lena) == {"credit": 2_000}


def test_a_statement_tells_each_line_and_what_stood_after_it(call: Call, lena: Contact) -> None:
    call("post", debits(lena), DEBIT)
    owes_back(lena, 300, now=clock.now())
    told = call("get", f"contacts/{lena.public_id}/statement?unit=EUR").json()
    assert [(line["change"], line["balance"]) for line in told["items"]] == [(-300, 200), (-1_500, 500), (2_000, 2_000)]
    assert told["accounts"] == {"credit": 500, "paid": 1_500, "receivable": -300}
    assert (told["opening"], told["closing"]) == (0, 200)
    spent = told["items"][1]
    assert (spent["debit"], spent["credit"]) == ("credit", "paid")
    assert (spent["reference"], spent["memo"]) == ("order-1", "Order 1")

    before = call("get", f"contacts/{lena.public_id}/statement?unit=EUR&until=2020-01-31").json()
    assert (before["closing"], before["items"]) == (0, [])
    after = call("get", f"contacts/{lena.public_id}/statement?unit=EUR&from=2200-01-01").json()
    assert (after["opening"], after["closing"], after["items"]) == (200, 200, [])
    assert call("get", f"contacts/{lena.public_id}/statement?unit=beans").status_code == 422
    assert call("get", f"contacts/{lena.public_id}/statement").status_code == 422


def test_points_are_spent_like_money(call: Call, lena: Contact) -> None:
    credit_given(lena, 100, "points", now=clock.now())
    points = {"amount": 40, "unit": "points", "event_id": "prize-1"}
    answer = call("post", debits(lena), points)
    assert answer.json()["balance"] == {"amount": 60, "unit": "points"}
    assert Account.objects.get(kind="credit", unit="points").balance == 60


def test_what_a_shop_said_goes_with_the_person_and_the_money_stays_in_the_books(call: Call, lena: Contact) -> None:
    call("post", debits(lena), DEBIT | {"reason": "For Lena's mother"})
    contact_erase(contact=lena, way=Erasure.Way.STAFF, now=clock.now())
    spent = Transfer.objects.get(key__startswith="spent:")
    assert (spent.memo, spent.amount, spent.reference) == ("", 1_500, "order-1")
    assert ledger_problems() == []
