"""A question that a page asks while somebody waits is given up after some seconds; the database stops working on it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection, transaction

# SQLite asks after so many steps of its machine whether to go on: often enough, and too seldom to be felt.
STEPS = 20_000


class TookTooLong(Exception):
    """Nothing is wrong but the time it takes."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Reads only. Raises TookTooLong; what the database refuses for another reason goes through as it is."""
    limit = _postgresql if connection.vendor == "postgresql" else _sqlite
    with limit(seconds):
        yield


@contextmanager
def _postgresql(seconds: float) -> Iterator[None]:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('statement_timeout')")
            before = cursor.fetchone()[0]
            cursor.execute(f"SET LOCAL statement_timeout = {int(seconds * 1000)}")
            yield
            # Inside a longer transaction the setting would outlive this block.
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [before])
    except OperationalError as error:
        if "statement timeout" in str(error):
            raise TookTooLong from error
        raise


@contextmanager
def _sqlite(seconds: float) -> Iterator[None]:
    connection.ensure_connection()
    database: Any = connection.connection
    end = time.monotonic() + seconds
    database.set_progress_handler(lambda: int(time.monotonic() > end), STEPS)
    try:
        yield
    except OperationalError as error:
        if "interrupted" in str(error):
            raise TookTooLong from error
        raise
    finally:
        database.set_progress_handler(None, 0)
