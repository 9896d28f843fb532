"""When somebody was glad of us, or was not: a complaint that is open keeps every ask away."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _, gettext_lazy as _lazy
from django_stubs_ext import StrPromise

from advocates.admin.base import ReadOnlyAdmin, Verb, page_url, pill, staff_of
from advocates.admin.circle_verbs import stands
from advocates.admin.detail import NOTHING, DetailAdmin, fact, moment as when, note, step
from advocates.admin.person import PersonStep
from advocates.admin.person_search import PersonSearch
from advocates.admin.tables import Cell, Table, table_html
from advocates.forms import MomentForm, NoteForm, ReasonForm
from advocates.models import Contact, Moment
from advocates.selectors import display_name, open_complaint, open_complaints
from advocates.services.moments import (
    CONSOLE,
    complaint_open,
    complaint_settle,
    moment_record,
    moment_settle,
)
from config.lib import clock
from config.lib.ids import new_public_id

Kind = Moment.Kind
SHOWN = 10
ICONS = {
    Kind.PURCHASE: "receipt",
    Kind.ISSUE_RESOLVED: "check-check",
    Kind.POSITIVE_FEEDBACK: "thumbs-up",
    Kind.PUBLIC_PRAISE: "megaphone",
    Kind.MILESTONE: "trophy",
    Kind.IMPLEMENTATION_DONE: "package",
    Kind.TESTIMONIAL: "quote",
    Kind.COMPLAINT: "triangle-alert",
}


def is_open(moment: Moment) -> bool:
    return moment.kind == Kind.COMPLAINT and moment.resolved_at is None


def moment_pill(moment: Moment) -> SafeString:
    if moment.kind != Kind.COMPLAINT:
        return pill(moment.get_kind_display(), "success")
    return pill(_("complaint, open"), "danger") if is_open(moment) else pill(_("complaint, settled"), "neutral")


class OpenFilter(admin.SimpleListFilter):
    title = _lazy("complaints")
    parameter_name = "open"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, StrPromise]]:
        return [("yes", _lazy("open")), ("no", _lazy("complaint settled"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Moment]) -> QuerySet[Moment]:
        if self.value() == "yes":
            return queryset.filter(pk__in=open_complaints())
        return queryset.exclude(resolved_at=None) if self.value() == "no" else queryset


def settle(request: HttpRequest, moment: Moment, said: dict[str, Any]) -> str:
    moment_settle(moment=moment, actor=staff_of(request), note=said["reason"], now=clock.now())
    return _("Settled. This person may be asked again.")


@admin.register(Moment)
class MomentAdmin(PersonSearch[Moment], DetailAdmin[Moment], ReadOnlyAdmin[Moment]):
    list_display = ("who", "what", "note", "source", "occurred_at")
    list_filter = ("kind", OpenFilter, ("occurred_at", admin.DateFieldListFilter), "source")
    list_select_related = ("contact__details",)
    search_fields = ("note", "event_id")
    search_help_text = _lazy("Name, address, words of the note or id at the source")
    ordering = ("-occurred_at",)
    date_hierarchy = "occurred_at"
    verbs = (
        Verb(
            "settle",
            _lazy("Complaint settled"),
            "advocates.change_moment",
            settle,
            allowed=is_open,
            form=ReasonForm,
            confirm=lambda moment: _("The person is content again. From now on they may be asked for something."),
            tone="primary",
            icon="check",
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Moment]:
        return super().get_queryset(request).prefetch_related("contact__keys")

    @admin.display(description=_lazy("person"), ordering="contact__details__name")
    def who(self, moment: Moment) -> str:
        return display_name(moment.contact)

    @admin.display(description=_lazy("what"), ordering="kind")
    def what(self, moment: Moment) -> SafeString:
        return moment_pill(moment)

    def detail(self, request: HttpRequest, moment: Moment) -> dict[str, Any]:
        return {
            "title": display_name(moment.contact),
            "subtitle": moment.get_kind_display(),
            "notes": [note(_("As long as this is open, the person is asked for nothing."), tone="warning")]
            if is_open(moment)
            else [],
            "timeline": _moment_story(moment),
            "facts": [
                fact(_("Person"), display_name(moment.contact), url=page_url(moment.contact)),
                fact(_("When"), when(moment.occurred_at)),
                fact(_("Source"), moment.source, hint=moment.event_id),
                fact(_("Noted by"), moment.recorded_by or NOTHING),
                *(fact(name, value) for name, value in moment.metadata.items()),
            ],
        }


def _moment_story(moment: Moment) -> list[dict[str, Any]]:
    title = moment.get_kind_display()
    told = step(moment.occurred_at, title, icon=ICONS[Kind(moment.kind)], text=moment.note)
    if moment.resolved_at is None:
        return [told]
    return [step(moment.resolved_at, _("Complaint settled"), icon="check", tone="success"), told]


# --- on the person's page ---


def note_moment(request: HttpRequest, contact: Contact, said: dict[str, Any]) -> str:
    now = clock.now()
    moment, _is_new = moment_record(
        contact=contact,
        kind=said["kind"],
        source=CONSOLE,
        event_id=new_public_id("mom"),
        occurred_at=now,
        note=said["note"],
        actor=staff_of(request),
        now=now,
    )
    return _("Noted: %(name)s %(what)s.") % {"name": display_name(contact), "what": moment.get_kind_display()}


def note_complaint(request: HttpRequest, contact: Contact, said: dict[str, Any]) -> str:
    complaint_open(contact=contact, note=said["reason"], actor=staff_of(request), now=clock.now())
    return _("Noted. %(name)s is asked for nothing until it is settled.") % {"name": display_name(contact)}


def settle_complaint(request: HttpRequest, contact: Contact, said: dict[str, Any]) -> str:
    complaint_settle(contact=contact, actor=staff_of(request), note=said["note"], now=clock.now())
    return _("Settled. %(name)s may be asked again.") % {"name": display_name(contact)}


MOMENT_VERBS: tuple[Verb[Contact], ...] = (
    Verb(
        "note-moment",
        _lazy("Note a moment"),
        "advocates.add_moment",
        note_moment,
        allowed=stands,
        form=MomentForm,
        icon="star",
    ),
    Verb(
        "note-complaint",
        _lazy("Note a complaint"),
        "advocates.add_moment",
        note_complaint,
        allowed=lambda contact: stands(contact) and open_complaint(contact) is None,
        form=ReasonForm,
        confirm=lambda contact: _("As long as it is open, the person is asked for nothing."),
        icon="triangle-alert",
    ),
    Verb(
        "settle-complaint",
        _lazy("Complaint settled"),
        "advocates.change_moment",
        settle_complaint,
        allowed=lambda contact: open_complaint(contact) is not None,
        form=NoteForm,
        confirm=lambda contact: _("The person is content again. From now on they may be asked for something."),
        tone="primary",
        icon="check",
    ),
)


def moments_panel(request: HttpRequest, contact: Contact) -> str:
    rows = [
        [
            Cell(date_format(localtime(moment.occurred_at)), url=page_url(moment)),
            Cell(moment_pill(moment)),
            Cell(moment.note or NOTHING),
            Cell(moment.source),
        ]
        for moment in contact.moments.order_by("-occurred_at", "-pk")[:SHOWN]
    ]
    return table_html(request, Table([_("Day"), _("What"), _("Note"), _("Source")], rows))


def moments_story(contact: Contact, limit: int) -> Sequence[PersonStep]:
    moments = contact.moments.select_related("recorded_by").order_by("-occurred_at", "-pk")[:limit]
    return [
        PersonStep(
            at=moment.occurred_at,
            icon=ICONS[Kind(moment.kind)],
            title=moment.get_kind_display(),
            text=moment.note,
            who=str(moment.recorded_by or moment.source),
            tone="danger" if is_open(moment) else "",
        )
        for moment in moments
    ]
