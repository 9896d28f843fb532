"""What the tests of campaigns start from: an open campaign, and mail that stays in the process."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from advocates.models import Contact
from campaigns.models import Campaign, Company, Enrolment, OutboundMessage
from campaigns.services.enrolments import enrolment_create
from campaigns.services.messages import message_queue
from tests.cast import LENA, OMAR, contact_of
from tests.factories.campaigns import campaign_made


@pytest.fixture
def campaign(company: Company) -> Campaign:
    return campaign_made()


@pytest.fixture
def omar(company: Company) -> Contact:
    """A customer who may be written to, in English."""
    return contact_of(OMAR, purchases_count=3)


@pytest.fixture
def lena(company: Company) -> Contact:
    """A customer who may be written to, in German."""
    return contact_of(LENA, purchases_count=1)


@pytest.fixture
def enrolment(campaign: Campaign, omar: Contact, now: datetime) -> Enrolment:
    return enrolment_create(campaign=campaign, contact=omar, now=now)[0]


@pytest.fixture
def queue(omar: Contact, now: datetime) -> Callable[..., OutboundMessage]:
    """Write Omar a sign-in mail, or another one with `mail=` and `values=`."""

    def write(key: str = "one", **changes: Any) -> OutboundMessage:
        facts: dict[str, Any] = {
            "mail": "portal_link",
            "values": {"link": "https://innercircle.example/x", "minutes": "10"},
            "contact": omar,
            "now": now,
            "expires_at": now + timedelta(days=1),
        }
        message = message_queue(key=key, **(facts | changes))
        assert message is not None
        return message

    return write
