from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from advocates.admin.base import ReadOnlyAdmin
from config.lib.money import Money, money_words
from referrals.models import ReferralEvent


@admin.register(ReferralEvent)
class ReferralEventAdmin(ReadOnlyAdmin[ReferralEvent]):
    """Every fact as it was told to us."""

    list_display = ("type", "contact", "campaign", "worth", "source", "event_id", "occurred_at", "recorded_at")
    list_filter = ("type", "source", ("campaign", admin.RelatedOnlyFieldListFilter), "is_test")
    list_select_related = ("contact__details", "campaign")
    search_fields = ("public_id", "=event_id", "=referral__public_id")
    ordering = ("-recorded_at",)

    def get_exclude(self, request: HttpRequest, obj: ReferralEvent | None = None) -> tuple[str, ...]:
        return ("body_hash",)

    @admin.display(description=_("amount"), ordering="amount")
    def worth(self, event: ReferralEvent) -> str:
        return "–" if event.amount is None else money_words(Money(event.amount, event.unit))
