"""Transfers by rewards.ledger, against a posting with running balances written in SQL, as pgledger does it.

One at a time, each a transaction of its own; and many together, as a run of payments is posted.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from itertools import count
from typing import Any

import psycopg
from django.db import connection, connections
from django.db.models import Sum

from benchmarks.bench import Bench
from benchmarks.harness import Comparison, Figure, Sample, Scale, WrongResult, compare
from config.lib import clock
from rewards.ledger.chart import AccountRef
from rewards.ledger.check import ledger_problems
from rewards.ledger.post import Entry, post
from rewards.ledger.post_all import post_all
from rewards.models import Account, Transfer

TRANSFERS = {Scale.QUICK: 600, Scale.FULL: 4_000}
CLIENTS = 4
PEOPLE = 50
AMOUNT = 100
COMPARISON = Comparison(
    name="ledger_posting",
    floor="one SQL function: locks both accounts, two entries with running balances (pgledger's shape)",
    goal="P6: ≥ 1.5 (reported)",
)
TOGETHER = Comparison(
    name="ledger_posting_together",
    floor="the same function, one call a transfer",
    goal="≥ 1.5",
    gate=1.5,
)
# So many payments has a run, say.
RUN = 50

# Two entries a transfer, each with the balance before and after, both accounts locked in one order.
FLOOR_SQL = """
CREATE TABLE floor_account (id bigint PRIMARY KEY, balance bigint NOT NULL, version bigint NOT NULL DEFAULT 0);
CREATE TABLE floor_transfer (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, from_id bigint NOT NULL REFERENCES floor_account,
    to_id bigint NOT NULL REFERENCES floor_account, amount bigint NOT NULL CHECK (amount > 0),
    created_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE floor_entry (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account_id bigint NOT NULL REFERENCES floor_account,
    transfer_id bigint NOT NULL REFERENCES floor_transfer, amount bigint NOT NULL,
    balance_before bigint NOT NULL, balance_after bigint NOT NULL, version bigint NOT NULL);
CREATE INDEX ON floor_entry (account_id);
CREATE INDEX ON floor_entry (transfer_id);
INSERT INTO floor_account SELECT number, 0 FROM generate_series(0, {people}) number;
CREATE FUNCTION floor_post(giver bigint, taker bigint, moved bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    made bigint;
    account floor_account;
BEGIN
    PERFORM 1 FROM floor_account WHERE id IN (giver, taker) ORDER BY id FOR UPDATE;
    INSERT INTO floor_transfer (from_id, to_id, amount) VALUES (giver, taker, moved) RETURNING id INTO made;
    UPDATE floor_account SET balance = balance - moved, version = version + 1 WHERE id = giver RETURNING * INTO account;
    INSERT INTO floor_entry (account_id, transfer_id, amount, balance_before, balance_after, version)
        VALUES (giver, made, -moved, account.balance + moved, account.balance, account.version);
    UPDATE floor_account SET balance = balance + moved, version = version + 1 WHERE id = taker RETURNING * INTO account;
    INSERT INTO floor_entry (account_id, transfer_id, amount, balance_before, balance_after, version)
        VALUES (taker, made, moved, account.balance - moved, account.balance, account.version);
    RETURN made;
END $$
"""

numbers = count()


def ledger_posting(bench: Bench) -> Figure:
    with bench.connect() as plain:
        plain.execute(FLOOR_SQL.format(people=PEOPLE))
    return compare(
        COMPARISON,
        floor=lambda: _with_clients(bench, partial(_floor_client, bench)),
        ours=lambda: _checked(_with_clients(bench, _our_client)),
        scale=bench.scale,
        details=_details,
    )


def ledger_posting_together(bench: Bench) -> Figure:
    with bench.connect() as plain:
        plain.execute(FLOOR_SQL.format(people=PEOPLE))
    return compare(
        TOGETHER,
        floor=lambda: _with_clients(bench, partial(_floor_client, bench)),
        ours=lambda: _checked(_with_clients(bench, _our_runs)),
        scale=bench.scale,
        details=lambda: {"clients": CLIENTS, "transfers a run": RUN},
    )


def _with_clients(bench: Bench, client: Callable[[int], None]) -> Sample:
    share = TRANSFERS[bench.scale] // CLIENTS
    with bench.meter().running() as spent, ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(client, [share] * CLIENTS))
    return Sample(share * CLIENTS, spent)


def _floor_client(bench: Bench, transfers: int) -> None:
    with psycopg.connect(bench.database_url, autocommit=True) as own:
        for _transfer in range(transfers):
            # From the campaign, account 0, to a person, as ours go.
            own.execute("SELECT floor_post(0, %s, %s)", [1 + next(numbers) % PEOPLE, AMOUNT])


def _our_client(transfers: int) -> None:
    now = clock.now()
    try:
        for _transfer in range(transfers):
            _post(now)
    finally:
        connections.close_all()


def _our_runs(transfers: int) -> None:
    now = clock.now()
    try:
        for _run in range(transfers // RUN):
            post_all(entries=[Entry(**_transfer()) for _number in range(RUN)], now=now)
    finally:
        connections.close_all()


def _post(now: datetime) -> None:
    post(**_transfer(), now=now)


def _transfer() -> dict[str, Any]:
    number = next(numbers)
    return {
        "key": f"benchmark:{number}",
        "debit": AccountRef(Account.Kind.FUNDING, "cam_1", "EUR"),
        "credit": AccountRef(Account.Kind.OWED, f"con_{number % PEOPLE}", "EUR"),
        "amount": AMOUNT,
        "reference": "benchmark",
        "memo": "benchmark",
    }


def _checked(sample: Sample) -> Sample:
    """The books are sound and hold what was posted, once."""
    problems = ledger_problems()
    if problems:
        raise WrongResult(problems[0])
    owed = Account.objects.filter(kind=Account.Kind.OWED).aggregate(all=Sum("balance"))["all"]
    if owed != AMOUNT * Transfer.objects.count() or Transfer.objects.count() % sample.count:
        raise WrongResult(f"{owed} owed after {Transfer.objects.count()} transfers")
    return sample


def _details() -> dict[str, Any]:
    statements: list[str] = []

    def see(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append(sql)
        return execute(sql, params, many, context)

    now = clock.now()
    with connection.execute_wrapper(see):
        _post(now)
    return {"clients": CLIENTS, "statements a transfer": len(statements), "floor's statements": 1}
