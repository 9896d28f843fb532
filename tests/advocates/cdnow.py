"""The real purchases in tests/data: all of them, or a fixed tenth."""

import lzma
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
