"""A real Chromium against a live server."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import chromium

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1440, "height": 900}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # Playwright's own event loop makes Django believe that it runs inside async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield started
        started.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def site(live_server: Any, settings: Any) -> str:
    """Address of the live server; the links in mails and pages lead there too."""
    settings.SITE_URL = live_server.url
    return str(live_server.url)


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A desktop window. Console errors, broken CSP among them, fail the test."""
    context = browser.new_context(viewport=DESKTOP, base_url=site, locale="en-GB")
    opened = context.new_page()
    errors: list[str] = []
    opened.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert errors == []


@pytest.fixture
def phone(page: Page) -> Page:
    """The same window in the size of a phone."""
    page.set_viewport_size(PHONE)
    return page
