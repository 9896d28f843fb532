"""A person's statement in the portal: what is told, and what can be taken away."""

from datetime import datetime, timedelta
from re import DOTALL, findall
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import translation

from advocates.models import Contact
from campaigns.portal.shell import SESSION_KEY
from config.lib.money import Money
from rewards.services.credit import credit_spend
from rewards.statement_files import StatementPaper, StatementRow, printable, statement_pdf
from tests.cast import BEN, LENA, contact_of
from tests.factories.payouts import approved_cash, credit_given

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]

PAGE, CSV, PDF = "/portal/statement/", "/portal/statement.csv", "/portal/statement.pdf"


@pytest.fixture
def lena(now: datetime) -> Contact:
    """Credit of last year, spent in part by now; money that waits; points."""
    lena = contact_of(LENA)
    credit_given(lena, 2_000, now=now - timedelta(days=365))
    value = Money(1_500, "EUR")
    credit_spend(contact=lena, value=value, source="shop", event_id="order-1", reason="=Order <1>", now=now)
    approved_cash(lena, 2_500, now=now)
    credit_given(lena, 40, "points", now=now)
    return lena


@pytest.fixture
def portal(client: Client, lena: Contact) -> Client:
    session = client.session
    session[SESSION_KEY] = lena.pk
    session.save()
    return client


def read(client: Client, address: str, **query: object) -> str:
    answer = client.get(f"{address}?{urlencode(query)}", headers={"accept-language": "en"})
    assert answer.status_code == 200
    return answer.content.decode("utf-8-sig")


def test_the_page_tells_what_happened_and_what_is_left(portal: Client) -> None:
    page = read(portal, PAGE)
    for said in (
        "Account credit received",
        "Account credit spent",
        "=Order &lt;1&gt;",
        "Reward is ready",
        "€30.00",
    ):
        assert said in page
    assert "points" in page
    assert "40 points" in read(portal, PAGE, unit="points")
    # Opening of the year: what was given last year.
    this_year = read(portal, PAGE, unit="EUR", year=2026)
    assert "Account credit received" not in this_year
    assert "€20.00" in this_year
    assert portal.get(f"{PAGE}?unit=USD").status_code == 404
    assert portal.get(f"{PAGE}?unit=EUR&year=1999").status_code == 404


def test_the_table_is_for_spreadsheets(portal: Client) -> None:
    lines = read(portal, CSV, unit="EUR").splitlines()
    assert lines[0] == "Date,What,Reference,Amount,Balance,Unit"
    amounts = [line.split(",")[-3:] for line in lines[1:]]
    assert amounts == [["25.00", "30.00", "EUR"], ["-15.00", "5.00", "EUR"], ["20.00", "20.00", "EUR"]]
    assert "Account credit spent: =Order <1>,order-1" in lines[2]


def test_the_paper_can_be_printed(portal: Client) -> None:
    answer = portal.get(f"{PDF}?unit=EUR")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="statement-all-EUR.pdf"'
    assert answer.content.startswith(b"%PDF-")
    assert answer.content == portal.get(f"{PDF}?unit=EUR").content


def test_nobody_sees_somebody_elses(client: Client, lena: Contact) -> None:
    for address in (PAGE, CSV, PDF):
        assert client.get(address).status_code == 302
    session = client.session
    session[SESSION_KEY] = contact_of(BEN).pk
    session.save()
    assert "Nothing was booked yet" in read(client, PAGE)
    assert client.get(f"{PDF}?unit=EUR").status_code == 404


def fonts_of(text: str) -> list[tuple[str, str]]:
    return findall(r'<font name="([^"]+)">(.*?)</font>', printable(text), DOTALL)


def test_each_letter_has_a_font_that_knows_it() -> None:
    assert fonts_of("Größe på ça €") == [("Vera", "Größe på ça €")]
    assert fonts_of("余额 5") == [("STSong-Light", "余额"), ("Vera", " 5")]
    assert fonts_of("잔액") == [("HYGothic-Medium", "잔액")]
    assert fonts_of("Привет") == [("STSong-Light", "Привет")]
    # No font has these: the plain letter, or a mark where there is none.
    assert fonts_of("ř<א") == [("Vera", "r&lt;?")]


@pytest.mark.parametrize("language", ["de", "zh-hans", "ms", "nb", "ko"])
def test_paper_is_written_in_every_language(language: str) -> None:
    with translation.override(language):
        row = StatementRow("1.5.2026", "余额 잔액 Größe", "rew_1", "+5", "5", "2026-05-01", "5.00", "5.00")
        paper = StatementPaper("Kestrel & Söhne", "김민서 王芳", "2026", "EUR", "0", "5", [row] * 60)
        made = statement_pdf(paper)
    assert made.startswith(b"%PDF-")
    assert made.count(b"/Type /Page\n") >= 2
    assert all(font in made for font in (b"STSong-Light", b"HYGothic-Medium", b"BitstreamVera"))
