"""Where a segment is written: lines, the sentence they make, and who answers to it, beside the form as it changes.

Every press works without a script as well: the same form comes back with what was typed.
"""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from advocates.admin.base import page_url, staff_of
from advocates.errors import BadSegment
from advocates.models import Contact, Segment, SegmentCondition
from advocates.segments.editing import Row, drafts_of, fields_by_group, rows_of, rows_posted, with_empty
from advocates.segments.evaluate import conditions_of, conditions_problems, conditions_where, contacts_of
from advocates.segments.sentence import conditions_sentence
from advocates.selectors import contact_email, display_name
from advocates.services.segment_refresh import segment_refresh
from advocates.services.segments import SegmentDraft, segment_save
from config.lib import clock
from config.lib.patience import TookTooLong, at_most
from config.lib.units import active_currencies

Group = SegmentCondition.Group

SAMPLE = 10
# Who waits for a preview waits no longer than this for the database.
PATIENCE = 4.0
# Up to so many people a segment is counted at once when it is saved; a larger one by the job, some minutes later.
COUNTED_AT_ONCE = 20_000
EMPTY_ROWS = 2


def editor(request: HttpRequest, context: dict[str, Any], segment: Segment | None) -> HttpResponse:
    """The page: shown, given one line more or less, or saved."""
    permission = "advocates.change_segment" if segment else "advocates.add_segment"
    if not request.user.has_perm(permission):
        raise PermissionDenied
    if request.method != "POST":
        rows = rows_of(conditions_of(segment)) if segment else []
        typed = {"name": segment.name, "note": segment.note} if segment else {"name": "", "note": ""}
        return _page(request, context, segment, typed, rows or _empty_rows(), [])
    typed = {"name": request.POST.get("name", "")[:120].strip(), "note": request.POST.get("note", "")[:500].strip()}
    rows = _rows(request)
    if {"add", "remove", "look"} & set(request.POST):
        return _page(request, context, segment, typed, rows, [])
    return _save(request, context, segment, typed, rows)


def rows_fragment(request: HttpRequest) -> HttpResponse:
    """The lines alone, after one was added, removed or asks for something else."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    return TemplateResponse(request, "admin/advocates/segment/rows.html", _lines(_rows(request)))


def preview_fragment(request: HttpRequest, segment: Segment | None) -> HttpResponse:
    """The sentence, how many people answer to it now, and ten of them. Nothing is saved."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    context = preview(request, rows_posted(request.POST), segment)
    return TemplateResponse(request, "admin/advocates/segment/preview.html", context)


def preview(request: HttpRequest, rows: list[Row], segment: Segment | None) -> dict[str, Any]:
    drafts = drafts_of(rows)
    seen = (segment.public_id,) if segment else ()
    problems = conditions_problems(drafts, seen=seen) if drafts else []
    shown: dict[str, Any] = {"sentence": conditions_sentence(drafts), "problems": problems, "is_empty": not drafts}
    if problems or not drafts:
        return shown
    people = contacts_of(drafts, conditions_where(drafts, clock.now()))
    try:
        with at_most(PATIENCE):
            shown["count"] = people.count()
            may_see = request.user.has_perm("advocates.view_contact")
            sample = people.select_related("details").prefetch_related("keys").order_by("-pk")
            shown["sample"] = [_line(contact) for contact in sample[:SAMPLE]] if may_see else []
    except TookTooLong:
        shown["is_slow"] = True
    return shown


def _line(contact: Contact) -> dict[str, str]:
    name, email = display_name(contact), contact_email(contact)
    return {"name": name, "hint": email if email != name else "", "url": page_url(contact)}


def _save(
    request: HttpRequest, context: dict[str, Any], segment: Segment | None, typed: dict[str, str], rows: list[Row]
) -> HttpResponse:
    draft, now = SegmentDraft(typed["name"], drafts_of(rows), typed["note"]), clock.now()
    try:
        saved = segment_save(draft=draft, actor=staff_of(request), now=now, segment=segment)
    except BadSegment as refusal:
        return _page(request, context, segment, typed, rows, refusal.extra["reasons"])
    messages.success(request, _count_now(saved))
    return HttpResponseRedirect(page_url(saved))


def _count_now(segment: Segment) -> str:
    if Contact.objects.order_by("pk")[COUNTED_AT_ONCE : COUNTED_AT_ONCE + 1].exists():
        return _("“%(segment)s” is saved. Its people are counted within some minutes.") % {"segment": segment.name}
    segment_refresh(segment=segment, now=clock.now())
    return _("“%(segment)s” is saved.") % {"segment": segment.name}


def _rows(request: HttpRequest) -> list[Row]:
    rows = rows_posted(request.POST)
    return with_empty(rows, request.POST["add"]) if "add" in request.POST else rows


def _empty_rows() -> list[Row]:
    rows: list[Row] = []
    for _number in range(EMPTY_ROWS):
        rows = with_empty(rows, Group.ALL)
    return rows


def _page(
    request: HttpRequest,
    context: dict[str, Any],
    segment: Segment | None,
    typed: dict[str, str],
    rows: list[Row],
    reasons: list[str],
) -> HttpResponse:
    page = {
        "title": _("Change the segment") if segment else _("New segment"),
        "segment": segment,
        "typed": typed,
        "reasons": reasons,
        "back_url": page_url(segment) if segment else reverse("admin:advocates_segment_changelist"),
        "rows_url": reverse("admin:advocates_segment_rows"),
        "preview_url": _preview_url(segment),
    }
    shown = context | page | _lines(rows) | {"preview": preview(request, rows, segment)}
    return TemplateResponse(request, "admin/advocates/segment/editor.html", shown)


def _preview_url(segment: Segment | None) -> str:
    if segment:
        return reverse("admin:advocates_segment_preview_of", args=[segment.pk])
    return reverse("admin:advocates_segment_preview")


def _lines(rows: list[Row]) -> dict[str, Any]:
    heads = {
        Group.ALL: (_("All of this is true"), _("Everybody has to meet each line.")),
        Group.ANY: (_("And at least one of these"), _("One line is enough, whichever.")),
        Group.NOT: (_("And none of these"), _("Whoever meets a line is left out.")),
    }
    groups = [
        {"name": name.value, "title": title, "help": hint, "rows": [row for row in rows if row.group == name]}
        for name, (title, hint) in heads.items()
    ]
    return {
        "groups": groups,
        "fields": fields_by_group(),
        "currencies": sorted(active_currencies()),
        "usual_currency": _usual_currency(),
    }


def _usual_currency() -> str:
    """The one in which somebody bought lately, so that most need not choose."""
    newest = Contact.objects.exclude(lifetime_unit="").order_by("-pk")
    return newest.values_list("lifetime_unit", flat=True).first() or ""
