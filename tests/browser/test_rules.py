"""Marketing writes a rule without code: it reads as a sentence as it grows, and changing it makes the next version."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import PHONE, TABLET
from tests.browser.eyes import Watch, findings
from tests.browser.hands import do, tab_to
from tests.browser.test_import import Colleague

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SLOW = 1.2


def condition(page: Page, kind: str) -> str:
    """Add one by the keyboard; the number of its line."""
    page.locator("[data-add=all]").focus()
    page.keyboard.press("Enter")
    line = page.locator("[data-lines=all] [data-line]").last.locator("[data-kind]")
    expect(line).to_be_focused()
    line.select_option(label=kind)
    return line.get_attribute("data-kind") or ""


def test_a_rule_is_written_read_saved_and_changed(colleague: Colleague, watches: list[Watch]) -> None:
    mira = colleague("mira")
    mira.goto("/admin/rewards/rewardrule/add/")
    mira.get_by_role("button", name="Write the rule").click()
    said, save = mira.locator("#rule-preview"), mira.get_by_role("button", name="Save the rule")
    expect(said.get_by_text("One thing is still to be said.")).to_be_visible()

    # Whoever is quicker than the server loses nothing: the form is never drawn anew.
    mira.route("**/preview/", lambda route: _slowly(mira, route))
    tab_to(mira, mira.get_by_label("When does it count?"))
    mira.keyboard.type("The friend buys")
    tab_to(mira, mira.locator("[data-rows=amounts]").get_by_label("Amount", exact=True).first)
    mira.keyboard.type("20.00")
    condition(mira, "It happens for the first time")
    number = condition(mira, "The sale is worth at least")
    mira.keyboard.press("Tab")
    mira.keyboard.type("7x")
    expect(said.get_by_role("link", name="At least: Write a number, such as 20.00.")).to_be_visible()
    least = mira.locator(f"#f-c{number}-minimum_amount-amounts")
    expect(least).to_be_focused()
    expect(least).to_have_value("7x")
    expect(least).to_have_attribute("aria-invalid", "true")
    expect(least).to_have_accessible_description("Write a number, such as 20.00.")
    least.fill("75")
    mira.locator(f"#f-kind-{number}").select_option(label="The product is one of")
    mira.locator(f"#f-kind-{number}").select_option(label="The sale is worth at least")
    expect(least).to_have_value("75")
    mira.unroute("**/preview/")

    mira.get_by_role("button", name="Add a limit").click()
    mira.keyboard.type("500")
    mira.get_by_label("In each").select_option(label="Year")
    expect(said.get_by_text("the advocate gets $20.00 in account credit.")).to_be_visible()
    expect(said.get_by_text("The sale is worth at least $75.00.")).to_be_visible()
    expect(said.get_by_text("At most $500.00 for each advocate a calendar year.")).to_be_visible()
    expect(said.get_by_text("still to be said")).to_have_count(0)
    expect(least).to_have_value("75")
    watches[0].look("rule-written")

    save.click()
    expect(mira.get_by_text("The rule is saved.")).to_be_visible()
    watches[0].look("rule-saved")

    mira.get_by_role("link", name="Change the rule").click()
    expect(said.get_by_text("Version 2 from now on.")).to_be_visible()
    mira.locator("[data-rows=amounts]").get_by_label("Amount", exact=True).first.fill("25.00")
    expect(said.get_by_text("the advocate gets $25.00 in account credit.")).to_be_visible()
    for size in (PHONE, TABLET):
        mira.set_viewport_size(size)
        watches[0].look("rule-changed")
    save.click()
    expect(mira.get_by_text("Saved: version 2 holds from now on.")).to_be_visible()
    expect(mira.locator("ins").get_by_text("the advocate gets $25.00 in account credit.")).to_be_visible()
    expect(mira.locator("del").get_by_text("the advocate gets $20.00 in account credit.")).to_be_visible()
    assert findings(mira) == []
    # Nobody after us is to be paid by it.
    do(mira, "Retire this rule")
    expect(mira.get_by_text("pays nobody new any more.")).to_be_visible()


def test_what_does_not_fit_is_not_offered_and_lines_come_and_go(colleague: Colleague) -> None:
    mira = colleague("mira")
    mira.goto("/admin/campaigns/campaign/")
    mira.locator("#result_list tbody th a").first.click()
    mira.locator("summary").filter(has_text="Edit").click()
    mira.get_by_role("link", name="Add a rule").click()
    share = mira.locator("[data-calculator] option[value=percent]")
    expect(share).to_be_enabled()
    mira.get_by_label("Coupon", exact=True).check()
    expect(share).to_be_disabled()
    expect(mira.locator("[data-rows=amounts]").get_by_label("Currency or unit").first).to_have_value("percent")
    how = mira.get_by_label("How is the amount worked out?")
    how.select_option(label="A prize that is drawn")
    expect(mira.locator("#f-amounts")).to_be_hidden()
    expect(mira.get_by_placeholder("Name of the prize")).to_be_visible()
    how.select_option(label="A fixed amount")
    expect(mira.locator("#f-amounts")).to_be_visible()
    mira.get_by_label("When does it count?").select_option(label="Somebody joins the campaign")
    mira.get_by_role("button", name="An exception").click()
    kind = mira.locator("[data-lines=not] [data-kind]")
    expect(kind.locator("option[value=minimum_amount]")).to_be_disabled()
    kind.select_option(label="The advocate's relation to us is one of")
    mira.get_by_label("partner", exact=True).check()
    expect(mira.locator("#rule-preview").get_by_text("None of these holds")).to_be_visible()
    mira.get_by_role("button", name="Remove this condition").click()
    expect(mira.get_by_role("button", name="An exception")).to_be_focused()
    expect(mira.locator("#rule-preview").get_by_text("None of these holds")).to_have_count(0)
    mira.get_by_role("button", name="Add a currency").first.click()
    expect(mira.locator("[data-rows=amounts] [data-row]")).to_have_count(2)
    mira.get_by_role("button", name="Save the rule").click()
    expect(mira.get_by_text("Not saved yet: look at what is marked.")).to_be_visible()
    expect(mira.locator("#f-amounts")).to_be_focused()
    assert findings(mira) == []


def _slowly(page: Page, route: Route) -> None:
    page.wait_for_timeout(SLOW * 1000)
    route.continue_()
