"""Several senders at once, each a real thread on PostgreSQL, and the twin that shows what the claim is for."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from campaigns.messaging import transport
from campaigns.messaging.transport import Outcome
from campaigns.models import OutboundMessage
from campaigns.services import delivery
from campaigns.services.delivery import messages_send

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

SENDERS = 4
MAILS = 30


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each mail went out; nothing leaves the process."""
    counted: Counter[str] = Counter()
    lock = threading.Lock()

    def send(message: OutboundMessage) -> Outcome:
        with lock:
            counted[message.public_id] += 1
        return Outcome(transport.SENT)

    monkeypatch.setattr(transport, "send", send)
    return counted


def sweep_together(now: datetime) -> None:
    barrier = threading.Barrier(SENDERS)

    def sweep() -> None:
        try:
            barrier.wait()
            messages_send(now)
        finally:
            connection.close()

    threads = [threading.Thread(target=sweep) for _sender in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_four_sweeps_send_each_mail_once(
    queue: Callable[..., OutboundMessage], sent: Counter[str], now: datetime
) -> None:
    for number in range(MAILS):
        queue(f"mail-{number}")
    sweep_together(now)
    assert len(sent) == MAILS
    assert set(sent.values()) == {1}
    assert OutboundMessage.objects.filter(status="sent").count() == MAILS


def test_without_the_claim_a_mail_goes_out_several_times(
    queue: Callable[..., OutboundMessage], sent: Counter[str], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: each sender looks, then writes."""
    queue()
    looked = threading.Barrier(SENDERS)

    def look_then_write(**_moment: Any) -> OutboundMessage | None:
        message = OutboundMessage.objects.filter(status="queued").first()
        if message is None:
            return None
        looked.wait(timeout=10)
        OutboundMessage.objects.filter(pk=message.pk).update(status="sending")
        message.status = "sending"
        return message

    monkeypatch.setattr(delivery, "message_claim", look_then_write)
    monkeypatch.setattr(delivery, "message_deliver", lambda message, now: transport.send(message).kind)
    sweep_together(now)
    assert max(sent.values()) > 1
