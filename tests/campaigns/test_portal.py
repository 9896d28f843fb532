"""A link signs in once, by a press of a button; looking at pages changes nothing."""

import re
import threading
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from advocates.models import Contact, User
from advocates.selectors import public_name
from campaigns.errors import LinkUsed
from campaigns.models import Enrolment, OutboundMessage, PortalLink
from campaigns.portal.shell import SESSION_KEY
from campaigns.services.portal import portal_link_create, portal_link_use
from campaigns.services.unsubscribe import wish_of
from config.lib import clock
from config.lib.signing import token_hash

ADDRESS = "omar@mail.example"


def path_of(url: str) -> str:
    return "/" + url.split("/", 3)[3]


def without_token(page: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"|nonce="[^"]+"', "", page)


@pytest.fixture
def link(omar: Contact) -> str:
    return path_of(portal_link_create(contact=omar, now=clock.now()))


@pytest.fixture
def portal(client: Client, link: str) -> Client:
    """Omar's browser, signed in."""
    client.post(link)
    return client


@pytest.mark.django_db
class TestSigningIn:
    def test_looking_shows_a_button_and_uses_nothing_up(self, client: Client, link: str) -> None:
        for method in (client.get, client.head, client.get):
            assert method(link).status_code == 200
        assert not PortalLink.objects.exclude(used_at=None).exists()
        assert not Session.objects.exists()
        assert client.options(link).status_code == 405

    def test_pressing_signs_in_once(self, client: Client, link: str, omar: Contact) -> None:
        answer = client.post(link)
        assert answer.headers["Location"] == reverse("campaigns:portal")
        assert client.session[SESSION_KEY] == omar.pk
        assert client.session.get_expiry_age() > timedelta(days=29).total_seconds()
        assert Client().post(link).status_code == 410

    def test_an_old_link_is_dead(self, client: Client, link: str) -> None:
        PortalLink.objects.update(created_at=clock.now() - timedelta(hours=1), expires_at=clock.now())
        assert client.get(link).status_code == 410
        assert client.post(link).status_code == 410

    def test_a_link_of_somebody_erased_is_dead(self, client: Client, link: str) -> None:
        Contact.objects.update(erased_at=clock.now())
        assert client.post(link).status_code == 410

    def test_only_the_hash_is_kept(self, link: str) -> None:
        token = link.split("/")[-2]
        assert PortalLink.objects.get().token_hash == token_hash(token)

    def test_the_form_answers_alike_for_everybody(self, client: Client, omar: Contact) -> None:
        pages = [
            without_token(client.post(reverse("campaigns:portal_sign_in"), {"email": address}).content.decode())
            for address in (ADDRESS, "nobody@mail.example")
        ]
        assert pages[0] == pages[1]
        assert OutboundMessage.objects.get().to_address == ADDRESS

    def test_an_address_gets_five_links_an_hour(self, client: Client, omar: Contact) -> None:
        for _attempt in range(8):
            assert client.post(reverse("campaigns:portal_sign_in"), {"email": ADDRESS}).status_code == 200
        assert OutboundMessage.objects.count() == 5

    @pytest.mark.parametrize("next_path", ["https://evil.example/", "//evil.example", "/admin/", "/portal/\\evil"])
    def test_a_link_never_leads_elsewhere(self, client: Client, omar: Contact, next_path: str) -> None:
        link = path_of(portal_link_create(contact=omar, now=clock.now(), next_path=next_path))
        assert client.post(link).headers["Location"] in ("/portal/", next_path[:8] + "%5Cevil")

    def test_a_colleague_keeps_the_consoles_session(self, client: Client, link: str, ada: User) -> None:
        client.force_login(ada)
        before = client.session.get_expiry_age()
        client.post(link)
        assert client.session.get_expiry_age() <= before
        client.post(reverse("campaigns:portal_sign_out"))
        assert "_auth_user_id" in client.session

    def test_the_command_prints_a_link_that_works(self, client: Client, omar: Contact) -> None:
        out = StringIO()
        call_command("portal_link", ADDRESS, stdout=out)
        assert client.post(path_of(out.getvalue().strip())).status_code == 302


@pytest.mark.django_db
class TestPages:
    def test_a_stranger_is_led_to_the_sign_in_and_back(self, client: Client, company: Any) -> None:
        answer = client.get("/portal/settings/")
        assert answer.headers["Location"] == "/portal/sign-in/?next=%2Fportal%2Fsettings%2F"

    def test_home_shows_what_can_be_earned_and_the_link(self, portal: Client, enrolment: Enrolment) -> None:
        answer = portal.get("/portal/")
        page = answer.content.decode()
        assert "20 USD credit for each friend" in page
        assert f"/r/{enrolment.code}" in page
        assert "no-store" in answer.headers["Cache-Control"]

    def test_somebody_without_a_link_sees_their_page_too(self, portal: Client) -> None:
        assert portal.get("/portal/").status_code == 200

    def test_settings_are_theirs_to_set(self, portal: Client, omar: Contact) -> None:
        wanted = {"public_name": "Omar D.", "language": "nb", "wish": "rewards"}
        assert portal.post("/portal/settings/", wanted).status_code == 302
        omar = Contact.objects.get(pk=omar.pk)
        assert (public_name(omar), omar.language, wish_of(ADDRESS)) == ("Omar D.", "nb", "rewards")

    def test_signing_out_ends_it(self, portal: Client) -> None:
        assert portal.get("/portal/sign-out/").status_code == 405
        portal.post("/portal/sign-out/")
        assert portal.get("/portal/").status_code == 302


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
class TestRace:
    """Many browsers press at once."""

    PRESSES = 8

    def press(self, use: Any) -> int:
        barrier, entered = threading.Barrier(self.PRESSES), []

        def one() -> None:
            try:
                barrier.wait()
                use()
                entered.append(1)
            except LinkUsed:
                pass
            finally:
                connection.close()

        threads = [threading.Thread(target=one) for _press in range(self.PRESSES)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return len(entered)

    def test_one_gets_in(self, omar: Contact) -> None:
        for _round in range(5):
            token = portal_link_create(contact=omar, now=clock.now()).split("/")[-2]
            assert self.press(lambda token=token: portal_link_use(token=token, now=clock.now())) == 1

    def test_without_the_guard_many_get_in(self, omar: Contact) -> None:
        """The twin: look first, then write. It shows that the test above would see the race."""
        token = portal_link_create(contact=omar, now=clock.now()).split("/")[-2]
        looked = threading.Barrier(self.PRESSES)

        def look_then_write() -> None:
            link = PortalLink.objects.get(token_hash=token_hash(token))
            looked.wait()
            if link.used_at:
                raise LinkUsed
            PortalLink.objects.filter(pk=link.pk).update(used_at=clock.now())

        assert self.press(look_then_write) > 1
