"""The file for the bank. The same run gives the same bytes; no cell becomes a formula in a spreadsheet."""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from decimal import Decimal

from config.lib.money import Money
from config.lib.units import unit_get

# Columns are only ever added, at the end: banks' import templates name them by place.
COLUMNS = ("reference", "holder", "iban", "amount", "currency", "run")

# What makes a spreadsheet reckon (OWASP, CSV injection), also behind blanks, and the full-width twins.
FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n\0]")


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """One payment. `reference` is the payout's public id: it comes back on the bank's statement."""

    reference: str
    holder: str
    iban: str
    amount: str
    currency: str
    run: str


def payments_csv(rows: Iterable[PaymentRow]) -> bytes:
    """Commas and CRLF (RFC 4180) under one header; UTF-8 with the mark without which Excel misreads names."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([cell_text(cell) for cell in astuple(row)] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def cell_text(text: str) -> str:
    """`text` as a cell that stays text: an apostrophe before what would begin a formula, no NUL."""
    return ("'" if FORMULA.match(text) else "") + text.replace("\0", "")


def major_units(money: Money) -> str:
    """'25.00' for 2,500 USD, '3000' for 3,000 JPY: a point, no grouping, as banks read it."""
    scale = unit_get(money.unit).scale
    return f"{Decimal(money.amount).scaleb(-scale):.{scale}f}"
