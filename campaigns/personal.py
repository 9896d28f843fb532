"""This app's tables with people in them."""

from datetime import datetime
from typing import Any

from advocates.models import Contact, ContactDetails
from advocates.people import PersonalData, Row, nothing_erased
from advocates.personal import rows_deleted
from advocates.telling import plain, teller, untold
from campaigns import merging
from campaigns.messaging.mails import MAILS
from campaigns.models import (
    Enrolment,
    EnrolmentEvent,
    IdempotentAnswer,
    MessageEvent,
    OutboundMessage,
    PortalLink,
    SurveyInvitation,
    Testimonial,
)
from campaigns.services.forgetting import answers_forget, enrolments_close, messages_forget

# A mail that was written with one of these names somebody else.
OTHERS = {"friend_name", "advocate_name"}


def enrolments_erased(contact: Contact, now: datetime) -> int:
    return enrolments_close(Enrolment.objects.filter(contact=contact), now=now)


def messages_erased(contact: Contact, now: datetime) -> int:
    return messages_forget(OutboundMessage.objects.filter(contact=contact), is_addressee=True, now=now)


def messages_told(contact: Contact) -> list[Row]:
    """What we wrote, as we wrote it; of mails that name somebody else only that they were written."""
    return [_told(mail) for mail in OutboundMessage.objects.filter(contact=contact).order_by("pk").iterator()]


def _told(mail: OutboundMessage) -> Row:
    kind = MAILS.get(mail.mail)
    names_others = kind is None or kind.is_secret or OTHERS.intersection(kind.placeholders)
    words = {} if names_others else {"subject": mail.subject, "text": mail.text}
    return {
        "mail": mail.mail,
        "to": mail.to_address,
        "status": mail.status,
        "written": plain(mail.created_at),
        "sent": plain(mail.sent_at),
        **words,
    }


def answers_erased(contact: Contact, _now: datetime) -> int:
    """Found by the keys, which are erased after this."""
    details = ContactDetails.objects.filter(contact=contact).first()
    words = [contact.public_id, *([details.name] if details else [])]
    for key in contact.keys.all():
        words += [key.shown, key.value]
    return answers_forget(words)


def _table(model: Any, fields: tuple[str, ...], export: Any, erase: Any = nothing_erased, **merge: Any) -> PersonalData:
    return PersonalData(model, fields, model._meta.verbose_name_plural, export, erase=erase, **merge)


PERSONAL = (
    _table(
        Enrolment,
        ("contact",),
        teller(Enrolment, "contact", "campaign__name", "code", "status", "channel", "enrolled_at"),
        enrolments_erased,
        merge=merging.enrolment_merge,
        unmerge=merging.enrolment_unmerge,
    ),
    _table(
        OutboundMessage,
        ("contact",),
        messages_told,
        messages_erased,
        merge=merging.outboundmessage_merge,
        unmerge=merging.outboundmessage_unmerge,
    ),
    _table(
        PortalLink,
        ("contact",),
        teller(PortalLink, "contact", "created_at", "used_at"),
        rows_deleted(PortalLink),
        merge=merging.portallink_merge,
        unmerge=merging.portallink_unmerge,
    ),
    _table(
        SurveyInvitation,
        ("contact",),
        teller(SurveyInvitation, "contact", "survey__name", "invited_at", "answered_at"),
        nothing_erased,
        merge=merging.surveyinvitation_merge,
        unmerge=merging.surveyinvitation_unmerge,
    ),
    _table(
        Testimonial,
        ("contact",),
        teller(
            Testimonial,
            "contact",
            "text",
            "shown_name",
            "shown_company",
            "language",
            "places",
            "consent_version",
            "consented_at",
            "status",
            "withdrawn_at",
        ),
        rows_deleted(Testimonial),
        merge=merging.testimonial_merge,
        unmerge=merging.testimonial_unmerge,
    ),
    _table(EnrolmentEvent, (), teller(EnrolmentEvent, "enrolment__contact", "type", "channel", "occurred_at")),
    _table(MessageEvent, (), teller(MessageEvent, "message__contact", "message__mail", "kind", "occurred_at")),
    # Gone by themselves after 72 hours.
    _table(IdempotentAnswer, (), untold, answers_erased),
)
