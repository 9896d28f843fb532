"""Files as they come: text in any common encoding, plain or packed, or a workbook; read in a stream, never whole."""

import csv
import gzip
import io
import lzma
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any, TextIO, cast

from django.utils.translation import gettext_lazy as _

from advocates.errors import ImportRefused, RowRefused
from advocates.imports.encoding import NAMED, decodes, encoding_of
from advocates.imports.packed import Unxz
from advocates.imports.table import Row as Row, Table as Table, table_check
from advocates.imports.xlsx import open_workbook
from advocates.models import ImportRun

ENCODINGS = ("auto", *NAMED)
DELIMITERS = (",", ";", "\t", "|")
MAX_LINE = 1_000_000
# A compressed file is unpacked while it is read; a few kilobytes could go on for ever.
MAX_UNPACKED = 4 << 30
BLOCK = 1 << 20
HEAD = 8
SPREADSHEET = b"PK\x03\x04"
EMPTY_ARCHIVE = b"PK\x05\x06"
OLD_OFFICE = b"\xd0\xcf\x11\xe0"
PDF = b"%PDF"
GZIP, XZ = b"\x1f\x8b", b"\xfd7zXZ"
# What spreadsheets take for a formula; an apostrophe before it says that it is text.
FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
_SEPARATOR_LINE = "sep="


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is to be read. `encoding` "auto": by its content; `sheet` empty: the first of a workbook."""

    format: str = ImportRun.Format.AUTO
    encoding: str = "auto"
    sheet: str = ""
    is_column_of_blanks: bool = False


@contextmanager
def open_table(path: Path, *, reading: Reading | None = None) -> Iterator[Table]:
    """The file as a table, whatever it is. Raises ImportRefused; reading on may raise it too."""
    how = reading or Reading()
    if _head(path).startswith((SPREADSHEET, EMPTY_ARCHIVE)) and how.format != ImportRun.Format.CSV:
        with open_workbook(path, sheet=how.sheet) as table:
            yield table
        return
    if how.format == ImportRun.Format.XLSX:
        raise ImportRefused(_("This is no Excel workbook (.xlsx). Choose “by its content”, or save it as one."))
    with open_text(path, encoding=how.encoding) as text:
        yield read_table(text, is_column_of_blanks=how.is_column_of_blanks)


@contextmanager
def open_text(path: Path, *, encoding: str = "auto") -> Iterator[TextIO]:
    """The file as text, unpacked if it is a .gz or .xz. Raises ImportRefused before the first row is read if any part
    of it is not in that encoding.
    """
    try:
        found = _encoding(path, encoding)
        with _open(path) as stream, TextIOWrapper(stream, encoding=found, newline="") as text:
            yield text
    except (OSError, EOFError, lzma.LZMAError, zlib.error) as error:
        raise ImportRefused(_("The file cannot be read: %(why)s.") % {"why": error.__class__.__name__}) from error


def read_table(text: TextIO, *, is_column_of_blanks: bool = False) -> Table:
    """Header and rows. The delimiter is the one that the first line names (`sep=;`) or has most often outside quotes:
    comma, semicolon, tab, bar, or blanks where those are allowed. Raises ImportRefused; reading on may raise it too.
    """
    lines = _lines(text)
    line, first = _first(lines)
    delimiter = max(DELIMITERS, key=_unquoted(first).count)
    if first.casefold().startswith(_SEPARATOR_LINE):
        delimiter = first.strip()[len(_SEPARATOR_LINE) :][:1] or delimiter
        line, first = _first(lines, after=line)
    if "\0" in first:
        raise ImportRefused(_("This is no text: it has NUL characters. Save it as CSV in UTF-8."))
    if is_column_of_blanks and not first.count(delimiter):
        return table_check(Table(first.split(), _split_rows(lines, line + 1)))
    try:
        header = next(csv.reader([first], delimiter=delimiter), [])
    except (csv.Error, TypeError, ValueError) as error:  # also a delimiter that cannot be one
        raise _unreadable(line) from error
    return table_check(Table([cell.strip() for cell in header], _csv_rows(lines, delimiter, line + 1)))


def record(row: Row, columns: dict[str, int]) -> dict[str, str]:
    """The cells by field; those that are missing at the end are empty. Raises RowRefused for NUL."""
    if any("\0" in cell for cell in row.cells):
        raise RowRefused(_("There is a NUL character in this row."))
    return {name: plain_text(row.cells[index]) if index < len(row.cells) else "" for name, index in columns.items()}


def formula_safe(cell: str) -> str:
    """The cell as a spreadsheet shows it instead of reckoning with it."""
    return f"'{cell}" if FORMULA.match(cell) else cell


def plain_text(cell: str) -> str:
    """Formulas stay the text that they are; the apostrophe that marks one, or a number as text, is no part of it."""
    cell = cell.strip()
    is_marked = cell.startswith("'") and (FORMULA.match(cell[1:]) or cell[1:].isdigit())
    return cell[1:].strip() if is_marked else cell


class _Unpacked(io.RawIOBase):
    """What is read of a compressed file, up to a limit."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._left = stream, MAX_UNPACKED

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        block = self._stream.read(len(buffer))
        self._left -= len(block)
        if self._left < 0:
            raise ImportRefused(_("Unpacked, this file is larger than can be read here. Hand it in in parts."))
        buffer[: len(block)] = block
        return len(block)

    def close(self) -> None:
        self._stream.close()
        super().close()


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(HEAD)
    except OSError as error:
        raise ImportRefused(_("The file cannot be read: %(why)s.") % {"why": error.__class__.__name__}) from error


