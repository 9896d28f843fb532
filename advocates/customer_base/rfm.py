"""Recency, frequency and value as quintiles: each customer's place among all who count, 5 for the best fifth.

Who is alike stands alike: equal values share the middle of the places that they take together. Where three customers in
five have bought once, all of these stand in the second fifth, not by chance in the first, the second or the third; and
where all are equal, everybody stands in the third. Without ties it is NTILE(5).
"""

from datetime import datetime

from django.db import connection

from advocates.models import Contact, CustomerScore

# 1 + ⌊5 · m / n⌋, where m is the middle of the places that equal values take: (those before) + (those alike) / 2.
_QUINTILE = (
    "CAST(1 + (5 * (2 * (RANK() OVER (PARTITION BY {of} ORDER BY {by}) - 1)"
    " + COUNT(*) OVER (PARTITION BY {of}, {by}))) / (2 * COUNT(*) OVER (PARTITION BY {of})) AS INTEGER)"
)

_COUNTS = (
    "c.merged_into_id IS NULL AND c.erased_at IS NULL AND NOT c.is_test"
    " AND c.purchases_count > 0 AND c.last_purchase_at IS NOT NULL"
)

_SCORE = """
INSERT INTO {score} (contact_id, recency, frequency, value, unit, scored_at)
SELECT id, recency, frequency, value, unit, %s FROM (
    SELECT c.id, {recency} AS recency, {frequency} AS frequency, {value} AS value, c.lifetime_unit AS unit
    FROM {contact} c WHERE {counts}
) q WHERE true
ON CONFLICT (contact_id) DO UPDATE SET recency = excluded.recency, frequency = excluded.frequency,
    value = excluded.value, unit = excluded.unit, scored_at = excluded.scored_at
WHERE {score}.recency <> excluded.recency OR {score}.frequency <> excluded.frequency
    OR {score}.value <> excluded.value OR {score}.unit <> excluded.unit
"""

_FORGET = """
DELETE FROM {score} WHERE NOT EXISTS (SELECT 1 FROM {contact} c WHERE c.id = {score}.contact_id AND {counts})
"""


def quintiles_write(scored_at: datetime) -> int:
    """Write the quintiles of every living customer with a known purchase; how many rows were new or changed.

    One statement inside the database, which sorts on disk where memory is short. Value is compared among those whose
    lifetime value is in the same currency.
    """
    return _execute(
        _SCORE,
        [scored_at],
        recency=_QUINTILE.format(of="1", by="c.last_purchase_at"),
        frequency=_QUINTILE.format(of="1", by="c.purchases_count"),
        value=_QUINTILE.format(of="c.lifetime_unit", by="c.lifetime_amount"),
    )


def quintiles_forget() -> int:
    """Drop the scores of those who no longer count: merged, erased, marked as a test, all brought back."""
    return _execute(_FORGET, [])


def _execute(statement: str, params: list[datetime], **parts: str) -> int:
    quote = connection.ops.quote_name
    tables = {"score": quote(CustomerScore._meta.db_table), "contact": quote(Contact._meta.db_table)}
    with connection.cursor() as cursor:
        cursor.execute(statement.format(**tables, counts=_COUNTS, **parts), params)
        return int(cursor.rowcount)
