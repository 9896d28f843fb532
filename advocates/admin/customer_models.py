"""Each fit of the customer-base model, with what it would have told of a time that is known."""

from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import get_language, gettext as _, gettext_lazy as _lazy, to_locale
from django_stubs_ext import StrOrPromise

from advocates.admin.base import ReadOnlyAdmin
from advocates.admin.detail import NOTHING, DetailAdmin, fact, moment, note
from advocates.models import CustomerModel

PARAMETERS = {
    "r": _lazy("How alike customers are in how often they buy: the higher, the more alike."),
    "alpha": _lazy("In weeks: the higher against r, the more rarely they buy."),
    "a": _lazy("With b: how likely a customer is to leave after a purchase, a ÷ (a + b) on average."),
    "b": _lazy("With a: the higher both, the more alike customers are in that."),
}


def number(text: str | None, *, form: str = "#,##0") -> str:
    """A decimal number at rest, as the language writes it."""
    if not text:
        return NOTHING
    return format_decimal(Decimal(text), format=form, locale=to_locale(get_language() or "en"))


@admin.register(CustomerModel)
class CustomerModelAdmin(DetailAdmin[CustomerModel], ReadOnlyAdmin[CustomerModel]):
    list_display = ("fitted_at", "customers", "came", "told", "plain", "missed", "plain_missed")
    ordering = ("-fitted_at",)

    @admin.display(description=_lazy("purchases that came"))
    def came(self, model: CustomerModel) -> str:
        return number(model.figures.get("actual"))

    @admin.display(description=_lazy("expected by the model"))
    def told(self, model: CustomerModel) -> str:
        return number(model.figures.get("expected"))

    @admin.display(description=_lazy("by ‘as in the last period’"))
    def plain(self, model: CustomerModel) -> str:
        return number(model.figures.get("plain"))

    @admin.display(description=_lazy("missed by, a customer"))
    def missed(self, model: CustomerModel) -> str:
        return number(model.figures.get("error"), form="0.00")

    @admin.display(description=_lazy("missed by ‘as in the last period’"))
    def plain_missed(self, model: CustomerModel) -> str:
        return number(model.figures.get("plain_error"), form="0.00")

    def detail(self, request: HttpRequest, model: CustomerModel) -> dict[str, Any]:
        return {
            "title": _("Customer-base model of %(day)s") % {"day": moment(model.fitted_at)},
            "subtitle": _("BG/NBD by Fader, Hardie and Lee (2005), fitted on %(customers)s customers")
            % {"customers": number(str(model.customers))},
            "icon": "chart-line",
            "notes": [note(_verdict(model), tone=_tone(model))],
            "facts": _facts(model),
        }

    def sections(self, request: HttpRequest, model: CustomerModel) -> dict[str, Any]:
        return {
            "parameters": [
                {"name": name, "value": number(model.parameters.get(name), form="0.000"), "meaning": meaning}
                for name, meaning in PARAMETERS.items()
            ]
        }

    change_form_template = "admin/advocates/customermodel/change_form.html"


def _is_better(model: CustomerModel) -> bool | None:
    """Than the plain guess; None where the time known was too short to try."""
    figures = model.figures
    if "error" not in figures:
        return None
    return Decimal(figures["error"]) < Decimal(figures["plain_error"])


def _tone(model: CustomerModel) -> str:
    return {True: "info", False: "warning", None: "info"}[_is_better(model)]


def _verdict(model: CustomerModel) -> StrOrPromise:
    better = _is_better(model)
    if better is None:
        return _("There was too little time to try how well it tells what comes.")
    values = {
        "weeks": number(model.figures.get("backtest_weeks")),
        "error": number(model.figures.get("error"), form="0.00"),
        "plain": number(model.figures.get("plain_error"), form="0.00"),
    }
    tried = _("Tried on the last %(weeks)s weeks, it missed a customer by %(error)s purchases.") % values
    if better:
        beside = _("The plain guess ‘as in the last period’ missed by %(plain)s.")
    else:
        beside = _("The plain guess ‘as in the last period’ missed by only %(plain)s: do not lean on the model.")
    return f"{tried} {beside % values}"


def _facts(model: CustomerModel) -> list[dict[str, Any]]:
    figures = model.figures
    return [
        fact(_("Fitted"), moment(model.fitted_at)),
        fact(_("Customers"), number(str(model.customers))),
        fact(_("Tried on"), number(figures.get("backtest_customers")), hint=_("customers")),
        fact(_("Purchases that came"), number(figures.get("actual"))),
        fact(_("Expected"), number(figures.get("expected"))),
        fact(_("As in the last period"), number(figures.get("plain"))),
        fact(_("Log-likelihood"), number(figures.get("log_likelihood"), form="#,##0.0")),
    ]
