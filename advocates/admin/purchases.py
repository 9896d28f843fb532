from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from advocates.admin.base import ReadOnlyAdmin
from advocates.models import Purchase
from advocates.selectors import display_name
from config.lib.money import Money, money_words


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
