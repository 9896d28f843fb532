"""The one door to the books. Accounts are updated in one order, so that two transfers never wait for each other."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from config.lib.insert_once import insert_once
from config.lib.together import Together
from rewards.errors import Overdrawn
from rewards.ledger.chart import AccountRef
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
    with transaction.atomic():
        giver, taker = account_get(debit), account_get(credit)
        transfer, is_new = insert_once(
            Transfer,
            unique=["key"],
            key=key,
            debit=giver,
            credit=taker,
            unit=debit.unit,
            amount=amount,
            reference=reference,
            memo=memo,
            occurred_at=now,
        )
        if not is_new:
            return None
        for account, change in sorted([(giver, -amount), (taker, amount)], key=lambda entry: _order(entry[0])):
            _change(account, change)
    return transfer


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
    accounts = _moved(changes)
    for entry in entries:
        transfer = Transfer(
            key=entry.key,
            debit=accounts[entry.debit],
            credit=accounts[entry.credit],
            unit=entry.debit.unit,
            amount=entry.amount,
            reference=entry.reference,
            memo=entry.memo,
            occurred_at=now,
        )
        batch.insert(transfer)


def _moved(changes: Mapping[AccountRef, int]) -> dict[AccountRef, Account]:
    """Accounts are made where they are missing."""
    refs = sorted(changes, key=_order)
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


def _order(account: Account | AccountRef) -> tuple[bool, str, str, str]:
    """Those of campaigns before those of people: by them most of the waiting is done."""
    is_personal = account.kind not in (Account.Kind.FUNDING, Account.Kind.RESERVED, Account.Kind.EXPIRED)
    return is_personal, str(account.kind), account.party_key, account.unit


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
        raise Overdrawn(_("There is not enough on the account “%(account)s”.") % {"account": account})
