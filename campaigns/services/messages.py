"""Writes a mail, once, as it will be sent; the sweep in campaigns.services.delivery does the rest."""

from collections.abc import Mapping
from datetime import datetime
from email.headerregistry import Address
from email.utils import parseaddr

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _, override

from advocates.models import Contact, Suppression
from advocates.selectors import contact_email, is_suppressed
from campaigns.messaging.mails import MAILS, Mail
from campaigns.messaging.render import MailTexts, RenderedMail, mail_render
from campaigns.models import Brand, Campaign, Company, MessageTemplate, OutboundMessage
from campaigns.news import announce_mail
from campaigns.selectors import company, unsubscribe_url
from config.lib.ids import new_public_id
from config.lib.insert_once import insert_once

Nature = OutboundMessage.Nature


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
    if not address or is_held_back(kind.nature, address):
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
            "scale": _scale(known.get(kind.scale_url_placeholder, "")),
            "unsubscribe_url": unsubscribe_url,
            "reason_line": _reason_line(kind, sender),
        }
        return mail_render(texts=_texts(kind, language), values=known, context=context)


def _scale(url: str) -> list[dict[str, str]]:
    """Eleven links that lead to one page, each with its figure chosen there; the page's button answers."""
    return [{"score": str(score), "url": f"{url}?score={score}"} for score in range(11)] if url else []


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


def is_held_back(nature: str, address: str) -> bool:
    """Staff are told whatever happens; a person's no to asks still lets mail about their own doings through."""
    if nature == Nature.STAFF:
        return False
    return is_suppressed(address, scope=Suppression.Scope.ASKS if nature == Nature.ASK else Suppression.Scope.ALL)
