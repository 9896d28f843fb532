from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, gettext_lazy as _lazy

from advocates.admin.base import ReadOnlyAdmin
from advocates.admin.detail import fact, moment, note
from advocates.admin.import_pages import ADD, UPLOADED, ImportPages
from advocates.admin.import_state import grouped, state_of
from advocates.admin.import_verbs import IMPORT_VERBS
from advocates.imports.formats import NAMES
from advocates.models import ImportRun
from advocates.services.import_files import KEPT, refused_file_of

Status = ImportRun.Status


@admin.register(ImportRun)
class ImportRunAdmin(ImportPages, ReadOnlyAdmin[ImportRun]):
    """Files that were handed in; their bars and counts grow while one is read."""

    list_display = ("file_name", "what", "state", "progress", "counts", "handed_in")
    list_filter = ("kind", "status", "source")
    list_select_related = ("created_by",)
    search_fields = ("file_name",)
    ordering = ("-started_at",)
    change_list_template = "admin/advocates/importrun/change_list.html"
    change_form_template = "admin/advocates/importrun/change_form.html"
    verbs = IMPORT_VERBS
    tones = {
        Status.QUEUED: "warning",
        Status.RUNNING: "accent",
        Status.PAUSED: "warning",
        Status.DONE: "success",
        Status.FAILED: "danger",
    }

    @admin.display(description=_lazy("rows"), ordering="kind")
    def what(self, run: ImportRun) -> str:
        return f"{run.get_kind_display()} · {run.source}"

    @admin.display(description=_lazy("progress"), ordering="rows_read")
    def progress(self, run: ImportRun) -> SafeString:
        return render_to_string("admin/advocates/importrun/bar.html", {"state": state_of(run), "run": run})

    @admin.display(description=_lazy("what became of them"))
    def counts(self, run: ImportRun) -> SafeString:
        return render_to_string("admin/advocates/importrun/counts.html", {"counts": state_of(run)["counts"]})

    @admin.display(description=_lazy("handed in"), ordering="started_at")
    def handed_in(self, run: ImportRun) -> str:
        return f"{moment(run.started_at)} · {run.created_by or _('command')}"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        empty = {
            "title": _("Bring in the people you know"),
            "text": _(
                "Hand in a file of your customers or of their purchases: CSV, Excel, or an export of HubSpot or "
                "Shopify. You see what would happen before anything is written, and can take it back afterwards."
            ),
        }
        if request.user.has_perm(ADD):
            empty |= {"url": reverse(f"admin:{UPLOADED}_add"), "button": _("Import a file")}
        return super().changelist_view(request, (extra_context or {}) | {"empty": empty})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        run = self.get_object(request, object_id)
        if run and run.status == Status.DRAFT and request.user.has_perm(ADD):
            return HttpResponseRedirect(reverse(f"admin:{UPLOADED}_columns", args=[run.pk]))
        return super().change_view(request, object_id, form_url, extra_context)

    def detail(self, request: HttpRequest, row: ImportRun, /) -> dict[str, Any]:
        return {
            "title": row.file_name,
            "subtitle": self.what(row),
            "icon": "file-text",
            "status": self.status(row),
            "notes": _notes(row),
            "facts": _facts(row),
        }

    def sections(self, request: HttpRequest, row: ImportRun, /) -> dict[str, Any]:
        may_take_out = request.user.has_perm(ADD) and refused_file_of(row)
        return {
            "state": state_of(row),
            "state_url": reverse(f"admin:{UPLOADED}_state", args=[row.pk]),
            "refused_url": reverse(f"admin:{UPLOADED}_refused", args=[row.pk]) if may_take_out else "",
            "kept_days": KEPT.days,
        }


def _notes(run: ImportRun) -> list[dict[str, Any]]:
    if run.status == Status.FAILED:
        return [
            note(
                _("It stopped after row %(row)s: %(why)s The rows before it are written; it can go on from there.")
                % {"row": grouped(run.rows_read), "why": _sentence(run.error)},
                tone="danger",
            )
        ]
    if run.status == Status.PAUSED:
        return [note(_("It waits until somebody lets it go on."), tone="warning")]
    return []


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def _facts(run: ImportRun) -> list[dict[str, Any]]:
    facts = [
        fact(_("Where it comes from"), run.source),
        fact(_("Format"), NAMES.get(run.format) or run.get_format_display()),
        fact(_("Handed in"), moment(run.started_at)),
        fact(_("By"), str(run.created_by or _("command"))),
    ]
    if run.finished_at:
        facts.append(fact(_("Ended"), moment(run.finished_at)))
    if run.currency:
        facts.append(fact(_("Currency"), run.currency))
    return facts
