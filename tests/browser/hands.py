"""What people do on more than one page."""

from playwright.sync_api import Locator, Page

from config.demo.surroundings import PASSWORD

CLAIM = "#claim button[type=submit]"
# The form takes nobody for a person who fills it in more quickly.
READING_MILLISECONDS = 3_200
FARTHEST = 40
# Either an outline or a ring of shadow; both are drawn by :focus-visible alone.
IS_MARKED = """(one) => {
    const style = getComputedStyle(one);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none";
}"""


def sign_in(page: Page, name: str) -> None:
    """A colleague of the demo, by first name."""
    page.goto("/admin/")
    page.get_by_label("Email").fill(f"{name}@fernway.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/admin/")


def enter_portal(page: Page, link: str) -> None:
    """By a magic link, which asks for one press."""
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/portal/")


def claim(page: Page, *, name: str, email: str) -> None:
    """Fill in the friend's form as quickly as a person can."""
    page.get_by_label("Your name").fill(name)
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("may use these details").check()
    page.wait_for_timeout(READING_MILLISECONDS)
    page.locator(CLAIM).click()
    page.wait_for_url("**/thanks/**")


def do(page: Page, verb: str, *, note: str = "") -> None:
    """Press a verb of the console and agree to what its dialog says."""
    page.get_by_role("button", name=verb, exact=True).click()
    dialog = page.get_by_role("dialog")
    if note:
        dialog.get_by_role("textbox").fill(note)
    dialog.get_by_role("button", name=verb).click()
    page.wait_for_load_state()


def tab_to(page: Page, wanted: Locator) -> None:
    """As often as it takes; each stop on the way has to be seen."""
    for _stop in range(FARTHEST):
        page.keyboard.press("Tab")
        here = page.locator(":focus")
        if here.count() and here.evaluate("(one) => one.tagName") not in ("BODY", "MAIN"):
            assert here.evaluate(IS_MARKED), f"unseen: {here.evaluate('(one) => one.outerHTML')[:200]}"
        if wanted.evaluate("(one) => one === document.activeElement"):
            return
    raise AssertionError(f"{wanted} is not reached by the keyboard")
