"""The desk where money leaves: who would be paid, four eyes, the file for the bank, and what came back."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_POST

from advocates.admin.base import ReadOnlyAdmin, page_url, staff_of
from advocates.admin.detail import DetailAdmin, moment, note
from config.lib import clock
from config.lib.errors import DomainError
from config.lib.money import Money, money_words
from rewards.admin.payout_verbs import (
    APPROVE,
    APPROVE_RUN,
    CANCEL_RUN,
    EXPORT_RUN,
    PREPARE,
    RETURN_PAYOUT,
    SETTLE_RUN,
    TAKE_OUT_PAYOUT,
)
from rewards.admin.payout_words import (
    four_eyes_words,
    line_rows,
    payout_facts,
    payout_rows,
    payout_status,
    payout_timeline,
    people_and_money,
    people_words,
    run_facts,
    run_status,
    run_timeline,
    share_rows,
)
from rewards.forms import PrepareForm
from rewards.models import Payout, PayoutMethod, PayoutRun
from rewards.payout_plan import due_units, payout_plan
from rewards.services.payout_run_files import RunFile, may_be_sepa, payout_run_file
from rewards.services.payouts import payout_run_prepare


@admin.register(PayoutRun)
class PayoutRunAdmin(DetailAdmin[PayoutRun], ReadOnlyAdmin[PayoutRun]):
    list_display = ["prepared_words", "total_words", "people", "state", "prepared_by", "approved_by"]
    list_filter = ["status", "unit"]
    list_select_related = ["prepared_by", "approved_by"]
    ordering = ["-prepared_at"]
    search_fields = ["public_id"]
    search_help_text = gettext_lazy("Number of a run")
    change_list_template = "admin/rewards/payoutrun/change_list.html"
    change_form_template = "admin/rewards/payoutrun/change_form.html"
    verbs = [APPROVE_RUN, EXPORT_RUN, SETTLE_RUN, CANCEL_RUN]

    def get_queryset(self, request: HttpRequest) -> QuerySet[PayoutRun]:
        return super().get_queryset(request).annotate(people_count=Count("payouts"))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("prepare/", view(self.prepare_view), name="rewards_payoutrun_prepare"),
            path("<int:run_id>/file/", view(require_POST(self.file_view)), name="rewards_payoutrun_file"),
            *super().get_urls(),
        ]

    @admin.display(description=gettext_lazy("prepared"), ordering="prepared_at")
    def prepared_words(self, run: PayoutRun) -> str:
        return moment(run.prepared_at)

    @admin.display(description=gettext_lazy("total"), ordering="total")
    def total_words(self, run: PayoutRun) -> str:
        return money_words(Money(run.total, run.unit))

    @admin.display(description=gettext_lazy("people"), ordering="people_count")
    def people(self, run: PayoutRun) -> int:
        count: int = run.people_count  # type: ignore[attr-defined]
        return count

    def status(self, run: PayoutRun) -> dict[str, Any]:
        return run_status(run)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        may_prepare = request.user.has_perm(PREPARE)
        empty = {
            "title": _("No payout run yet"),
            "text": _("A run collects everything that is approved and not paid yet, one payment a person."),
            "url": reverse("admin:rewards_payoutrun_prepare") if may_prepare else "",
            "button": _("Prepare a payout run"),
        }
        context = {"may_prepare": may_prepare, "empty": empty} | (extra_context or {})
        return super().changelist_view(request, context)

    def detail(self, request: HttpRequest, run: PayoutRun) -> dict[str, Any]:
        return {
            "title": _("Payout run in %(unit)s") % {"unit": run.unit},
            "subtitle": _("%(money)s for %(people)s") % people_and_money(run),
            "status": self.status(run),
            "notes": [note(four_eyes_words(run))],
            "facts": run_facts(run),
            "timeline": run_timeline(run),
        }

    def sections(self, request: HttpRequest, run: PayoutRun) -> dict[str, Any]:
        payouts = run.payouts.select_related("contact__details", "method").prefetch_related("lines").order_by("pk")
        has_file = run.exported_at is not None and request.user.has_perm(APPROVE)
        return {
            "payouts": payout_rows(payouts),
            "file_url": reverse("admin:rewards_payoutrun_file", args=[run.pk]) if has_file else "",
            "may_be_sepa": may_be_sepa(run),
        }

    def prepare_view(self, request: HttpRequest) -> HttpResponse:
        if not request.user.has_perm(PREPARE):
            raise PermissionDenied
        units = due_units()
        if request.method == "POST":
            return self._prepare(request, units)
        unit = request.GET.get("unit", "")
        plan = payout_plan(unit=unit if unit in units else next(iter(units), ""), now=clock.now())
        context = self.admin_site.each_context(request) | {
            "title": _("Prepare a payout run"),
            "opts": self.opts,
            "units": units,
            "plan": plan,
            "total": money_words(Money(plan.total, plan.unit)) if plan.paid else "",
            "people": people_words(len(plan.paid)),
            "paid": share_rows(plan.paid, plan.unit),
            "left_out": share_rows(plan.left_out, plan.unit),
        }
        return TemplateResponse(request, "admin/rewards/payoutrun/prepare.html", context)

    def _prepare(self, request: HttpRequest, units: list[str]) -> HttpResponse:
        form = PrepareForm(request.POST, units=units)
        if not form.is_valid():
            messages.warning(request, _("Nobody can be paid in that currency at the moment."))
            return HttpResponseRedirect(reverse("admin:rewards_payoutrun_prepare"))
        try:
            run = payout_run_prepare(unit=form.cleaned_data["unit"], actor=staff_of(request), now=clock.now())
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(reverse("admin:rewards_payoutrun_prepare"))
        messages.success(request, _("Prepared: %(money)s for %(people)s.") % people_and_money(run))
        return HttpResponseRedirect(page_url(run))

    def file_view(self, request: HttpRequest, run_id: int) -> HttpResponse:
        run = self.get_object(request, str(run_id))
        if not request.user.has_perm(APPROVE) or run is None or run.exported_at is None:
            raise PermissionDenied
        is_sepa = request.POST.get("form") == RunFile.SEPA
        try:
            file = payout_run_file(run=run, actor=staff_of(request), form=RunFile.SEPA if is_sepa else RunFile.CSV)
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(page_url(run))
        kind, ending = ("application/xml", "xml") if is_sepa else ("text/csv; charset=utf-8", "csv")
        answer = HttpResponse(file, content_type=kind)
        answer["Content-Disposition"] = f'attachment; filename="payout-{run.public_id}.{ending}"'
        answer["Cache-Control"] = "no-store"
        return answer


@admin.register(Payout)
class PayoutAdmin(DetailAdmin[Payout], ReadOnlyAdmin[Payout]):
    list_display = ["public_id", "contact", "amount_words", "method", "state", "run"]
    list_filter = ["status", "unit"]
    list_select_related = ["contact__details", "method", "run"]
    ordering = ["-pk"]
    search_fields = ["public_id", "contact__details__name"]
    search_help_text = gettext_lazy("Reference of a payment, or a name")
    change_form_template = "admin/rewards/payout/change_form.html"
    verbs = [RETURN_PAYOUT, TAKE_OUT_PAYOUT]

    @admin.display(description=gettext_lazy("amount"), ordering="amount")
    def amount_words(self, payout: Payout) -> str:
        return money_words(Money(payout.amount, payout.unit))

    def status(self, payout: Payout) -> dict[str, Any]:
        return payout_status(payout)

    def detail(self, request: HttpRequest, payout: Payout) -> dict[str, Any]:
        return {
            "title": str(payout.contact),
            "subtitle": money_words(Money(payout.amount, payout.unit)),
            "status": self.status(payout),
            "facts": payout_facts(payout),
            "timeline": payout_timeline(payout),
        }

    def sections(self, request: HttpRequest, payout: Payout) -> dict[str, Any]:
        return {"lines": line_rows(payout)}


@admin.register(PayoutMethod)
class PayoutMethodAdmin(ReadOnlyAdmin[PayoutMethod]):
    """Who is paid where, masked: nobody of the staff reads an account number here."""

    list_display = ["contact", "kind", "masked", "created_at", "replaced_at"]
    list_select_related = ["contact__details"]
    list_filter = ["kind"]
    ordering = ["-created_at"]
    search_fields = ["contact__details__name"]
    fields = ["contact", "kind", "masked", "created_at", "replaced_at"]
