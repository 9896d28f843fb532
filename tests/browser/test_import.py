"""A colleague brings a file of customers in: looks, maps, starts, goes away, and comes back to the summary."""

import re
import secrets
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE
from tests.browser.eyes import Watch
from tests.browser.hands import do
from tests.installation import Installation

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

Colleague = Callable[..., Page]

# As German office programs save it: semicolons, Windows-1252, and a column that only they know.
PEOPLE = """Kundennummer;E-Mail;Vorname;Nachname;Land;Schuhgröße
K-801-{mark};juergen.{mark}@mail.example;Jürgen;Müller;DE;44
K-802-{mark};baerbel.{mark}@mail.example;Bärbel;Groß;DE;38
K-803;nobody;Niemand;Hier;DE;
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Nobody in it is known: the tests share one installation, in any order."""
    path = tmp_path / "kunden.csv"
    path.write_bytes(PEOPLE.format(mark=secrets.token_hex(4)).encode("cp1252"))
    return path


def hand_in(page: Page, file: Path, source: str) -> None:
    page.goto("/admin/advocates/importrun/")
    page.get_by_role("link", name="Import a file").first.click()
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_label("Where it comes from").fill(source)
    page.get_by_role("button", name="Look at its columns").click()
    page.wait_for_url("**/columns/")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_file_is_mapped_imported_and_taken_back(
    colleague: Colleague, house: Installation, watches: list[Watch], file: Path, size: dict[str, int]
) -> None:
    mira = colleague("mira", size=size)
    source = f"crm-{size['width']}"
    hand_in(mira, file, source)
    mira.get_by_label("What “Schuhgröße” holds").select_option(label="Keep as a further fact")
    expect(mira.get_by_text("not an e-mail address")).to_be_visible()
    mira.get_by_role("button", name=re.compile("Try out")).click()
    expect(mira.get_by_text("Tried out with the first 3 rows")).to_be_visible()
    watches[0].look("import-columns")
    mira.get_by_role("button", name="Start the import").click()
    mira.wait_for_url("**/change/")
    # Away and back: the beat is not part of this house, so that its job is run by hand meanwhile.
    run = mira.url
    mira.goto("/admin/")
    house.manage("jobs", "run", "imports_run")
    mira.goto(run)
    expect(mira.get_by_text("100 %").first).to_be_visible()
    watches[0].look("import-done")
    with mira.expect_download() as download:
        mira.get_by_role("link", name="Download the refused rows").click()
    assert "nobody" in Path(download.value.path()).read_text(encoding="utf-8-sig")
    hand_in(mira, file, source)
    expect(mira.get_by_text("as the last time").first).to_be_visible()
    expect(mira.get_by_text("as it is", exact=True).first).to_be_visible()
    mira.goto(run)
    do(mira, "Take the import back")
    expect(mira.get_by_text("Taken back: 2 people are gone")).to_be_visible()


def test_the_page_follows_the_import_by_itself(colleague: Colleague, house: Installation, file: Path) -> None:
    mira = colleague("mira")
    hand_in(mira, file, "followed")
    mira.get_by_role("button", name="Start the import").click()
    mira.wait_for_url("**/change/")
    house.manage("jobs", "run", "imports_run")
    expect(mira.get_by_text("100 %").first).to_be_visible(timeout=10_000)


def test_a_file_that_is_none_is_told_in_place(colleague: Colleague, tmp_path: Path) -> None:
    path = tmp_path / "old.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512)
    mira = colleague("mira")
    mira.goto("/admin/advocates/importrun/add/")
    mira.get_by_label("File", exact=True).set_input_files(path)
    mira.get_by_label("Where it comes from").fill("crm")
    mira.get_by_role("button", name="Look at its columns").click()
    expect(mira.get_by_text("This is an old Excel workbook")).to_be_visible()
    expect(mira.get_by_label("Where it comes from")).to_have_value("crm")
