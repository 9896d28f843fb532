"""A person with a name that stands nowhere else, and the means to find it wherever it was left, however it is spelt."""

import base64
import binascii
import json
import quopri
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.fernet import InvalidToken
from django.db import connection

from config.lib.signing import open_sealed
from tests.cast import Person

CANARY = Person(
    "Quillon Zephyrhawk-Öberg",
    "Quillon.Zephyrhawk@canary.example",
    "+493055504711",
    "en",
    "DE",
    "Öberg Falconry",
    "Z-777123",
)
# The same person as another system knows them: found to be a duplicate, and merged.
TWIN = Person("Quillon Zephyrhawk-Öberg", "q.zephyrhawk@second-canary.example", external_id="X-99")
NOTE = "keeps a peregrine in the kitchen"
HOLDER = "Quillon Z. Oeberg"
IBAN = "NO9386011117947"

WORDS = ("zephyrhawk", "quillon", "öberg", "oeberg", "falconry", "peregrine", "canary.example")
DIGITS = ("3055504711", "86011117947")

BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")


def found_in(text: str) -> set[str]:
    """Which of the canary's words stand in it: in any case, as JSON or mails write them, sealed, or in base64."""
    return {word for spelling in _spellings(text) for word in _words(spelling)}


def found_in_tables() -> dict[str, set[str]]:
    """Table → words, over every table of the database, ours or not."""
    found = {}
    for table, rows in _tables():
        words = found_in("\n".join(map(_row_text, rows)))
        if words:
            found[table] = words
    return found


def found_in_files(folder: Path) -> dict[str, set[str]]:
    """File → words, also for its name."""
    files = (path for path in folder.rglob("*") if path.is_file())
    found = {path.name: found_in(path.name + "\n" + path.read_bytes().decode("utf-8", "replace")) for path in files}
    return {name: words for name, words in found.items() if words}


def ledger_sums() -> list[tuple[Any, ...]]:
    """Every account with what stands on it, and all that was ever moved."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, party_key, unit, balance FROM rewards_account ORDER BY id")
        accounts = cursor.fetchall()
        cursor.execute("SELECT key, amount, unit, reference, memo FROM rewards_transfer ORDER BY id")
        return [*accounts, *cursor.fetchall()]


def _tables() -> Iterator[tuple[str, Iterable[Any]]]:
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            yield table, cursor.fetchall()


def _row_text(row: tuple[Any, ...]) -> str:
    return "\n".join(_cell_text(cell) for cell in row)


def _cell_text(cell: Any) -> str:
    if isinstance(cell, bytes | memoryview):
        return bytes(cell).decode("utf-8", "replace")
    if isinstance(cell, dict | list):
        return json.dumps(cell, ensure_ascii=False)
    return "" if isinstance(cell, datetime | int | None) else str(cell)


def _spellings(text: str) -> Iterator[str]:
    yield text
    yield ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    yield quopri.decodestring(text.encode()).decode("utf-8", "replace")
    # A mail breaks its base64 into lines.
    for written in (text, re.sub(r"(?<=[A-Za-z0-9+/]{60})\r?\n(?=[A-Za-z0-9+/])", "", text)):
        for coded in BASE64.findall(written):
            yield _decoded(coded)
            yield _opened(coded)


def _decoded(coded: str) -> str:
    plain = coded.rstrip("=").translate(str.maketrans("-_", "+/"))
    try:
        return base64.b64decode(plain[: len(plain) // 4 * 4]).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""


def _opened(coded: str) -> str:
    try:
        return open_sealed(coded)
    except (InvalidToken, ValueError):
        return ""


def _words(text: str) -> set[str]:
    plain = text.casefold()
    # Only what people put between digits, so that two numbers in two columns are not read as one.
    digits = re.sub(r"(?<=\d)[ ().\-/\u00a0]+(?=\d)", "", plain)
    return {word for word in WORDS if word in plain} | {number for number in DIGITS if number in digits}
