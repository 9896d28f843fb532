"""The friend's way in, and everything that somebody may try at that door."""

import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from advocates.models import Contact
from campaigns.models import Campaign, Enrolment, OutboundMessage
from config.lib import clock
from config.lib.signing import sign
from referrals.blocks import THANKS_BLOCKS
from referrals.cookies import NAME, PURPOSE
from referrals.forms import FORM_PURPOSE, QUICKEST
from referrals.models import Referral, ReferralEvent, Visit
from tests.cast import BEN, LENA, NOOR, OMAR, Person, contact_of
from tests.factories.campaigns import campaign_made, copy_made
from tests.factories.referrals import enrolled, referred

pytestmark = pytest.mark.django_db
LANDING = "/c/give-and-get/"
OLD_ENOUGH = QUICKEST + timedelta(seconds=1)


@pytest.fixture
def now() -> datetime:
    """Pages read the clock themselves."""
    from config.lib import clock

    return clock.now()


def shown(now: datetime, *, nonce: str = "n1", ago: timedelta = OLD_ENOUGH) -> str:
    return sign(FORM_PURPOSE, f"{nonce}:{(now - ago).timestamp():.0f}")


def answers(person: Person, now: datetime, **changes: str) -> dict[str, str]:
    return {"name": person.name, "email": person.email, "consent": "on", "shown": shown(now), **changes}


def without_tokens(html: bytes) -> str:
    """Everything but what is new on every page: the form's token and the nonce of the content policy."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", html.decode())
    text = re.sub(r'nonce="[^"]+"', "", text)
    return re.sub(r"/thanks/[^/\"]+/", "/thanks/…/", text)


# --- the link ---------------------------------------------------------------------------------------------------------


def test_a_link_is_recorded_remembered_and_leads_on(client, link):
    answer = client.get(f"/r/{link.code}?c=whatsapp", headers={"Sec-Fetch-Dest": "document"})

    visit = Visit.objects.get()
    assert (answer.status_code, answer.url) == (302, LANDING)
    assert (visit.enrolment, visit.channel, visit.is_document) == (link, "whatsapp", True)
    cookie = answer.cookies[NAME]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 90 * 86_400)
    assert visit.visitor in cookie.value


def test_a_code_may_be_typed_as_people_type(client, link):
    assert client.get(f"/r/{link.code[:5].lower()}-{link.code[5:]}").url == LANDING


def test_the_landing_page_says_who_recommends(client, link):
    client.get(f"/r/{link.code}")

    page = client.get(LANDING).content.decode()

    assert "Lena Vogt" in page
    assert "10 % off the first order" in page
    assert 'name="code"' not in page


@pytest.mark.parametrize("kind", ["image", "iframe", "script", "empty", "frame", "object"])
def test_what_a_page_loads_by_itself_is_not_remembered(client, link, kind):
    answer = client.get(f"/r/{link.code}", headers={"Sec-Fetch-Dest": kind})

    assert NAME not in answer.cookies
    assert not Visit.objects.get().is_document


def test_a_browsers_guess_is_not_remembered(client, link):
    headers = {"Sec-Fetch-Dest": "document", "Sec-Purpose": "prefetch;prerender"}

    assert NAME not in client.get(f"/r/{link.code}", headers=headers).cookies


def test_head_leads_on_and_records_nothing(client, link):
    answer = client.head(f"/r/{link.code}")

    assert (answer.status_code, Visit.objects.count()) == (302, 0)
    assert NAME not in answer.cookies


def test_who_does_not_want_to_be_followed_carries_the_code_instead(client, link):
    answer = client.get(f"/r/{link.code}", headers={"Sec-GPC": "1"})

    assert (answer.url, Visit.objects.get().visitor) == (f"{LANDING}?r={link.code}", "")
    assert NAME not in answer.cookies
    assert "Lena Vogt" in client.get(answer.url).content.decode()


def test_codes_that_lead_nowhere_are_answered_alike(client, link, other_link, company, now):
    disabled = other_link
    Enrolment.objects.filter(pk=disabled.pk).update(status=Enrolment.Status.DISABLED)
    ended = enrolled(campaign_made(), now=now)
    Campaign.objects.filter(pk=ended.campaign_id).update(status=Campaign.Status.ENDED)

    pages = [client.get(f"/r/{code}") for code in ("ABCDEFGHJK", "%00", "é" * 9, "x" * 500, disabled.code, ended.code)]

    assert {page.status_code for page in pages} == {404}
    assert len({re.sub(r'name="next" value="[^"]+"', "", without_tokens(page.content)) for page in pages}) == 1


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands: tries are counted by windows of ten minutes, and one may begin in the middle of a test."""
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)


