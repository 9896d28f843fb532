"""Small tables inside the panels of a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Cell:
    """`value` may be a pill; `hint` stands below it in grey."""

    value: Any
    url: str = ""
    hint: StrOrPromise = ""
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """`note` stands below; `more_url` leads to all rows where only some are shown."""

    columns: Sequence[StrOrPromise]
    rows: Sequence[Sequence[Cell]]
    note: StrOrPromise = ""
    more_url: str = ""
    more_label: StrOrPromise = ""


def table_html(request: HttpRequest, table: Table) -> str:
    """Empty where there is no row."""
    if not table.rows:
        return ""
    return render_to_string("admin/advocates/panels/table.html", {"table": table}, request=request)
