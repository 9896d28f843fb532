"""What a run that is only tried out would have written: a later row that meets it is not counted as new again."""

import sqlite3
from collections.abc import Iterable


class Texts:
    """Texts with a value each, in a temporary file, so that memory stays bounded for any table."""

    def __init__(self) -> None:
        self._seen = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._seen.execute("PRAGMA journal_mode = OFF")
        self._seen.execute("PRAGMA cache_size = -8000")
        self._seen.execute("CREATE TABLE seen (text TEXT PRIMARY KEY, value) WITHOUT ROWID")

    def count(self, text: str) -> int:
        """How often this text was counted, now included."""
        upsert = "INSERT INTO seen VALUES (?, 1) ON CONFLICT (text) DO UPDATE SET value = value + 1 RETURNING value"
        times: int = self._seen.execute(upsert, [text]).fetchone()[0]
        return times

    def get(self, texts: Iterable[str]) -> str | None:
        """The value of the first of these that is known."""
        for text in texts:
            if found := self._seen.execute("SELECT value FROM seen WHERE text = ?", [text]).fetchone():
                return str(found[0])
        return None

    def put(self, texts: Iterable[str], value: str) -> None:
        rows = [(text, value) for text in texts]
        self._seen.executemany(
            "INSERT INTO seen VALUES (?, ?) ON CONFLICT (text) DO UPDATE SET value = excluded.value", rows
        )
