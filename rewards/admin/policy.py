"""How the company deals with money between people and its books: one page."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy as _

from advocates.admin.base import staff_of
from campaigns.admin.base import SettingsAdmin
from campaigns.services.settings import settings_save
from config.lib.units import UnknownUnit, unit_get
from rewards.admin.rule_forms.texts import Wrong, amount_read, amount_typed
from rewards.models import MoneyPolicy
from rewards.models.ledger import AccountKind

Kind = AccountKind
PREFIX = "account_"


class AmountsField(forms.CharField):
    """A currency and an amount on each line; minor units by currency."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.Textarea(attrs={"rows": 3}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return "\n".join(f"{unit} {amount_typed(amount, unit)}" for unit, amount in sorted(value.items()))

    def clean(self, value: Any) -> dict[str, int]:
        lines = [line.split() for line in str(value or "").splitlines() if line.strip()]
        try:
            return dict(self._read(line) for line in lines)
        except (Wrong, UnknownUnit) as wrong:
            raise forms.ValidationError(str(wrong)) from wrong

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.clean(data) != (initial or {}))
        except forms.ValidationError:
            return True

    def _read(self, parts: list[str]) -> tuple[str, int]:
        if len(parts) != 2 or not unit_get(parts[0].upper()).is_currency:
            raise Wrong(gettext("Write a currency and an amount on each line, such as EUR 10.00."))
        unit = parts[0].upper()
        return unit, amount_read(parts[1], unit, low=0)


def account_field(kind: AccountKind) -> forms.CharField:
    return forms.CharField(label=capfirst(kind.label), required=False, max_length=20)


class PolicyForm(forms.ModelForm[MoneyPolicy]):
    """`account_<kind>`: our own number of each account, together the model's `accounts`."""

    minimums = AmountsField(
        label=_("least payout"),
        help_text=_("A currency and an amount on each line, such as EUR 10.00. A currency that is not here pays any."),
    )
    debt_floor = AmountsField(
        label=_("debts at most"),
        help_text=_(
            "A currency and an amount on each line. What is taken back beyond that is written off at once. "
            "A currency that is not here has no such end."
        ),
    )
    account_funding = account_field(Kind.FUNDING)
    account_reserved = account_field(Kind.RESERVED)
    account_owed = account_field(Kind.OWED)
    account_credit = account_field(Kind.CREDIT)
    account_in_transit = account_field(Kind.IN_TRANSIT)
    account_paid = account_field(Kind.PAID)
    account_donated = account_field(Kind.DONATED)
    account_written_off = account_field(Kind.WRITTEN_OFF)
    account_expired = account_field(Kind.EXPIRED)
    account_receivable = account_field(Kind.RECEIVABLE)

    class Meta:
        model = MoneyPolicy
        fields = ("minimums", "resting_days", "warn_days", "debt_floor", "write_off_months")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.update({f"{PREFIX}{kind}": number for kind, number in self.instance.accounts.items()})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        numbers = {kind: cleaned.get(f"{PREFIX}{kind}", "") for kind in Kind.values}
        self.instance.accounts = {kind: number for kind, number in numbers.items() if number}
        return cleaned


@admin.register(MoneyPolicy)
class MoneyPolicyAdmin(SettingsAdmin[MoneyPolicy]):
    """One company, one page."""

    form = PolicyForm
    fieldsets = (
        (_("Payouts"), {"fields": ("minimums", "resting_days")}),
        (_("What runs out"), {"fields": ("warn_days",)}),
        (_("Debts"), {"fields": ("debt_floor", "write_off_months")}),
        (
            _("Accounts of our own books"),
            {
                "fields": tuple(f"{PREFIX}{kind}" for kind in Kind.values),
                "description": _("Our number for each account here. The journal of a month shows it."),
            },
        ),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not MoneyPolicy.objects.exists()

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        """There is no list: it leads to the page."""
        row = MoneyPolicy.objects.first()
        if row:
            return HttpResponseRedirect(reverse("admin:rewards_moneypolicy_change", args=[row.pk]))
        if self.has_add_permission(request):
            return HttpResponseRedirect(reverse("admin:rewards_moneypolicy_add"))
        return super().changelist_view(request, extra_context)

    def save_model(
        self, request: HttpRequest, obj: MoneyPolicy, form: forms.ModelForm[MoneyPolicy], change: bool
    ) -> None:
        changed = ["accounts" if name.startswith(PREFIX) else name for name in form.changed_data]
        settings_save(row=obj, changed=sorted(set(changed)), actor=staff_of(request))
