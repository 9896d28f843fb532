"""Two press at once: one run is approved once, one reward is paid once. Each race with its unguarded twin."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection

from advocates.models import AuditEntry, User
from advocates.services.audit import audit
from campaigns.models import Company
from config.lib.states import Stale
from rewards.errors import NothingToPay
from rewards.models import Payout, PayoutLine, PayoutRun
from rewards.payout_plan import PayoutPlan, payout_plan
from rewards.services import payouts
from rewards.services.payouts import payout_run_approve, payout_run_export, payout_run_prepare
from tests.cast import LENA, contact_of
from tests.concurrency.race import meet, run_together
from tests.factories.payouts import account_given, approved_cash, balances

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("company")]

MEETING_SECONDS = 1.0


@pytest.fixture
def draft(tom: User, now: datetime) -> PayoutRun:
    lena = contact_of(LENA)
    account_given(lena, now=now)
    approved_cash(lena, 2_500, now=now)
    return payout_run_prepare(unit="EUR", actor=tom, now=now)


# --- two approvers, one run -------------------------------------------------------------------------------------------


def approve(run: PayoutRun, actor: User, now: datetime) -> str:
    payout_run_approve(run=run, actor=actor, now=now)
    return actor.name


def approve_unguarded(run: PayoutRun, actor: User, now: datetime, looked: Barrier) -> str:
    """Look, then save: the way that a conditional UPDATE stands against."""
    mine = PayoutRun.objects.get(pk=run.pk)
    meet(looked, seconds=MEETING_SECONDS)
    if mine.status != PayoutRun.Status.DRAFT:
        raise Stale("")
    mine.status, mine.approved_by, mine.approved_at = PayoutRun.Status.APPROVED, actor, now
    mine.save()
    audit(verb="payout_run_approve", row=mine, actor=actor)
    return actor.name


def test_of_many_who_approve_at_once_one_has_approved(
    draft: PayoutRun, ada: User, sam: User, mira: User, maya: User, now: datetime
) -> None:
    # Each has the page open on which it is a draft; who opens it later is told that it cannot be approved any more.
    seen = [(PayoutRun.objects.get(pk=draft.pk), actor) for actor in (ada, sam, mira, maya)]
    answers = run_together(*[partial(approve, run, actor, now) for run, actor in seen])

    [winner] = [answer for answer in answers if isinstance(answer, str)]
    assert sum(isinstance(answer, Stale) for answer in answers) == 3
    draft.refresh_from_db()
    assert draft.approved_by is not None
    assert draft.approved_by.name == winner
    assert AuditEntry.objects.filter(verb="payout_run_approve").count() == 1


def test_without_the_conditional_update_two_believe_they_approved(
    draft: PayoutRun, ada: User, sam: User, now: datetime
) -> None:
    looked = Barrier(2)
    answers = run_together(*[partial(approve_unguarded, draft, actor, now, looked) for actor in (ada, sam)])
    assert sorted(answers) == sorted([ada.name, sam.name])
    assert AuditEntry.objects.filter(verb="payout_run_approve").count() == 2


def test_a_run_exported_twice_at_once_sends_the_money_once(draft: PayoutRun, ada: User, now: datetime) -> None:
    payout_run_approve(run=draft, actor=ada, now=now)

    def export() -> bytes:
        return payout_run_export(run=PayoutRun.objects.get(pk=draft.pk), actor=ada, now=now)

    answers = run_together(export, export, export)
    assert sum(isinstance(answer, bytes) for answer in answers) == 1
    assert balances(draft.payouts.get().contact) == {"in_transit": 2_500}


# --- two preparers, one reward ----------------------------------------------------------------------------------------


@pytest.fixture
def waiting(now: datetime) -> None:
    lena = contact_of(LENA)
    account_given(lena, now=now)
    approved_cash(lena, 2_500, now=now)
    approved_cash(lena, 1_000, now=now)


@pytest.fixture
def read_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has read what is due waits for the rival to have read it too, if the rival can."""
    read = Barrier(2)

    def plan(*, unit: str, now: datetime) -> PayoutPlan:
        found = payout_plan(unit=unit, now=now)
        meet(read, seconds=MEETING_SECONDS)
        return found

    monkeypatch.setattr(payouts, "payout_plan", plan)


@pytest.fixture
def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payouts, "company_lock", Company.objects.get)


@contextmanager
def without_the_unique_keys() -> Iterator[None]:
    """The tables as they would be without their judges: a reward in one payment, a person with one open payment."""
    table, name = PayoutLine._meta.db_table, "rewards_payoutline_live_key_key"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_indexdef('payout_one_open'::regclass)")
        one_open = cursor.fetchone()[0]
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        cursor.execute("DROP INDEX payout_one_open")
        try:
            yield
        finally:
            PayoutLine.objects.all().delete()
            Payout.objects.all().delete()
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE (live_key)")
            cursor.execute(one_open)


def preparing(actor: User, now: datetime) -> Callable[[], Any]:
    return partial(payout_run_prepare, unit="EUR", actor=actor, now=now)


def standing_twice() -> int:
    """How many rewards stand in more than one payment."""
    rewards = list(PayoutLine.objects.standing().values_list("reward", flat=True))
    return len(rewards) - len(set(rewards))


@pytest.mark.usefixtures("waiting", "read_together")
def test_two_who_prepare_at_once_make_one_run(tom: User, ada: User, now: datetime) -> None:
    answers = run_together(preparing(tom, now), preparing(ada, now))

    assert {type(answer) for answer in answers} == {PayoutRun, NothingToPay}
    assert standing_twice() == 0
    assert [payout.amount for payout in Payout.objects.all()] == [3_500]


@pytest.mark.usefixtures("waiting", "read_together", "unlocked")
def test_without_the_lock_the_database_still_refuses_the_second(tom: User, ada: User, now: datetime) -> None:
    answers = run_together(preparing(tom, now), preparing(ada, now))

    assert {type(answer) for answer in answers} == {PayoutRun, IntegrityError}
    assert standing_twice() == 0
    assert PayoutRun.objects.count() == 1


@pytest.mark.usefixtures("waiting", "read_together", "unlocked")
def test_without_lock_and_unique_keys_both_rewards_would_be_paid_twice(tom: User, ada: User, now: datetime) -> None:
    with without_the_unique_keys():
        answers = run_together(preparing(tom, now), preparing(ada, now))
        assert {type(answer) for answer in answers} == {PayoutRun}
        assert standing_twice() == 2
