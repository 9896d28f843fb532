from django.contrib import admin
from django.utils.translation import gettext_lazy

from advocates.admin.base import ReadOnlyAdmin
from config.lib.money import Money, money_words
from rewards.models import Coupon


@admin.register(Coupon)
class CouponAdmin(ReadOnlyAdmin[Coupon]):
    list_display = ("code", "contact", "worth", "state", "void_reason", "campaign", "created_at", "expires_at")
    tones = {Coupon.Status.ISSUED: "success", Coupon.Status.VOID: "danger"}
    list_filter = ("status", "campaign")
    list_select_related = ("contact__details", "campaign")
    ordering = ("-created_at", "-pk")
    search_fields = ("code", "contact__details__name")
    search_help_text = gettext_lazy("A code or a name")
    fields = readonly_fields = (
        "code",
        "contact",
        "worth",
        "state",
        "void_reason",
        "campaign",
        "reward",
        "event",
        "created_at",
        "expires_at",
        "used_at",
        "used_by",
    )

    @admin.display(description=gettext_lazy("worth"), ordering="amount")
    def worth(self, coupon: Coupon) -> str:
        return money_words(Money(coupon.amount, coupon.unit))
