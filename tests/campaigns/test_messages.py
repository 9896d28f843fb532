"""Every mail once: written once, claimed once, sent once, and never sent to who said no in the meantime."""

import smtplib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail as outbox_module

from advocates.models import Contact, Suppression, User
from advocates.services.suppression import suppression_add
from campaigns.messaging import transport
from campaigns.messaging.transport import Outcome
from campaigns.models import Campaign, Company, MessageEvent, MessageTemplate, OutboundMessage
from campaigns.services.asks import asks_send
from campaigns.services.delivery import (
    LEASE,
    message_claim,
    message_confirm,
    message_requeue,
    message_stop,
    messages_send,
)
from campaigns.services.messages import message_queue
from config.lib.states import NotAllowed

pytestmark = pytest.mark.django_db

Status = OutboundMessage.Status
Queue = Callable[..., OutboundMessage]


def kinds(message: OutboundMessage) -> list[str]:
    return list(message.events.order_by("id").values_list("kind", flat=True))


def standing(message: OutboundMessage) -> str:
    message.refresh_from_db()
    return message.status


@pytest.fixture
def ask(campaign: Campaign, omar: Contact, mira: User, now: datetime) -> OutboundMessage:
    asks_send(campaign=campaign, contacts=[omar], actor=mira, now=now)
    return OutboundMessage.objects.get(mail="ask")


def test_the_same_key_writes_one_mail(queue: Queue) -> None:
    assert queue("same") == queue("same")
    assert OutboundMessage.objects.count() == 1


def test_two_sweeps_send_it_once(queue: Queue, now: datetime) -> None:
    message = queue()
    assert messages_send(now)["sent"] == 1
    assert "sent" not in messages_send(now)
    assert len(outbox_module.outbox) == 1
    assert standing(message) == Status.SENT
    assert kinds(message) == ["sent"]


def test_a_mail_that_is_not_due_waits(queue: Queue, now: datetime) -> None:
    queue(due_at=now + timedelta(hours=1))
    messages_send(now)
    assert outbox_module.outbox == []


def test_a_sender_that_died_between_claim_and_send_leaves_it_uncertain(queue: Queue, now: datetime) -> None:
    message = queue()
    message_claim(now=now)  # and then the process is gone
    assert messages_send(now + LEASE / 2) == {"uncertain": 0}
    assert messages_send(now + LEASE) == {"uncertain": 1}
    messages_send(now + timedelta(days=3))
    assert outbox_module.outbox == []
    assert standing(message) == Status.UNCERTAIN
    assert kinds(message) == ["uncertain"]


def test_what_comes_too_late_is_missed(queue: Queue, now: datetime) -> None:
    message = queue(expires_at=now + timedelta(minutes=10))
    messages_send(now + timedelta(minutes=10))
    assert standing(message) == Status.MISSED
    assert outbox_module.outbox == []


def test_who_unsubscribes_after_the_mail_was_written_gets_none(ask: OutboundMessage, now: datetime) -> None:
    suppression_add(address=ask.to_address, scope=Suppression.Scope.ASKS, reason="unsubscribed", now=now)
    assert messages_send(now)["suppressed"] == 1
    assert outbox_module.outbox == []
    assert kinds(ask) == ["held"]


def test_who_wants_no_asks_still_gets_mail_about_their_own_doings(queue: Queue, omar: Contact, now: datetime) -> None:
    suppression_add(address="omar@mail.example", scope=Suppression.Scope.ASKS, reason="unsubscribed", now=now)
    assert queue().status == Status.QUEUED


def test_who_wants_no_mail_at_all_is_not_even_written_to(company: Company, omar: Contact, now: datetime) -> None:
    suppression_add(address="omar@mail.example", scope=Suppression.Scope.ALL, reason="complained", now=now)
    values = {"link": "x", "minutes": "10"}
    assert message_queue(mail="portal_link", key="k", values=values, contact=omar, now=now) is None


def test_an_ask_of_a_paused_campaign_is_stopped(ask: OutboundMessage, now: datetime) -> None:
    Campaign.objects.update(status=Campaign.Status.PAUSED)
    messages_send(now)
    assert standing(ask) == Status.STOPPED


def test_who_was_erased_meanwhile_gets_none(queue: Queue, omar: Contact, now: datetime) -> None:
    message = queue()
    Contact.objects.filter(pk=omar.pk).update(erased_at=now)
    messages_send(now)
    assert standing(message) == Status.STOPPED


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (smtplib.SMTPServerDisconnected("gone"), transport.UNCERTAIN),
        (TimeoutError(), transport.UNCERTAIN),
        (smtplib.SMTPRecipientsRefused({"a@b.example": (550, b"no such user")}), transport.REFUSED),
        (smtplib.SMTPRecipientsRefused({"a@b.example": (451, b"later")}), transport.NOT_TAKEN),
        (smtplib.SMTPDataError(552, b"too large"), transport.REFUSED),
        (smtplib.SMTPSenderRefused(421, b"busy", "a@b.example"), transport.NOT_TAKEN),
    ],
)
def test_an_answer_decides_and_silence_does_not(
    queue: Queue, monkeypatch: pytest.MonkeyPatch, error: Exception, expected: str
) -> None:
    def fail(*_args: Any) -> None:
        raise error

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", fail)
    assert transport.send(queue()).kind == expected


