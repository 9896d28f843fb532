from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _, gettext_lazy
from django_stubs_ext import StrOrPromise

from advocates.admin.base import Verb, staff_of
from advocates.admin.detail import NOTHING, DetailAdmin, fact, moment, step
from campaigns.forms import EnrolmentForm, ReasonForm
from campaigns.models import Enrolment, EnrolmentEvent
from campaigns.selectors import share_url
from campaigns.services.enrolments import enrolment_create, enrolment_switch
from config.lib import clock

Status = Enrolment.Status
Type = EnrolmentEvent.Type

ICONS = {
    Type.ENROLLED: "user-plus",
    Type.SHARED: "share-2",
    Type.ASKED: "mail",
    Type.DISABLED: "ban",
    Type.ENABLED: "check",
}


def switch_verb(
    name: str, label: StrOrPromise, to: str, sentence: StrOrPromise, *, icon: str, tone: str
) -> Verb[Enrolment]:
    def run(request: HttpRequest, enrolment: Enrolment, cleaned: dict[str, Any]) -> str:
        enrolment_switch(enrolment=enrolment, to=to, actor=staff_of(request), reason=cleaned["reason"], now=clock.now())
        return _("The link is %(status)s now.") % {"status": Status(to).label}

    return Verb(
        name=name,
        label=label,
        permission="campaigns.change_enrolment",
        run=run,
        allowed=lambda enrolment: Enrolment.MOVES.allows(enrolment.status, to),
        form=ReasonForm,
        confirm=lambda enrolment: sentence,
        icon=icon,
        tone=tone,
    )


@admin.register(Enrolment)
class EnrolmentAdmin(DetailAdmin[Enrolment]):
    """Advocates of campaigns: made by a service, switched by verbs."""

    form = EnrolmentForm
    list_display = ("code", "contact", "campaign", "state", "channel", "enrolled_at")
    list_filter = ("campaign", "status", "is_test")
    list_select_related = ("contact__details", "campaign")
    search_fields = ("code", "contact__keys__value", "contact__details__name")
    date_hierarchy = "enrolled_at"
    autocomplete_fields = ("contact",)
    tones = {Status.ACTIVE: "success"}
    verbs = (
        switch_verb(
            "switch_off",
            gettext_lazy("Switch the link off"),
            Status.DISABLED,
            gettext_lazy("Nobody comes by this link or code any more. What its friends have earned is kept."),
            icon="ban",
            tone="danger",
        ),
        switch_verb(
            "switch_on",
            gettext_lazy("Switch the link on"),
            Status.ACTIVE,
            gettext_lazy("The link and the code work again."),
            icon="check",
            tone="primary",
        ),
    )

    def has_change_permission(self, request: HttpRequest, obj: Enrolment | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Enrolment, form: forms.ModelForm[Enrolment], change: bool) -> None:
        made, _is_new = enrolment_create(campaign=obj.campaign, contact=obj.contact, channel="staff", now=clock.now())
        obj.pk, obj.code, obj.public_id = made.pk, made.code, made.public_id

    def detail(self, request: HttpRequest, enrolment: Enrolment) -> dict[str, Any]:
        return {
            "title": str(enrolment.contact),
            "subtitle": enrolment.campaign.name,
            "status": self.status(enrolment),
            "timeline": [_step(event) for event in enrolment.events.order_by("-occurred_at", "-pk")],
            "facts": [
                fact(_("Referral code"), enrolment.code),
                fact(_("Link"), share_url(enrolment)),
                fact(_("Enrolled"), moment(enrolment.enrolled_at)),
                fact(_("Came by"), enrolment.channel or NOTHING),
                fact(_("Terms seen"), enrolment.terms_seen or NOTHING),
            ],
        }


def _step(event: EnrolmentEvent) -> dict[str, Any]:
    return step(event.occurred_at, event.get_type_display(), icon=ICONS[Type(event.type)], text=event.channel)
