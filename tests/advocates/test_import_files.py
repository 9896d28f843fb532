"""Files as other systems save them, and files that mean harm."""

import gzip
import io
import lzma
import struct
import tracemalloc
import zipfile
import zlib
from datetime import date, datetime

import openpyxl
import pytest

from advocates.errors import ImportRefused
from advocates.imports import archives, files, xlsx
from advocates.imports.encoding import encoding_of
from advocates.imports.files import Reading, open_table

# Excel knows no zones.
MORNING = datetime(2026, 3, 1, 9, 30)  # noqa: DTZ001

# What people of each language write into a file, and the encodings in which it may come.
TEXTS = {
    "German": ("Name,Ort\nJürgen Müller,Köln\nBärbel Groß,Düsseldorf\n", ("cp1252", "latin-1", "mac_roman")),
    "one German": ("Name,Ort\nLena Groß,Bonn\n", ("cp1252", "mac_roman")),
    "French": ("nom,ville\nRené Lefèvre,Orléans\nFrançois d’Été,Nîmes\n", ("cp1252", "mac_roman")),
    "Spanish": ("nombre,ciudad\nSofía Marín,León\nNúñez Peña,Cádiz\n", ("cp1252", "mac_roman")),
    "Norwegian": ("navn,by\nBjørn Ødegård,Tromsø\nKåre Sæther,Ålesund\n", ("cp1252", "mac_roman")),
    "Polish": ("imię,miasto\nŁukasz Wiśniewski,Łódź\nMałgorzata Dąbrowska,Gdańsk\n", ("cp1250",)),
    "Czech": ("jméno,město\nJiří Dvořák,Plzeň\nŽofie Kučerová,Třebíč\n", ("cp1250",)),
    "Turkish": ("ad,şehir\nAyşe Yılmaz,İzmir\nÇağlar Şahin,Muğla\n", ("cp1254",)),
    "Russian": ("имя,город\nИван Петров,Казань\nОльга Смирнова,Тула\n", ("cp1251",)),
    "Japanese": ("氏名,会社\n田中ゆき,株式会社サクラ\n高橋健一,フェルンウェイ\n", ("cp932", "euc_jp")),
    "Japanese names": ("name,town\n高橋健一,東京\n田中裕子,大阪\n佐藤美咲,名古屋\n", ("cp932",)),
    "Korean": ("이름,회사\n김민준,주식회사 하늘\n이서연,서울\n", ("cp949",)),
    "one Korean": ("name,town\n김민준,Seoul\n", ("cp949",)),
    "Chinese": ("姓名,公司\n陈美,上海贸易有限公司\n王小明,北京\n", ("gb18030",)),
    "Chinese names": ("name,town\n陈美,北京\n张伟,上海\n", ("gb18030",)),
    "Taiwanese": ("姓名,公司\n陳美玲,台北貿易有限公司\n林志明,高雄\n", ("big5",)),
}
UNICODE = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32")
OLD = [(words, encoding) for words, encodings in TEXTS.values() for encoding in encodings]
NEW = [(words, encoding) for words, _encodings in TEXTS.values() for encoding in UNICODE]


def read(path, **reading):
    with open_table(path, reading=Reading(**reading)) as table:
        return [table.header, *(row.cells for row in table.rows)]


def kept(tmp_path, content, name="file.csv"):
    path = tmp_path / name
    path.write_bytes(content)
    return path


def workbook(tmp_path, *rows, **sheets):
    book = openpyxl.Workbook()
    for cells in rows:
        book.active.append(cells)
    for title, cells in sheets.items():
        book.create_sheet(title).append(cells)
    path = tmp_path / "book.xlsx"
    book.save(path)
    return path


# --- encodings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("words", "encoding"), OLD + NEW)
def test_a_text_is_read_in_the_encoding_that_it_was_written_in(tmp_path, words, encoding):
    lines = [line.split(",") for line in words.splitlines()]
    assert read(kept(tmp_path, words.encode(encoding))) == lines


def test_a_mark_that_lies_is_found():
    assert encoding_of(lambda: iter([b"\xef\xbb\xbfM\xfcller"])) is None


def test_utf_8_with_a_broken_letter_is_not_taken_for_something_old():
    content = "Müller, Größe, Straße, Köln, Ærø".encode().replace("ö".encode(), b"\xc3", 1)
    assert encoding_of(lambda: iter([content])) is None


