"""Who may be one person: both sides next to each other, what differs marked, and a person decides."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, gettext_lazy as _lazy

from advocates.admin.base import ReadOnlyAdmin, Verb, pill, staff_of
from advocates.admin.contact_words import pair_reasons
from advocates.admin.detail import DetailAdmin, fact, moment, note
from advocates.admin.merges import moves_words
from advocates.admin.pair_sides import compared, sides
from advocates.admin.person_search import PersonSearch
from advocates.forms import NoteForm, WhoStaysForm
from advocates.models import ContactPair
from advocates.selectors import display_name
from advocates.services.merging import contacts_merge
from advocates.services.pairs import pair_apart
from advocates.standing import standing
from config.lib import clock

CHANGE = "advocates.change_contactpair"
Status = ContactPair.Status
VIEWS = (
    (_lazy("To be decided"), "status__exact=open"),
    (_lazy("Keys of two people"), "status__exact=open&cause__exact=conflict"),
    (_lazy("Look alike"), "status__exact=open&cause__exact=alike"),
    (_lazy("Decided"), "status__in=merged,apart"),
)


def are_one(request: HttpRequest, pair: ContactPair, said: dict[str, Any]) -> str:
    kept, gone = (pair.left, pair.right) if said["stays"] == "a" else (pair.right, pair.left)
    contacts_merge(kept=kept, gone=gone, actor=staff_of(request), reason=said["note"], now=clock.now())
    return _("%(name)s is one person now. It can be undone for 30 days on their page.") % {
        "name": display_name(standing(kept))
    }


def are_two(request: HttpRequest, pair: ContactPair, said: dict[str, Any]) -> str:
    pair_apart(pair=pair, actor=staff_of(request), reason=said["note"], now=clock.now())
    return _("Noted: these are two people. They are not suggested again.")


@admin.register(ContactPair)
class ContactPairAdmin(PersonSearch[ContactPair], DetailAdmin[ContactPair], ReadOnlyAdmin[ContactPair]):
    list_display = ("who", "why", "likeness", "state", "found_at")
    list_filter = ("status", "cause")
    list_select_related = ("left__details", "right__details")
    search_fields = ("public_id__exact",)
    people = ("left", "right")
    search_help_text = _lazy("Name or address of one of the two")
    ordering = ("-status", "-score", "-found_at")  # open ones first
    change_form_template = "admin/advocates/contactpair/change_form.html"
    change_list_template = "admin/advocates/contactpair/change_list.html"
    tones = {Status.OPEN: "warning", Status.MERGED: "success", Status.APART: "neutral"}
    verbs = (
        Verb(
            "one",
            _lazy("They are one person"),
            CHANGE,
            are_one,
            allowed=lambda pair: pair.status != Status.MERGED,
            form=WhoStaysForm,
            confirm=lambda pair: moves_words(pair.left, pair.right),
            tone="primary",
            icon="user-check",
        ),
        Verb(
            "two",
            _lazy("Two people"),
            CHANGE,
            are_two,
            allowed=lambda pair: pair.status == Status.OPEN,
            form=NoteForm,
            confirm=lambda pair: _("Nothing of them changes, and they are not suggested to you again."),
            icon="users",
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[ContactPair]:
        """Without those of whom one asked to be forgotten: there is nothing left to decide."""
        forgotten = Q(left__erased_at__isnull=False) | Q(right__erased_at__isnull=False)
        return super().get_queryset(request).exclude(forgotten)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        home, query = reverse("admin:advocates_contactpair_changelist"), request.GET.urlencode(safe=",")
        views = [{"label": label, "url": f"{home}?{wanted}", "current": query == wanted} for label, wanted in VIEWS]
        everything = {"label": _("All"), "url": home, "current": not query}
        return super().changelist_view(request, (extra_context or {}) | {"saved_views": [everything, *views]})

    @admin.display(description=_lazy("two that may be one"))
    def who(self, pair: ContactPair) -> str:
        return f"{display_name(pair.left)} · {display_name(pair.right)}"

    @admin.display(description=_lazy("why"), ordering="cause")
    def why(self, pair: ContactPair) -> str:
        return " · ".join(pair_reasons(pair.reasons)) or pair.get_cause_display()

    @admin.display(description=_lazy("likeness"), ordering="score")
    def likeness(self, pair: ContactPair) -> SafeString:
        is_conflict = pair.cause == ContactPair.Cause.CONFLICT
        return pill(_("conflict") if is_conflict else f"{pair.score} %", "danger" if is_conflict else "neutral")

    def detail(self, request: HttpRequest, pair: ContactPair) -> dict[str, Any]:
        decided = pair.decided_at is not None
        return {
            "title": _("One person, or two?") if pair.status == Status.OPEN else self.who(pair),
            "subtitle": " · ".join(pair_reasons(pair.reasons)),
            "icon": "users",
            "status": self.status(pair),
            "notes": _notes(pair),
            "facts": [
                fact(_("Why"), pair.get_cause_display(), hint=pair.source),
                *([] if pair.cause == ContactPair.Cause.CONFLICT else [fact(_("Likeness"), f"{pair.score} %")]),
                fact(_("Found"), moment(pair.found_at)),
                *([fact(_("Decided"), moment(pair.decided_at), hint=str(pair.decided_by or ""))] if decided else []),
            ],
        }

    def sections(self, request: HttpRequest, pair: ContactPair) -> dict[str, Any]:
        left, right = sides(pair)
        return {"sides": (left, right), "lines": compared(request, left.contact, right.contact)}


def _notes(pair: ContactPair) -> list[dict[str, Any]]:
    if pair.status == Status.MERGED:
        return [note(_("They were found to be one person. Both ids lead to the same page."))]
    if pair.status == Status.APART:
        return [note(_("They were found to be two people. A merge is still possible."))]
    if pair.cause == ContactPair.Cause.CONFLICT:
        words = _("%(source)s named both in one message and was refused. It can be sent again once you have decided.")
        return [note(words % {"source": pair.source or _("Another system")}, tone="warning")]
    return []
