"""Two tills take the same credit, two workers report the same debit, transfers cross. Each race with its twin."""

from datetime import datetime
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from advocates.models import Contact
from config.lib.money import Money
from rewards.errors import InsufficientCredit
from rewards.ledger.chart import AccountRef
from rewards.ledger.check import ledger_problems
from rewards.ledger.post import post
from rewards.models import Account, Transfer
from rewards.services.credit import credit_spend
from tests.cast import LENA, contact_of
from tests.concurrency.race import meet, run_together
from tests.factories.payouts import balances, credit_given

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("company")]

MEETING_SECONDS = 1.0


@pytest.fixture
def lena(now: datetime) -> Contact:
    lena = contact_of(LENA)
    credit_given(lena, 2_000, now=now)
    return lena


def spend(lena: Contact, event_id: str, now: datetime, amount: int = 1_500) -> bool:
    value = Money(amount, "EUR")
    return credit_spend(contact=lena, value=value, source="shop", event_id=event_id, reason="", now=now)[1]


def test_of_tills_that_take_the_same_credit_as_many_succeed_as_it_suffices_for(lena: Contact, now: datetime) -> None:
    answers = run_together(*[partial(spend, lena, f"order-{number}", now, 900) for number in range(5)])
    assert answers.count(True) == 2
    assert sum(isinstance(answer, InsufficientCredit) for answer in answers) == 3
    assert balances(lena) == {"credit": 200, "paid": 1_800}
    assert ledger_problems() == []


def test_a_debit_reported_by_many_at_once_is_made_once(lena: Contact, now: datetime) -> None:
    answers = run_together(*[partial(spend, lena, "order-1", now) for _worker in range(5)])
    assert sorted(answers) == [False] * 4 + [True]
    assert balances(lena) == {"credit": 500, "paid": 1_500}
    assert ledger_problems() == []


def spend_unguarded(lena: Contact, key: str, now: datetime, looked: Barrier) -> bool:
    """Look whether there is enough, then write what is left: the way that the conditional statement stands against."""
    credit = Account.objects.get(kind="credit", party_key=lena.public_id)
    paid, _new = Account.objects.get_or_create(kind="paid", party_key=lena.public_id, unit="EUR")
    meet(looked, seconds=MEETING_SECONDS)
    if credit.balance < 1_500:
        return False
    with transaction.atomic():
        Transfer.objects.create(
            key=key, debit=credit, credit=paid, unit="EUR", amount=1_500, reference="x", memo="", occurred_at=now
        )
        Account.objects.filter(pk=credit.pk).update(balance=credit.balance - 1_500)
    return True


def test_without_the_guard_the_same_credit_is_spent_twice(lena: Contact, now: datetime) -> None:
    looked = Barrier(2)
    Account.objects.create(kind="paid", party_key=lena.public_id, unit="EUR")
    answers = run_together(*[partial(spend_unguarded, lena, f"order-{number}", now, looked) for number in range(2)])
    assert answers == [True, True]
    assert "balance 500, transfers say -1000" in " ".join(ledger_problems())


# --- many transfers between the same accounts -------------------------------------------------------------------------

ROUNDS = 12


def back_and_forth(name: str, debit: AccountRef, credit: AccountRef, now: datetime) -> Any:
    """Each transaction moves there and back, so that two of them hold the same accounts from both ends."""
    for number in range(ROUNDS):
        with transaction.atomic():
            post(key=f"{name}:{number}", debit=debit, credit=credit, amount=7, reference="r", memo="", now=now)
    return "done"


def test_transfers_that_cross_never_wait_for_each_other_in_a_circle(now: datetime) -> None:
    campaign, lena = AccountRef("funding", "cam_1", "EUR"), AccountRef("receivable", "con_lena", "EUR")
    mei = AccountRef("receivable", "con_mei", "EUR")
    ways = [(campaign, lena), (lena, campaign), (lena, mei), (mei, lena)]
    works = [partial(back_and_forth, str(number), *way, now) for number, way in enumerate(ways)]
    assert run_together(*works) == ["done"] * len(ways)
    assert Transfer.objects.count() == ROUNDS * len(ways)
    assert set(Account.objects.values_list("balance", flat=True)) == {0}
    assert ledger_problems() == []


def test_a_transfer_to_itself_or_of_nothing_is_refused(now: datetime) -> None:
    campaign, lena = AccountRef("funding", "cam_1", "EUR"), AccountRef("owed", "con_lena", "EUR")
    for debit, credit, amount in (
        (campaign, campaign, 5),
        (campaign, lena, 0),
        (campaign, AccountRef("owed", "x", "USD"), 5),
    ):
        with pytest.raises(IntegrityError):
            post(key="x", debit=debit, credit=credit, amount=amount, reference="r", memo="", now=now)
    assert not Transfer.objects.exists()
