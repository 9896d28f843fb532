"""Who was found to be two people of one campaign holds both codes, and sees what came of either."""

from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from advocates.facts import ContactFacts
from advocates.models import Contact
from advocates.services.contacts import contact_upsert
from advocates.services.merging import contacts_merge, merge_undo
from campaigns.models import Enrolment
from campaigns.services.enrolments import enrolment_create
from campaigns.services.portal import portal_link_create
from config.lib import clock
from tests.cast import BEN, NOOR
from tests.factories.campaigns import campaign_made
from tests.factories.referrals import enrolled, referred

pytestmark = pytest.mark.django_db


@pytest.fixture
def own(company: object, now: datetime) -> Enrolment:
    return enrolled(campaign_made(), now=now)


@pytest.fixture
def second(own: Enrolment, now: datetime) -> Enrolment:
    facts = ContactFacts(email="lena@fernway-vogt.example", name="L. Vogt")
    twin: Contact = contact_upsert(facts=facts, source="crm", now=now).contact
    enrolment, _is_new = enrolment_create(campaign=own.campaign, contact=twin, now=now)
    return enrolment


def home(client: Client, contact: Contact) -> str:
    url = portal_link_create(contact=contact, now=clock.now())
    client.post("/" + url.split("/", 3)[3])
    return client.get("/portal/").content.decode()


def test_both_codes_are_named_and_friends_of_both_stand_in_one_list(
    client: Client, own: Enrolment, second: Enrolment, now: datetime
) -> None:
    referred(second, now=now, person=BEN)
    merge = contacts_merge(kept=own.contact, gone=second.contact, actor=None, reason="", now=now)
    referred(Enrolment.objects.get(pk=second.pk), now=now, person=NOOR)
    page = home(client, own.contact)
    assert f"{own.code} · {second.code}" in page
    assert page.count("/share/") <= 2  # one bar to share with
    assert len(client.get(reverse("referrals:portal_friends")).context["friends"]) == 2
    merge_undo(merge=merge, actor=None, now=now)
    assert second.code not in client.get("/portal/").content.decode()


def test_one_code_needs_no_words(client: Client, own: Enrolment, second: Enrolment) -> None:
    page = home(client, own.contact)
    assert second.code not in page
    assert "Links and codes" not in page


def test_a_code_that_is_switched_off_is_not_named(
    client: Client, own: Enrolment, second: Enrolment, now: datetime
) -> None:
    contacts_merge(kept=own.contact, gone=second.contact, actor=None, reason="", now=now)
    Enrolment.objects.filter(pk=second.pk).update(status="disabled")
    assert second.code not in home(client, own.contact)
