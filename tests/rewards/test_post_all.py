"""Many transfers at once: as many promises as one at a time."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from rewards.errors import Overdrawn
from rewards.ledger import post_all as together
from rewards.ledger.chart import AccountRef
from rewards.ledger.check import ledger_problems
from rewards.ledger.post import Entry, post
from rewards.ledger.post_all import post_all
from rewards.models import Account, Transfer

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)
FUNDING = AccountRef("funding", "cam_1", "USD")
RESERVED = AccountRef("reserved", "cam_1", "USD")


def owed(number: int) -> AccountRef:
    return AccountRef("owed", f"con_{number}", "USD")


def entry(key: str, debit: AccountRef, credit: AccountRef, amount: int) -> Entry:
    return Entry(key, debit, credit, amount, "r", "m")


def committed(entries: list[Entry]) -> None:
    """Up to what a commit would say."""
    with transaction.atomic():
        post_all(entries=entries, now=NOW)
        connection.check_constraints()


def standing() -> dict[str, int]:
    return {f"{one.kind} {one.party_key}": one.balance for one in Account.objects.exclude(balance=0)}


def test_all_are_posted_and_what_stood_before_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "PAGE", 3)
    post(key="pay:0", debit=FUNDING, credit=owed(0), amount=5, reference="r", memo="m", now=NOW)
    wanted = [entry(f"pay:{number}", FUNDING, owed(number), 5) for number in range(7)]
    assert post_all(entries=[*wanted, wanted[-1]], now=NOW) == 6
    assert post_all(entries=wanted, now=NOW) == 0
    assert post_all(entries=[], now=NOW) == 0
    assert standing() == {"funding cam_1": -35} | {f"owed con_{number}": 5 for number in range(7)}
    assert ledger_problems() == []


def test_what_comes_in_may_go_out_again_in_the_same_breath() -> None:
    steps = [entry("out", RESERVED, owed(1), 5), entry("in", FUNDING, RESERVED, 5)]
    assert post_all(entries=steps, now=NOW) == 2
    assert standing() == {"funding cam_1": -5, "owed con_1": 5}
    assert ledger_problems() == []


def test_one_that_is_refused_leaves_none() -> None:
    post(key="in", debit=FUNDING, credit=RESERVED, amount=9, reference="r", memo="m", now=NOW)
    with pytest.raises(Overdrawn, match="reserved cam_1"):
        post_all(entries=[entry(f"out:{number}", RESERVED, owed(number), 5) for number in range(2)], now=NOW)
    for wrong in (
        entry("x", FUNDING, owed(1), 0),
        entry("x", FUNDING, FUNDING, 5),
        entry("x", FUNDING, AccountRef("owed", "con_1", "EUR"), 5),
    ):
        with pytest.raises(IntegrityError):
            committed([entry("good", FUNDING, owed(2), 5), wrong])
    assert set(Transfer.objects.values_list("key", flat=True)) == {"in"}
    assert standing() == {"funding cam_1": -9, "reserved cam_1": 9}
