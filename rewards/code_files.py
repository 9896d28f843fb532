"""Codes from a shop, one on each line or as a table. No database."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from rewards.errors import BadCodes

SHORTEST = 4
LONGEST = 40
MOST = 100_000
DELIMITERS = "\t;,"
# What shops and people call the column, in lower case.
HEADINGS = frozenset({"code", "codes", "coupon", "coupon code", "discount code", "voucher", "gutscheincode"})


@dataclass(frozen=True, slots=True)
class CodesRead:
    """`codes`: each once, in their order. `refused`: how many lines hold something that cannot be a code."""

    codes: Sequence[str]
    refused: int


def codes_read(text: str) -> CodesRead:
    """Raises BadCodes for a text without a single code, or with more than 100,000."""
    lines = [line for line in text.lstrip("\ufeff").splitlines() if line.strip()]
    cells = [cell for cell in _column(lines) if cell]
    codes = list(dict.fromkeys(cell for cell in cells if _is_code(cell)))
    if not codes:
        raise BadCodes(_("There is no code in it. Put one code on each line, or one in each row of a CSV file."))
    if len(codes) > MOST:
        raise BadCodes(_("Upload at most 100,000 codes at once; the rest with a second file."))
    return CodesRead(codes, sum(not _is_code(cell) for cell in cells))


def _column(lines: Sequence[str]) -> Iterable[str]:
    """The cells that hold codes: of the column that is headed so, else of the first one."""
    if not lines:
        return []
    delimiter = next((sign for sign in DELIMITERS if sign in lines[0]), ",")
    rows = list(csv.reader(lines, delimiter=delimiter))
    heads = [cell.strip().lower() for cell in rows[0]]
    number = next((place for place, head in enumerate(heads) if head in HEADINGS), None)
    if number is None:
        return [row[0].strip() for row in rows if row]
    return [row[number].strip() for row in rows[1:] if len(row) > number]


def _is_code(cell: str) -> bool:
    return SHORTEST <= len(cell) <= LONGEST and cell.isprintable() and not any(letter.isspace() for letter in cell)
