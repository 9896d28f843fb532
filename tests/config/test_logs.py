"""A walk past every door that knows a name, an address or a secret; then the log is read."""

import io
import logging
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import structlog
from django.conf import settings
from django.test import Client
from django.urls import reverse

from advocates.models import User
from campaigns.models import Company, OutboundMessage
from campaigns.selectors import advocate_url, unsubscribe_url
from campaigns.services.api_keys import api_key_create
from campaigns.services.portal import portal_link_create
from config.lib import clock
from referrals.models import ReferralEvent
from referrals.selectors import thanks_token
from tests.cast import BEN, LENA
from tests.factories.campaigns import campaign_made
from tests.factories.referrals import enrolled, referred

pytestmark = pytest.mark.django_db

CALLER = "203.0.113.77"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What our handler would have written, with the lines that a production log leaves out."""
    handler = next(
        handler
        for handler in logging.getLogger().handlers
        if isinstance(handler.formatter, structlog.stdlib.ProcessorFormatter)
    )
    requests = logging.getLogger("django_structlog")
    written, level = io.StringIO(), requests.level
    stream = handler.setStream(written)  # type: ignore[attr-defined]
    requests.setLevel(logging.INFO)
    yield written
    requests.setLevel(level)
    handler.setStream(stream)  # type: ignore[attr-defined]


def path_of(url: str) -> str:
    return url.removeprefix(settings.SITE_URL)


def test_no_name_address_token_or_key_is_logged(
    client: Client, log: io.StringIO, company: Company, maya: User, now: datetime
) -> None:
    enrolment = enrolled(campaign_made(default_owner=maya), now=now)
    claimed = referred(enrolment, now=now).events.get(type=ReferralEvent.CLAIMED)
    _key, secret = api_key_create(name="Shop", source="shop", scope="write", now=now)
    mail = OutboundMessage.objects.first()
    assert mail is not None
    pages = {
        "portal": path_of(portal_link_create(contact=enrolment.contact, now=clock.now())),
        "advocate": path_of(advocate_url(enrolment)),
        "unsubscribe": path_of(unsubscribe_url(mail.public_id)),
        "thanks": reverse("referrals:thanks", args=[enrolment.campaign.slug, thanks_token(claimed)]),
    }
    said: dict[str, Any] = {"email": BEN.email, "name": BEN.name, "phone": BEN.phone}
    caller: dict[str, Any] = {"REMOTE_ADDR": CALLER}

    for path in pages.values():
        client.get(path, **caller)
        client.get(f"{path}x/", **caller)
        client.post(path, said, **caller)
    client.post(reverse("campaigns:portal_sign_in"), {"email": LENA.email}, **caller)
    client.post(reverse("account_login"), {"login": maya.email, "password": "wrong"}, **caller)
    client.get(reverse("admin:advocates_contact_changelist"), {"q": LENA.email}, **caller)
    client.get(f"/nowhere/{LENA.email}", **caller)
    for bearer in (secret, "x" + secret):
        client.post(
            "/api/v1/contacts", said, "application/json", headers={"authorization": f"Bearer {bearer}"}, **caller
        )
        client.get(
            "/api/v1/contacts/nobody", {"email": LENA.email}, headers={"authorization": f"Bearer {bearer}"}, **caller
        )

    lines = log.getvalue()
    assert lines.count("request_finished") >= 20
    secrets = [secret, CALLER, *(path.rstrip("/").rsplit("/", 1)[-1] for path in pages.values())]
    people = [LENA.email, LENA.name, BEN.email, BEN.name, BEN.phone, maya.email]
    assert [word for word in (*secrets, *people) if word in lines] == []


def test_the_log_still_tells_which_door_it_was(client: Client, log: io.StringIO, company: Company) -> None:
    client.get("/portal/in/" + "t" * 40 + "/")

    assert "/portal/in/…/" in log.getvalue()
