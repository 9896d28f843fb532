"""The books for the company's accounting: what is owed on a day, a month's journal, the statement of a campaign."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from advocates.models import Contact, User
from config.lib.money import Money
from rewards.ledger.journal import LIABILITIES, campaign_statement, liability, liability_total, month_lines
from rewards.ledger.periods import day_start
from rewards.models import Account, MoneyPolicy, PayoutRun, Transfer
from rewards.services.credit import credit_spend
from rewards.services.payouts import (
    payout_return,
    payout_run_approve,
    payout_run_export,
    payout_run_prepare,
    payout_run_settle,
)
from tests.cast import LENA, contact_of
from tests.factories.payouts import account_given, approved_cash, cash_campaign, credit_given, owes_back

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]

OCTOBER, NOVEMBER, DECEMBER = (datetime(2026, month, 1, tzinfo=UTC) for month in (10, 11, 12))
BOOKS = "/admin/rewards/transfer/books/"


@pytest.fixture
def lena(company: object) -> Contact:
    """October: 20.00 of credit and 25.00 owed. November: 5.00 spent, 3.00 to be netted, and 40 points."""
    lena, early, late = contact_of(LENA), OCTOBER + timedelta(days=3), NOVEMBER + timedelta(days=3)
    credit_given(lena, 2_000, now=early)
    approved_cash(lena, 2_500, now=early)
    spent = Money(500, "EUR")
    credit_spend(contact=lena, value=spent, source="shop", event_id="order-1", reason="", now=late)
    owes_back(lena, 300, now=late)
    credit_given(lena, 40, "points", now=late)
    return lena


def test_what_is_owed_is_known_for_any_day(lena: Contact) -> None:
    assert liability(OCTOBER) == {}
    assert liability(NOVEMBER) == {"EUR": {"credit": 2_000, "owed": 2_500}}
    owed = liability(DECEMBER)
    assert owed == {"EUR": {"credit": 1_500, "owed": 2_500, "receivable": -300}, "points": {"credit": 40}}
    # What is to be netted is a claim of ours, and not set off.
    assert liability_total(owed["EUR"]) == 4_000


def test_a_month_goes_from_opening_to_closing(lena: Contact) -> None:
    lines = {(line.unit, line.kind): line for line in month_lines(NOVEMBER, DECEMBER)}
    credit = lines["EUR", "credit"]
    assert (credit.opening, credit.debits, credit.credits, credit.closing) == (2_000, 500, 0, 1_500)
    funding = lines["EUR", "funding"]
    assert (funding.opening, funding.credits, funding.closing) == (-4_500, 300, -4_200)
    assert all(line.is_proven for line in lines.values())
    assert sum(line.closing for line in lines.values() if line.unit == "EUR") == 0

    Account.objects.filter(kind="owed").update(balance=2_499)
    assert [line.kind for line in month_lines(NOVEMBER, DECEMBER) if not line.is_proven] == ["owed"]
    # The month before is reckoned back from the same balances.
    assert [line.kind for line in month_lines(OCTOBER, NOVEMBER) if not line.is_proven] == ["owed"]


def test_a_campaign_tells_what_it_cost(lena: Contact) -> None:
    told = campaign_statement(cash_campaign().public_id, "EUR", NOVEMBER, DECEMBER)
    assert (told.opening["funding"], told.closing["funding"]) == (-4_500, -4_200)
    assert [(one.debit, one.credit, one.times, one.amount) for one in told.movements] == [
        ("receivable", "funding", 1, 300)
    ]


def rows(client: Client, month: str) -> list[dict[str, str]]:
    answer = client.get(f"{BOOKS}journal.csv?month={month}")
    assert answer.status_code == 200
    written = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(written)))


def test_the_journal_has_the_numbers_of_our_own_books(lena: Contact, tom: User, client: Client) -> None:
    MoneyPolicy.objects.create(accounts={"credit": "1740", "paid": "=2+3"})
    client.force_login(tom)
    lines = rows(client, "2026-11")
    debit, credit = lines[:2]
    assert (debit["date"], debit["account"], debit["debit"], debit["credit"]) == ("2026-11-04", "1740", "5.00", "")
    assert (credit["account"], credit["debit"], credit["credit"], credit["unit"]) == ("'=2+3", "", "5.00", "EUR")
    assert (debit["reference"], debit["party"]) == ("order-1", lena.public_id)
    assert {line["account"] for line in lines[2:]} == {"receivable", "funding", "reserved", "1740"}
    assert len(rows(client, "2026-10")) == 2 * Transfer.objects.filter(occurred_at__lt=NOVEMBER).count()
    assert rows(client, "2026-09") == []

    page = client.get(f"{BOOKS}journal/?month=2026-11").content.decode()
    for said in ("Proven", "1740", "€15.00", "November 2026", "month=2026-10"):
        assert said in page
    Account.objects.filter(kind="owed").update(balance=2_499)
    assert "do not add up" in client.get(f"{BOOKS}journal/?month=2026-11").content.decode()


def test_the_pages_are_for_finance(lena: Contact, tom: User, sam: User, client: Client) -> None:
    client.force_login(tom)
    owed = client.get(f"{BOOKS}?day=2026-10-31").content.decode()
    assert "€45.00" in owed
    campaign = client.get(f"{BOOKS}campaign/?from=2026-11-01&until=2026-11-30").content.decode()
    assert "€42.00" in campaign
    for wrong in ("?day=tomorrow", "?day=2026-13-01", "journal/?month=2026-00", "campaign/?from=1"):
        assert client.get(f"{BOOKS}{wrong}").status_code == 404
    assert client.post(BOOKS).status_code == 405

    client.force_login(sam)
    for page in ("", "journal/", "journal.csv", "campaign/"):
        assert client.get(f"{BOOKS}{page}").status_code == 403


def test_a_quarter_closes_to_the_cent(tom: User, ada: User, now: datetime) -> None:
    """Two are paid, one payment comes back, one sale is taken back after payment, one person spends their credit."""
    lena = contact_of(LENA)
    account_given(lena, now=now)
    approved_cash(lena, 2_500, now=now)
    credit_given(lena, 1_999, now=now)
    run = payout_run_prepare(unit="EUR", actor=tom, now=now)
    payout_run_approve(run=run, actor=ada, now=now)
    payout_run_export(run=PayoutRun.objects.get(pk=run.pk), actor=ada, now=now)
    assert liability(now + timedelta(days=1))["EUR"] == {"credit": 1_999, "in_transit": 2_500}
    payout_run_settle(run=PayoutRun.objects.get(pk=run.pk), actor=ada, now=now)
    payout_return(payout=run.payouts.get(), reason="closed", actor=ada, now=now)
    owes_back(lena, 1_001, now=now)

    day = day_start(now.date())
    lines = month_lines(day, day + timedelta(days=1))
    closing = {line.kind: line.closing for line in lines if line.closing}
    assert closing == {"funding": -3_498, "owed": 2_500, "credit": 1_999, "receivable": -1_001}
    assert sum(closing.values()) == 0
    assert all(line.is_proven for line in lines)
    assert sum(closing.get(kind, 0) for kind in LIABILITIES) == 4_499