@pytest.mark.usefixtures("still")
def test_guessing_codes_is_stopped(client, company):
    tries = [client.get(f"/r/GUESS{number:05}").status_code for number in range(22)]

    assert tries == [404] * 20 + [429, 429]


@pytest.mark.usefixtures("still")
def test_guessing_by_the_landing_page_is_stopped_too(client, link):
    tries = [client.get(f"{LANDING}?r=GUESS{number:05}").status_code for number in range(21)]

    assert tries == [200] * 20 + [429]


def test_a_forwarded_address_is_hearsay_without_a_proxy_of_ours(client, company):
    tries = [client.get("/r/GUESS", headers={"X-Forwarded-For": f"10.0.0.{n}"}).status_code for n in range(21)]

    assert tries[-1] == 429


@pytest.mark.parametrize(
    "next_path",
    ["?next=https://evil.example", "?url=//evil.example", "?c=//evil.example", "?c=%0d%0aLocation:%20//evil.example"],
)
def test_nothing_in_the_address_says_where_to_go(client, link, next_path):
    answer = client.get(f"/r/{link.code}{next_path}")

    assert answer.url == LANDING
    assert Visit.objects.get().channel == ""


@pytest.mark.parametrize(
    "destination",
    [
        "javascript:alert(1)",
        "//evil.example",
        "https:\\\\evil.example",
        "https://shop.example\\@evil.example",
        "https://shop.example@evil.example/",
        "https://shop.example/\r\nSet-Cookie: a=b",
        "data:text/html,x",
        "ftp://shop.example",
        "https://",
    ],
)
def test_a_destination_that_is_no_web_page_is_not_gone_to(client, link, destination):
    Campaign.objects.update(destination_url=destination)

    assert client.get(f"/r/{link.code}").url == LANDING


def test_the_campaigns_own_destination_learns_the_code(client, link):
    Campaign.objects.update(destination_url="https://shop.example/hello?x=1#top")

    parts = urlsplit(client.get(f"/r/{link.code}").url)

    assert (parts.netloc, parts.query, parts.fragment) == ("shop.example", f"x=1&referral_code={link.code}", "top")


def test_a_forged_memory_is_no_memory(client, link, other_link):
    client.get(f"/r/{link.code}")
    good = client.cookies[NAME].value

    for forged in (
        good.replace(link.code, other_link.code),
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        sign("thanks", f"v~{other_link.code}::1:1"),
        "v~CODE::1:1.0.x",
        "..",
        "\x00",
        "é",
    ):
        client.cookies[NAME] = forged
        page = client.get(LANDING)
        assert page.status_code == 200
        assert "Lena Vogt" not in page.content.decode()
        assert "Omar" not in page.content.decode()


def test_an_old_memory_has_faded(client, link, now):
    then = int((now - timedelta(days=91)).timestamp())
    client.cookies[NAME] = sign(PURPOSE, f"v~{link.code}::{then}:{then}", at=then)

    assert 'name="code"' in client.get(LANDING).content.decode()


# --- the form ---------------------------------------------------------------------------------------------------------


def test_a_friend_claims_and_is_thanked(client, link, now):
    client.get(f"/r/{link.code}?c=mail")

    answer = client.post(LANDING, answers(BEN, now), follow=True)

    referral = Referral.objects.get()
    assert (referral.advocate, referral.method, referral.channel) == (link.contact, "cookie", "mail")
    assert referral.evidence["visitor"]
    assert referral.friend.consents.get().text_version == "landing-1"
    page = answer.content.decode()
    assert answer.redirect_chain[0][0].startswith("/c/give-and-get/thanks/")
    assert "Thank you for coming by" in page
    assert "Maya Okafor" in page


def test_a_link_followed_by_a_hidden_picture_earns_nothing(client, link, now):
    client.get(f"/r/{link.code}", headers={"Sec-Fetch-Dest": "image"})

    page = client.post(LANDING, answers(BEN, now))

    assert (page.status_code, Referral.objects.count()) == (200, 0)


def test_without_a_link_the_code_is_asked_for(client, link, now):
    client.post(LANDING, answers(BEN, now, code=link.code.lower()))

    assert Referral.objects.get().method == "code"


