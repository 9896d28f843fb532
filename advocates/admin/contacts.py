from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _lazy
from django_stubs_ext import StrPromise

from advocates.admin.base import ReadOnlyAdmin
from advocates.admin.contact_verbs import CONTACT_VERBS
from advocates.admin.contact_words import (
    STANDINGS,
    circle_pill,
    circle_status,
    contact_facts,
    contact_notes,
    standing_pill,
    value_words,
)
from advocates.admin.detail import DetailAdmin, may
from advocates.models import Contact
from advocates.models.consent import ConsentChannel
from advocates.selectors import contact_email, display_name
from config.lib.money import Money, money_words

LATEST = 20


class StandingFilter(admin.SimpleListFilter):
    title = _lazy("NPS")
    parameter_name = "nps"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, StrPromise]]:
        return [(name, label) for name, (label, _tone) in STANDINGS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Contact]) -> QuerySet[Contact]:
        if self.value() == "promoter":
            return queryset.filter(nps_score__gte=Contact.PROMOTER_FROM)
        if self.value() == "passive":
            return queryset.filter(nps_score__gte=Contact.PASSIVE_FROM, nps_score__lt=Contact.PROMOTER_FROM)
        if self.value() == "detractor":
            return queryset.filter(nps_score__lt=Contact.PASSIVE_FROM)
        return queryset


@admin.register(Contact)
class ContactAdmin(DetailAdmin[Contact], ReadOnlyAdmin[Contact]):
    list_display = ("who", "address", "relation", "purchases_count", "value", "standing", "circle_state", "created_at")
    list_filter = ("relation", StandingFilter, "circle__status", "language", "is_test")
    search_fields = ("public_id", "details__name", "details__company", "keys__value", "keys__shown")
    search_help_text = _lazy("Name, company, address or customer number")
    ordering = ("-created_at",)
    list_select_related = ("details", "circle")
    change_form_template = "admin/advocates/contact/change_form.html"
    verbs = CONTACT_VERBS

    def get_queryset(self, request: HttpRequest) -> QuerySet[Contact]:
        return super().get_queryset(request).filter(merged_into=None).prefetch_related("keys")

    @admin.display(description=_lazy("name"), ordering="details__name")
    def who(self, contact: Contact) -> str:
        return display_name(contact)

    @admin.display(description=_lazy("e-mail address"))
    def address(self, contact: Contact) -> str:
        return contact_email(contact)

    @admin.display(description=_lazy("lifetime value"), ordering="lifetime_amount")
    def value(self, contact: Contact) -> str:
        return value_words(contact)

    @admin.display(description=_lazy("NPS"), ordering="nps_score")
    def standing(self, contact: Contact) -> SafeString | str:
        return standing_pill(contact)

    @admin.display(description=_lazy("inner circle"), ordering="circle__status")
    def circle_state(self, contact: Contact) -> SafeString | str:
        return circle_pill(contact.circle) if circle_status(contact) else ""

    def detail(self, request: HttpRequest, contact: Contact) -> dict[str, Any]:
        details = getattr(contact, "details", None)
        return {
            "title": display_name(contact),
            "subtitle": details.company if details else "",
            "status": {"label": contact.get_relation_display(), "tone": "accent" if contact.is_customer else "neutral"},
            "notes": contact_notes(contact),
            "facts": contact_facts(contact),
            "may": [may(contact, channel) for channel in (ConsentChannel.EMAIL, ConsentChannel.PHONE)],
        }

    def sections(self, request: HttpRequest, contact: Contact) -> dict[str, Any]:
        return {
            "keys": contact.keys.order_by("kind", "pk"),
            "purchases": [
                {"row": purchase, "value": money_words(Money(purchase.amount, purchase.unit))}
                for purchase in contact.purchases.order_by("-occurred_at", "-pk")[:LATEST]
            ],
            "consents": contact.consents.order_by("-given_at"),
        }
