"""Sales as they are known one by one: what became of each, and what staff can say of it."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, gettext_lazy as _lazy
from django_stubs_ext import StrOrPromise

from advocates.admin.base import ReadOnlyAdmin, Verb, page_url, staff_of
from advocates.admin.detail import DetailAdmin, fact, moment, step
from advocates.admin.person_search import PersonSearch
from advocates.forms import ReturnForm
from advocates.models import AuditEntry, Purchase, PurchaseReturn
from advocates.selectors import display_name
from advocates.services.returns import left_of, purchase_take_back
from config.lib import clock
from config.lib.money import BadAmount, Money, money_words
from config.lib.registry import Registry
from config.lib.units import unit_get

CHANGE = "advocates.change_purchase"
Kind, Status = PurchaseReturn.Kind, Purchase.Status
TONES: dict[str, str] = {Status.PART_RETURNED: "warning", Status.RETURNED: "danger", Status.CANCELLED: "danger"}

# What an app above knows of a sale, such as the referral that it came by: facts of the side panel.
PURCHASE_FACTS: Registry[Callable[[HttpRequest, Purchase], list[dict[str, Any]]]] = Registry("facts of a purchase")


def value_words(purchase: Purchase) -> str:
    return money_words(Money(purchase.amount, purchase.unit))


def came_back(request: HttpRequest, purchase: Purchase, said: dict[str, Any]) -> str:
    return _take_back(request, purchase, said, Kind.RETURNED)


def was_cancelled(request: HttpRequest, purchase: Purchase, said: dict[str, Any]) -> str:
    return _take_back(request, purchase, said, Kind.CANCELLED)


def _take_back(request: HttpRequest, purchase: Purchase, said: dict[str, Any], kind: str) -> str:
    money = _money(said["amount"], purchase.unit)
    purchase_take_back(
        purchase=purchase, money=money, kind=kind, actor=staff_of(request), reason=said["reason"], now=clock.now()
    )
    return _("%(amount)s less counts for the customer now.") % {"amount": money_words(money or left_of(purchase))}


def _money(amount: Decimal | None, unit: str) -> Money | None:
    """Raises BadAmount for coins that the currency does not have."""
    if amount is None:
        return None
    minor = amount.scaleb(unit_get(unit).scale)
    if minor != minor.to_integral_value():
        raise BadAmount(_("This currency has no such small coins."))
    return Money(int(minor), unit)


def sentence(purchase: Purchase) -> StrOrPromise:
    left = money_words(left_of(purchase))
    return _(
        "Of this purchase %(left)s still counts. What you take back no longer counts for the customer; where the sale "
        "came by a referral, its rewards shrink or are taken back."
    ) % {"left": left}


def still_counts(purchase: Purchase) -> bool:
    return purchase.status in Purchase.COUNTING


PURCHASE_VERBS: tuple[Verb[Purchase], ...] = (
    Verb(
        "came-back",
        _lazy("Goods came back"),
        CHANGE,
        came_back,
        allowed=still_counts,
        form=ReturnForm,
        confirm=sentence,
        icon="undo-2",
    ),
    Verb(
        "cancelled",
        _lazy("Was cancelled"),
        CHANGE,
        was_cancelled,
        allowed=still_counts,
        form=ReturnForm,
        confirm=sentence,
        tone="danger",
        icon="ban",
    ),
)


@admin.register(Purchase)
class PurchaseAdmin(PersonSearch[Purchase], DetailAdmin[Purchase], ReadOnlyAdmin[Purchase]):
    list_display = ("external_id", "who", "occurred_at", "value", "state", "quantity", "source")
    list_filter = ("status", "source", "unit")
    list_select_related = ("contact__details",)
    search_fields = ("external_id__exact",)
    ordering = ("-pk",)
    tones = TONES
    verbs = PURCHASE_VERBS

    def get_queryset(self, request: HttpRequest) -> QuerySet[Purchase]:
        return super().get_queryset(request).prefetch_related("contact__keys")

    @admin.display(description=_lazy("customer"))
    def who(self, purchase: Purchase) -> str:
        return display_name(purchase.contact)

    @admin.display(description=_lazy("value"), ordering="amount")
    def value(self, purchase: Purchase) -> SafeString | str:
        return value_words(purchase)

    def detail(self, request: HttpRequest, purchase: Purchase) -> dict[str, Any]:
        return {
            "title": _("Purchase %(number)s") % {"number": purchase.external_id},
            "subtitle": f"{value_words(purchase)} · {display_name(purchase.contact)}",
            "icon": "receipt",
            "status": self.status(purchase),
            "facts": _facts(purchase) + [line for facts in PURCHASE_FACTS for line in facts(request, purchase)],
            "timeline": _story(purchase),
        }


def _facts(purchase: Purchase) -> list[dict[str, Any]]:
    returned = purchase.returned_amount
    facts = [
        fact(_("Customer"), display_name(purchase.contact), url=page_url(purchase.contact)),
        fact(_("Bought"), moment(purchase.occurred_at)),
        fact(_("Value"), value_words(purchase)),
        fact(_("Quantity"), purchase.quantity),
        fact(_("Source"), purchase.source),
    ]
    if returned:
        back = money_words(Money(returned, purchase.unit))
        facts.insert(
            3, fact(_("Goods came back"), back, hint=_("%(left)s is left") % {"left": money_words(left_of(purchase))})
        )
    if purchase.import_run:
        facts.append(fact(_("Import"), purchase.import_run.file_name, url=page_url(purchase.import_run)))
    return facts


def _story(purchase: Purchase) -> list[dict[str, Any]]:
    """The newest first: what staff did, with who and why, and what other systems told."""
    own = AuditEntry.objects.filter(model=purchase._meta.label_lower, object_id=str(purchase.pk))
    entries = own.filter(verb="purchase.take_back").select_related("actor")
    said = {entry.after.get("event_id"): entry for entry in entries}
    lines = [
        _returned(returned, purchase.unit, said.get(returned.event_id))
        for returned in purchase.returns.order_by("-occurred_at", "-pk")
    ]
    bought = step(purchase.occurred_at, _("Bought"), icon="receipt", text=value_words(purchase), who=purchase.source)
    return [*lines, bought]


def _returned(returned: PurchaseReturn, unit: str, entry: AuditEntry | None) -> dict[str, Any]:
    amount = money_words(Money(returned.amount, unit))
    is_cancelled = returned.kind == Kind.CANCELLED
    title = _("%(amount)s was cancelled") if is_cancelled else _("%(amount)s came back")
    return step(
        returned.occurred_at,
        title % {"amount": amount},
        icon="ban" if is_cancelled else "undo-2",
        tone="warning",
        text=entry.reason if entry else "",
        who=str(entry.actor) if entry else returned.source,
    )