def test_an_unknown_code_is_said_in_place(client, link, now):
    page = client.post(LANDING, answers(BEN, now, code="NOSUCHCODE"))

    assert "This code leads nowhere" in page.content.decode()
    assert Referral.objects.count() == 0


def test_a_code_of_another_campaign_is_unknown_here(client, link, now):
    other = enrolled(campaign_made(), now=now, person=OMAR)

    client.post(LANDING, answers(BEN, now, code=other.code))

    assert Referral.objects.count() == 0


def test_pressed_twice_it_is_one_claim(client, link, now):
    client.get(f"/r/{link.code}")

    first = client.post(LANDING, answers(BEN, now))
    second = client.post(LANDING, answers(BEN, now))

    assert ReferralEvent.objects.get().type == "claimed"
    assert re.sub(r"\.[^.]+\.[^.]+/$", "", first.url) == re.sub(r"\.[^.]+\.[^.]+/$", "", second.url)


def refused_person(reason: str, link: Enrolment, other_link: Enrolment, now: datetime) -> Person:
    if reason == "self_referral":
        return LENA
    if reason == "existing_customer":
        contact_of(NOOR, purchases_count=1)
        return NOOR
    referred(other_link if reason == "referred by another" else link, now=now, person=NOOR)
    return NOOR


@pytest.mark.parametrize("reason", ["self_referral", "existing_customer", "already_referred", "referred by another"])
def test_the_page_tells_nobody_who_is_known_here(client, link, other_link, now, reason):
    person = refused_person(reason, link, other_link, now)
    client.get(f"/r/{link.code}")
    counted = client.post(LANDING, answers(BEN, now), follow=True)

    refused = client.post(LANDING, answers(person, now, shown=shown(now, nonce="n2")), follow=True)

    event = ReferralEvent.objects.get(type="claim_refused")
    assert event.metadata["code"] == ("already_referred" if reason == "referred by another" else reason)
    assert event.referral is None
    # Both came within one minute of working time, else their promised moments differ.
    assert minutes_hidden(refused.content) == minutes_hidden(counted.content)
    assert refused.redirect_chain[0][1] == counted.redirect_chain[0][1]


def minutes_hidden(html: bytes) -> str:
    return re.sub(r"\d\d:\d\d", "hh:mm", without_tokens(html))


def test_the_reason_goes_to_the_address_once_a_day(client, link, now):
    contact_of(NOOR, purchases_count=1)
    client.get(f"/r/{link.code}")

    for number in range(3):
        client.post(LANDING, answers(NOOR, now, shown=shown(now, nonce=f"n{number}")))

    mail = OutboundMessage.objects.get(mail="claim_refused")
    assert mail.to_address == NOOR.email
    assert "customer already" in mail.text
    assert ReferralEvent.objects.filter(type="claim_refused").count() == 3


def test_a_stranger_changes_nothing_we_know(client, link, now):
    known = contact_of(NOOR)
    client.get(f"/r/{link.code}")

    client.post(LANDING, answers(NOOR, now, name="Somebody Else", phone=OMAR.phone))

    assert known.details.name == NOOR.name
    assert Referral.objects.get().friend == known


def test_a_number_of_somebody_else_is_left_out(client, link, now):
    contact_of(OMAR)
    client.get(f"/r/{link.code}")

    client.post(LANDING, answers(BEN, now, phone=OMAR.phone))

    assert not Referral.objects.get().friend.keys.filter(kind="phone").exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"website": "https://spam.example"},
        {"shown": ""},
        {"shown": "forged"},
        {"shown": sign("thanks", "n1:0", at=0)},
        {"consent": ""},
        {"name": ""},
        {"name": "Nu\x00l"},
        {"name": "x" * 201},
        {"email": ""},
        {"email": "nobody"},
        {"email": "a@b@c"},
        {"email": "nu\x00l@mail.example"},
        {"phone": "hello"},
        {"phone": "\x00"},
    ],
    ids=str,
)
def test_what_is_no_answer_enters_nothing(client, link, now, changes):
    client.get(f"/r/{link.code}")

    page = client.post(LANDING, answers(BEN, now, **changes))

    assert page.status_code == 200
    assert (Referral.objects.count(), ReferralEvent.objects.count()) == (0, 0)


def test_quicker_than_a_person_types_is_asked_to_press_again(client, link, now):
    client.get(f"/r/{link.code}")

    page = client.post(LANDING, answers(BEN, now, shown=shown(now, ago=timedelta(seconds=0))))

    assert "press the button once more" in page.content.decode()
    assert Referral.objects.count() == 0


