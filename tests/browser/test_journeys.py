"""The ways that people go here, from door to door, each at their own browser."""

import csv
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hands import claim, do, enter_portal
from tests.installation import Installation

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

AMARA, BENEDIKT = "amara.nwosu@mail.example", "benedikt.maier@mail.example"

Colleague = Callable[[str], Page]


def test_a_friend_comes_by_a_link_on_a_phone_and_leaves_with_a_code(phone: Page, places: dict[str, str]) -> None:
    phone.goto(places["link"])
    expect(phone.get_by_text("Omar Diallo recommends Fernway Coffee to you")).to_be_visible()
    phone.get_by_role("link", name="Claim your 10 %").first.tap()
    claim(phone, name="Freya Lindqvist", email="freya.lindqvist@mail.example")
    expect(phone.get_by_role("heading", name="Thank you for coming by")).to_be_visible()
    # The worker draws the code while the page asks for it.
    expect(phone.get_by_role("button", name="Copy code")).to_be_visible()
    phone.get_by_role("button", name="Copy code").tap()
    expect(phone.locator("#live")).not_to_be_empty()


def test_what_is_wrong_is_said_where_it_is_and_nothing_typed_is_lost(phone: Page, places: dict[str, str]) -> None:
    phone.goto(places["link"])
    phone.get_by_label("Your name").fill("Freya")
    phone.get_by_label("E-mail address").fill("freya@nowhere")
    phone.get_by_role("button", name="Claim your 10 %").tap()
    wrong = phone.get_by_label("E-mail address")
    expect(wrong).to_have_attribute("aria-invalid", "true")
    expect(wrong).to_be_focused()
    expect(phone.get_by_label("Your name")).to_have_value("Freya")


def test_an_advocate_goes_from_the_mail_to_the_link_and_on_to_the_portal(phone: Page, house: Installation) -> None:
    ask = next(mail for mail in house.mails(to=AMARA) if "/a/" in mail.text)
    phone.goto(ask.link("/a/"))
    expect(phone.get_by_role("button", name="Copy link")).to_be_visible()
    phone.get_by_role("button", name="QR code").tap()
    expect(phone.get_by_role("dialog").locator("svg").first).to_be_visible()
    phone.get_by_role("button", name="Close").tap()
    phone.get_by_role("link", name="See your friends and your rewards").tap()
    phone.get_by_label("E-mail address").fill(AMARA)
    phone.get_by_role("button", name="Send me the link").tap()
    expect(phone.get_by_role("heading", name="Look in your mailbox")).to_be_visible()
    house.manage("jobs", "run", "messages_send")
    link = house.mail(to=AMARA, subject="link").link("/portal/in/")
    enter_portal(phone, link)
    expect(phone.get_by_text("$20 credit for each friend who orders")).to_be_visible()
    phone.get_by_role("link", name="Friends").tap()
    expect(phone.get_by_text("Chidi Eze")).to_be_visible()
    phone.get_by_role("link", name="Rewards").tap()
    expect(phone.get_by_text("Account credit, thanks to Chidi Eze")).to_be_visible()
    phone.goto(link)
    expect(phone.get_by_role("heading", name="This link has been used or is too old")).to_be_visible()


def test_a_salesperson_wins_a_referral(colleague: Colleague) -> None:
    maya = colleague("maya")
    maya.get_by_role("link", name="Birgit Sommer").click()
    do(maya, "I got in touch", note="She asks for a tasting next week.")
    expect(maya.get_by_text("You are in touch with Birgit Sommer.")).to_be_visible()
    do(maya, "A good fit")
    maya.get_by_role("button", name="Won", exact=True).click()
    dialog = maya.get_by_role("dialog")
    dialog.get_by_label("Deal value").fill("1280.50")
    dialog.get_by_label("Currency").select_option("EUR")
    dialog.get_by_role("button", name="Won").click()
    expect(maya.get_by_text("Birgit Sommer is won. Both sides are thanked by mail.")).to_be_visible()
    expect(maya.get_by_text("€1,280.50").first).to_be_visible()
    expect(maya.get_by_text("She asks for a tasting next week.")).to_be_visible()
    expect(maya.get_by_role("button", name="Take back")).to_be_visible()