def test_a_named_encoding_goes_before_what_the_content_looks_like(tmp_path):
    path = kept(tmp_path, "name\n高橋\n".encode("euc_jp"))
    assert read(path, encoding="euc_jp") == [["name"], ["高橋"]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends_are_told_by_the_first_line(tmp_path, delimiter, end):
    lines = [delimiter.join(['"email, or none"', "name"]), delimiter.join(["a@b.example", "Lena"])]
    assert read(kept(tmp_path, end.join(lines).encode())) == [["email, or none", "name"], ["a@b.example", "Lena"]]


def test_excels_own_first_line_names_the_delimiter(tmp_path):
    path = kept(tmp_path, b"sep=;\nemail;a,b,c,d\na@b.example;1\n")
    with open_table(path) as table:
        assert table.header == ["email", "a,b,c,d"]
        assert [row.line for row in table.rows] == [3]


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress], ids=["gz", "xz"])
def test_a_packed_file_is_known_by_its_content_not_its_name(tmp_path, pack):
    assert read(kept(tmp_path, pack(b"a,b\n1,2\n"), "upload")) == [["a", "b"], ["1", "2"]]


def test_a_file_that_unpacks_without_end_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MAX_UNPACKED", 10_000)
    with pytest.raises(ImportRefused, match="Unpacked"):
        read(kept(tmp_path, gzip.compress(b"a,b\n" + b"1,2\n" * 10_000)))


# --- workbooks --------------------------------------------------------------------------------------------------------


def test_cells_of_a_workbook_are_read_as_a_person_would_write_them(tmp_path):
    path = workbook(
        tmp_path,
        ["id", "email", "date", "at", "amount", "phone", "yes", "nothing"],
        [7, "a@b.example", date(2026, 3, 1), MORNING, 0.1 + 0.2, 4915112345678.0, True, "#N/A"],
        [],
        ["C-8", "b@b.example", None, None, 12.5, 1e15, False, None],
    )
    assert read(path) == [
        ["id", "email", "date", "at", "amount", "phone", "yes", "nothing"],
        ["7", "a@b.example", "2026-03-01", "2026-03-01T09:30:00", "0.3", "4915112345678", "true"],
        ["C-8", "b@b.example", "", "", "12.5", "1000000000000000", "false"],
    ]


def test_the_sheet_that_was_named_is_read_else_the_first(tmp_path):
    path = workbook(tmp_path, ["first"], second=["second"])
    assert read(path) == [["first"]]
    assert read(path, sheet="second") == [["second"]]
    with pytest.raises(ImportRefused, match="second"):
        read(path, sheet="third")


def test_a_workbook_with_more_rows_than_may_be_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(xlsx, "MAX_ROWS", 3)
    with pytest.raises(ImportRefused, match="more than 3 rows"):
        read(workbook(tmp_path, ["a"], *([n] for n in range(4))))
    assert len(read(workbook(tmp_path, ["a"], *([n] for n in range(3))))) == 4


def test_a_lone_cell_at_the_end_of_the_world_makes_no_world(tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"] = "email"
    book.active["XFD1048576"] = "far"
    book.save(tmp_path / "far.xlsx")
    tracemalloc.start()
    try:
        with pytest.raises(ImportRefused, match="rows"):
            read(tmp_path / "far.xlsx")
        assert tracemalloc.get_traced_memory()[1] < 30 << 20
    finally:
        tracemalloc.stop()


# --- bombs ------------------------------------------------------------------------------------------------------------


def packed(tmp_path, entries, method=zipfile.ZIP_DEFLATED):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return path


def swollen(tmp_path, content, part="xl/worksheets/sheet1.xml"):
    """A real workbook with one part put in place of its own."""
    with zipfile.ZipFile(workbook(tmp_path, ["email"], ["a@b.example"])) as archive:
        entries = [(name, archive.read(name)) for name in archive.namelist() if name != part]
    return packed(tmp_path, [*entries, (part, content)])


def lied(path, name, size):
    """The list of entries states another size for one of them."""
    content = bytearray(path.read_bytes())
    at = content.index(b"PK\x01\x02")
    while content[at + 46 : at + 46 + len(name)] != name.encode():
        at = content.index(b"PK\x01\x02", at + 1)
    content[at + 24 : at + 28] = struct.pack("<I", size)
    # The checksum of what would be left, as a thorough liar states it.
    with zipfile.ZipFile(path) as archive:
        content[at + 16 : at + 20] = struct.pack("<I", zlib.crc32(archive.read(name)[:size]))
    path.write_bytes(content)
    return path


def laughs():
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{entities}]><worksheet>&l9;</worksheet>'


