"""A mail is claimed before it is sent, and sent at most once.

The claim (status *sending*, a lease) is committed before the server hears of the mail. A process that dies in between
leaves a lease that runs out: the mail then stands as *outcome unknown* and is never sent again by itself.
"""

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.utils import parseaddr

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _, override

from advocates.models import Contact, Suppression, User
from advocates.selectors import contact_email, is_suppressed
from advocates.services.audit import audit
from campaigns.locks import next_due_message
from campaigns.messaging import transport
from campaigns.messaging.mails import MAILS, Mail
from campaigns.messaging.render import MailTexts, RenderedMail, mail_render
from campaigns.models import Brand, Campaign, Company, MessageEvent, MessageTemplate, OutboundMessage
from campaigns.news import announce_mail
from campaigns.selectors import company, unsubscribe_url
from config.lib.ids import new_public_id
from config.lib.insert_once import insert_once
from config.lib.states import NotAllowed, Stale, move

Status = OutboundMessage.Status
Nature = OutboundMessage.Nature
Kind = MessageEvent.Kind

# Longer than a run and its last mail together, so that nobody takes over what is still being sent.
LEASE = timedelta(minutes=5)
RUN_SECONDS = 60.0
MAX_ATTEMPTS = 6
FIRST_PAUSE = timedelta(minutes=1)


# --- writing ----------------------------------------------------------------------------------------------------------


def message_queue(
    *,
    mail: str,
    key: str,
    values: Mapping[str, str],
    now: datetime,
    contact: Contact | None = None,
    staff_address: str = "",
    staff_language: str = "",
    campaign: Campaign | None = None,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
) -> OutboundMessage | None:
    """Write one mail, to a contact or to staff; `key` makes it unique: a second call gives the first row back.

    `values` holds every placeholder that the mail names (KeyError otherwise). None: no address, or it is suppressed.
    """
    kind = MAILS[mail]
    address = contact_email(contact) if contact else staff_address
    if not address or _is_held_back(kind.nature, address):
        return None
    sender = company()
    language = _language(contact, staff_language, campaign, sender)
    public_id = new_public_id("msg")
    link = unsubscribe_url(public_id) if kind.has_unsubscribe else ""
    rendered = message_render(
        kind=kind, values=values, language=language, contact=contact, unsubscribe_url=link, sender=sender
    )
    brand = campaign.brand if campaign else None
    with transaction.atomic():
        message, is_new = insert_once(
            OutboundMessage,
            unique=["dedupe_key"],
            public_id=public_id,
            dedupe_key=key,
            mail=kind.name,
            nature=kind.nature,
            contact=contact,
            campaign=campaign,
            language=language,
            to_address=address,
            from_address=_from_address(brand, sender),
            reply_to=(brand.reply_to if brand else "") or sender.reply_to,
            subject=rendered.subject,
            text=rendered.text,
            html=rendered.html,
            headers=_headers(link),
            due_at=due_at or now,
            expires_at=expires_at,
            is_test=bool(contact and contact.is_test) or bool(campaign and campaign.is_test),
        )
        if is_new:
            announce_mail()
    return message


def message_render(
    *,
    kind: Mail,
    values: Mapping[str, str],
    language: str,
    contact: Contact | None = None,
    unsubscribe_url: str = "",
    sender: Company | None = None,
) -> RenderedMail:
    """The mail as it will look, in that language. Raises KeyError when a placeholder of the mail has no value."""
    sender = sender or company()
    with override(language):
        known = {name: str(values[name]) for name in kind.placeholders} | _common_values(contact, sender)
        context = {
            "company": sender,
            "language": language,
            "button_url": known.get(kind.button_url_placeholder, ""),
            "unsubscribe_url": unsubscribe_url,
            "reason_line": _reason_line(kind, sender),
        }
        return mail_render(texts=_texts(kind, language), values=known, context=context)


def _texts(kind: Mail, language: str) -> MailTexts:
    """Staff's own words where there are some, else ours."""
    own = MessageTemplate.objects.filter(mail=kind.name, language=language).first()
    words = own or kind
    return MailTexts(str(words.subject), str(words.preheader), str(words.body), str(words.button))


def _common_values(contact: Contact | None, sender: Company) -> dict[str, str]:
    details = getattr(contact, "details", None)
    name = details.name if details else ""
    greeting = _("Hello %(name)s,") % {"name": name} if name else _("Hello,")
    return {"company_name": sender.name, "name": name, "greeting": greeting}


def _reason_line(kind: Mail, sender: Company) -> str:
    if kind.nature == Nature.ASK:
        return _("You get this mail because you are in touch with %(company)s.") % {"company": sender.name}
    if kind.nature == Nature.STAFF:
        return _("You get this mail because you work with referrals at %(company)s.") % {"company": sender.name}
    return _("You get this mail because it is about something you did at %(company)s.") % {"company": sender.name}


def _language(contact: Contact | None, staff_language: str, campaign: Campaign | None, sender: Company) -> str:
    wanted = contact.language if contact else staff_language
    return wanted or (campaign.main_language if campaign else "") or sender.language


def _from_address(brand: Brand | None, sender: Company) -> str:
    default_name, default_address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    if brand:
        return str(Address(display_name=brand.sender_name, addr_spec=brand.sender_email))
    return str(Address(display_name=sender.name or default_name, addr_spec=default_address))


def _headers(link: str) -> dict[str, str]:
    """One-click unsubscribe: RFC 8058 §3.1."""
    if not link:
        return {}
    return {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _is_held_back(nature: str, address: str) -> bool:
    """Staff are told whatever happens; a person's no to asks still lets mail about their own doings through."""
    if nature == Nature.STAFF:
        return False
    return is_suppressed(address, scope=Suppression.Scope.ASKS if nature == Nature.ASK else Suppression.Scope.ALL)


# --- sending ----------------------------------------------------------------------------------------------------------


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
    if message.contact and message.contact.erased_at:
        return Status.STOPPED, "erased"
    if _is_held_back(message.nature, message.to_address):
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
