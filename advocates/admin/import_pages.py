"""The way of a file into the house: hand it in, say what its columns hold, let it run."""

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from advocates.admin.base import page_url, staff_of
from advocates.admin.detail import DetailAdmin
from advocates.admin.import_forms import FileForm, ReadingForm
from advocates.admin.import_look import ROWS_SHOWN, ROWS_TRIED, Look, look_at, try_out
from advocates.admin.import_state import counts_of, grouped, state_of
from advocates.errors import ImportRefused
from advocates.imports.columns import plain_name
from advocates.imports.files import SPREADSHEET
from advocates.imports.plan import columns_check, open_plan
from advocates.imports.xlsx import sheet_names
from advocates.models import ImportMapping, ImportRun
from advocates.services.import_files import file_of, file_store, refused_file_of, too_large
from advocates.services.imports import import_choose, import_draft, import_queue
from config.lib import clock
from config.lib.errors import DomainError

ADD = "advocates.add_importrun"
MEGABYTE = 1 << 20
# Of a form beside the file in it.
FORM_BYTES = 64 * 1024
COLUMN = "column-"
MAX_FIELD = 100
UPLOADED = "advocates_importrun"


class ImportPages(DetailAdmin[ImportRun]):
    """Step 1 is Django's own address for adding; step 2 is the page of a file that is not begun."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("add/", self._small(view(self.file_view)), name=f"{UPLOADED}_add"),
            path("<int:run_id>/columns/", view(self.columns_view), name=f"{UPLOADED}_columns"),
            path("<int:run_id>/state/", view(require_GET(self.state_view)), name=f"{UPLOADED}_state"),
            path("<int:run_id>/refused/", view(require_GET(self.refused_view)), name=f"{UPLOADED}_refused"),
            *super().get_urls(),
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(ADD)

    # --- step 1: the file ---

    def _small(self, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        """What is too large is turned away before it is read: the check of the form's token reads all of it."""

        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if int(request.META.get("CONTENT_LENGTH") or 0) > settings.IMPORT_MAX_BYTES + FORM_BYTES:
                return HttpResponseRedirect(f"{reverse(f'admin:{UPLOADED}_add')}?large=1")
            return view(request, *args, **kwargs)

        # The view inside checks the token.
        checked.csrf_exempt = True  # type: ignore[attr-defined]
        return checked

    def file_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = self._file_form(request)
        if request.method == "POST" and form.is_valid():
            try:
                run = self._draft(request, form.cleaned_data)
            except ImportRefused as refusal:
                form.add_error("file", str(refusal))
            else:
                return HttpResponseRedirect(reverse(f"admin:{UPLOADED}_columns", args=[run.pk]))
        elif request.GET.get("large"):
            messages.error(request, str(too_large()))
        title = _("Import a file")
        return self._page(request, "file.html", {"title": title, "form": form, "step": 1})

    def _file_form(self, request: HttpRequest) -> FileForm:
        sources = ImportMapping.objects.order_by("source").values_list("source", flat=True).distinct()
        if request.method == "POST":
            return FileForm(request.POST, request.FILES, sources=list(sources))
        return FileForm(sources=list(sources), initial={"kind": ImportRun.Kind.CONTACTS})

    def _draft(self, request: HttpRequest, said: Mapping[str, Any]) -> ImportRun:
        """The run of a stored file. Raises ImportRefused, and keeps nothing, for one that cannot be read."""
        stored = file_store(said["file"].chunks())
        run = ImportRun(kind=said["kind"], source=said["source"], format=said["format"], path=stored)
        try:
            look_at(run, now=clock.now())
        except BaseException:
            file_of(run).unlink()
            raise
        return import_draft(
            kind=run.kind,
            source=run.source,
            file_name=said["file"].name,
            path=stored,
            format=run.format,
            actor=staff_of(request),
        )

    # --- step 2: the columns ---

    def columns_view(self, request: HttpRequest, run_id: int) -> HttpResponse:
        run = self._run(request, run_id)
        if not self.has_add_permission(request):
            raise PermissionDenied
        if run.status != ImportRun.Status.DRAFT:
            return HttpResponseRedirect(page_url(run))
        try:
            sheets = _sheets(run)
            form = ReadingForm(request.POST or None, sheets=sheets, initial=_read_now(run))
            if request.method == "POST" and form.is_valid():
                return self._chosen(request, run, form)
            if request.method == "POST":
                import_choose(run=run, mapping=_mapping(request, look_at(run, now=clock.now())))
            return self._columns_page(request, run, form)
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(reverse(f"admin:{UPLOADED}_changelist"))

    def _chosen(self, request: HttpRequest, run: ImportRun, form: ReadingForm) -> HttpResponse:
        here = HttpResponseRedirect(reverse(f"admin:{UPLOADED}_columns", args=[run.pk]))
        before = _read_now(run)
        try:
            import_choose(run=run, **form.cleaned_data)
            if _is_read_alike(before, form.cleaned_data):
                import_choose(run=run, mapping=_mapping(request, look_at(run, now=clock.now())))
            else:
                # Other letters or another sheet are other columns.
                import_choose(run=run, mapping={})
                return here
            if request.POST.get("do") == "try":
                counts = try_out(run, now=clock.now())
                return self._columns_page(request, run, form, counts=counts)
            if request.POST.get("do") == "begin":
                self._begin(request, run)
                return HttpResponseRedirect(page_url(run))
        except DomainError as refusal:
            messages.error(request, str(refusal))
        return here

    def _begin(self, request: HttpRequest, run: ImportRun) -> None:
        with open_plan(file_of(run), run=run, chosen=run.mapping, now=clock.now()) as plan:
            columns_check(plan.columns, run=run)
        remember = {plain_name(column): field for column, field in run.mapping.items()}
        import_queue(run=run, actor=staff_of(request), remember=remember)
        messages.success(request, _("It begins within seconds. You can leave this page: it goes on."))

    def _columns_page(
        self, request: HttpRequest, run: ImportRun, form: ReadingForm, counts: ImportRun | None = None
    ) -> HttpResponse:
        context = {
            "title": _("What do the columns hold?"),
            "run": run,
            "form": form,
            "look": look_at(run, now=clock.now()),
            "counts": counts,
            "counted": counts_of(counts) if counts else [],
            "rows_shown": ROWS_SHOWN,
            "rows_tried": grouped(ROWS_TRIED),
            "step": 2,
        }
        return self._page(request, "columns.html", context)

    # --- step 3: the run ---

    def state_view(self, request: HttpRequest, run_id: int) -> HttpResponse:
        """What moves on the page of a run, for the script that asks every other second."""
        run = self._run(request, run_id)
        context = {"run": run, "state": state_of(run)}
        response = TemplateResponse(request, "admin/advocates/importrun/state.html", context)
        response["Cache-Control"] = "no-store"
        return response

    def refused_view(self, request: HttpRequest, run_id: int) -> HttpResponse | FileResponse:
        run = self._run(request, run_id)
        if not self.has_add_permission(request):
            raise PermissionDenied
        found = refused_file_of(run)
        if not found:
            raise Http404
        name = f"{run.file_name}.refused.csv"
        response = FileResponse(found.open("rb"), as_attachment=True, filename=name, content_type="text/csv")
        response["Cache-Control"] = "no-store"
        return response

    def _run(self, request: HttpRequest, run_id: int) -> ImportRun:
        run = self.get_object(request, str(run_id))
        if run is None:
            raise Http404
        if not self.has_view_permission(request, run):
            raise PermissionDenied
        return run

    def _page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        whole = self.admin_site.each_context(request) | {"opts": self.opts} | context
        return TemplateResponse(request, f"admin/advocates/importrun/{template}", whole)


def _sheets(run: ImportRun) -> list[str]:
    """Of a workbook; a text has none. Raises ImportRefused."""
    with file_of(run).open("rb") as stream:
        is_workbook = stream.read(len(SPREADSHEET)) == SPREADSHEET
    return sheet_names(file_of(run)) if is_workbook else []


def _read_now(run: ImportRun) -> dict[str, str]:
    return {"currency": run.currency, "sheet": run.sheet, "encoding": run.encoding}


def _is_read_alike(before: Mapping[str, str], said: Mapping[str, str]) -> bool:
    return all(before[name] == said[name] for name in ("sheet", "encoding") if name in said)


def _mapping(request: HttpRequest, look: Look) -> dict[str, str]:
    """Column → field, of all columns that have a name of their own."""
    own = [column for column in look.columns if not column.is_double]
    return {column.name: request.POST.get(f"{COLUMN}{column.index}", "")[:MAX_FIELD] for column in own}
