"""A month's journal for the company's own accounting: two lines a transfer, each with our account's number there."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import tzinfo

from config.lib.money import Money
from rewards.models import Transfer
from rewards.payout_files import cell_text, major_units

# Columns are only ever added, at the end: import templates name them by place.
COLUMNS = ("date", "account", "name", "party", "debit", "credit", "unit", "reference", "text", "entry")


def journal_csv(transfers: Iterable[Transfer], *, accounts: Mapping[str, str], zone: tzinfo) -> Iterator[bytes]:
    """`accounts`: kind of account → the company's own number; without one the column says the kind.

    Commas and CRLF under one header; UTF-8 with the mark without which Excel misreads names. Piece by piece.
    """
    yield "\ufeff".encode()
    yield _line(COLUMNS)
    for transfer in transfers:
        amount = major_units(Money(transfer.amount, transfer.unit))
        day = transfer.occurred_at.astimezone(zone).date().isoformat()
        for account, sides in ((transfer.debit, (amount, "")), (transfer.credit, ("", amount))):
            number = str(accounts.get(account.kind) or account.kind)
            texts = (number, account.kind, account.party_key)
            about = (transfer.reference, transfer.memo, transfer.key)
            yield _line([day, *map(cell_text, texts), *sides, transfer.unit, *map(cell_text, about)])


def _line(cells: Iterable[str]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue().encode()