def sheet_of(megabytes):
    row = b'<row r="1"><c r="A1" t="inlineStr"><is><t>' + b"a" * 950 + b"</t></is></c></row>"
    return b"<worksheet><sheetData>" + row * (megabytes * 1024) + b"</sheetData></worksheet>"


BOMBS = {
    "64 MB in 227 KB": lambda tmp: swollen(tmp, sheet_of(64)),
    "a nested archive": lambda tmp: packed(tmp, [("xl/workbook.xml", "<x/>"), ("inner.zip", b"PK\x03\x04")]),
    "100,000 parts": lambda tmp: packed(tmp, [(str(n), b"") for n in range(100_000)], zipfile.ZIP_STORED),
    "a billion laughs": lambda tmp: swollen(tmp, laughs()),
    "a size that lies": lambda tmp: lied(swollen(tmp, sheet_of(20)), "xl/worksheets/sheet1.xml", 4_000),
    "styles that lie": lambda tmp: lied(swollen(tmp, sheet_of(20), "xl/styles.xml"), "xl/styles.xml", 99),
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_refused_before_it_goes_off(tmp_path, bomb, monkeypatch):
    path = bomb(tmp_path)
    inflated: list[int] = []
    monkeypatch.setattr(zipfile.ZipExtFile, "read", counted(zipfile.ZipExtFile.read, inflated))
    tracemalloc.start()
    try:
        with pytest.raises(ImportRefused):
            read(path)
        assert tracemalloc.get_traced_memory()[1] < 30 << 20
    finally:
        tracemalloc.stop()
    assert sum(inflated) < 1 << 20


def counted(true_read, inflated):
    def reading(stream, n=-1):
        found = true_read(stream, n)
        inflated.append(len(found))
        return found

    return reading


def test_the_list_of_parts_is_not_read_where_it_is_too_long(tmp_path, monkeypatch):
    path = BOMBS["100,000 parts"](tmp_path)
    monkeypatch.setattr(zipfile, "ZipFile", None)
    with pytest.raises(ImportRefused, match="parts"):
        archives.archive_check(path)


def test_an_archive_without_an_end_is_refused(tmp_path):
    with pytest.raises(ImportRefused, match="damaged"):
        read(kept(tmp_path, workbook(tmp_path, ["a"]).read_bytes()[:-30]))


# --- what is no table -------------------------------------------------------------------------------------------------

STRANGERS = {
    "old Excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, r"\.xls"),
    "PDF": (b"%PDF-1.7\n", "PDF"),
    "nothing": (b"", "empty"),
    "blank lines": (b"\n\n\n", "empty"),
}


@pytest.mark.parametrize(("content", "says"), STRANGERS.values(), ids=STRANGERS)
def test_what_is_no_table_is_told_what_to_do(tmp_path, content, says):
    with pytest.raises(ImportRefused, match=says):
        read(kept(tmp_path, content))


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("content.xml", "OpenDocument"),
        ("Index/Tables.iwa", "Numbers"),
        ("xl/workbook.bin", "xlsb"),
        ("readme.txt", "archive, not a workbook"),
    ],
)
def test_an_archive_of_something_else_is_told_what_to_do(tmp_path, name, says):
    with pytest.raises(ImportRefused, match=says):
        read(packed(tmp_path, [(name, b"x")]))


def test_a_text_that_is_said_to_be_a_workbook_is_refused(tmp_path):
    with pytest.raises(ImportRefused, match="no Excel workbook"):
        read(kept(tmp_path, b"a,b\n"), format="xlsx")


def test_a_workbook_never_reckons(tmp_path):
    """Formulas come as the values that were saved with them; without any, as nothing."""
    path = workbook(tmp_path, ["email", "name"], ["a@b.example", "=1+1"])
    assert read(path) == [["email", "name"], ["a@b.example"]]
    assert io.BytesIO(path.read_bytes()).read(4) == files.SPREADSHEET
