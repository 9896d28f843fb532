"""Every page that matters, in three widths and both themes: it fits, it is clean, it asks nothing of strangers.

With INNERCIRCLE_SHOTS=1 it leaves pictures in shots/, to be looked at.
"""

from dataclasses import dataclass

import pytest
from django.conf import settings
from playwright.sync_api import Page, ViewportSize

from tests.browser.conftest import DESK, PHONE, TABLET, Open
from tests.browser.eyes import Watch
from tests.browser.hands import CLAIM, enter_portal, sign_in
from tests.installation import Installation

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

LENA = "lena.vogt@mail.example"
ROW = "#result_list tbody tr:first-child th a"


@dataclass(frozen=True)
class Scene:
    """A page and the way to it: a path, which may name a place, and then what is pressed there."""

    name: str
    path: str
    press: str = ""


PUBLIC = (
    Scene("home", "/"),
    Scene("landing", "{link}"),
    Scene("form-errors", "{link}", CLAIM),
    Scene("thanks", "{thanks}"),
    Scene("advocate", "{advocate}"),
    Scene("unsubscribe", "{unsubscribe}"),
    Scene("survey", "{survey}?score=8"),
    Scene("survey-errors", "{survey}", "main form button[type=submit]"),
    Scene("survey-thanks", "{survey_thanks}"),
    Scene("survey-over", "/survey/nobody/"),
    Scene("sign-in", "/portal/sign-in/"),
    Scene("staff-login", "/accounts/login/"),
    Scene("mailbox", "/mailbox/"),
    Scene("mail", "/mailbox/", "main table a, main li a"),
    Scene("gone", "/r/NOSUCHCODE"),
    Scene("404", "/nowhere/"),
    # Last, since its language is kept.
    Scene("landing-de", "/c/give-and-get/?lang=de"),
)
PORTAL = (
    Scene("portal", "/portal/"),
    Scene("portal-friends", "/portal/friends/"),
    Scene("portal-rewards", "/portal/rewards/"),
    Scene("portal-payout-method", "/portal/payout-method/"),
    Scene("portal-testimonial", "/portal/testimonial/"),
    Scene("portal-testimonial-errors", "/portal/testimonial/", ".form-card button[type=submit]"),
    Scene("portal-settings", "/portal/settings/"),
    Scene("portal-forget", "/portal/settings/forget/"),
)
CONSOLE = (
    Scene("today", "/admin/"),
    Scene("referrals", "/admin/referrals/referral/"),
    Scene("referral", "/admin/referrals/referral/?q=Harriet", ROW),
    Scene("referral-add", "/admin/referrals/referral/add/"),
    Scene("people", "/admin/advocates/contact/"),
    Scene("person", "/admin/advocates/contact/?q=Lena", ROW),
    Scene("circle", "/admin/advocates/circlechoice/"),
    Scene("circle-one", "/admin/advocates/circlechoice/", ".candidate-verbs button[name=only]"),
    Scene("circle-members", "/admin/advocates/circlechoice/?status__exact=member"),
    Scene("circle-levels", "/admin/advocates/circlelevel/"),
    Scene("segments", "/admin/advocates/segment/"),
    Scene("segment", "/admin/advocates/segment/?q=Promoters", ROW),
    Scene("segment-edit", "{segment_edit}"),
    Scene("segment-new", "/admin/advocates/segment/add/"),
    Scene("segment-errors", "/admin/advocates/segment/add/", "#segment-form .btn-primary"),
    Scene("pairs", "/admin/advocates/contactpair/"),
    Scene("pair", "/admin/advocates/contactpair/?cause__exact=alike", ROW),
    Scene("pair-conflict", "/admin/advocates/contactpair/?cause__exact=conflict", ROW),
    Scene("purchases", "/admin/advocates/purchase/"),
    Scene("purchase", "/admin/advocates/purchase/", ROW),
    Scene("erasures", "/admin/advocates/erasure/"),
    Scene("nps", "/admin/advocates/npsanswer/"),
    Scene("nps-answer", "/admin/advocates/npsanswer/?waiting=yes", ROW),
    Scene("moments", "/admin/advocates/moment/"),
    Scene("moment", "/admin/advocates/moment/?open=yes", ROW),
    Scene("testimonials", "/admin/campaigns/testimonial/"),
    Scene("testimonial", "/admin/campaigns/testimonial/", ROW),
    Scene("survey-page", "/admin/campaigns/npssurvey/?q=Autumn", ROW),
    Scene("imports", "/admin/advocates/importrun/"),
    Scene("import-file", "/admin/advocates/importrun/add/"),
    Scene("campaign", "/admin/campaigns/campaign/?q=give", ROW),
    Scene("try-rules", "/admin/rewards/rewardrule/in/1/try/", ".try-form .btn-primary"),
    Scene("rewards", "/admin/rewards/reward/"),
    Scene("reward", "/admin/rewards/reward/", ROW),
    Scene("why", "/admin/rewards/reward/why/"),
    Scene("why-person", "{why_person}"),
    Scene("why-event", "{why_person}", ".why-title"),
    Scene("payout-runs", "/admin/rewards/payoutrun/"),
    Scene("payout-run", "/admin/rewards/payoutrun/", ROW),
    Scene("ledger", "/admin/rewards/transfer/"),
    Scene("accounts", "/admin/rewards/account/"),
    Scene("search", "/admin/search/?q=lena"),
)


def visit(page: Page, watches: list[Watch], scenes: tuple[Scene, ...], places: dict[str, str]) -> None:
    watch = next(watch for watch in watches if watch.page is page)
    for scene in scenes:
        page.goto(scene.path.format(**places))
        if scene.press:
            page.locator(scene.press).first.click()
            page.wait_for_load_state()
        watch.look(scene.name)


# How wide a page is has nothing to do with the database: all widths on SQLite, one on PostgreSQL.
WIDTHS = {"phone": PHONE, "tablet": TABLET, "desk": DESK} if settings.IS_SQLITE else {"desk": DESK}
SIZES = pytest.mark.parametrize("size", WIDTHS.values(), ids=WIDTHS)


@SIZES
def test_the_public_pages(size: ViewportSize, open_window: Open, watches: list[Watch], places: dict[str, str]) -> None:
    visit(open_window(size), watches, PUBLIC, places)


@SIZES
def test_the_portal(size: ViewportSize, open_window: Open, watches: list[Watch], house: Installation) -> None:
    page = open_window(size)
    enter_portal(page, house.manage("portal_link", LENA).strip().splitlines()[-1])
    visit(page, watches, PORTAL, {})


@SIZES
def test_the_console(size: ViewportSize, open_window: Open, watches: list[Watch], places: dict[str, str]) -> None:
    page = open_window(size)
    sign_in(page, "ada")
    visit(page, watches, CONSOLE, places)
