"""Writes a mail, once, as it will be sent; the sweep in campaigns.services.delivery does the rest."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _, override

from advocates.models import Contact, ContactKey, Suppression
from advocates.selectors import contact_email, is_suppressed, suppressions_of
from campaigns.messaging.mails import MAILS, Mail
from campaigns.messaging.render import MailTexts, RenderedMail, mail_render
from campaigns.models import Brand, Campaign, Company, MessageTemplate, OutboundMessage
from campaigns.news import announce_mail
from campaigns.selectors import company, company_lately, unsubscribe_url
from config.lib.ids import new_public_id
from config.lib.insert_once import insert_row
from config.lib.lately import Lately
from config.lib.together import Together

Nature = OutboundMessage.Nature
WORDS = ("subject", "preheader", "body", "button")


def message_queue(
    *,
    mail: str,
    key: str,
    values: Mapping[str, str],
    now: datetime,
    contact: Contact | None = None,
    contact_address: str = "",
    staff_address: str = "",
    staff_language: str = "",
    campaign: Campaign | None = None,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
) -> OutboundMessage | None:
    """Write one mail, to a contact or to staff; `key` makes it unique: a second call gives the first row back.

    `contact_address`: another address of the contact than the one learnt last.
    `values` holds every placeholder that the mail names (KeyError otherwise). None: no address, or it is suppressed.
    """
    kind = MAILS[mail]
    address = (contact_address or contact_email(contact)) if contact else staff_address
    if not address or is_held_back(kind.nature, address):
        return None
    sender = company()
    language = _language(contact, staff_language, campaign, sender)
    reader = Reader(contact, address, language, sender, _own_words(kind, language))
    row = message_build(
        mail=mail,
        key=key,
        values=values,
        reader=reader,
        campaign=campaign,
        now=now,
        due_at=due_at,
        expires_at=expires_at,
    )
    with transaction.atomic():
        if insert_row(row, unique=["dedupe_key"]):
            announce_mail()
            return row
    return OutboundMessage.objects.get(dedupe_key=key)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a mail, and what is read along for it. `own`: staff's words for it, where there are some."""

    contact: Contact | None
    address: str
    language: str
    sender: Company
    own: MailTexts | None


def reader_along(contacts: QuerySet[Any], *, mail: str, language: str) -> QuerySet[Any]:
    """Contacts with all that a mail to them needs, in the statement that reads them: for reader_of."""
    addresses = ContactKey.objects.filter(contact=OuterRef("pk"), kind=ContactKey.Kind.EMAIL).order_by("-pk")
    own = MessageTemplate.objects.filter(mail=mail, language=language)
    words = JSONObject(**{name: name for name in WORDS})
    house = JSONObject(**{field.attname: field.attname for field in Company._meta.concrete_fields})
    read: QuerySet[Any] = contacts.select_related("details").annotate(
        address=Subquery(addresses.values("shown")[:1]),
        own_words=Subquery(own.values(json=words)[:1]),
        house=Subquery(Company.objects.values(json=house)[:1]),
    )
    return read


def reader_of(row: Any, *, mail: str, language: str) -> Reader | None:
    """A contact that was read by reader_along; None: no address, or it is suppressed."""
    if not row.address or is_held_back(MAILS[mail].nature, row.address):
        return None
    sender = Company(**row.house) if row.house else company()
    own = MailTexts(**row.own_words) if row.own_words else None
    return Reader(row, row.address, language, sender, own)


def message_build(
    *,
    mail: str,
    key: str,
    values: Mapping[str, str],
    reader: Reader,
    now: datetime,
    campaign: Campaign | None = None,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
) -> OutboundMessage:
    """The mail as a row that nobody has written yet. Raises KeyError for a placeholder without a value."""
    kind, contact, sender = MAILS[mail], reader.contact, reader.sender
    public_id = new_public_id("msg")
    link = unsubscribe_url(public_id) if kind.has_unsubscribe else ""
    rendered = _rendered(kind, values, reader.language, contact, link, sender, reader.own)
    brand = campaign.brand if campaign else None
    return OutboundMessage(
        public_id=public_id,
        dedupe_key=key,
        mail=kind.name,
        nature=kind.nature,
        contact=contact,
        campaign=campaign,
        language=reader.language,
        to_address=reader.address,
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


def message_add(
    *,
    writes: Together,
    mail: str,
    key: str,
    values: Mapping[str, str],
    contact: Contact,
    address: str,
    campaign: Campaign,
    now: datetime,
) -> None:
    """A mail to a contact whose address is known, written with other rows; unless it is suppressed by then.

    The company's and staff's words may be a second old.
    """
    if not address:
        return
    kind, sender = MAILS[mail], company_lately()
    language = _language(contact, "", campaign, sender)
    [own] = _words_lately((mail, language))
    reader = Reader(contact, address, language, sender, own)
    row = message_build(mail=mail, key=key, values=values, reader=reader, campaign=campaign, now=now)
    held_back = suppressions_of(address).filter(scope__in={_scope(kind.nature), Suppression.Scope.ALL})
    writes.insert(row, unique=["dedupe_key"], unless=held_back)
    announce_mail()


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
    own = _own_words(kind, language)
    return _rendered(kind, values, language, contact, unsubscribe_url, sender, own)


def _rendered(
    kind: Mail,
    values: Mapping[str, str],
    language: str,
    contact: Contact | None,
    link: str,
    sender: Company,
    own: MailTexts | None,
) -> RenderedMail:
    with override(language):
        known = {name: str(values[name]) for name in kind.placeholders} | _common_values(contact, sender)
        context = {
            "company": sender,
            "language": language,
            "button_url": known.get(kind.button_url_placeholder, ""),
            "scale": _scale(known.get(kind.scale_url_placeholder, "")),
            "unsubscribe_url": link,
            "reason_line": _reason_line(kind, sender),
        }
        return mail_render(texts=own or _our_words(kind), values=known, context=context)


def _scale(url: str) -> list[dict[str, str]]:
    """Eleven links that lead to one page, each with its figure chosen there; the page's button answers."""
    return [{"score": str(score), "url": f"{url}?score={score}"} for score in range(11)] if url else []


def _own_words(kind: Mail, language: str) -> MailTexts | None:
    """Staff's own words, where there are some."""
    own = MessageTemplate.objects.filter(mail=kind.name, language=language).first()
    return MailTexts(own.subject, own.preheader, own.body, own.button) if own else None


def _our_words(kind: Mail) -> MailTexts:
    return MailTexts(str(kind.subject), str(kind.preheader), str(kind.body), str(kind.button))


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
    return is_suppressed(address, scope=_scope(nature))


def _scope(nature: str) -> str:
    return Suppression.Scope.ASKS if nature == Nature.ASK else Suppression.Scope.ALL


_words_lately: Lately[tuple[str, str], list[MailTexts | None]] = Lately(
    lambda which: [_own_words(MAILS[which[0]], which[1])]
)
