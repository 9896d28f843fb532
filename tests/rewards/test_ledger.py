"""The books: what may be written, what the database refuses whoever asks, and that they balance whatever happens."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from hypothesis import settings, strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from rewards.errors import Overdrawn
from rewards.ledger.chart import AccountRef
from rewards.ledger.check import ledger_problems
from rewards.ledger.post import post
from rewards.models import Account, Transfer

NOW = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)
Kind = Account.Kind

FUNDING = AccountRef(Kind.FUNDING, "cam_1", "USD")
RESERVED = AccountRef(Kind.RESERVED, "cam_1", "USD")
LENA_IS_OWED = AccountRef(Kind.OWED, "con_lena", "USD")
LENA_OWES = AccountRef(Kind.RECEIVABLE, "con_lena", "USD")
IN_EUR = AccountRef(Kind.RESERVED, "cam_1", "EUR")


def move(key: str, debit: AccountRef, credit: AccountRef, amount: int) -> Transfer | None:
    return post(key=key, debit=debit, credit=credit, amount=amount, reference="rew_1", memo="test", now=NOW)


def balance(ref: AccountRef) -> int:
    return Account.objects.get(kind=ref.kind, party_key=ref.party_key, unit=ref.unit).balance


# --- one door ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_transfer_moves_an_amount_from_one_account_to_another() -> None:
    move("a", FUNDING, RESERVED, 2_000)
    assert (balance(FUNDING), balance(RESERVED)) == (-2_000, 2_000)


@pytest.mark.django_db
def test_a_key_is_posted_once() -> None:
    assert move("a", FUNDING, RESERVED, 2_000) is not None
    assert move("a", FUNDING, RESERVED, 2_000) is None
    assert balance(RESERVED) == 2_000


@pytest.mark.django_db
def test_only_funding_and_receivables_may_be_below_zero() -> None:
    with pytest.raises(Overdrawn):
        move("a", RESERVED, LENA_IS_OWED, 1)
    assert not Transfer.objects.exists()
    move("b", LENA_OWES, FUNDING, 500)
    assert balance(LENA_OWES) == -500


# --- what the database refuses ----------------------------------------------------------------------------------------

INSERT = (
    "INSERT INTO rewards_transfer (key, debit_id, credit_id, unit, amount, reference, memo, occurred_at) "
    "VALUES ('x', {debit}, {credit}, '{unit}', {amount}, 'r', 'm', '2026-11-16 09:30:00+00')"
)
ILLEGAL = {
    "a transfer is changed": "UPDATE rewards_transfer SET amount = 1",
    "a transfer is deleted": "DELETE FROM rewards_transfer",
    "a transfer is said to be for something else": "UPDATE rewards_transfer SET memo = 'no'",
    "a transfer of nothing": INSERT.format(debit="{f}", credit="{r}", unit="USD", amount=0),
    "a transfer of less than nothing": INSERT.format(debit="{f}", credit="{r}", unit="USD", amount=-5),
    "a transfer above the bound": INSERT.format(debit="{f}", credit="{r}", unit="USD", amount=10**12 + 1),
    "a transfer to itself": INSERT.format(debit="{f}", credit="{f}", unit="USD", amount=5),
    "a transfer in a unit of neither": INSERT.format(debit="{f}", credit="{r}", unit="EUR", amount=5),
    "a transfer between two units": INSERT.format(debit="{f}", credit="{e}", unit="USD", amount=5),
    "a transfer out of nowhere": INSERT.format(debit="999999", credit="{r}", unit="USD", amount=5),
    "an account is overdrawn": "UPDATE rewards_account SET balance = -1 WHERE id = {r}",
    "an account changes hands": "UPDATE rewards_account SET party_key = 'con_ben' WHERE id = {r}",
    "an account changes its unit": "UPDATE rewards_account SET unit = 'EUR' WHERE id = {r}",
    "an account in use is deleted": "DELETE FROM rewards_account WHERE id = {r}",
    "a budget above its cap": "UPDATE rewards_budgetperiod SET used = cap + 1",
    "a budget below nothing": "UPDATE rewards_budgetperiod SET used = -1",
    "a limit above its cap": "UPDATE rewards_limituse SET used = cap + 1",
    "a step of a reward is changed": "UPDATE rewards_rewardevent SET reason = 'no'",
    "a step of a reward is deleted": "DELETE FROM rewards_rewardevent",
    "a reward of nothing": "UPDATE rewards_reward SET amount = 0",
    "more is taken back than was given": "UPDATE rewards_reward SET taken_back = amount + 1",
    "an approved reward with a reason to wait": (
        "UPDATE rewards_reward SET status = 'approved', pending_reasons = '[\"on_hold\"]'"
    ),
    "the same fact evaluated again": (
        "INSERT INTO rewards_evaluation (source, source_id, trace, evaluated_at) "
        "SELECT source, source_id, trace, evaluated_at FROM rewards_evaluation"
    ),
}


@pytest.fixture
def books(company: object, now: datetime) -> dict[str, int]:
    """One reward with a budget and a limit, and the ids of three accounts."""
    from rewards.services.rules import LimitDraft
    from tests.factories.campaigns import campaign_made
    from tests.factories.referrals import enrolled, referred
    from tests.factories.rewards import budget_of, rule_of, won

    campaign = campaign_made()
    limits = [LimitDraft("rewards", "advocate", 1)]
    rule_of(campaign, now=now, budget=budget_of(campaign, 2_000), limits=limits, hold_days=14)
    won(referred(enrolled(campaign, now=now), now=now), now=now)
    move("eur", AccountRef(Kind.FUNDING, "cam_1", "EUR"), IN_EUR, 5)
    ids = {kind: Account.objects.get(kind=kind, unit="USD").pk for kind in ("funding", "reserved")}
    return {"f": ids["funding"], "r": ids["reserved"], "e": Account.objects.get(kind="reserved", unit="EUR").pk}


@pytest.mark.django_db
@pytest.mark.parametrize("sentence", ILLEGAL)
def test_the_database_refuses(sentence: str, books: dict[str, int]) -> None:
    before = fingerprint()
    with pytest.raises(DatabaseError):
        write(ILLEGAL[sentence].format(**books))
    assert fingerprint() == before
    assert ledger_problems() == []


def write(statement: str) -> None:
    """Around all services, up to what a commit would say."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        connection.check_constraints()


