from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _lazy

from advocates.admin.base import ConsoleAdmin, ReadOnlyAdmin, staff_of
from advocates.forms import SuppressionForm
from advocates.models import AuditEntry, Consent, JobRun, Suppression
from advocates.selectors import display_name
from advocates.services.suppression import suppression_add
from config.lib import clock


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin[AuditEntry]):
    list_display = ("created_at", "actor", "actor_label", "verb", "model", "object_id", "reason")
    list_filter = ("model", "verb")
    list_select_related = ("actor",)
    search_fields = ("=object_id", "=request_id", "verb")
    ordering = ("-created_at", "-pk")


@admin.register(JobRun)
class JobRunAdmin(ReadOnlyAdmin[JobRun]):
    list_display = ("name", "state", "started_at", "finished_at", "result")
    list_filter = ("status", "name")
    ordering = ("-started_at", "-pk")
    exclude = ("live_key",)
    tones = {
        JobRun.Status.RUNNING: "warning",
        JobRun.Status.DONE: "success",
        JobRun.Status.FAILED: "danger",
    }


@admin.register(Consent)
class ConsentAdmin(ReadOnlyAdmin[Consent]):
    """Why we may write or phone: each basis with its text, source and times, also those that were withdrawn."""

    list_display = ("who", "channel", "basis", "text_version", "source", "given_at", "withdrawn_at")
    list_filter = ("channel", "basis", ("withdrawn_at", admin.EmptyFieldListFilter), "given_at")
    list_select_related = ("contact__details",)
    search_fields = ("contact__details__name", "=contact__keys__value")
    ordering = ("-given_at",)

    @admin.display(description=_lazy("name"))
    def who(self, consent: Consent) -> str:
        return display_name(consent.contact)


@admin.register(Suppression)
class SuppressionAdmin(ConsoleAdmin[Suppression]):
    """Addresses stand here as fingerprints; one is lifted on the person's page, where the address is known."""

    list_display = ("__str__", "scope", "reason", "created_at")
    list_filter = ("scope", "reason")
    ordering = ("-created_at",)
    form = SuppressionForm
    fields = ("address", "scope")

    def has_change_permission(self, request: HttpRequest, obj: Suppression | None = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Suppression | None = None) -> Any:
        return ("scope", "reason", "created_at") if obj else self.fields

    def save_model(self, request: HttpRequest, obj: Suppression, form: Any, change: bool) -> None:
        standing = suppression_add(
            address=form.cleaned_data["address"],
            scope=obj.scope,
            reason=Suppression.Reason.STAFF,
            actor=staff_of(request),
            now=clock.now(),
        )
        obj.pk = standing.pk