def test_a_server_that_is_away_is_tried_again_later_and_not_for_ever(
    queue: Queue, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    monkeypatch.setattr(transport, "send", lambda message: Outcome(transport.NOT_TAKEN, "ConnectionRefusedError"))
    message = queue()
    for attempt in range(1, 10):
        messages_send(now + timedelta(hours=attempt))
    assert standing(message) == Status.MISSED or message.status == Status.FAILED
    assert message.attempts <= 6


def test_an_unknown_outcome_is_a_persons_to_decide(
    ask: OutboundMessage, mira: User, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    with monkeypatch.context() as silence:
        silence.setattr(transport, "send", lambda message: Outcome(transport.UNCERTAIN, "TimeoutError"))
        messages_send(now)
    assert standing(ask) == Status.UNCERTAIN
    message_requeue(message=ask, actor=mira, now=now)
    messages_send(now)
    assert standing(ask) == Status.SENT
    assert kinds(ask) == ["uncertain", "requeued", "sent"]


def test_an_uncertain_mail_may_be_declared_arrived_and_a_waiting_one_stopped(
    queue: Queue, mira: User, now: datetime
) -> None:
    uncertain, waiting = queue("a"), queue("b")
    OutboundMessage.objects.filter(pk=uncertain.pk).update(status=Status.UNCERTAIN)
    uncertain.refresh_from_db()
    message_confirm(message=uncertain, actor=mira, now=now)
    message_stop(message=waiting, actor=mira, now=now)
    messages_send(now)
    assert (standing(uncertain), standing(waiting)) == (Status.SENT, Status.STOPPED)
    assert outbox_module.outbox == []


def test_a_sign_in_mail_is_wiped_once_sent_and_never_sent_again(queue: Queue, mira: User, now: datetime) -> None:
    message = queue()
    messages_send(now)
    message.refresh_from_db()
    assert (message.text, message.html) == ("", "")
    with pytest.raises(NotAllowed):
        message_requeue(message=message, actor=mira, now=now)


def test_an_ask_carries_one_click_unsubscribe_and_a_service_mail_does_not(
    ask: OutboundMessage, queue: Queue, now: datetime
) -> None:
    queue()
    messages_send(now)
    by_subject = {"link" in sent.subject: sent.extra_headers for sent in outbox_module.outbox}
    assert by_subject[False]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert by_subject[False]["List-Unsubscribe"].startswith("<http")
    assert "List-Unsubscribe" not in by_subject[True]


def test_the_mail_stands_in_both_forms_with_address_and_way_out(ask: OutboundMessage) -> None:
    for body in (ask.text, ask.html):
        assert "12 Harbour Street" in body
        assert "/u/" in body
        assert "/a/" in body
    assert "<!doctype html>" in ask.html.lower()
    assert "{" not in ask.text


def test_a_name_is_greeted_and_nobody_is_called_nothing(queue: Queue, company: Company, now: datetime) -> None:
    from advocates.services.contacts import ContactFacts, contact_upsert

    nameless = contact_upsert(facts=ContactFacts(email="x@mail.example"), source="shop", now=now).contact
    assert "Hello Omar Diallo," in queue("a").text
    assert "Hello," in queue("b", contact=nameless).text


def test_staffs_own_words_go_out_instead_of_ours(queue: Queue) -> None:
    MessageTemplate.objects.create(mail="portal_link", language="en", subject="Come in, {name}", body="{link}")
    assert queue().subject == "Come in, Omar Diallo"


def test_the_sender_is_the_company(queue: Queue) -> None:
    message = queue()
    assert message.from_address.startswith("Fernway Coffee <")
    assert message.reply_to == "hello@fernway.example"


def test_a_hostile_name_breaks_neither_header_nor_body(company: Company, now: datetime) -> None:
    from tests.cast import Person, contact_of

    name = "Eve <script>alert(1)</script> </mj-text> {company_name} & [x](https://evil.example)"
    eve = contact_of(Person(name, "eve@mail.example", external_id="C-6"))
    message = message_queue(
        mail="portal_link", key="k", values={"link": "https://x.example", "minutes": "10"}, contact=eve, now=now
    )
    assert message is not None
    assert "<script" not in message.html
    assert 'href="https://evil.example"' not in message.html
    assert "{company_name}" in message.text


def test_every_news_of_a_mail_has_its_row(queue: Queue, now: datetime) -> None:
    queue()
    messages_send(now)
    assert MessageEvent.objects.get().occurred_at == now
