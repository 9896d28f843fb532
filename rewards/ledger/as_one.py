"""A transfer as one statement on PostgreSQL: each turn to the database is dearer than what it does there."""

from collections.abc import Iterable
from dataclasses import dataclass

from config.lib.question import prepared_cursor
from rewards.ledger.chart import OF_CAMPAIGNS
from rewards.models import Account


@dataclass(frozen=True, slots=True)
class Outcome:
    """`transfer`: its key when it was written. `is_enough`: had the debited account as much?"""

    transfer: int | None
    debit: int | None
    credit: int | None
    accounts: int

    @property
    def is_enough(self) -> bool:
        return self.debit is not None


def _texts(kinds: Iterable[str]) -> str:
    return "(" + ", ".join(f"'{kind}'" for kind in map(str, kinds)) + ")"


# Both accounts are held in the order of `account_order` and read as they stand once they are held; then the unique key
# decides; balances follow what was inserted. Behind it stand the keys, CHECKs and triggers of both tables. While one of
# them is still to be made none is held: whoever makes it would wait for the other out of order.
SQL = f"""
WITH known AS MATERIALIZED (
    SELECT id FROM rewards_account
    WHERE kind = %(giver_kind)s AND party_key = %(giver)s AND unit = %(giver_unit)s
        OR kind = %(taker_kind)s AND party_key = %(taker)s AND unit = %(taker_unit)s
), held AS MATERIALIZED (
    SELECT id, kind, balance,
        (kind, party_key, unit) = (%(giver_kind)s, %(giver)s, %(giver_unit)s) AS is_giver FROM rewards_account
    WHERE id IN (SELECT id FROM known) AND (SELECT count(*) FROM known) = 2
    ORDER BY kind NOT IN {_texts(OF_CAMPAIGNS)}, kind COLLATE "C", party_key COLLATE "C", unit COLLATE "C"
    FOR NO KEY UPDATE
), ready AS (
    SELECT giver.id AS debit_id, taker.id AS credit_id FROM held giver, held taker
    WHERE giver.is_giver AND NOT taker.is_giver
        AND (giver.balance >= %(amount)s::bigint OR giver.kind IN {_texts(Account.MAY_BE_NEGATIVE)})
), made AS (
    INSERT INTO rewards_transfer (key, debit_id, credit_id, unit, amount, reference, memo, occurred_at)
    SELECT %(key)s, debit_id, credit_id, %(giver_unit)s, %(amount)s::bigint, %(reference)s, %(memo)s, %(now)s FROM ready
    ON CONFLICT (key) DO NOTHING RETURNING id, debit_id, credit_id, amount
), moved AS (
    UPDATE rewards_account account
    SET balance = account.balance + CASE WHEN account.id = made.debit_id THEN -made.amount ELSE made.amount END
    FROM made WHERE account.id IN (made.debit_id, made.credit_id)
)
SELECT (SELECT id FROM made), (SELECT debit_id FROM ready), (SELECT credit_id FROM ready), (SELECT count(*) FROM held)
"""  # noqa: S608 - kinds of ours


def post_as_one(values: dict[str, object]) -> Outcome:
    with prepared_cursor() as cursor:
        cursor.execute(SQL, values)
        return Outcome(*cursor.fetchone())
