from collections.abc import Mapping

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _gettext, gettext_lazy as _
from django_stubs_ext import StrOrPromise

from advocates.admin.base import ReadOnlyAdmin, pill
from config.lib.money import CurrencyMismatch, Money, money_words
from referrals.errors import EventIdReused, RefundTooLarge
from referrals.models import EarlyRefund
from referrals.services.events.early_refunds import MISSED

# What stood against a refund, by its code.
REFUSALS: Mapping[str, StrOrPromise] = {
    MISSED: _("no sale followed"),
    str(RefundTooLarge.code): _("more than was left of the sale"),
    str(CurrencyMismatch.code): _("another currency than the sale"),
    str(EventIdReused.code): _("its id stands for something else"),
}


@admin.register(EarlyRefund)
class EarlyRefundAdmin(ReadOnlyAdmin[EarlyRefund]):
    """Refunds that were told before their sale, and what became of them."""

    list_display = ("event_id", "refunds", "source", "worth", "state", "recorded_at")
    list_filter = ("source", "is_test")
    search_fields = ("=event_id", "=refunds", "=public_id")
    ordering = ("-recorded_at",)
    fields = ("event_id", "refunds", "source", "worth", "reason", "state", "is_test", "recorded_at", "settled_at")
    readonly_fields = fields

    @admin.display(description=_("amount"), ordering="amount")
    def worth(self, early: EarlyRefund) -> str:
        return _gettext("all of it") if early.amount is None else money_words(Money(early.amount, early.unit))

    @admin.display(description=_("how it stands"))
    def state(self, early: EarlyRefund) -> SafeString:
        if early.refused:
            return pill(REFUSALS.get(early.refused, early.refused), "danger")
        return pill(_gettext("applied"), "success") if early.settled_at else pill(_gettext("waits"), "warm")
