"""The one door to the books. Accounts are updated in one order, so that two transfers never wait for each other."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from config.lib.insert_once import insert_once, insert_row
from config.lib.together import Together
from rewards.errors import Overdrawn
from rewards.ledger.as_one import Outcome, post_as_one
from rewards.ledger.chart import OF_CAMPAIGNS, AccountRef
from rewards.models import Account, Transfer


@dataclass(frozen=True, slots=True)
class Entry:
    """`amount` minor units go from `debit` to `credit`; `reference`: the public id of the reward."""

    key: str
    debit: AccountRef
    credit: AccountRef
    amount: int
    reference: str
    memo: str


def post(
    *, key: str, debit: AccountRef, credit: AccountRef, amount: int, reference: str, memo: str, now: datetime
) -> Transfer | None:
    """Move `amount` minor units from `debit` to `credit`, once; None when this key was posted before.

    `reference` is the public id of the reward or payout. Raises Overdrawn when the debited account has too little;
    IntegrityError for an amount below 1 or two units.
    """
    entry = Entry(key, debit, credit, amount, reference, memo)
    if connection.vendor != "postgresql" or debit == credit:
        return _post_in_turn(entry, now)
    outcome = _post_as_one(entry, now)
    if outcome.accounts < len((debit, credit)):
        accounts_moved({debit: 0, credit: 0})
        outcome = _post_as_one(entry, now)
    if outcome.transfer is not None:
        return transfer_of(entry, now, pk=outcome.transfer, debit_id=outcome.debit, credit_id=outcome.credit)
    # Who has posted it before may have used up what was there.
    if outcome.is_enough or Transfer.objects.filter(key=key).exists():
        return None
    raise overdrawn(debit)


def _post_as_one(entry: Entry, now: datetime) -> Outcome:
    giver, taker = entry.debit, entry.credit
    values = {
        "giver_kind": str(giver.kind),
        "giver": giver.party_key,
        "giver_unit": giver.unit,
        "taker_kind": str(taker.kind),
        "taker": taker.party_key,
        "taker_unit": taker.unit,
        "key": entry.key,
        "amount": entry.amount,
        "reference": entry.reference,
        "memo": entry.memo,
        "now": now,
    }
    return post_as_one(values)


def _post_in_turn(entry: Entry, now: datetime) -> Transfer | None:
    with transaction.atomic():
        giver, taker = account_get(entry.debit), account_get(entry.credit)
        transfer = transfer_of(entry, now, debit=giver, credit=taker)
        if not insert_row(transfer, unique=["key"]):
            return None
        changes = [(giver, -entry.amount), (taker, entry.amount)]
        for account, change in sorted(changes, key=lambda one: account_order(one[0])):
            _change(account, change)
    return transfer


def transfer_of(entry: Entry, now: datetime, **accounts: Any) -> Transfer:
    return Transfer(
        key=entry.key,
        unit=entry.debit.unit,
        amount=entry.amount,
        reference=entry.reference,
        memo=entry.memo,
        occurred_at=now,
        **accounts,
    )


def post_beside(batch: Together, entries: Iterable[Entry], *, now: datetime) -> None:
    """Transfers that nobody can have posted before, written with `batch`; their balances move here, in one statement.

    For new rewards: only accounts that may be negative are left with less. Raises IntegrityError otherwise.
    """
    changes: dict[AccountRef, int] = defaultdict(int)
    entries = list(entries)
    for entry in entries:
        changes[entry.debit] -= entry.amount
        changes[entry.credit] += entry.amount
    if not changes:
        return
    accounts = accounts_moved(changes)
    for entry in entries:
        transfer = transfer_of(entry, now, debit=accounts[entry.debit], credit=accounts[entry.credit])
        batch.insert(transfer)


def accounts_moved(changes: Mapping[AccountRef, int]) -> dict[AccountRef, Account]:
    """The accounts as they stand after it, made where they are missing; held in the order of `account_order`."""
    refs = sorted(changes, key=account_order)
    values = ", ".join(["(%s, %s, %s, %s)"] * len(refs))
    sql = (
        f"INSERT INTO rewards_account (kind, party_key, unit, balance) VALUES {values} "  # noqa: S608 - marks only
        "ON CONFLICT (kind, party_key, unit) DO UPDATE SET balance = rewards_account.balance + excluded.balance "
        "RETURNING id, kind, party_key, unit, balance"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [part for ref in refs for part in (str(ref.kind), ref.party_key, ref.unit, changes[ref])])
        rows = cursor.fetchall()
    found = [Account(pk=pk, kind=kind, party_key=who, unit=unit, balance=left) for pk, kind, who, unit, left in rows]
    return {AccountRef(account.kind, account.party_key, account.unit): account for account in found}


def account_order(account: Account | AccountRef) -> tuple[bool, str, str, str]:
    """In which accounts are held; rewards/ledger/as_one.py says the same in SQL."""
    return account.kind not in OF_CAMPAIGNS, str(account.kind), account.party_key, account.unit


def account_get(ref: AccountRef) -> Account:
    account, _new = insert_once(
        Account,
        unique=["kind", "party_key", "unit"],
        kind=ref.kind,
        party_key=ref.party_key,
        unit=ref.unit,
        balance=0,
    )
    return account


def _change(account: Account, change: int) -> None:
    rows = Account.objects.filter(pk=account.pk)
    if change < 0 and account.kind not in Account.MAY_BE_NEGATIVE:
        rows = rows.filter(balance__gte=-change)
    if not rows.update(balance=F("balance") + change):
        raise overdrawn(account)


def overdrawn(account: Account | AccountRef) -> Overdrawn:
    named = f"{account.kind} {account.party_key} {account.unit}"
    return Overdrawn(_("There is not enough on the account “%(account)s”.") % {"account": named})
