"""A trial is a function of a seed and a size. It works on an empty, migrated database and answers with figures.

It raises GoalMissed, also when its own control does no harm: a twin without the guard that loses nothing proves that
the trial could not have seen a loss.
"""

from enum import StrEnum
from typing import TypeAlias
from urllib.parse import quote

from django.db import connection

Figures: TypeAlias = dict[str, int | float | str]


class Size(StrEnum):
    """Short ones belong to the test suite, full ones to `make trust`."""

    SHORT = "short"
    FULL = "full"


class GoalMissed(AssertionError):
    """What should hold did not; the sentence says what was found."""


def expect(holds: object, sentence: str) -> None:
    """Raises GoalMissed. Not `assert`, which goes away under -O."""
    if not holds:
        raise GoalMissed(sentence)


def database_url() -> str:
    """Of the database that this process is connected to, for the processes that a trial starts."""
    place = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{place['NAME']}"
    user, password = quote(place["USER"]), quote(place["PASSWORD"])
    return f"postgresql://{user}{':' if password else ''}{password}@{place['HOST']}:{place['PORT']}/{place['NAME']}"
