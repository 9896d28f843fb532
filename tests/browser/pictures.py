"""The pictures of the README, from the demo's data. Taken when it is named: pytest tests/browser/pictures.py"""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.conftest import Open
from tests.browser.hands import enter_portal
from tests.installation import Installation

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
OMAR, GRACE = "omar.diallo@mail.example", "grace.whitfield@mail.example"


def test_pictures(open_window: Open, colleague: Callable[[str], Page], house: Installation) -> None:
    PICTURES.mkdir(exist_ok=True)
    desk, ada = open_window(color_scheme="light"), colleague("ada")
    ask = next(mail for mail in house.mails(to=OMAR) if "/a/" in mail.text)
    desk.goto(ask.link("/a/"))
    desk.goto(desk.locator("[data-copy]").first.get_attribute("data-copy") or "")
    take(desk, "landing")
    enter_portal(desk, house.manage("portal_link", GRACE).strip().splitlines()[-1])
    take(desk, "portal")
    take(ada, "console")
    ada.goto("/admin/referrals/referral/?q=Harriet")
    ada.locator("#result_list tbody th a").first.click()
    ada.wait_for_load_state()
    take(ada, "referral")
    ada.goto("/admin/advocates/circlechoice/")
    take(ada, "circle")
    ada.goto("/admin/advocates/contact/?q=omar.diallo")
    ada.locator("#result_list tbody th a").first.click()
    ada.wait_for_load_state()
    take(ada, "person")


def take(page: Page, name: str) -> None:
    page.screenshot(path=PICTURES / f"{name}.png")
