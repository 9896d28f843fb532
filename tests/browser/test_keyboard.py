"""Everything that matters can be done without a mouse, and one always sees where one is."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.eyes import findings
from tests.browser.hands import READING_MILLISECONDS, tab_to
from tests.installation import Installation

pytestmark = [pytest.mark.any_database, pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_the_friends_form(desk: Page, places: dict[str, str]) -> None:
    desk.goto(places["link"])
    tab_to(desk, desk.get_by_label("Your name"))
    desk.keyboard.type("Karl Tastatur")
    tab_to(desk, desk.get_by_label("E-mail address"))
    desk.keyboard.type("karl.tastatur@mail.example")
    tab_to(desk, desk.get_by_label("may use these details"))
    desk.keyboard.press("Space")
    desk.wait_for_timeout(READING_MILLISECONDS)
    tab_to(desk, desk.locator("#claim").get_by_role("button", name="Claim your 10 %"))
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="Thank you for coming by")).to_be_visible()


def test_less_mail_and_back_again(desk: Page, house: Installation) -> None:
    ask = next(mail for mail in house.mails(to="grace.whitfield@mail.example") if "/u/" in mail.text)
    desk.goto(ask.link("/u/"))
    tab_to(desk, desk.get_by_role("button", name="Stop all invitations"))
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="Done, we are quiet now")).to_be_visible()
    tab_to(desk, desk.get_by_role("button", name="That was a mistake, write to me again"))
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="Less mail from us?")).to_be_visible()


def test_a_verb_and_its_dialog(colleague: Callable[[str], Page]) -> None:
    maya = colleague("maya")
    maya.get_by_role("link", name="Sindre Moen").click()
    verb = maya.get_by_role("button", name="I got in touch", exact=True)
    dialog = maya.get_by_role("dialog")
    tab_to(maya, verb)
    maya.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    assert findings(maya) == []
    maya.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(verb).to_be_focused()
    maya.keyboard.press("Enter")
    tab_to(maya, dialog.get_by_label("Note"))
    maya.keyboard.type("By keyboard.")
    tab_to(maya, dialog.get_by_role("button", name="I got in touch"))
    maya.keyboard.press("Enter")
    expect(maya.get_by_text("You are in touch with Sindre Moen.")).to_be_visible()


def test_the_search_is_one_key_away(colleague: Callable[[str], Page]) -> None:
    maya = colleague("maya")
    maya.keyboard.press("/")
    maya.keyboard.type("Harriet")
    maya.keyboard.press("Enter")
    expect(maya.get_by_role("link", name="Harriet Coleman").first).to_be_visible()


def test_the_verbs_behind_more(colleague: Callable[[str], Page]) -> None:
    maya = colleague("maya")
    maya.goto("/admin/advocates/contact/?q=Lena")
    maya.locator("#result_list tbody th a").first.click()
    more = maya.locator(".person-verbs summary")
    tab_to(maya, more)
    maya.keyboard.press("Enter")
    verb = maya.get_by_role("button", name="Agreed on the phone", exact=True)
    tab_to(maya, verb)
    maya.keyboard.press("Enter")
    expect(maya.get_by_role("dialog")).to_be_visible()
    maya.keyboard.press("Escape")
    expect(maya.get_by_role("dialog")).to_be_hidden()
