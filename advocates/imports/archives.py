"""What may be unpacked: looked at before anything is parsed, since a few kilobytes can hold gigabytes.

The end of a ZIP says how long its list of entries is; only a short list is read. The sizes in it may lie, and Python's
`read()` then inflates all that there is before it cuts: each entry is first inflated piece by piece, and not a byte
past the size that it states.
"""

import copy
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from advocates.errors import ImportRefused

MEGABYTE = 1 << 20
MAX_FILE = 20 * MEGABYTE
MAX_UNPACKED = 50 * MEGABYTE
MAX_ENTRIES = 1_000
MAX_LIST = 256 * 1024
MAX_RATIO = 100
# A short entry of blanks shrinks a thousandfold and harms nobody.
RATIO_FROM = MEGABYTE
BLOCK = 64 * 1024
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ARCHIVES = (".zip", ".gz", ".bz2", ".xz", ".7z", ".rar", ".tar", ".tgz", ".xlsx", ".xlsm", ".docx", ".pptx", ".ods")

_END = b"PK\x05\x06"
_END_64 = b"PK\x06\x07"
_END_SIZE, _END_64_SIZE = 22, 20
_LONGEST_COMMENT = 0xFFFF


@dataclass(frozen=True, slots=True)
class _End:
    entries: int
    list_size: int
    is_64: bool


def archive_check(path: Path) -> list[str]:
    """The names in a ZIP that is safe to unpack. Raises ImportRefused for any other, without unpacking anything."""
    if path.stat().st_size > MAX_FILE:
        raise _too_much()
    with path.open("rb") as stream:
        end = _end_of(stream, path.stat().st_size)
    if end.is_64 or end.entries > MAX_ENTRIES or end.list_size > MAX_LIST:
        raise ImportRefused(
            _("This archive has more than %(limit)s parts, which no workbook needs. Save the sheet as CSV.")
            % {"limit": MAX_ENTRIES}
        )
    try:
        with zipfile.ZipFile(path) as archive:
            _entries_check(archive.infolist())
            for entry in archive.infolist():
                _size_check(archive, entry)
            return archive.namelist()
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise _broken() from error


def _end_of(stream: BinaryIO, size: int) -> _End:
    stream.seek(max(0, size - _LONGEST_COMMENT - _END_SIZE - _END_64_SIZE))
    tail = stream.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_SIZE:
        raise _broken()
    entries, list_size = struct.unpack("<10xHI6x", tail[at : at + _END_SIZE])
    return _End(entries, list_size, tail[max(0, at - _END_64_SIZE) : at].startswith(_END_64))


def _entries_check(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise _too_much()
    for entry in entries:
        if entry.flag_bits & 1:
            raise ImportRefused(_("This workbook has a password. Save it without one, or as CSV."))
        if entry.file_size > RATIO_FROM and entry.file_size > MAX_RATIO * max(1, entry.compress_size):
            raise _too_much()
        if PurePosixPath(entry.filename).suffix.lower() in ARCHIVES:
            raise ImportRefused(_("There is another archive inside this one. Take it out, or save the sheet as CSV."))
        if entry.compress_type not in METHODS:
            raise _broken()


def _size_check(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    longer = copy.copy(entry)
    longer.file_size += 1
    with archive.open(longer) as stream:
        read = 0
        while block := stream.read(BLOCK):
            read += len(block)
    if read != entry.file_size:
        raise _broken()


def _too_much() -> ImportRefused:
    return ImportRefused(
        _("Packed or unpacked, this workbook is larger than can be read safely (%(packed)s and %(unpacked)s MB). ")
        % {"packed": MAX_FILE // MEGABYTE, "unpacked": MAX_UNPACKED // MEGABYTE}
        + str(_("Save the sheet as CSV: that may be far longer."))
    )


def _broken() -> ImportRefused:
    return ImportRefused(_("This file is damaged or cut short. Save it again, or save the sheet as CSV."))
