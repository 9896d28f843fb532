"""A small drawing of months: what would be paid beside what was, as bars from one line."""

from collections.abc import Sequence
from typing import Any

from rewards.play.report import sum_words

WIDTH, HEIGHT = 480, 120
MAX_BAR = 16


def chart_of(unit: str, rows: Sequence[tuple[str, int, int | None]]) -> dict[str, Any]:
    """`rows`: (month, would be paid, was paid or None). Shapes for templates/admin/rewards/simulate/chart.html."""
    most = max([amount or 0 for row in rows for amount in row[1:]], default=0) or 1
    slot = WIDTH / max(len(rows), 1)
    bar = min(MAX_BAR, slot / 2.5)
    return {
        "unit": unit,
        "width": WIDTH,
        "height": HEIGHT,
        "bar": f"{bar:.1f}",
        "has_paid": any(paid is not None for _month, _would, paid in rows),
        "bars": [
            _bars(number * slot + slot / 2, bar, most, unit, month, would, paid)
            for number, (month, would, paid) in enumerate(rows)
        ],
    }


def _bars(middle: float, bar: float, most: int, unit: str, month: str, would: int, paid: int | None) -> dict[str, Any]:
    told = [sum_words(would, unit), *([] if paid is None else [sum_words(paid, unit)])]
    x = middle - (bar if paid is not None else bar / 2)
    return {
        "title": f"{month}: {' / '.join(told)}",
        "would": _shape(x, would, most),
        "paid": None if paid is None else _shape(middle, paid, most),
    }


def _shape(x: float, amount: int, most: int) -> dict[str, str]:
    height = (HEIGHT - 4) * amount / most
    return {"x": f"{x:.1f}", "y": f"{HEIGHT - height:.1f}", "height": f"{height:.1f}"}
