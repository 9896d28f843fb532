"""Files as they come: plain or compressed, in one of four encodings, read in a stream and never held whole."""

import codecs
import csv
import gzip
import lzma
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import IO, TextIO, cast

from django.utils.translation import gettext_lazy as _

from advocates.errors import ImportRefused, RowRefused

ENCODINGS = ("auto", "utf-8", "cp1252", "utf-16")
DELIMITERS = (",", ";", "\t")
MAX_COLUMNS = 200
MAX_LINE = 1_000_000
BLOCK = 1 << 20
SPREADSHEET = b"PK\x03\x04"
# What spreadsheets take for a formula; an apostrophe before it says that it is text.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Row:
    """One record and the line that it begins in."""

    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Table:
    header: list[str]
    rows: Iterator[Row]


@contextmanager
def open_text(path: Path, *, encoding: str = "auto") -> Iterator[TextIO]:
    """The file as text, decompressed by its ending (.gz, .xz). Raises ImportRefused before the first row is read if any
    part of it is not in that encoding.
    """
    try:
        found = _encoding(path, encoding)
        with _open(path) as stream, TextIOWrapper(stream, encoding=found, newline="") as text:
            yield text
    except (OSError, EOFError, lzma.LZMAError) as error:
        raise ImportRefused(_("The file cannot be read: %(why)s.") % {"why": error.__class__.__name__}) from error


def read_table(text: TextIO, *, is_column_of_blanks: bool = False) -> Table:
    """Header and rows. The delimiter is the one that stands most often in the first line: comma, semicolon, tab, or
    blanks where those are allowed. Raises ImportRefused; reading on may raise it too.
    """
    lines = _lines(text)
    first = next(lines, "")
    if "\0" in first:
        raise ImportRefused(_("This is no text, or UTF-16 without its mark. Name it with --encoding utf-16."))
    delimiter = max(DELIMITERS, key=first.count)
    if is_column_of_blanks and not first.count(delimiter):
        return _checked(Table(first.split(), _split_rows(lines)))
    header = next(csv.reader([first], delimiter=delimiter), [])
    return _checked(Table([cell.strip() for cell in header], _csv_rows(lines, delimiter)))


def record(row: Row, columns: dict[str, int]) -> dict[str, str]:
    """The cells by field; those that are missing at the end are empty. Raises RowRefused for NUL."""
    if any("\0" in cell for cell in row.cells):
        raise RowRefused(_("There is a NUL character in this row."))
    return {name: _text(row.cells[index]) if index < len(row.cells) else "" for name, index in columns.items()}


def formula_safe(cell: str) -> str:
    """The cell as a spreadsheet shows it instead of reckoning with it."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


def _text(cell: str) -> str:
    """Formulas stay the text that they are; the apostrophe that marks one is not part of it."""
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_STARTS) else cell


def _open(path: Path) -> IO[bytes]:
    if path.suffix == ".gz":
        return cast(IO[bytes], gzip.open(path, "rb"))
    if path.suffix == ".xz":
        return lzma.open(path, "rb")
    return path.open("rb")


def _encoding(path: Path, wanted: str) -> str:
    """The encoding that all of the file is in: as wanted, else UTF-16 by its mark, else UTF-8, else Windows-1252."""
    with _open(path) as stream:
        start = stream.read(len(SPREADSHEET))
    if start == SPREADSHEET:
        raise ImportRefused(_("This is a spreadsheet or an archive. Save it as CSV first."))
    if wanted != "auto":
        candidates = [{"utf-8": "utf-8-sig"}.get(wanted, wanted)]
    elif start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ["utf-16"]
    else:
        candidates = ["utf-8-sig", "cp1252"]
    for candidate in candidates:
        if _decodes(path, candidate):
            return candidate
    raise ImportRefused(
        _("The file is not in the encoding %(names)s. Name the right one with --encoding, or save it as UTF-8.")
        % {"names": " / ".join(candidates)}
    )


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with _open(path) as stream:
            while block := stream.read(BLOCK):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _lines(text: TextIO) -> Iterator[str]:
    number = 0
    while line := text.readline(MAX_LINE + 1):
        number += 1
        if len(line) > MAX_LINE:
            raise ImportRefused(
                _("Line %(line)s is longer than %(limit)s characters. Is this the right file?")
                % {"line": number, "limit": MAX_LINE}
            )
        yield line


def _checked(table: Table) -> Table:
    if not any(table.header):
        raise ImportRefused(_("The file is empty. Its first line names the columns."))
    if len(table.header) > MAX_COLUMNS:
        raise ImportRefused(
            _("The first line has %(count)s columns; at most %(limit)s are read.")
            % {"count": len(table.header), "limit": MAX_COLUMNS}
        )
    return table


def _split_rows(lines: Iterator[str]) -> Iterator[Row]:
    for number, line in enumerate(lines, start=2):
        cells = line.split()
        if cells:
            yield Row(number, cells)


def _csv_rows(lines: Iterator[str], delimiter: str) -> Iterator[Row]:
    reader = csv.reader(lines, delimiter=delimiter)
    begin = 2
    try:
        for cells in reader:
            if any(cells):
                yield Row(begin, cells)
            begin = reader.line_num + 2
    except csv.Error as error:
        raise ImportRefused(
            _("From line %(line)s on the file cannot be read. Is a quotation mark left open there?") % {"line": begin}
        ) from error
