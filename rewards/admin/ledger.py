"""The books, to be read: nobody writes here by hand."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from advocates.admin.base import ReadOnlyAdmin
from config.lib.money import Money, money_words
from rewards.models import Account, Transfer


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin[Account]):
    list_display = ("kind", "party_key", "balance_words")
    list_filter = ("kind", "unit")
    ordering = ("kind", "party_key", "unit")
    search_fields = ("party_key",)
    search_help_text = gettext_lazy("Number of a campaign or of a contact")
    fields = readonly_fields = ("kind", "party_key", "unit", "balance_words")

    @admin.display(description=gettext_lazy("balance"), ordering="balance")
    def balance_words(self, account: Account) -> str:
        return money_words(Money(account.balance, account.unit))


@admin.register(Transfer)
class TransferAdmin(ReadOnlyAdmin[Transfer]):
    list_display = ("occurred_at", "debit", "credit", "amount_words", "memo", "reference")
    list_filter = ("unit", "debit__kind", "credit__kind")
    list_select_related = ("debit", "credit")
    ordering = ("-pk",)
    date_hierarchy = "occurred_at"
    search_fields = ("key", "reference")
    search_help_text = gettext_lazy("Number of a reward or of a payout")
    fields = readonly_fields = ("occurred_at", "debit", "credit", "amount_words", "memo", "reference", "key")

    @admin.display(description=gettext_lazy("amount"), ordering="amount")
    def amount_words(self, transfer: Transfer) -> str:
        return money_words(Money(transfer.amount, transfer.unit))