def fingerprint() -> list[Any]:
    return [
        sorted(Transfer.objects.values_list("key", "amount", "unit")),
        sorted(Account.objects.values_list("kind", "party_key", "unit", "balance")),
    ]


# --- the proof --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_sound_books_pass(capsys: pytest.CaptureFixture[str]) -> None:
    move("a", FUNDING, RESERVED, 2_000)
    call_command("ledger_check")
    assert "1 transfers between 2 accounts" in capsys.readouterr().out


@pytest.mark.django_db
def test_a_balance_that_was_tampered_with_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    move("a", FUNDING, RESERVED, 2_000)
    Account.objects.filter(kind=Kind.RESERVED).update(balance=1_999)
    with pytest.raises(SystemExit) as stop:
        call_command("ledger_check")
    assert stop.value.code == 1
    said = capsys.readouterr().err
    assert "balance 1999, transfers say 2000" in said
    assert "add up to -1, not 0" in said


@pytest.mark.django_db(transaction=True)
def test_a_missing_guard_is_named() -> None:
    from advocates.guards import install_guards

    on = " ON rewards_transfer" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER rewards_transfer_keeps_all_but_memo{on}")
    try:
        assert ledger_problems() == ["guard rewards_transfer_keeps_all_but_memo is missing: run migrate"]
    finally:
        install_guards(connection)


# --- whatever happens -------------------------------------------------------------------------------------------------

AMOUNTS = st.integers(1, 5_000)
CAMPAIGNS = st.sampled_from(["cam_1", "cam_2"])
PEOPLE = st.sampled_from(["con_lena", "con_mei"])
UNITS = st.sampled_from(["USD", "JPY"])


class Books(RuleBasedStateMachine):
    """Every way in which money moves in this house, in any order, also where there is too little of it."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers = count()
        self.point = transaction.savepoint()

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.point)

    def go(self, debit: AccountRef, credit: AccountRef, amount: int) -> None:
        try:
            move(f"step-{next(self.numbers)}", debit, credit, amount)
        except Overdrawn:
            # Refused as a whole: the invariants look whether anything was left behind.
            return

    @rule(campaign=CAMPAIGNS, unit=UNITS, amount=AMOUNTS)
    def earn(self, campaign: str, unit: str, amount: int) -> None:
        self.go(AccountRef(Kind.FUNDING, campaign, unit), AccountRef(Kind.RESERVED, campaign, unit), amount)

    @rule(campaign=CAMPAIGNS, unit=UNITS, amount=AMOUNTS)
    def cancel(self, campaign: str, unit: str, amount: int) -> None:
        self.go(AccountRef(Kind.RESERVED, campaign, unit), AccountRef(Kind.FUNDING, campaign, unit), amount)

    @rule(campaign=CAMPAIGNS, person=PEOPLE, unit=UNITS, amount=AMOUNTS, to=st.sampled_from([Kind.OWED, Kind.CREDIT]))
    def approve(self, campaign: str, person: str, unit: str, amount: int, to: str) -> None:
        self.go(AccountRef(Kind.RESERVED, campaign, unit), AccountRef(to, person, unit), amount)

    @rule(
        person=PEOPLE,
        unit=UNITS,
        amount=AMOUNTS,
        step=st.sampled_from(
            [
                (Kind.OWED, Kind.IN_TRANSIT),
                (Kind.IN_TRANSIT, Kind.PAID),
                (Kind.IN_TRANSIT, Kind.OWED),
                (Kind.PAID, Kind.OWED),
                (Kind.OWED, Kind.RECEIVABLE),
                (Kind.CREDIT, Kind.PAID),
            ]
        ),
    )
    def pay(self, person: str, unit: str, amount: int, step: tuple[str, str]) -> None:
        debit, credit = step
        self.go(AccountRef(debit, person, unit), AccountRef(credit, person, unit), amount)

    @rule(campaign=CAMPAIGNS, person=PEOPLE, unit=UNITS, amount=AMOUNTS)
    def take_back(self, campaign: str, person: str, unit: str, amount: int) -> None:
        self.go(AccountRef(Kind.RECEIVABLE, person, unit), AccountRef(Kind.FUNDING, campaign, unit), amount)

    @rule(campaign=CAMPAIGNS, unit=UNITS, amount=AMOUNTS)
    def post_again(self, campaign: str, unit: str, amount: int) -> None:
        latest = Transfer.objects.order_by("-pk").first()
        if latest:
            here = AccountRef(Kind.FUNDING, campaign, unit), AccountRef(Kind.RESERVED, campaign, unit)
            assert move(latest.key, *here, amount) is None

    @invariant()
    def the_books_are_sound(self) -> None:
        assert ledger_problems() == []


class TestBooks(TestCase):
    def test_they_balance_whatever_happens(self) -> None:
        run_state_machine_as_test(Books, settings=settings(max_examples=25, stateful_step_count=25, deadline=None))
