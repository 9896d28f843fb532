"""Time is read once, at the door, from the one clock that all processes share."""

from datetime import UTC, datetime

from django.db import connection


def now() -> datetime:
    """The present moment in UTC: the database's own on PostgreSQL, so that servers with drifting clocks agree."""
    if connection.vendor != "postgresql":
        return datetime.now(UTC)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment.astimezone(UTC)
