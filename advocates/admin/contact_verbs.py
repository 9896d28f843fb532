"""What staff do with a person. Each verb calls one service and says in a sentence what came of it."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _, gettext_lazy as _lazy

from advocates.admin.base import Verb, staff_of
from advocates.admin.circle_verbs import CIRCLE_VERBS, stands
from advocates.forms import ConsentForm, ReasonForm
from advocates.models import Consent, Contact, Suppression
from advocates.selectors import contact_email, display_name, suppressions_of
from advocates.services.consents import SPOKEN_TEXT, consent_record, consent_withdraw
from advocates.services.suppression import suppression_add, suppression_lift
from config.lib import clock


def consent_by_phone(request: HttpRequest, contact: Contact, said: dict[str, Any]) -> str:
    consent_record(
        contact=contact,
        channel=said["channel"],
        basis=Consent.Basis.BY_PHONE,
        source="console",
        given_at=clock.now(),
        text_version=SPOKEN_TEXT,
        actor=staff_of(request),
    )
    return _("Noted, with today's date and your name.")


def stop_calls(request: HttpRequest, contact: Contact, said: dict[str, Any]) -> str:
    channel = Consent.Channel.PHONE
    consent_withdraw(contact=contact, channel=channel, source="console", actor=staff_of(request), now=clock.now())
    return _("%(name)s is not phoned any more.") % {"name": display_name(contact)}


def hold_mails(request: HttpRequest, contact: Contact, said: dict[str, Any]) -> str:
    suppression_add(
        address=contact_email(contact),
        scope=Suppression.Scope.ASKS,
        reason=Suppression.Reason.STAFF,
        actor=staff_of(request),
        now=clock.now(),
    )
    return _("This address gets no asks and no news any more.")


def allow_mails(request: HttpRequest, contact: Contact, said: dict[str, Any]) -> str:
    suppression_lift(address=contact_email(contact), actor=staff_of(request), reason=said["reason"])
    return _("Mails to this address are sent again.")


def may_be_phoned(contact: Contact) -> bool:
    return contact.consents.filter(channel=Consent.Channel.PHONE, withdrawn_at=None).exists()


def is_held_back(contact: Contact) -> bool:
    email = contact_email(contact)
    return bool(email) and suppressions_of(email).exists()


CONTACT_VERBS: tuple[Verb[Contact], ...] = (
    *CIRCLE_VERBS,
    Verb(
        "consent",
        _lazy("Agreed on the phone"),
        "advocates.change_contact",
        consent_by_phone,
        allowed=stands,
        form=ConsentForm,
        confirm=lambda contact: _("The person said to you that we may use this channel. It is kept with your name."),
        icon="phone",
    ),
    Verb(
        "stop-calls",
        _lazy("Does not want to be phoned"),
        "advocates.change_contact",
        stop_calls,
        allowed=may_be_phoned,
        confirm=lambda contact: _("From now on their pages say that this person may not be phoned."),
        tone="danger",
        icon="phone-off",
    ),
    Verb(
        "hold-mails",
        _lazy("Send no more asks"),
        "advocates.add_suppression",
        hold_mails,
        allowed=lambda contact: stands(contact) and bool(contact_email(contact)) and not is_held_back(contact),
        confirm=lambda contact: _(
            "Asks and news to this address stop at once. Mails about their own rewards still go."
        ),
        tone="danger",
        icon="ban",
    ),
    Verb(
        "allow-mails",
        _lazy("Allow mails again"),
        "advocates.delete_suppression",
        allow_mails,
        allowed=is_held_back,
        form=ReasonForm,
        confirm=lambda contact: _("Only if the person asked for it."),
        icon="mail-check",
    ),
)
