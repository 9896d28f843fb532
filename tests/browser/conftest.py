"""A real Chromium against a real installation: web server, worker and demo data, made once for all browser tests."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.browser.eyes import Watch
from tests.browser.hands import claim, sign_in
from tests.browser.scenery import FURTHER
from tests.conftest import chromium
from tests.installation import Installation, running

PHONE: ViewportSize = {"width": 390, "height": 844}
TABLET: ViewportSize = {"width": 768, "height": 1024}
DESK: ViewportSize = {"width": 1440, "height": 900}
# Nothing that the browser does by itself may look like a request of ours.
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with running(tmp_path_factory.mktemp("house")) as started:
        started.manage("demo_data")
        yield started


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=SWITCHES)
        yield started
        started.close()


@pytest.fixture
def watches() -> Iterator[list[Watch]]:
    """Of all windows that a test opens. What they saw fails it."""
    opened: list[Watch] = []
    yield opened
    assert [problem for watch in opened for problem in watch.problems] == []


@pytest.fixture
def open_window(browser: Browser, house: Installation, watches: list[Watch]) -> Iterator[Open]:
    """`open_window(PHONE)`: somebody's own browser, without cookies; further options as for a Playwright context."""
    contexts = []

    def opened(size: ViewportSize = DESK, **options: Any) -> Page:
        context = browser.new_context(
            viewport=size, has_touch=size is PHONE, base_url=house.url, locale="en-GB", **options
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        watches.append(Watch(page, house.url))
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def phone(open_window: Open) -> Page:
    return open_window(PHONE)


@pytest.fixture
def desk(open_window: Open) -> Page:
    return open_window(DESK)


@pytest.fixture
def colleague(open_window: Open) -> Callable[[str], Page]:
    """`colleague("maya")`: a member of staff, signed in at a desk of their own."""

    def signed_in(name: str, **options: Any) -> Page:
        page = open_window(**options)
        sign_in(page, name)
        return page

    return signed_in


@pytest.fixture(scope="session")
def places(house: Installation, browser: Browser) -> dict[str, str]:
    """Addresses that only a mail, or a step before, tells: a link, a thank-you page, a survey, an editor."""
    ask = next(mail for mail in house.mails(to="omar.diallo@mail.example") if "/u/" in mail.text)
    context = browser.new_context(viewport=DESK, base_url=house.url, locale="en-GB")
    page = context.new_page()
    page.goto(ask.link("/a/"))
    link = page.locator("[data-copy]").first.get_attribute("data-copy")
    assert link
    page.goto(link)
    claim(page, name="Wiebke Jansen", email="wiebke.jansen@mail.example")
    found = {"advocate": ask.link("/a/"), "unsubscribe": ask.link("/u/"), "link": link, "thanks": page.url}
    told = house.manage("shell", "-v", "0", "-c", FURTHER).split()
    found |= dict(zip(("survey", "survey_thanks", "why_person", "segment_edit"), told, strict=True))
    context.close()
    return found
