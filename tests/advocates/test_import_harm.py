"""Files that mean harm to who reads them, or to who opens the list of refused rows in a spreadsheet."""

import lzma

import pytest

from advocates.errors import ImportRefused, RowRefused
from advocates.imports import cells, packed
from advocates.imports.files import formula_safe, open_table, plain_text

FORMULAS = ("=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠A1", "  =1+1", "\u3000＝1")


def read(tmp_path, content):
    path = tmp_path / "file"
    path.write_bytes(content)
    with open_table(path) as table:
        return [table.header, *(row.cells for row in table.rows)]


@pytest.mark.parametrize("cell", FORMULAS)
def test_no_spreadsheet_reckons_with_a_cell(cell):
    assert formula_safe(cell) == f"'{cell}"
    assert plain_text(formula_safe(cell)) == cell.strip()


def test_an_xz_that_wants_the_memory_of_the_house_is_refused(tmp_path):
    # "id,email\n1,a@b.example\n" with a dictionary of 512 MB; making it here would take gigabytes.
    content = bytes.fromhex(
        "fd377a585a000004e6d6b44602002101220000008240acdc01001669642c656d61696c0a312c6140622e6578616d706c650a0000"
        "3bfb310f3888e76000012f17810849b11fb6f37d010000000004595a"
    )
    with pytest.raises(ImportRefused, match="LZMAError"):
        read(tmp_path, content)


def test_an_xz_in_several_parts_is_one_file(tmp_path):
    parts = lzma.compress(b"id,email\n", preset=9), bytes(8), lzma.compress(b"1,a@b.example\n")
    assert read(tmp_path, b"".join(parts)) == [["id", "email"], ["1", "a@b.example"]]


def test_an_xz_that_is_cut_short_is_refused(tmp_path):
    with pytest.raises(ImportRefused, match="EOFError"):
        read(tmp_path, lzma.compress(b"id,email\n" * 1_000)[:-8])


def test_xz_is_unpacked_as_it_is_asked_for(tmp_path):
    path = tmp_path / "zeros.xz"
    path.write_bytes(lzma.compress(bytes(3 * packed.BLOCK)))
    stream = packed.Unxz(path)
    assert len(stream.read(1_000)) <= 1_000
    stream.close()


def test_a_first_line_without_end_is_refused_in_words(tmp_path):
    with pytest.raises(ImportRefused, match="From line 1 on"):
        read(tmp_path, f"id,{'x' * 200_000}\n".encode())


@pytest.mark.parametrize("day", ["0001-01-01T00:00+14:00", "9999-12-31T23:00-14:00"])
def test_a_day_that_no_database_keeps_is_refused_in_its_row(day):
    with pytest.raises(RowRefused):
        cells.moment(day)
