"""RFC 8058: one press without cookies, no redirect, as often as it likes; a look changes nothing."""

from datetime import datetime

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from advocates.models import Contact, Suppression, User
from advocates.services.suppression import suppression_add
from campaigns.models import Campaign, MessageEvent, OutboundMessage
from campaigns.services.asks import asks_send
from campaigns.services.unsubscribe import wish_of

pytestmark = pytest.mark.django_db

ADDRESS = "omar@mail.example"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def link(campaign: Campaign, omar: Contact, mira: User, now: datetime) -> str:
    """The address in the header of an ask to Omar, as his mail program reads it."""
    asks_send(campaign=campaign, contacts=[omar], actor=mira, now=now)
    header = OutboundMessage.objects.get().headers["List-Unsubscribe"]
    return "/" + header.strip("<>").split("/", 3)[3]


@pytest.fixture
def provider() -> Client:
    """A mail provider's machine: no cookies, no token, CSRF checks on."""
    return Client(enforce_csrf_checks=True)


def test_one_click_without_cookies_unsubscribes(provider: Client, link: str) -> None:
    answer = provider.post(link, ONE_CLICK)
    assert (answer.status_code, answer.content) == (200, b"")
    assert "Location" not in answer.headers
    assert wish_of(ADDRESS) == "rewards"


def test_a_second_click_changes_nothing(provider: Client, link: str) -> None:
    for _click in range(3):
        assert provider.post(link, ONE_CLICK).status_code == 200
    assert Suppression.objects.count() == 1
    assert MessageEvent.objects.filter(kind="unsubscribed").count() == 1


def test_one_click_never_loosens_a_stricter_wish(provider: Client, link: str, now: datetime) -> None:
    suppression_add(address=ADDRESS, scope=Suppression.Scope.ALL, reason="unsubscribed", now=now)
    provider.post(link, ONE_CLICK)
    assert wish_of(ADDRESS) == "nothing"


def test_looking_changes_nothing(client: Client, link: str) -> None:
    for method in (client.get, client.head):
        assert method(link).status_code == 200
    assert client.options(link).status_code == 405
    assert not Suppression.objects.exists()
    assert not Session.objects.exists()


def test_the_page_does_not_show_whose_address_it_is(client: Client, link: str) -> None:
    page = client.get(link).content.decode()
    assert ADDRESS not in page
    assert "o…@mail.example" in page


def test_a_person_chooses_and_changes_their_mind(client: Client, link: str) -> None:
    for wish in ("nothing", "rewards", "everything", "rewards"):
        assert client.post(link, {"wish": wish, "save": "preferences"}).status_code == 200
        assert wish_of(ADDRESS) == wish
    client.post(link, {"undo": "1"})
    assert wish_of(ADDRESS) == "everything"


def test_a_press_does_not_undo_what_a_bounce_stopped(client: Client, link: str, now: datetime) -> None:
    suppression_add(address=ADDRESS, scope=Suppression.Scope.ALL, reason="bounced", now=now)
    client.post(link, {"undo": "1"})
    assert wish_of(ADDRESS) == "nothing"


def test_the_link_works_after_erasure(provider: Client, link: str) -> None:
    OutboundMessage.objects.update(to_address="")
    assert provider.post(link, ONE_CLICK).status_code == 200
    assert provider.get(link).status_code == 200


def test_no_changed_token_is_taken(provider: Client, link: str) -> None:
    token = link.split("/")[-2]
    for place in range(0, len(token), 3):
        letter = "a" if token[place] != "a" else "b"
        changed = link.replace(token, token[:place] + letter + token[place + 1 :])
        assert provider.post(changed, ONE_CLICK).status_code == 404
    assert not Suppression.objects.exists()