def test_a_script_as_a_name_stays_text(client, link, now):
    client.get(f"/r/{link.code}")
    script = "<script>alert(1)</script>"

    page = client.post(LANDING, answers(BEN, now, name=script, email="nobody"))

    assert script not in page.content.decode()
    assert client.post(LANDING, answers(BEN, now, name=script)).status_code == 302
    assert script not in OutboundMessage.objects.get(mail="friend_thanks").html


def test_ten_megabytes_are_refused(client, link, now):
    answer = client.post(LANDING, answers(BEN, now, name="x" * 10_000_000))

    assert answer.status_code in (200, 400, 413)
    assert (Referral.objects.count(), Contact.objects.filter(keys__value=BEN.email).count()) == (0, 0)


def test_ten_megabytes_of_form_are_refused_before_they_are_read(client, link):
    answer = client.post(LANDING, "name=" + "x" * 10_000_000, content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 400


def test_a_machine_that_claims_all_day_is_stopped(client, link, now):
    client.get(f"/r/{link.code}")

    tries = [client.post(LANDING, answers(BEN, now, name="")).status_code for _number in range(31)]

    assert tries == [200] * 30 + [429]


def test_a_form_without_its_token_is_refused(link, now):
    assert Client(enforce_csrf_checks=True).post(LANDING, answers(BEN, now)).status_code == 403


@pytest.mark.parametrize("status", ["draft", "scheduled", "paused", "ended"])
def test_a_closed_campaign_has_no_page(client, link, status):
    Campaign.objects.update(status=status)

    assert client.get(LANDING).status_code == 404
    assert client.get("/c/no-such/").status_code == 404


def test_a_company_is_asked_for_where_companies_are_recommended(client, link):
    assert 'name="company"' not in client.get(LANDING).content.decode()
    Campaign.objects.update(referred=Campaign.Referred.COMPANY)

    assert 'name="company"' in client.get(LANDING).content.decode()


def test_the_page_speaks_the_language_it_is_asked_for(client, link, now):
    copy_made(campaign=link.campaign, language="de", headline="Guter Kaffee für Freunde")

    by_browser = client.get(LANDING, headers={"Accept-Language": "de"})
    by_link = client.get(f"{LANDING}?lang=de")
    unknown = client.get(f"{LANDING}?lang=xx", headers={"Accept-Language": "en"})

    assert "Guter Kaffee" in by_browser.content.decode()
    assert "Guter Kaffee" in by_link.content.decode()
    assert (by_link["Content-Language"], by_link.cookies["django_language"].value) == ("de", "de")
    assert unknown.status_code == 200


# --- the other pages --------------------------------------------------------------------------------------------------


def test_home_leads_to_the_one_campaign(client, campaign):
    assert client.get("/").url == LANDING


def test_home_shows_what_is_running(client, campaign):
    campaign_made(name="Thank you, cash")
    campaign_made(name="Old one", status=Campaign.Status.ENDED)

    page = client.get("/").content.decode()

    assert "Thank you, cash" in page
    assert "Old one" not in page


def test_home_without_a_campaign_says_so(client, company):
    assert "Nothing is running" in client.get("/").content.decode()


@pytest.mark.parametrize("token", ["x", "evt_123", sign("memory", "evt_123", at=0), "é"])
def test_a_thank_you_page_cannot_be_guessed(client, campaign, token):
    assert client.get(reverse("referrals:thanks", args=[campaign.slug, token])).status_code == 404


def test_other_rooms_put_their_blocks_on_the_thank_you_page(client, link, now, monkeypatch):
    monkeypatch.setattr(THANKS_BLOCKS, "_entries", {"test": lambda request, event: f"[{event.type}]"})
    client.get(f"/r/{link.code}")

    assert "[claimed]" in client.post(LANDING, answers(BEN, now), follow=True).content.decode()


def test_an_advocate_sees_friends_and_steps_but_no_money(client, ben):
    from campaigns.portal.shell import SESSION_KEY

    session = client.session
    session[SESSION_KEY] = ben.advocate_id
    session.save()

    for path in ("/portal/", "/portal/friends/"):
        page = client.get(path).content.decode()
        assert BEN.name in page
        assert "Came by" in page


def test_friends_need_a_sign_in(client, ben):
    assert client.get("/portal/friends/").status_code == 302
