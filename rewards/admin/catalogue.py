"""What people can pick: items with their stock and their codes. A code that was uploaded is never shown here again."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _, gettext_lazy

from advocates.admin.base import Verb, page_url, staff_of
from advocates.admin.detail import DetailAdmin, fact
from config.lib import clock
from config.lib.errors import DomainError
from config.lib.money import Money, money_words
from rewards.admin.mystery import mystery_urls
from rewards.models import CatalogueItem, GiftOrder
from rewards.services.catalogue import catalogue_item_check, catalogue_item_save, stock_add
from rewards.services.gift_codes import gift_codes_add

CHANGE = "rewards.change_catalogueitem"
ADD_CODES = "rewards.add_giftcode"


class WordsField(forms.CharField):
    """A list of words, typed with commas between them."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        words = [word.strip() for word in str(value or "").split(",")]
        return list(dict.fromkeys(word for word in words if word))


class ItemForm(forms.ModelForm[CatalogueItem]):
    countries = WordsField(
        label=gettext_lazy("countries"),
        required=False,
        help_text=gettext_lazy("Two capital letters each, with commas: DE, AT. Empty: everywhere."),
    )
    variants = WordsField(
        label=gettext_lazy("sizes or colours"),
        required=False,
        help_text=gettext_lazy("With commas: S, M, L. Whoever picks it says which one."),
    )

    class Meta:
        model = CatalogueItem
        fields = (
            "name",
            "key",
            "kind",
            "description",
            "terms",
            "category",
            "countries",
            "unit",
            "least",
            "most",
            "price",
            "price_unit",
            "cost",
            "cost_unit",
            "charity",
            "stock",
            "variants",
            "needs_address",
            "is_active",
        )

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        try:
            catalogue_item_check(self.instance)
        except DomainError as refusal:
            self.add_error(None, str(refusal))


class StockForm(forms.Form):
    count = forms.IntegerField(
        label=gettext_lazy("How many more"), help_text=gettext_lazy("With a minus in front: so many are gone.")
    )


