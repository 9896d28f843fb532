"""What regions pay while they need people: lines are added and ended, never edited."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _, gettext_lazy

from advocates.admin.base import Verb, page_url, staff_of
from advocates.admin.detail import DetailAdmin, fact, moment
from config.lib import clock
from config.lib.errors import DomainError
from config.lib.money import Money, money_words
from rewards.models import DemandRate
from rewards.services.demand import DemandDraft, demand_add, demand_end


class DemandForm(forms.ModelForm[DemandRate]):
    class Meta:
        model = DemandRate
        fields = ("campaign", "region", "unit", "amount", "valid_from", "valid_until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "valid_from" in self.fields:
            self.fields["valid_from"].required = False
            self.fields["valid_from"].help_text = _("Empty: from now on.")
            self.fields["valid_until"].help_text = _("Empty: until you say something else.")

    def clean(self) -> dict[str, Any]:
        """Money of an unknown currency is refused here, where its field stands."""
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                Money(cleaned["amount"], cleaned["unit"])
            except DomainError as refusal:
                self.add_error("unit", str(refusal))
        return cleaned

    def draft(self) -> DemandDraft:
        given = self.cleaned_data
        money = Money(given["amount"], given["unit"])
        return DemandDraft(given["region"], money, given["valid_from"], given["valid_until"])


class StandsFilter(admin.SimpleListFilter):
    title = gettext_lazy("holds")
    parameter_name = "holds"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("now", gettext_lazy("now")), ("later", gettext_lazy("later")), ("past", gettext_lazy("no more"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[DemandRate]) -> QuerySet[DemandRate]:
        now = clock.now()
        wanted = {
            "now": Q(valid_from__lte=now) & (Q(valid_until=None) | Q(valid_until__gt=now)),
            "later": Q(valid_from__gt=now),
            "past": Q(valid_until__lte=now),
        }
        return queryset.filter(wanted.get(self.value() or "", Q()))


def run_end(request: HttpRequest, rate: DemandRate, _cleaned: dict[str, Any]) -> str:
    demand_end(rate=rate, actor=staff_of(request), now=clock.now())
    return _("%(region)s pays nothing more for new friends.") % {"region": rate.region}


def confirm_end(rate: DemandRate) -> str:
    return _("From now on %(region)s pays nothing new. What was promised to friends is kept.") % {"region": rate.region}


END: Verb[DemandRate] = Verb(
    name="end",
    label=gettext_lazy("End it now"),
    permission="rewards.change_demandrate",
    run=run_end,
    allowed=lambda rate: rate.valid_from < clock.now() and (rate.valid_until is None or rate.valid_until > clock.now()),
    confirm=confirm_end,
    tone="danger",
    icon="ban",
)


@admin.register(DemandRate)
class DemandRateAdmin(DetailAdmin[DemandRate]):
    form = DemandForm
    list_display = ("region", "campaign", "amount_words", "valid_from", "valid_until")
    list_filter = (StandsFilter, "campaign")
    list_select_related = ("campaign",)
    ordering = ("-valid_from", "region")
    search_fields = ("region", "campaign__name")
    verbs = (END,)

    def has_change_permission(self, request: HttpRequest, obj: DemandRate | None = None) -> bool:
        """A line is ended, and another begun."""
        return obj is None and super().has_change_permission(request, obj)

    @admin.display(description=gettext_lazy("amount"), ordering="amount")
    def amount_words(self, rate: DemandRate) -> str:
        return money_words(Money(rate.amount, rate.unit))

    def save_model(self, request: HttpRequest, obj: DemandRate, form: DemandForm, change: bool) -> None:
        draft = form.draft()
        rates = demand_add(campaign=obj.campaign, draft=draft, actor=staff_of(request), now=clock.now())
        place = (draft.region.strip(), draft.money.unit)
        obj.pk = next(rate.pk for rate in rates if (rate.region, rate.unit) == place)

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """The audit trail says what changed."""
        return []

    def detail(self, request: HttpRequest, rate: DemandRate) -> dict[str, Any]:
        return {
            "title": rate.region,
            "subtitle": self.amount_words(rate),
            "facts": [
                fact(_("Campaign"), rate.campaign, url=page_url(rate.campaign)),
                fact(_("From"), moment(rate.valid_from)),
                fact(_("Until"), moment(rate.valid_until)),
            ],
        }
