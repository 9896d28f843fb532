"""The books, to be read: nobody writes here by hand."""

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import URLPattern
from django.utils.translation import gettext_lazy

from advocates.admin.base import ReadOnlyAdmin
from advocates.models import Contact
from campaigns.models import Campaign
from config.lib.money import Money, money_words
from rewards.admin.statements import books_urls
from rewards.models import Account, Transfer


def party_name(key: str) -> Coalesce:
    """The name behind the party's key in column `key`; empty for who has none or has been erased."""
    campaigns = Campaign.objects.filter(public_id=OuterRef(key)).values("name")
    people = Contact.objects.filter(public_id=OuterRef(key)).values("details__name")
    return Coalesce(Subquery(campaigns), Subquery(people), Value(""))


def account_words(account: Account, name: str) -> str:
    return f"{account.get_kind_display()} · {name or account.party_key}"


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin[Account]):
    list_display = ("words", "balance_words", "party_key")
    list_filter = ("kind", "unit")
    ordering = ("kind", "party_key", "unit")
    search_fields = ("party_key",)
    search_help_text = gettext_lazy("Number of a campaign or of a contact")
    fields = readonly_fields = ("words", "party_key", "unit", "balance_words")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Account]:
        return super().get_queryset(request).annotate(party=party_name("party_key"))

    @admin.display(description=gettext_lazy("account"), ordering="kind")
    def words(self, account: Account) -> str:
        return account_words(account, account.party)  # type: ignore[attr-defined]

    @admin.display(description=gettext_lazy("balance"), ordering="balance")
    def balance_words(self, account: Account) -> str:
        return money_words(Money(account.balance, account.unit))


@admin.register(Transfer)
class TransferAdmin(ReadOnlyAdmin[Transfer]):
    list_display = ("occurred_at", "from_words", "to_words", "amount_words", "memo", "reference")
    list_filter = ("unit", "debit__kind", "credit__kind")
    list_select_related = ("debit", "credit")
    ordering = ("-pk",)
    date_hierarchy = "occurred_at"
    search_fields = ("key", "reference")
    search_help_text = gettext_lazy("Number of a reward or of a payout")
    fields = readonly_fields = ("occurred_at", "from_words", "to_words", "amount_words", "memo", "reference", "key")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Transfer]:
        names = {"from_party": party_name("debit__party_key"), "to_party": party_name("credit__party_key")}
        return super().get_queryset(request).annotate(**names)

    def get_urls(self) -> list[URLPattern]:
        return [*books_urls(self.admin_site), *super().get_urls()]

    @admin.display(description=gettext_lazy("from"))
    def from_words(self, transfer: Transfer) -> str:
        return account_words(transfer.debit, transfer.from_party)  # type: ignore[attr-defined]

    @admin.display(description=gettext_lazy("to"))
    def to_words(self, transfer: Transfer) -> str:
        return account_words(transfer.credit, transfer.to_party)  # type: ignore[attr-defined]

    @admin.display(description=gettext_lazy("amount"), ordering="amount")
    def amount_words(self, transfer: Transfer) -> str:
        return money_words(Money(transfer.amount, transfer.unit))