class CodesForm(forms.Form):
    codes = forms.CharField(
        label=gettext_lazy("Codes"),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
        help_text=gettext_lazy("One a line. They are encrypted, and shown to nobody but who gets them."),
    )
    amount = forms.IntegerField(
        label=gettext_lazy("Each is worth"), min_value=1, help_text=gettext_lazy("In minor units: 5000 is 50.00.")
    )
    valid_until = forms.DateField(
        label=gettext_lazy("Valid until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


def run_stock(request: HttpRequest, item: CatalogueItem, cleaned: dict[str, Any]) -> str:
    item = stock_add(item=item, count=cleaned["count"], actor=staff_of(request), now=clock.now())
    return _("In stock now: %(count)s.") % {"count": item.stock}


def run_codes(request: HttpRequest, item: CatalogueItem, cleaned: dict[str, Any]) -> str:
    uploaded = gift_codes_add(
        item=item,
        codes=cleaned["codes"].splitlines(),
        worth=Money(cleaned["amount"], item.unit),
        valid_until=cleaned["valid_until"],
        actor=staff_of(request),
        now=clock.now(),
    )
    return _("New codes: %(added)s. Known before: %(known)s. Rewards that went on: %(resumed)s.") % {
        "added": uploaded.added,
        "known": uploaded.known,
        "resumed": uploaded.resumed,
    }


STOCK: Verb[CatalogueItem] = Verb(
    name="stock",
    label=gettext_lazy("Stock has come or gone"),
    permission=CHANGE,
    run=run_stock,
    form=StockForm,
    confirm=lambda item: _("Rewards that wait for “%(item)s” go on, the longest waiting first.") % {"item": item},
    icon="package",
)
CODES: Verb[CatalogueItem] = Verb(
    name="codes",
    label=gettext_lazy("Upload codes"),
    permission=ADD_CODES,
    run=run_codes,
    allowed=lambda item: item.kind == CatalogueItem.Kind.GIFT_CARD,
    form=CodesForm,
    confirm=lambda item: _("From now on “%(item)s” is given by these codes, at once.") % {"item": item},
    tone="primary",
    icon="upload",
)


@admin.register(CatalogueItem)
class CatalogueItemAdmin(DetailAdmin[CatalogueItem]):
    form = ItemForm
    list_display = ("name", "kind", "category", "worth", "price_words", "left", "is_active")
    list_filter = ("kind", "is_active", "unit", "category")
    ordering = ("name",)
    search_fields = ("name", "key", "category")
    prepopulated_fields = {"key": ("name",)}
    verbs = (CODES, STOCK)

    def get_queryset(self, request: HttpRequest) -> QuerySet[CatalogueItem]:
        return super().get_queryset(request).select_related("charity")

    def get_urls(self) -> list[URLPattern]:
        return [*mystery_urls(self.admin_site), *super().get_urls()]

    def get_readonly_fields(self, request: HttpRequest, obj: CatalogueItem | None = None) -> tuple[str, ...]:
        """Stock changes by so many more or less, else somebody's order in between would be lost."""
        return ("key", "kind", "unit", "stock") if obj else ()

    def get_prepopulated_fields(self, request: HttpRequest, obj: CatalogueItem | None = None) -> dict[str, Any]:
        return {} if obj else super().get_prepopulated_fields(request, obj)

    def save_model(self, request: HttpRequest, obj: CatalogueItem, form: Any, change: bool) -> None:
        catalogue_item_save(item=obj, actor=staff_of(request), now=clock.now())

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """The audit trail says what changed."""
        return []

    @admin.display(description=gettext_lazy("for rewards of"), ordering="least")
    def worth(self, item: CatalogueItem) -> str:
        return worth_words(item)

    @admin.display(description=gettext_lazy("price in points"), ordering="price")
    def price_words(self, item: CatalogueItem) -> str:
        return money_words(Money(item.price, item.price_unit)) if item.price else ""

    @admin.display(description=gettext_lazy("in stock"), ordering="stock")
    def left(self, item: CatalogueItem) -> str:
        return _("not counted") if item.stock is None else str(item.stock)

    def detail(self, request: HttpRequest, item: CatalogueItem) -> dict[str, Any]:
        return {
            "title": item.name,
            "icon": "gift",
            "subtitle": f"{item.get_kind_display()} · {worth_words(item)}",
            "status": {
                "label": _("can be picked") if item.is_active else _("cannot be picked"),
                "tone": "success" if item.is_active else "neutral",
            },
            "facts": [*facts_of(item), *code_facts(item)],
        }

    def sections(self, request: HttpRequest, item: CatalogueItem) -> dict[str, Any]:
        return {"show_form": self.has_change_permission(request, item)}


def worth_words(item: CatalogueItem) -> str:
    least = money_words(Money(item.least, item.unit))
    if item.most is None:
        return _("%(least)s and more") % {"least": least}
    if item.most == item.least:
        return least
    return _("%(least)s to %(most)s") % {"least": least, "most": money_words(Money(item.most, item.unit))}


def facts_of(item: CatalogueItem) -> list[dict[str, Any]]:
    waiting = item.orders.filter(status=GiftOrder.Status.ORDERED).count()
    facts = [
        fact(_("In stock"), _("not counted") if item.stock is None else item.stock),
        fact(_("Orders to be sent"), waiting),
        fact(_("Sent so far"), item.orders.filter(status=GiftOrder.Status.SENT).count()),
        fact(_("Countries"), ", ".join(item.countries) or _("everywhere")),
    ]
    if item.price:
        facts.append(fact(_("Price in points"), money_words(Money(item.price, item.price_unit))))
    if item.cost:
        facts.append(fact(_("One costs us"), money_words(Money(item.cost, item.cost_unit))))
    if item.charity:
        facts.append(fact(_("Good cause"), item.charity, url=page_url(item.charity)))
    return facts


def code_facts(item: CatalogueItem) -> list[dict[str, Any]]:
    """How many codes of which worth nobody has yet; those that ran out are said too."""
    if item.kind != CatalogueItem.Kind.GIFT_CARD:
        return []
    today = localdate(clock.now())
    free = item.codes.filter(order=None).order_by("amount", "valid_until")
    rows = free.values("amount", "unit", "valid_until").annotate(count=Count("pk"))
    found = []
    for row in rows:
        until = row["valid_until"]
        hint = _("valid until %(date)s") % {"date": date_format(until, "DATE_FORMAT")} if until else ""
        if until and until < today:
            hint = _("ran out on %(date)s") % {"date": date_format(until, "DATE_FORMAT")}
        label = _("Codes of %(worth)s left") % {"worth": money_words(Money(row["amount"], row["unit"]))}
        found.append(fact(label, row["count"], hint=hint))
    return found or [fact(_("Codes left"), 0, hint=_("Without codes a colleague sends each card."))]
