from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.admin.base import SettingsAdmin
from campaigns.models import Brand, Company


@admin.register(Company)
class CompanyAdmin(SettingsAdmin[Company]):
    """One company, one page."""

    fieldsets = (
        (_("Who we are"), {"fields": ("name", "website", "logo", "accent_colour", "privacy_url")}),
        (
            _("How we write"),
            {"fields": ("postal_address", "reply_to", "team_email", "language", "ask_rest_days")},
        ),
        (_("Where and when"), {"fields": ("time_zone", "currency", "working_hours")}),
        (
            _("Money"),
            {"fields": ("debit_account_name", "debit_account_iban", "four_eyes", "four_eyes_amount")},
        ),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Company.objects.exists()

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        """There is no list: it leads to the page."""
        row = Company.objects.first()
        if row:
            return HttpResponseRedirect(reverse("admin:campaigns_company_change", args=[row.pk]))
        return HttpResponseRedirect(reverse("admin:campaigns_company_add"))


@admin.register(Brand)
class BrandAdmin(SettingsAdmin[Brand]):
    list_display = ("name", "sender_name", "sender_email", "reply_to")
    search_fields = ("name",)
