"""The advocate's page from a mail, the counter of shares, and the demo's mailbox."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from campaigns.models import Campaign, Enrolment, EnrolmentEvent, OutboundMessage
from campaigns.selectors import advocate_url
from campaigns.services.delivery import messages_send
from campaigns.views.advocate import SHARES_AN_HOUR

pytestmark = pytest.mark.django_db


@pytest.fixture
def own_page(enrolment: Enrolment) -> str:
    return "/" + advocate_url(enrolment).split("/", 3)[3]


def test_the_page_holds_link_code_and_share_tools(client: Client, own_page: str, enrolment: Enrolment) -> None:
    page = client.get(own_page).content.decode()
    assert enrolment.code in page
    for tool in ("https://wa.me/?text=", "mailto:?subject=", "<svg", "data-copy"):
        assert tool in page


def test_the_page_shows_no_name_and_no_money(client: Client, own_page: str) -> None:
    page = client.get(own_page).content.decode()
    assert "Omar" not in page
    assert "20 USD" not in page


def test_looking_at_it_leaves_no_trace(client: Client, own_page: str) -> None:
    before = EnrolmentEvent.objects.count()
    for method in (client.get, client.head):
        assert method(own_page).status_code == 200
    assert client.get(f"{own_page}shared/").status_code == 405
    assert EnrolmentEvent.objects.count() == before
    assert not Session.objects.exists()


def test_a_resting_campaign_says_so(client: Client, own_page: str) -> None:
    Campaign.objects.update(status=Campaign.Status.PAUSED)
    answer = client.get(own_page)
    assert answer.status_code == 200
    assert "resting" in answer.content.decode()


def test_a_link_switched_off_and_a_guessed_one_look_alike(client: Client, own_page: str) -> None:
    Enrolment.objects.update(status=Enrolment.Status.DISABLED)
    assert client.get(own_page).status_code == 404
    assert client.get("/a/guess/").status_code == 404


def test_shares_are_counted_by_post_and_not_without_end(client: Client, own_page: str) -> None:
    shares = EnrolmentEvent.objects.filter(type="shared")
    client.post(f"{own_page}shared/", {"channel": "whatsapp"})
    client.post(f"{own_page}shared/", {"channel": "<script>"})
    assert list(shares.order_by("pk").values_list("channel", flat=True)) == ["whatsapp", "link"]
    for _press in range(SHARES_AN_HOUR + 5):
        assert client.post(f"{own_page}shared/").status_code == 204
    assert shares.count() == SHARES_AN_HOUR


def test_the_qr_code_is_a_picture(client: Client, own_page: str) -> None:
    answer = client.get(f"{own_page}qr.png")
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")


@pytest.fixture
def file_mailbox(settings: Any, tmp_path: Path) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = settings.MAIL_DIR = str(tmp_path)


@pytest.fixture
def in_the_mailbox(file_mailbox: None, queue: Callable[..., OutboundMessage], now: datetime) -> OutboundMessage:
    message = queue()
    assert messages_send(now)["sent"] == 1
    assert "sent" not in messages_send(now)
    return message


def test_the_demos_mail_can_be_read(client: Client, in_the_mailbox: OutboundMessage) -> None:
    listed = client.get("/mailbox/")
    assert in_the_mailbox.subject in listed.content.decode()
    (mail,) = listed.context["mails"]
    page = client.get(mail["url"])
    assert "omar@mail.example" in page.content.decode()
    assert "sandbox=" in page.content.decode()
    html = client.get(page.context["mail"]["html_url"])
    assert "sandbox" in html.headers["Content-Security-Policy"]
    assert "script-src" not in html.headers["Content-Security-Policy"]
    assert html.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "Sign in" in html.content.decode()


def test_there_is_no_mailbox_where_mail_goes_out(
    client: Client, in_the_mailbox: OutboundMessage, settings: Any
) -> None:
    url = client.get("/mailbox/").context["mails"][0]["url"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    for path in ("/mailbox/", url, f"{url}html/"):
        assert client.get(path).status_code == 404


def test_a_name_that_is_no_file_is_not_found(client: Client, file_mailbox: None) -> None:
    assert client.get("/mailbox/").status_code == 200
    assert client.get("/mailbox/settings/").status_code == 404
