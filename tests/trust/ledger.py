"""Any order of earning, taking back and paying: after each step the books balance, and nobody is paid too much."""

from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from typing import Any
from unittest.mock import patch

from django.db import transaction
from django.db.models import Count, F, Sum
from hypothesis import HealthCheck, Phase, seed as seeded, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from advocates.models import Contact, User
from rewards.errors import NothingToPay, RunOutdated
from rewards.ledger.check import ledger_problems
from rewards.locks import reward_lock
from rewards.models import Account, Payout, PayoutLine, PayoutRun, Reward, Transfer
from rewards.services import payouts
from rewards.services.payouts import (
    payout_return,
    payout_run_approve,
    payout_run_cancel,
    payout_run_export,
    payout_run_prepare,
    payout_run_settle,
)
from rewards.services.take_backs import reward_reduce
from tests.cast import LENA, MEI, OMAR, contact_of
from tests.factories.payouts import account_given, approved_cash
from tests.trust.stage import company_made
from tests.trust.trial import Figures, Size, expect

EXAMPLES = {Size.SHORT: 10, Size.FULL: 500}
STEPS = {Size.SHORT: 30, Size.FULL: 50}
NOW = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)
Kind = Account.Kind
# What is done next with a run in that state.
NEXT = {"draft": payout_run_approve, "approved": payout_run_export, "exported": payout_run_settle}
choice = st.integers(min_value=0, max_value=10_000)


def ledger(seed: int, size: Size) -> Figures:
    """No run of steps breaks an invariant; with a money move left out of the books one does."""
    _hold(seed, size)
    # The twin pays without saying so to the books.
    with patch.object(payouts, "_settled", _settled_unbooked):
        try:
            _hold(seed, size)
        except AssertionError:
            return {"examples": EXAMPLES[size], "steps": STEPS[size], "violations": 0, "control": "caught"}
    expect(False, "the control paid without a booking, and no invariant noticed")
    raise AssertionError


def _hold(seed: int, size: Size) -> None:
    chosen = settings(
        max_examples=EXAMPLES[size],
        stateful_step_count=STEPS[size],
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    run_state_machine_as_test(seeded(seed)(PaidRewards), settings=chosen)


def _settled_unbooked(payout: Payout, *, actor: User, now: datetime) -> None:
    with patch.object(payouts, "_post"):
        _SETTLED(payout, actor=actor, now=now)


_SETTLED = payouts._settled


class PaidRewards(RuleBasedStateMachine):
    """Three people, their cash rewards and the runs that pay them, all by the services."""

    def __init__(self) -> None:
        super().__init__()
        self.undo = ExitStack()
        self.undo.enter_context(transaction.atomic())
        self.undo.callback(partial(transaction.set_rollback, True))
        company_made()
        self.tom, self.ada = (User.objects.create_user(f"{name}@fernway.example") for name in ("tom", "ada"))
        self.people: list[Contact] = [contact_of(person) for person in (LENA, MEI, OMAR)]
        # Omar has not said yet where to pay.
        for person in self.people[:2]:
            account_given(person, now=NOW)

    def teardown(self) -> None:
        self.undo.close()

    # --- steps --------------------------------------------------------------------------------------------------------

    @rule(person=choice, amount=st.integers(min_value=1, max_value=5_000))
    def earn(self, person: int, amount: int) -> None:
        approved_cash(self.people[person % 3], amount, now=NOW)

    @precondition(lambda self: Reward.objects.exists())
    @rule(which=choice, left=st.integers(min_value=0, max_value=5_000))
    def sale_shrinks(self, which: int, left: int) -> None:
        reward = reward_lock(_pick(Reward.objects.all(), which).pk)
        reward_reduce(reward=reward, to_amount=left, reason="refund", now=NOW)

    @rule()
    def prepare(self) -> None:
        self.attempt(payout_run_prepare, unit="EUR", actor=self.tom, now=NOW)

    @precondition(lambda self: _runs(*NEXT))
    @rule(which=choice)
    def go_on(self, which: int) -> None:
        run = _pick(_runs(*NEXT), which)
        self.attempt(NEXT[run.status], run=run, actor=self.ada, now=NOW)

    @precondition(lambda self: _runs("draft", "approved"))
    @rule(which=choice)
    def cancel(self, which: int) -> None:
        self.attempt(payout_run_cancel, run=_pick(_runs("draft", "approved"), which), actor=self.ada, now=NOW)

    @precondition(lambda self: _sent())
    @rule(which=choice)
    def come_back(self, which: int) -> None:
        payout = _pick(_sent(), which)
        self.attempt(payout_return, payout=payout, actor=self.ada, reason="account closed", now=NOW)

    def attempt(self, service: Any, **arguments: Any) -> None:
        """A refusal is an answer; it leaves nothing behind."""
        try:
            service(**arguments)
        except (NothingToPay, RunOutdated):
            return

    # --- what holds after each ----------------------------------------------------------------------------------------

    @invariant()
    def the_books_are_sound(self) -> None:
        problems = ledger_problems()
        assert problems == [], problems

    @invariant()
    def nobody_is_paid_more_than_was_approved_nor_approved_more_than_was_earned(self) -> None:
        earned = _moved(debit=Kind.FUNDING, credit=Kind.RESERVED)
        approved = _moved(debit=Kind.RESERVED, credit=Kind.OWED)
        standing = _balance(Kind.OWED, Kind.IN_TRANSIT, Kind.PAID)
        assert standing <= approved <= earned, (standing, approved, earned)

    @invariant()
    def a_reward_stands_in_one_payment(self) -> None:
        twice = PayoutLine.objects.standing().values("reward").annotate(lines=Count("pk")).filter(lines__gt=1)
        assert not twice.exists()

    @invariant()
    def what_was_paid_out_is_what_the_books_say(self) -> None:
        for status, kind in (("settled", Kind.PAID), ("submitted", Kind.IN_TRANSIT)):
            payments = _sum(Payout.objects.filter(status=status))
            assert payments == _balance(kind), (status, payments, _balance(kind))

    @invariant()
    def what_is_owed_is_what_is_approved(self) -> None:
        approved = _sum(Reward.objects.filter(status=Reward.Status.APPROVED))
        assert _balance(Kind.OWED) == approved, (_balance(Kind.OWED), approved)

    @invariant()
    def nothing_more_is_taken_back_than_was_given(self) -> None:
        assert not Reward.objects.filter(taken_back__gt=F("amount")).exists()


def _pick(rows: Any, which: int) -> Any:
    """One of them, so that any number finds one."""
    found = list(rows.order_by("pk"))
    return found[which % len(found)]


def _runs(*statuses: str) -> Any:
    return PayoutRun.objects.filter(status__in=statuses)


def _sent() -> Any:
    return Payout.objects.filter(status__in=[Payout.Status.SUBMITTED, Payout.Status.SETTLED])


def _balance(*kinds: str) -> int:
    return Account.objects.filter(kind__in=kinds).aggregate(all=Sum("balance"))["all"] or 0


def _moved(*, debit: str, credit: str) -> int:
    return _sum(Transfer.objects.filter(debit__kind=debit, credit__kind=credit))


def _sum(rows: Any) -> int:
    return rows.aggregate(all=Sum("amount"))["all"] or 0
