"""Time is read once, at the door, from the one clock that all processes share."""

import time
from datetime import UTC, datetime, timedelta

from django.db import connection

from config.lib.lately import Lately


def now() -> datetime:
    """The present moment in UTC: the database's own on PostgreSQL, so that servers with drifting clocks agree."""
    return shared.now() if connection.vendor == "postgresql" else datetime.now(UTC)


class SharedClock:
    """Asks the database each second and counts on from there. It may lag by the answer's way, and never goes back."""

    def __init__(self) -> None:
        self._asked: tuple[float, datetime] | None = None

    def now(self) -> datetime:
        asked, here = self._asked, time.monotonic()
        if asked is None or here - asked[0] >= Lately.SECONDS:
            asked = self._asked = self._ask(asked)
            here = max(here, asked[0])
        return asked[1] + timedelta(seconds=here - asked[0])

    def _ask(self, before: tuple[float, datetime] | None) -> tuple[float, datetime]:
        sent = time.monotonic()
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            told: datetime = cursor.fetchone()[0].astimezone(UTC)
        came = time.monotonic()
        if before:
            # What we would have said lies within what the answer's way leaves open: then it is as good as the answer.
            counted = before[1] + timedelta(seconds=came - before[0])
            if told <= counted <= told + timedelta(seconds=came - sent):
                return came, counted
        return came, told


shared = SharedClock()
