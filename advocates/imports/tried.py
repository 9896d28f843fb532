"""What a run that is only tried out would have written: a later row that meets it is not counted as new again."""

import json
import sqlite3
from collections.abc import Iterable, Sequence


class Texts:
    """Texts with a value each, in a temporary file, so that memory stays bounded for any table."""

    def __init__(self) -> None:
        self._seen = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._seen.execute("PRAGMA journal_mode = OFF")
        self._seen.execute("PRAGMA cache_size = -8000")
        self._seen.execute("CREATE TABLE seen (text TEXT PRIMARY KEY, value) WITHOUT ROWID")

    def counted(self, texts: Sequence[str]) -> list[int]:
        """For each of these, in their order: how often it was counted by then, itself included."""
        among = "SELECT text, value FROM seen WHERE text IN (SELECT value FROM json_each(?))"
        found = dict(self._seen.execute(among, [json.dumps(texts, ensure_ascii=False)]))
        times = []
        for text in texts:
            found[text] = found.get(text, 0) + 1
            times.append(found[text])
        self._keep(found.items())
        return times

    def get(self, texts: Iterable[str]) -> str | None:
        """The value of the first of these that is known."""
        for text in texts:
            if found := self._seen.execute("SELECT value FROM seen WHERE text = ?", [text]).fetchone():
                return str(found[0])
        return None

    def put(self, texts: Iterable[str], value: str) -> None:
        self._keep((text, value) for text in texts)

    def _keep(self, rows: Iterable[tuple[str, str | int]]) -> None:
        # One transaction: SQLite would end one for each row.
        with self._seen:
            self._seen.execute("BEGIN")
            self._seen.executemany("INSERT OR REPLACE INTO seen VALUES (?, ?)", rows)
