from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from advocates.admin.base import ReadOnlyAdmin
from advocates.models import ImportRun, Purchase
from advocates.selectors import display_name
from config.lib.money import Money, money_words


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnlyAdmin[ImportRun]):
    """Files that were read; the counts grow while one is."""

    list_display = (
        "file_name",
        "kind",
        "state",
        "rows_read",
        "created_count",
        "updated_count",
        "unchanged_count",
        "refused_count",
        "started_at",
        "finished_at",
    )
    list_filter = ("kind", "status")
    ordering = ("-started_at",)
    tones = {
        ImportRun.Status.RUNNING: "warning",
        ImportRun.Status.DONE: "success",
        ImportRun.Status.FAILED: "danger",
    }


@admin.register(Purchase)
class PurchaseAdmin(ReadOnlyAdmin[Purchase]):
    list_display = ("external_id", "who", "occurred_at", "value", "quantity", "source")
    list_filter = ("source",)
    list_select_related = ("contact__details",)
    search_fields = ("=external_id", "=contact__keys__value")
    ordering = ("-pk",)

    @admin.display(description=_("customer"))
    def who(self, purchase: Purchase) -> str:
        return display_name(purchase.contact)

    @admin.display(description=_("value"), ordering="amount")
    def value(self, purchase: Purchase) -> str:
        return money_words(Money(purchase.amount, purchase.unit))
