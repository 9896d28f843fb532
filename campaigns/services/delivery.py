"""A mail is claimed before it is sent, and sent at most once.

The claim (status *sending*, a lease) is committed before the server hears of the mail. A process that dies in between
leaves a lease that runs out: the mail then stands as *outcome unknown* and is never sent again by itself.
"""

import time
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from advocates.models import User
from advocates.services.audit import audit
from campaigns.locks import next_due_message
from campaigns.messaging import transport
from campaigns.messaging.mails import MAILS
from campaigns.models import Campaign, MessageEvent, OutboundMessage
from campaigns.news import announce_mail
from campaigns.services.messages import is_held_back
from config.lib.states import NotAllowed, Stale, move

Status = OutboundMessage.Status
Nature = OutboundMessage.Nature
Kind = MessageEvent.Kind

# Longer than a run and its last mail together, so that nobody takes over what is still being sent.
LEASE = timedelta(minutes=5)
RUN_SECONDS = 60.0
MAX_ATTEMPTS = 6
FIRST_PAUSE = timedelta(minutes=1)


def messages_send(now: datetime) -> dict[str, int]:
    """Send what is due, for at most a minute: how many by outcome. Any number of these may run side by side."""
    counts = {"uncertain": messages_park(now=now)}
    started = time.monotonic()
    while time.monotonic() - started < RUN_SECONDS:
        message = message_claim(now=now)
        if message is None:
            break
        outcome = message_deliver(message=message, now=now) if message.status == Status.SENDING else message.status
        counts[outcome] = counts.get(outcome, 0) + 1
    return counts


def message_claim(*, now: datetime) -> OutboundMessage | None:
    """Take the next due mail: it comes back *sending* with a lease, or in the state that a stop put it in."""
    with transaction.atomic():
        message = next_due_message(now=now)
        if message is None:
            return None
        stop, detail = _reason_to_stop(message, now)
        if stop:
            _settle(message, to=stop, kind=Kind.HELD, now=now, detail=detail)
            return message
        move(
            message,
            to=Status.SENDING,
            table=OutboundMessage.MOVES,
            lease_until=now + LEASE,
            attempts=message.attempts + 1,
        )
    return message


def message_deliver(*, message: OutboundMessage, now: datetime) -> str:
    """Send a claimed mail and write down what became of it: the state it is in now."""
    outcome = transport.send(message)
    with transaction.atomic():
        if outcome.kind == transport.SENT:
            _settle(message, to=Status.SENT, kind=Kind.SENT, now=now, sent_at=now)
        elif outcome.kind == transport.UNCERTAIN:
            _settle(message, to=Status.UNCERTAIN, kind=Kind.UNCERTAIN, now=now, detail=outcome.detail)
        elif outcome.kind == transport.NOT_TAKEN and message.attempts < MAX_ATTEMPTS:
            later = now + FIRST_PAUSE * 2 ** (message.attempts - 1)
            _settle(message, to=Status.QUEUED, kind=Kind.REQUEUED, now=now, detail=outcome.detail, due_at=later)
        else:
            _settle(message, to=Status.FAILED, kind=Kind.FAILED, now=now, detail=outcome.detail)
    return message.status


def messages_park(*, now: datetime) -> int:
    """Claims whose lease ran out: their sender died, perhaps after the server took the mail. A person decides."""
    stranded = OutboundMessage.objects.filter(status=Status.SENDING, lease_until__lte=now)
    parked = 0
    for message in stranded.iterator():
        try:
            with transaction.atomic():
                _settle(message, to=Status.UNCERTAIN, kind=Kind.UNCERTAIN, now=now, detail="lease ran out")
        except Stale:  # its sender came back at the last moment
            continue
        parked += 1
    return parked


def _reason_to_stop(message: OutboundMessage, now: datetime) -> tuple[str, str]:
    """Everything that may have happened since the mail was written, read again under the lock."""
    if message.expires_at and message.expires_at <= now:
        return Status.MISSED, "expired"
    if not message.text or (message.contact and message.contact.erased_at):
        return Status.STOPPED, "erased"
    if is_held_back(message.nature, message.to_address):
        return Status.SUPPRESSED, "suppressed"
    campaign = message.campaign
    if message.nature == Nature.ASK and campaign and campaign.status != Campaign.Status.ACTIVE:
        return Status.STOPPED, f"campaign {campaign.status}"
    return "", ""


def _settle(
    message: OutboundMessage, *, to: str, kind: str, now: datetime, detail: str = "", **changes: datetime
) -> None:
    wiped = {"text": "", "html": ""} if to != Status.QUEUED and is_secret(message) else {}
    move(message, to=to, table=OutboundMessage.MOVES, lease_until=None, error=detail[:500], **wiped, **changes)
    _event(message, kind=kind, now=now, detail=detail)


def is_secret(message: OutboundMessage) -> bool:
    """Does its text sign somebody in?"""
    kind = MAILS.get(message.mail)
    return bool(kind and kind.is_secret)


def _event(message: OutboundMessage, *, kind: str, now: datetime, detail: str = "") -> None:
    MessageEvent.objects.create(message=message, kind=kind, occurred_at=now, detail=detail[:254])


# --- what staff decide ------------------------------------------------------------------------------------------------


def message_requeue(*, message: OutboundMessage, actor: User, now: datetime) -> OutboundMessage:
    """Send it again, though it may have arrived: a person has looked. Raises NotAllowed, Stale."""
    if is_secret(message):
        raise NotAllowed(_("A sign-in link is not sent again: the person asks for a new one."))
    return _decide(message, to=Status.QUEUED, kind=Kind.REQUEUED, actor=actor, now=now, due_at=now)


def message_confirm(*, message: OutboundMessage, actor: User, now: datetime) -> OutboundMessage:
    """It did arrive. Raises NotAllowed, Stale."""
    return _decide(message, to=Status.SENT, kind=Kind.SENT, actor=actor, now=now, sent_at=now)


def message_stop(*, message: OutboundMessage, actor: User, now: datetime) -> OutboundMessage:
    """Do not send it. Raises NotAllowed, Stale."""
    return _decide(message, to=Status.STOPPED, kind=Kind.HELD, actor=actor, now=now)


def _decide(
    message: OutboundMessage, *, to: str, kind: str, actor: User, now: datetime, **changes: datetime
) -> OutboundMessage:
    before = message.status
    with transaction.atomic():
        _settle(message, to=to, kind=kind, now=now, detail="by staff", **changes)
        audit(verb=f"message_{to}", row=message, actor=actor, before={"status": before}, after={"status": to})
        if to == Status.QUEUED:
            announce_mail()
    return message
