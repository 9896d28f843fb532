"""Segments: what each asks for in a sentence, who answers to it, who came and went, and where it is used."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, gettext_lazy as _lazy

from advocates.admin.base import Verb, page_url, staff_of
from advocates.admin.detail import NOTHING, DetailAdmin, fact, moment, note
from advocates.admin.import_state import grouped
from advocates.admin.segment_editor import editor, preview_fragment, rows_fragment
from advocates.admin.segment_parts import chart, members_of, moves_of
from advocates.models import Contact, Segment
from advocates.segments.evaluate import segment_problems
from advocates.segments.figures import lately, weeks_of
from advocates.segments.membership import segments_of
from advocates.segments.sentence import segment_sentence
from advocates.segments.uses import uses_of
from advocates.services.segment_refresh import segment_refresh
from advocates.services.segments import segment_restore, segment_retire
from config.lib import clock

CHANGE = "advocates.change_segment"


def count_again(request: HttpRequest, segment: Segment, cleaned: dict[str, Any]) -> str:
    refreshed = segment_refresh(segment=segment, now=clock.now())
    counted = {"people": refreshed.members, "joined": refreshed.joined, "left": refreshed.left}
    return _("Counted: %(people)s people, %(joined)s joined, %(left)s left.") % counted


def retire(request: HttpRequest, segment: Segment, cleaned: dict[str, Any]) -> str:
    segment_retire(segment=segment, actor=staff_of(request), now=clock.now())
    return _("“%(segment)s” is at rest. Nobody is in it.") % {"segment": segment.name}


def restore(request: HttpRequest, segment: Segment, cleaned: dict[str, Any]) -> str:
    segment_restore(segment=segment, actor=staff_of(request))
    return _("“%(segment)s” is in use again. Its people are counted within some minutes.") % {"segment": segment.name}


SEGMENT_VERBS: tuple[Verb[Segment], ...] = (
    Verb(
        "count",
        _lazy("Count again"),
        CHANGE,
        count_again,
        allowed=lambda segment: segment.is_active,
        icon="refresh-cw",
    ),
    Verb(
        "retire",
        _lazy("Put to rest"),
        CHANGE,
        retire,
        allowed=lambda segment: segment.is_active,
        confirm=lambda segment: _("Nobody is in it from then on. Its comings and goings are kept."),
        tone="danger",
        icon="ban",
    ),
    Verb(
        "restore",
        _lazy("Take into use again"),
        CHANGE,
        restore,
        allowed=lambda segment: not segment.is_active,
        tone="primary",
        icon="play",
    ),
)


@admin.register(Segment)
class SegmentAdmin(DetailAdmin[Segment]):
    list_display = ("name", "sentence", "people", "week", "counted", "state")
    list_filter = ("is_active",)
    search_fields = ("name", "note", "public_id")
    ordering = ("name",)
    change_form_template = "admin/advocates/segment/change_form.html"
    verbs = SEGMENT_VERBS

    def get_queryset(self, request: HttpRequest) -> QuerySet[Segment]:
        return super().get_queryset(request).select_related("created_by").prefetch_related("conditions")

    def has_change_permission(self, request: HttpRequest, obj: Segment | None = None) -> bool:
        """By the editor, which knows what a line means."""
        return False

    def get_urls(self) -> list[URLPattern]:
        door, name = self.admin_site.admin_view, "advocates_segment"
        return [
            path("rows/", door(self.rows_view), name=f"{name}_rows"),
            path("preview/", door(self.preview_view), name=f"{name}_preview"),
            path("<int:pk>/preview/", door(self.preview_view), name=f"{name}_preview_of"),
            path("<int:pk>/edit/", door(self.edit_view), name=f"{name}_edit"),
            *super().get_urls(),
        ]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return editor(request, self._around(request), None)

    def edit_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return editor(request, self._around(request), self._segment(request, pk))

    def rows_view(self, request: HttpRequest) -> HttpResponse:
        _may_write(request)
        return rows_fragment(request)

    def preview_view(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        _may_write(request)
        return preview_fragment(request, self._segment(request, pk) if pk else None)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        empty = {
            "title": _("Whom do you want to talk to?"),
            "text": _(
                "A segment is a question about people, such as: who bought three times, would recommend us and was "
                "not asked for half a year? Campaigns, rules, surveys and asks go by it."
            ),
        }
        if request.user.has_perm("advocates.add_segment"):
            empty |= {"url": reverse("admin:advocates_segment_add"), "button": _("Write a segment")}
        return super().changelist_view(request, (extra_context or {}) | {"empty": empty})

    @admin.display(description=_lazy("who is in it"))
    def sentence(self, segment: Segment) -> SafeString:
        return format_html('<span class="segment-sentence">{}</span>', segment_sentence(segment))

    @admin.display(description=_lazy("people"), ordering="members_count")
    def people(self, segment: Segment) -> SafeString:
        return format_html('<span class="num">{}</span>', _people(segment))

    @admin.display(description=_lazy("in seven days"))
    def week(self, segment: Segment) -> str:
        joined, left = lately([segment], clock.now()).get(segment.pk, (0, 0))
        return f"+{joined} −{left}" if joined or left else NOTHING

    @admin.display(description=_lazy("counted"), ordering="refreshed_at")
    def counted(self, segment: Segment) -> str:
        return moment(segment.refreshed_at)

    def status(self, segment: Segment) -> dict[str, Any]:
        if not segment.is_active:
            return {"label": _("at rest"), "tone": "neutral"}
        if segment_problems(segment):
            return {"label": _("has a problem"), "tone": "danger"}
        return {"label": _("in use"), "tone": "success"}

    @admin.display(description=_lazy("status"), ordering="is_active")
    def state(self, segment: Segment) -> SafeString:
        return super().state(segment)

    def detail(self, request: HttpRequest, segment: Segment) -> dict[str, Any]:
        problems = segment_problems(segment) if segment.is_active else []
        return {
            "title": segment.name,
            "icon": "users",
            "subtitle": segment.note,
            "status": self.status(segment),
            "notes": [note(problem, tone="danger") for problem in problems],
            "facts": [
                fact(_("People"), _people(segment)),
                fact(_("Counted"), moment(segment.refreshed_at) if segment.refreshed_at else _("not yet")),
                fact(_("Made by"), segment.created_by or NOTHING, hint=moment(segment.created_at)),
                fact(_("Id for the API"), segment.public_id),
            ],
        }

    def sections(self, request: HttpRequest, segment: Segment) -> dict[str, Any]:
        now = clock.now()
        weeks = weeks_of(segment, now)
        may_change = request.user.has_perm(CHANGE) and segment.is_active
        return {
            "sentence": segment_sentence(segment),
            "edit_url": reverse("admin:advocates_segment_edit", args=[segment.pk]) if may_change else "",
            "members": members_of(segment) if request.user.has_perm("advocates.view_contact") else [],
            "events": moves_of(segment) if request.user.has_perm("advocates.view_contact") else [],
            "chart": chart(weeks),
            "weeks": weeks,
            "uses": [{"label": use.label, "row": use.row, "url": _url(use.row)} for use in uses_of(segment)],
        }

    def _segment(self, request: HttpRequest, pk: int) -> Segment:
        segment = self.get_object(request, str(pk))
        if segment is None:
            raise Http404
        return segment

    def _around(self, request: HttpRequest) -> dict[str, Any]:
        return self.admin_site.each_context(request) | {"opts": self.opts}


def _people(segment: Segment) -> str:
    """Nobody was found is one thing, nobody has looked is another."""
    return grouped(segment.members_count) if segment.refreshed_at else NOTHING


def segments_panel(request: HttpRequest, contact: Contact) -> str:
    """On a person's page: in which segments they are, since when, and why."""
    memberships = [] if contact.erased_at or contact.merged_into_id else segments_of(contact, clock.now())
    if not memberships:
        return ""
    rows = [
        {"one": one, "url": page_url(one.segment), "since": moment(one.since) if one.since else _("just now")}
        for one in memberships
    ]
    return render_to_string("admin/advocates/panels/segments.html", {"rows": rows}, request=request)


def _url(row: Any) -> str:
    return page_url(row)


def _may_write(request: HttpRequest) -> None:
    if not (request.user.has_perm("advocates.add_segment") or request.user.has_perm(CHANGE)):
        raise PermissionDenied
