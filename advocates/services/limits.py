from datetime import UTC, datetime, timedelta

from django.db import connection

from advocates.models import RateBucket
from config.lib.signing import keyed_hash

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def rate_hit(*, key: str, limit: int, window: timedelta, now: datetime) -> bool:
    """Count one more; False once there were more than `limit` in this window. Windows are aligned to the clock.

    One upsert, so that processes that count at once all see each other. The key is kept as a keyed hash only: it may be
    an address. A caller whose transaction is undone undoes the count as well.
    """
    start = now - (now - EPOCH) % window
    return _counted(keyed_hash("rate", key), start) <= limit


def _counted(key: str, start: datetime) -> int:
    table = connection.ops.quote_name(RateBucket._meta.db_table)
    moment = RateBucket._meta.get_field("window_start").get_db_prep_value(start, connection)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (key, window_start, count) VALUES (%s, %s, 1) "  # noqa: S608 - our own table
            f"ON CONFLICT (key, window_start) DO UPDATE SET count = {table}.count + 1 RETURNING count",
            [key, moment],
        )
        count: int = cursor.fetchone()[0]
    return count
