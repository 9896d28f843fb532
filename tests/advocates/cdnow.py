"""The real purchases in tests/data: all of them, or a fixed tenth."""

import lzma
from collections import defaultdict
from datetime import date
from pathlib import Path

WHOLE = Path(__file__).parent.parent / "data" / "cdnow_master.txt.xz"

ROWS, CUSTOMERS, CENTS = 69_659, 23_570, 250_031_563


def tenth(folder: Path) -> Path:
    """A file with the purchases of the customers whose number ends in 0, as untidy as the original."""
    with lzma.open(WHOLE, "rt", newline="") as text:
        header, *rows = list(text)
    path = folder / "cdnow_tenth.txt"
    chosen = [row for row in rows if row.split()[0].endswith("0")]
    path.write_text("".join([header, *chosen]), newline="")
    return path


def days_of_purchases() -> dict[int, list[date]]:
    """Customer → the days on which they bought, in order; a day stands once, as in the literature."""
    days: dict[int, set[date]] = defaultdict(set)
    with lzma.open(WHOLE, "rt") as text:
        next(text)
        for row in text:
            customer, day, *_rest = row.split()
            days[int(customer)].add(date.fromisoformat(day))
    return {customer: sorted(found) for customer, found in days.items()}


def published_tenth() -> set[int]:
    """The customers of the sample on which the papers report. No rule picks them: their numbers are kept beside."""
    with lzma.open(WHOLE.with_name("cdnow_tenth.txt.xz"), "rt") as text:
        return {int(row) for row in text}