def test_finance_pays_under_four_eyes_and_marks_what_came_back(
    phone: Page, colleague: Colleague, house: Installation
) -> None:
    say_where_to_pay(phone, house, BENEDIKT)
    tom, ada = colleague("tom"), colleague("ada")
    tom.goto("/admin/rewards/payoutrun/prepare/")
    tom.get_by_role("button", name="Prepare €").click()
    expect(tom.get_by_text("Draft").first).to_be_visible()
    run = tom.url
    do(tom, "Approve")
    expect(tom.get_by_text("You prepared this run. A second person has to approve it.")).to_be_visible()
    ada.goto(run)
    do(ada, "Approve")
    expect(ada.get_by_text("Approved: the file for the bank can be made.")).to_be_visible()
    do(ada, "Make the file for the bank")
    with ada.expect_download() as taken:
        ada.get_by_role("button", name="Take out the CSV file").click()
    rows = list(csv.reader(taken.value.path().read_text().splitlines()))
    assert len(rows) > 1
    tom.goto(run)
    do(tom, "The bank has paid")
    tom.locator("table th[scope=row] a").first.click()
    tom.get_by_role("button", name="The payment came back").click()
    tom.get_by_role("dialog").get_by_label("What the bank said").fill("The account has been closed.")
    tom.get_by_role("dialog").get_by_role("button", name="The payment came back").click()
    expect(tom.get_by_text("Noted: the money is owed again and stands in the next run.")).to_be_visible()


def say_where_to_pay(page: Page, house: Installation, address: str) -> None:
    enter_portal(page, house.manage("portal_link", address).strip().splitlines()[-1])
    page.goto("/portal/payout-method/")
    page.get_by_label("Name on the account").fill("Benedikt Maier")
    page.get_by_label("IBAN").fill("DE75 5121 0800 1245 1261 99")
    page.get_by_role("button", name="Save the account").click()
    expect(page.get_by_text("DE •••• 6199")).to_be_visible()


def test_marketing_chooses_the_inner_circle(colleague: Colleague) -> None:
    """Two are taken in together, after a page that names them; one is put off; what was decided stays on record."""
    mira = colleague("mira")
    mira.goto("/admin/advocates/circlechoice/")
    expect(mira.get_by_role("heading", name="Who would speak for you")).to_be_visible()
    expect(mira.locator(".candidates-bulk")).to_be_hidden()
    names = mira.locator(".candidates-form .candidate-name").all_text_contents()[:3]
    for name in names[:2]:
        mira.get_by_label(f"Choose {name}", exact=True).check()
    mira.get_by_role("button", name="Take into the inner circle", exact=True).click()
    expect(mira.get_by_text("These 2 people are taken into the inner circle.")).to_be_visible()
    for name in names[:2]:
        expect(mira.get_by_role("link", name=name, exact=True)).to_be_visible()
    mira.get_by_label("Level").select_option("Fans")
    mira.get_by_label("Why").fill("Both told us about their neighbours.")
    mira.get_by_role("button", name="Take into the inner circle", exact=True).click()
    expect(mira.get_by_text("2 people are in it now.")).to_be_visible()
    expect(mira.get_by_role("link", name=names[0], exact=True)).to_have_count(0)

    mira.get_by_label(f"More about {names[2]}", exact=True).click()
    mira.get_by_role("button", name="Look again later", exact=True).first.click()
    mira.get_by_label("Remind me").select_option("in three months")
    mira.get_by_role("button", name="Look again later", exact=True).click()
    expect(mira.get_by_text("You will be reminded of 1 person.")).to_be_visible()

    mira.get_by_role("link", name="In the inner circle").click()
    mira.get_by_role("link", name=names[0], exact=True).click()
    expect(mira.get_by_role("heading", name=names[0])).to_be_visible()
    expect(mira.get_by_text("inner circle: Fans")).to_be_visible()
    expect(mira.get_by_text("What spoke for it then")).to_be_visible()
