"""The right people are asked, in their own language, and nobody twice."""

from datetime import datetime, timedelta

import pytest
from django.db import connection

from advocates.models import AuditEntry, CircleChoice, Contact, Suppression, User
from advocates.services.contacts import ContactFacts, contact_upsert
from advocates.services.suppression import suppression_add
from campaigns.errors import CampaignNotOpen
from campaigns.models import Campaign, CampaignCopy, Company, Enrolment, OutboundMessage
from campaigns.services.asks import AskResult, asks_send, inner_circle
from campaigns.services.enrolments import enrolment_create, enrolment_switch
from tests.factories.campaigns import campaign_made, copy_made

pytestmark = pytest.mark.django_db


def test_asking_enrols_and_writes(campaign: Campaign, omar: Contact, mira: User, now: datetime) -> None:
    assert asks_send(campaign=campaign, contacts=[omar], actor=mira, now=now) == AskResult(asked=1)
    enrolment = Enrolment.objects.get(contact=omar)
    assert list(enrolment.events.order_by("pk").values_list("type", flat=True)) == ["enrolled", "asked"]
    message = OutboundMessage.objects.get()
    assert enrolment.code in message.text
    assert AuditEntry.objects.filter(verb="asked", actor=mira, after={"asked": 1}).exists()


def test_nobody_is_asked_twice_within_the_rest_period(
    campaign: Campaign, company: Company, omar: Contact, mira: User, now: datetime
) -> None:
    other = campaign_made()
    asks_send(campaign=campaign, contacts=[omar], actor=mira, now=now)
    for days in (0, 1, company.ask_rest_days - 1):
        later = now + timedelta(days=days)
        assert asks_send(campaign=other, contacts=[omar], actor=mira, now=later) == AskResult(resting=1)
    after = now + timedelta(days=company.ask_rest_days)
    assert asks_send(campaign=other, contacts=[omar], actor=mira, now=after) == AskResult(asked=1)
    assert OutboundMessage.objects.count() == 2


def test_whoever_is_named_twice_is_asked_once(campaign: Campaign, omar: Contact, mira: User, now: datetime) -> None:
    assert asks_send(campaign=campaign, contacts=[omar, omar], actor=mira, now=now) == AskResult(asked=1, resting=1)


def test_each_is_written_to_in_their_own_language(
    campaign: Campaign, omar: Contact, lena: Contact, mira: User, now: datetime
) -> None:
    copy_made(campaign, language="de", headline="Guter Kaffee", friend_offer="10 % auf den ersten Einkauf")
    asks_send(campaign=campaign, contacts=[omar, lena], actor=mira, now=now)
    by_language = {message.language: message for message in OutboundMessage.objects.all()}
    assert set(by_language) == {"en", "de"}
    assert "10 % auf den ersten Einkauf" in by_language["de"].text
    assert "10 % off the first order" in by_language["en"].text


def test_who_is_left_out_is_counted_with_the_reason(
    campaign: Campaign, omar: Contact, lena: Contact, mira: User, now: datetime
) -> None:
    silent = contact_upsert(facts=ContactFacts(external_id="C-9", purchases_count=2), source="shop", now=now).contact
    stranger = contact_upsert(facts=ContactFacts(email="who@mail.example"), source="shop", now=now).contact
    suppression_add(address="lena.vogt@posteo.example", scope=Suppression.Scope.ASKS, reason="unsubscribed", now=now)
    enrolment, _new = enrolment_create(campaign=campaign, contact=omar, now=now)
    enrolment_switch(enrolment=enrolment, to=Enrolment.Status.DISABLED, actor=mira, reason="", now=now)
    result = asks_send(campaign=campaign, contacts=[silent, stranger, lena, omar], actor=mira, now=now)
    assert result == AskResult(without_address=1, without_basis=1, suppressed=1, switched_off=1)
    assert result.left_out == 4
    assert not OutboundMessage.objects.exists()
    assert not Contact.objects.exclude(last_asked_at=None).exists()


def test_a_closed_campaign_asks_nobody(campaign: Campaign, omar: Contact, mira: User, now: datetime) -> None:
    campaign.status = Campaign.Status.PAUSED
    with pytest.raises(CampaignNotOpen):
        asks_send(campaign=campaign, contacts=[omar], actor=mira, now=now)


def test_the_inner_circle_is_who_was_chosen(omar: Contact, lena: Contact, mira: User, now: datetime) -> None:
    CircleChoice.objects.create(contact=omar, status="member", chosen_by=mira, chosen_at=now)
    CircleChoice.objects.create(contact=lena, status="removed", chosen_by=mira, chosen_at=now)
    assert list(inner_circle()) == [omar]


def test_if_the_mail_cannot_be_written_the_person_has_not_been_asked(
    campaign: Campaign, omar: Contact, mira: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    CampaignCopy.objects.all().delete()
    with pytest.raises(Exception, match="no texts"):
        asks_send(campaign=campaign, contacts=[omar], actor=mira, now=now)
    omar.refresh_from_db()
    assert omar.last_asked_at is None
    assert not connection.needs_rollback
