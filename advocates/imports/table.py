"""What every reader gives: the names of the columns, and the rows one by one, never all at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from advocates.errors import ImportRefused

MAX_COLUMNS = 200


class Row(NamedTuple):
    """One record and the line that it begins in."""

    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Table:
    header: list[str]
    rows: Iterator[Row]


def table_check(table: Table) -> Table:
    """Raises ImportRefused for a table without columns, or with more than anybody keeps."""
    if not any(table.header):
        raise ImportRefused(_("The file is empty. Its first line names the columns."))
    if len(table.header) > MAX_COLUMNS:
        raise ImportRefused(
            _("The first line has %(count)s columns; at most %(limit)s are read.")
            % {"count": len(table.header), "limit": MAX_COLUMNS}
        )
    return table
