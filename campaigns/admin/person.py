"""What campaigns say on the page about a person: their links, what they were asked and sent; and how to ask them."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _, gettext_lazy as _lazy
from django_stubs_ext import StrOrPromise

from advocates.admin.base import Verb, page_url, pill, staff_of
from advocates.admin.circle_verbs import stands
from advocates.admin.detail import moment
from advocates.admin.person import PersonStep
from advocates.admin.tables import Cell, Table, table_html
from advocates.models import Contact
from advocates.selectors import contact_email, display_name
from campaigns.admin.campaign_verbs import ask_words
from campaigns.models import Campaign, Enrolment, EnrolmentEvent, OutboundMessage
from campaigns.services.asks import asks_send
from campaigns.services.enrolments import enrolment_create
from config.lib import clock

LATEST = 10
Type = EnrolmentEvent.Type
Status = OutboundMessage.Status

TONES = {
    Status.SENT: "success",
    Status.FAILED: "danger",
    Status.UNCERTAIN: "warning",
    Status.SUPPRESSED: "warning",
    Status.MISSED: "warning",
}
STEPS: dict[str, tuple[str, StrOrPromise]] = {
    Type.ENROLLED: ("user-plus", _lazy("Got a link of their own")),
    Type.SHARED: ("share-2", _lazy("Shared the link")),
    Type.ASKED: ("send", _lazy("Was asked for recommendations")),
    Type.DISABLED: ("ban", _lazy("Link switched off")),
    Type.ENABLED: ("check", _lazy("Link switched on")),
}


class CampaignForm(forms.Form):
    campaign = forms.ModelChoiceField(
        label=_lazy("Campaign"), queryset=Campaign.objects.active().order_by("name"), empty_label=None
    )


# --- verbs ---


def ask_now(request: HttpRequest, contact: Contact, said: dict[str, Any]) -> str:
    result = asks_send(campaign=said["campaign"], contacts=[contact], actor=staff_of(request), now=clock.now())
    return ask_words(result)


def enrol(request: HttpRequest, contact: Contact, said: dict[str, Any]) -> str:
    enrolment, is_new = enrolment_create(campaign=said["campaign"], contact=contact, channel="staff", now=clock.now())
    words = {"name": display_name(contact), "code": enrolment.code, "campaign": enrolment.campaign}
    if is_new:
        return _("%(name)s has a link of their own in “%(campaign)s” now: %(code)s") % words
    return _("%(name)s had a link in “%(campaign)s” already: %(code)s") % words


def _ask_sentence(contact: Contact) -> str:
    last = contact.last_asked_at
    asked = _("Last asked on %(day)s.") % {"day": date_format(localtime(last))} if last else _("Never asked so far.")
    return (
        _("%(name)s gets a mail with a link of their own. Who was asked not long ago is left alone.")
        % {"name": display_name(contact)}
        + f" {asked}"
    )


PERSON_VERBS: tuple[Verb[Contact], ...] = (
    Verb(
        "ask-now",
        _lazy("Ask now"),
        "campaigns.add_enrolment",
        ask_now,
        allowed=lambda contact: stands(contact) and bool(contact_email(contact)),
        form=CampaignForm,
        confirm=_ask_sentence,
        tone="primary",
        icon="send",
    ),
    Verb(
        "enrol",
        _lazy("Give a link, write nothing"),
        "campaigns.add_enrolment",
        enrol,
        allowed=stands,
        form=CampaignForm,
        confirm=lambda contact: _("The person becomes an advocate of the campaign. No mail goes out."),
        icon="link",
    ),
)


# --- panels ---


def enrolments_panel(request: HttpRequest, contact: Contact) -> str:
    rows = [
        [
            Cell(enrolment.campaign.name, url=page_url(enrolment)),
            Cell(enrolment.code),
            Cell(pill(enrolment.get_status_display(), "success" if enrolment.status == "active" else "neutral")),
            Cell(moment(enrolment.enrolled_at), hint=enrolment.channel),
        ]
        for enrolment in contact.enrolments.select_related("campaign").order_by("-enrolled_at", "-pk")
    ]
    return table_html(request, Table([_("Campaign"), _("Referral code"), _("Link"), _("Since")], rows))


def mails_panel(request: HttpRequest, contact: Contact) -> str:
    mails = list(contact.messages.order_by("-created_at", "-pk")[: LATEST + 1])
    rows = [
        [
            Cell(moment(mail.sent_at or mail.created_at), is_number=True),
            Cell(mail.subject, url=page_url(mail)),
            Cell(mail.get_nature_display()),
            Cell(pill(mail.get_status_display(), TONES.get(Status(mail.status), "neutral"))),
        ]
        for mail in mails[:LATEST]
    ]
    every = reverse("admin:campaigns_outboundmessage_changelist")
    has_more = len(mails) > LATEST
    table = Table(
        [_("Day"), _("Subject"), _("Kind"), _("State")],
        rows,
        note=_("The latest %(count)s.") % {"count": LATEST} if has_more else "",
        more_url=f"{every}?q={contact.public_id}" if has_more else "",
        more_label=_("See all mails"),
    )
    return table_html(request, table)


# --- story ---


def enrolments_story(contact: Contact, limit: int) -> list[PersonStep]:
    events = EnrolmentEvent.objects.filter(enrolment__contact=contact).select_related("enrolment__campaign")
    return [
        PersonStep(event.occurred_at, *_step(event), text=_event_words(event))
        for event in events.order_by("-occurred_at", "-pk")[:limit]
    ]


def _step(event: EnrolmentEvent) -> tuple[str, StrOrPromise]:
    return STEPS.get(event.type, ("activity", event.get_type_display()))


def _event_words(event: EnrolmentEvent) -> str:
    return " · ".join(filter(None, [event.enrolment.campaign.name, event.channel]))


def mails_story(contact: Contact, limit: int) -> list[PersonStep]:
    """Subject and state, never the text."""
    mails = contact.messages.order_by("-created_at", "-pk")[:limit]
    return [PersonStep(mail.sent_at or mail.created_at, "mail", mail.subject, _mail_words(mail)) for mail in mails]


def _mail_words(mail: OutboundMessage) -> str:
    return _("Mail: %(state)s") % {"state": mail.get_status_display()}


def advocate_role(contact: Contact) -> tuple[StrOrPromise, str] | None:
    active = contact.enrolments.filter(status=Enrolment.Status.ACTIVE).exists()
    return (_("advocate"), "accent") if active else None
