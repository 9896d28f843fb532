"""Marketing asks a question about people, sees at once who answers to it, and keeps it as a segment."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.conftest import DESK, PHONE
from tests.browser.eyes import Watch
from tests.browser.test_import import Colleague

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@contextmanager
def lines_anew(page: Page) -> Iterator[None]:
    """The lines come anew after some presses: what is typed before that would be lost."""
    lines = page.locator("#segment-rows > fieldset")
    lines.evaluate_all("(all) => all.forEach((one) => one.setAttribute('data-old', ''))")
    yield
    expect(page.locator("#segment-rows > [data-old]")).to_have_count(0)


def choose(page: Page, control: str, label: str) -> None:
    with lines_anew(page):
        page.locator(control).select_option(label=label)


def line(page: Page, number: int, field: str, operator: str, value: str = "") -> None:
    """Fill in one line; what it can be compared with comes once it is known what is asked about."""
    choose(page, f"#field-{number}", field)
    choose(page, f"#operator-{number}", operator)
    if not value:
        return
    control = page.locator(f"#value-{number}")
    if control.evaluate("(one) => one.tagName") == "SELECT":
        control.select_option(label=value)
    else:
        control.fill(value)


def count(page: Page) -> int:
    return int(page.locator(".segment-count .total").inner_text())


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_segment_is_written_seen_and_saved(colleague: Colleague, watches: list[Watch], size: ViewportSize) -> None:
    mira = colleague("mira", size=size)
    mira.goto("/admin/advocates/segment/")
    mira.get_by_role("link", name="Add segment").click()
    name = f"Regulars at {size['width']}"
    preview = mira.locator("#segment-preview")
    expect(preview.get_by_text("here you see who answers to it")).to_be_visible()
    mira.get_by_label("Name", exact=True).fill(name)
    line(mira, 0, "Purchases", "at least", "3")
    expect(preview.get_by_text("Purchases: at least 3")).to_be_visible()
    bought = count(mira)
    assert bought > 1
    line(mira, 1, "NPS", "is", "promoter (9 or 10)")
    expect(preview.get_by_text("Everybody with all of this")).to_be_visible()
    recommend = count(mira)
    assert 0 < recommend < bought
    with lines_anew(mira):
        mira.locator("#add-not").click()
    line(mira, 2, "Country", "is", "Germany")
    expect(preview.get_by_text("Without this")).to_be_visible()
    abroad = count(mira)
    assert 0 < abroad < recommend
    watches[0].look("segment-written")
    mira.get_by_role("button", name="Save the segment").click()
    expect(mira.get_by_text(f"“{name}” is saved.")).to_be_visible()
    expect(mira.locator(".sentence")).to_have_text(re.compile("Everybody with all of this.*Without this"))
    assert count(mira) == abroad
    expect(mira.locator("#members ~ .tabular tbody tr")).to_have_count(abroad)