def _open(path: Path) -> IO[bytes]:
    head = _head(path)
    if head.startswith(GZIP):
        return io.BufferedReader(_Unpacked(cast(IO[bytes], gzip.open(path, "rb"))), BLOCK)
    if head.startswith(XZ):
        return io.BufferedReader(_Unpacked(cast(IO[bytes], Unxz(path))), BLOCK)
    return path.open("rb")


def _blocks(path: Path) -> Iterator[bytes]:
    with _open(path) as stream:
        yield from iter(partial(stream.read, BLOCK), b"")


def _encoding(path: Path, wanted: str) -> str:
    """As wanted, else as the content looks. Raises ImportRefused where no encoding fits all of it."""
    _text_check(next(_blocks(path), b"")[:HEAD])
    if wanted == "auto":
        found = encoding_of(lambda: _blocks(path))
        if not found:
            raise ImportRefused(
                _("In which encoding this file is cannot be told. Save it as CSV in UTF-8, or name the encoding.")
            )
        return found
    name = {"utf-8": "utf-8-sig"}.get(wanted, wanted)
    if not decodes(_blocks(path), name):
        raise ImportRefused(
            _("The file is not in the encoding %(name)s. Name the right one, or save it as UTF-8.") % {"name": wanted}
        )
    return name


def _text_check(head: bytes) -> None:
    if head.startswith((SPREADSHEET, EMPTY_ARCHIVE)):
        raise ImportRefused(_("This is a spreadsheet or an archive. Save it as CSV first."))
    if head.startswith(OLD_OFFICE):
        raise ImportRefused(
            _("This is an old Excel workbook (.xls), or one with a password. Save it as .xlsx without one, or as CSV.")
        )
    if head.startswith(PDF):
        raise ImportRefused(_("This is a PDF. A table is needed: CSV or an Excel workbook (.xlsx)."))


def _first(lines: Iterator[str], *, after: int = 0) -> tuple[int, str]:
    """The first line that says something, with its number."""
    for number, line in enumerate(lines, start=after + 1):
        if line.strip():
            return number, line
    return after + 1, ""


def _unquoted(line: str) -> str:
    return "".join(line.split('"')[::2])


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


def _split_rows(lines: Iterator[str], start: int) -> Iterator[Row]:
    for number, line in enumerate(lines, start=start):
        cells = line.split()
        if cells:
            yield Row(number, cells)


def _csv_rows(lines: Iterator[str], delimiter: str, start: int) -> Iterator[Row]:
    reader = csv.reader(lines, delimiter=delimiter)
    begin = start
    try:
        for cells in reader:
            if any(cells):
                yield Row(begin, cells)
            begin = reader.line_num + start
    except csv.Error as error:
        raise _unreadable(begin) from error


def _unreadable(line: int) -> ImportRefused:
    return ImportRefused(
        _("From line %(line)s on the file cannot be read. Is a quotation mark left open there?") % {"line": line}
    )
