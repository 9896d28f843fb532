"""Many transfers in a few statements: a run of payments, say. The same promises as those of `post`."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from django.db import connection, transaction

from config.lib.insert_once import insert_columns, insert_sql, insert_value
from rewards.ledger.chart import AccountRef
from rewards.ledger.post import Entry, account_order, accounts_moved, overdrawn, transfer_of
from rewards.models import Account, Transfer

T = TypeVar("T")

# So many rows a statement: databases bound how many values one may have.
PAGE = 1_000


def post_all(*, entries: Sequence[Entry], now: datetime) -> int:
    """All of them or none; what was posted before is left out. How many were new.

    All accounts are held in one order before anything moves. Raises Overdrawn where an account would end with too
    little, and IntegrityError as `post` does.
    """
    entries = list({entry.key: entry for entry in entries}.values())
    with transaction.atomic():
        accounts = _held({ref for entry in entries for ref in (entry.debit, entry.credit)})
        new = [entry for page in _pages(entries) for entry in _inserted(page, accounts, now)]
        changes: dict[AccountRef, int] = defaultdict(int)
        for entry in new:
            changes[entry.debit] -= entry.amount
            changes[entry.credit] += entry.amount
        for ref, change in changes.items():
            if accounts[ref].balance + change < 0 and ref.kind not in Account.MAY_BE_NEGATIVE:
                raise overdrawn(ref)
        for page in _pages([(accounts[ref].pk, change) for ref, change in changes.items()]):
            _move(page)
    return len(new)


def _held(refs: set[AccountRef]) -> dict[AccountRef, Account]:
    """The accounts as they stand once nobody else can move them, made where they are missing."""
    held: dict[AccountRef, Account] = {}
    for page in _pages(sorted(refs, key=account_order)):
        held |= accounts_moved(dict.fromkeys(page, 0))
    return held


def _inserted(page: Sequence[Entry], accounts: Mapping[AccountRef, Account], now: datetime) -> Sequence[Entry]:
    """Those of them that were new."""
    columns = insert_columns(Transfer)
    rows = [transfer_of(one, now, debit=accounts[one.debit], credit=accounts[one.credit]) for one in page]
    marks = ", ".join([f"({', '.join(['%s'] * len(columns))})"] * len(rows))
    params = [insert_value(row, column, connection) for row in rows for column in columns]
    with connection.cursor() as cursor:
        cursor.execute(insert_sql(Transfer, ["key"], f"VALUES {marks}"), params)
        ids = [pk for (pk,) in cursor.fetchall()]
    if len(ids) == len(page):
        return page
    keys = set(Transfer.objects.filter(pk__in=ids).values_list("key", flat=True))
    return [entry for entry in page if entry.key in keys]


def _move(page: Sequence[tuple[int, int]]) -> None:
    marks = ", ".join(["(%s, %s)"] * len(page))
    sql = (
        f"WITH change (id, amount) AS (VALUES {marks}) UPDATE rewards_account "  # noqa: S608 - marks only
        "SET balance = balance + change.amount FROM change WHERE rewards_account.id = change.id"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [value for row in page for value in row])


def _pages(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    return (rows[start : start + PAGE] for start in range(0, len(rows), PAGE))
