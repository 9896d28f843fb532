"""Workbooks of Excel, row by row. What is too large to be read safely is refused before it is parsed."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from defusedxml import DefusedXmlException
from django.utils.translation import gettext_lazy as _
from openpyxl.utils.exceptions import InvalidFileException

from advocates.errors import ImportRefused
from advocates.imports.archives import archive_check
from advocates.imports.table import MAX_COLUMNS, Row, Table, table_check

MAX_ROWS = 200_000
WORKBOOK = "xl/workbook.xml"
ERRORS = {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"}
MIDNIGHT = time()
# Whatever a damaged or a forged workbook can make of the parser.
BROKEN = (
    DefusedXmlException,
    InvalidFileException,
    ParseError,
    ArithmeticError,
    zipfile.BadZipFile,
    AttributeError,
    IndexError,
    KeyError,
    TypeError,
    ValueError,
    OSError,
)


@contextmanager
def open_workbook(path: Path, *, sheet: str = "") -> Iterator[Table]:
    """The sheet of that name, else the first, as a table. Raises ImportRefused; reading on may raise it too."""
    workbook_check(path)
    with _opened(path) as book:
        lines = _lines(_sheet(book, sheet))
        first = next((line for line in lines if any(line.cells)), Row(1, []))
        yield table_check(Table([cell.strip() for cell in first.cells], _filled(lines)))


def sheet_names(path: Path) -> list[str]:
    """Raises ImportRefused."""
    workbook_check(path)
    with _opened(path) as book:
        return list(book.sheetnames)


def workbook_check(path: Path) -> None:
    """Raises ImportRefused for what is no workbook of Excel, or none that is safe to open."""
    names = archive_check(path)
    if WORKBOOK in names:
        return
    if any(name.endswith(".iwa") for name in names):
        raise ImportRefused(_("This comes from Numbers. Choose File, Export To, CSV there, and hand that in."))
    if "content.xml" in names:
        raise ImportRefused(_("This is an OpenDocument sheet. Save it as CSV or as an Excel workbook (.xlsx)."))
    if "xl/workbook.bin" in names:
        raise ImportRefused(_("This is a binary workbook (.xlsb). Save it as .xlsx or as CSV."))
    raise ImportRefused(_("This is an archive, not a workbook. Unpack it and hand in the file inside."))


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    # As a stream: of a path, openpyxl judges the ending, and a stored file has none.
    with path.open("rb") as stream:
        try:
            book = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
        except BROKEN as error:
            raise _broken() from error
        try:
            yield book
        finally:
            book.close()


def _sheet(book: Any, wanted: str) -> Any:
    names = [sheet.title for sheet in book.worksheets]
    if wanted and wanted not in names:
        raise ImportRefused(
            _("There is no sheet “%(sheet)s”. There are: %(names)s.")
            % {"sheet": wanted, "names": ", ".join(names[:20])}
        )
    if not names:
        raise ImportRefused(_("This workbook has no sheet with cells."))
    sheet = book[wanted or names[0]]
    # Some programs state a size that is not so.
    sheet.reset_dimensions()
    return sheet


def _lines(sheet: Any) -> Iterator[Row]:
    # One more than may be, so that what is too much is seen; a lone cell far out costs no more than that.
    rows = sheet.iter_rows(max_row=MAX_ROWS + 2, max_col=MAX_COLUMNS + 1, values_only=True)
    try:
        for number, values in enumerate(rows, start=1):
            if number > MAX_ROWS + 1:
                raise ImportRefused(
                    _("This sheet has more than %(limit)s rows. Save it as CSV: that may be as long as it likes.")
                    % {"limit": MAX_ROWS}
                )
            yield Row(number, _trimmed([cell_text(value) for value in values]))
    except BROKEN as error:
        raise _broken() from error


def _filled(lines: Iterator[Row]) -> Iterator[Row]:
    return (line for line in lines if any(line.cells))


def _trimmed(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells


def cell_text(value: Any) -> str:
    """As a person would write it into a CSV: 2026-03-01, 1234.5, true."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float():
            # Excel knows fifteen digits; the sixteenth and seventeenth are its binary shadow.
            return _plain(Decimal(format(value, ".15g")))
        case datetime():
            return value.date().isoformat() if value.time() == MIDNIGHT else value.isoformat()
        case date() | time():
            return value.isoformat()
        case _:
            text = str(value)
            return "" if text in ERRORS else text


def _plain(number: Decimal) -> str:
    return format(number.quantize(Decimal(1)) if number == number.to_integral_value() else number, "f")


def _broken() -> ImportRefused:
    return ImportRefused(_("This workbook is damaged or not what it says. Save it again, or save the sheet as CSV."))
