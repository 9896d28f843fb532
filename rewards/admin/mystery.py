"""What surprises cost: for each rule that gives one, the odds as the shelf stands, and the exact average of n draws."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from babel.numbers import format_decimal
from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.timezone import localdate
from django.utils.translation import get_language, gettext as _, gettext_lazy, to_locale

from advocates.admin.base import page_url
from config.lib import clock
from config.lib.money import Money, money_words
from config.lib.rounding import round_half_away
from rewards.catalogue import pool_lots
from rewards.gift_pages import odds_words
from rewards.models import CatalogueItem, RewardRule
from rewards.rules.mystery import Lot, TooMany, expected, odds

VIEW = "rewards.view_catalogueitem"
USUAL_DRAWS = 20
MOST_DRAWS = 250


class DrawsForm(forms.Form):
    draws = forms.IntegerField(
        label=gettext_lazy("How many are opened"), min_value=1, max_value=MOST_DRAWS, initial=USUAL_DRAWS
    )


@dataclass(frozen=True, slots=True)
class Surprise:
    """A rule with its pool. `cost`: what the draws cost on average, in words; `problem`: why that is not known."""

    rule: RewardRule
    url: str
    rows: list[dict[str, str]]
    cost: str
    problem: str


def mystery_urls(site: admin.AdminSite) -> list[URLPattern]:
    return [path("mystery/", site.admin_view(mystery_page), name="rewards_mystery")]


def mystery_page(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm(VIEW):
        raise PermissionDenied
    form = DrawsForm(request.GET) if "draws" in request.GET else DrawsForm()
    draws = form.cleaned_data["draws"] if form.is_bound and form.is_valid() else USUAL_DRAWS
    context = admin.site.each_context(request) | {
        "title": _("Mystery gifts"),
        "opts": CatalogueItem._meta,
        "form": form,
        "draws": draws,
        "surprises": [surprise_of(rule, draws) for rule in mystery_rules()],
    }
    return TemplateResponse(request, "admin/rewards/catalogueitem/mystery.html", context)


def mystery_rules() -> QuerySet[RewardRule]:
    """Those that hold now or will."""
    rules = RewardRule.objects.filter(benefit=RewardRule.Benefit.MYSTERY, superseded_at=None)
    return rules.select_related("campaign").order_by("campaign__name", "key")


def surprise_of(rule: RewardRule, draws: int) -> Surprise:
    pool = rule.benefit_settings.get("pool", [])
    items = list(CatalogueItem.objects.filter(key__in=[lot["item"] for lot in pool], is_active=True))
    lots = pool_lots(pool, items=items, today=localdate(clock.now()))
    by_key = {item.key: item for item in items}
    try:
        counts: Sequence[Fraction | None] = expected(lots, draws).counts
    except TooMany:
        counts = [None] * len(lots)
    chances = odds(lots)
    rows = [_row(by_key[lot.item], lot, chances, count) for lot, count in zip(lots, counts, strict=True)]
    cost, problem = _cost(by_key, lots, counts)
    return Surprise(rule, page_url(rule), rows, cost, problem)


def _row(item: CatalogueItem, lot: Lot, chances: dict[str, Fraction], count: Fraction | None) -> dict[str, str]:
    return {
        "name": item.name,
        "url": page_url(item),
        "weight": str(lot.weight),
        "odds": odds_words(chances[lot.item]) if lot.item in chances else "–",
        "stock": _("not counted") if lot.stock is None else str(lot.stock),
        "cost": money_words(Money(item.cost, item.cost_unit)) if item.cost else "–",
        "count": "–" if count is None else _number(count),
    }


def _cost(by_key: dict[str, CatalogueItem], lots: Sequence[Lot], counts: Sequence[Fraction | None]) -> tuple[str, str]:
    """The sum by currency, rounded once; or why there is none."""
    if any(count is None for count in counts):
        return "", _("So many draws from this pool cannot be reckoned exactly in good time. Ask for fewer.")
    if any(by_key[lot.item].cost is None for lot in lots):
        return "", _("Say for each item what one costs us, and the sum stands here.")
    sums: dict[str, Fraction] = defaultdict(Fraction)
    for lot, count in zip(lots, counts, strict=True):
        sums[by_key[lot.item].cost_unit] += (count or Fraction(0)) * lot.cost
    amounts = [Money(round_half_away(cost.numerator, cost.denominator), unit) for unit, cost in sorted(sums.items())]
    return ", ".join(money_words(amount) for amount in amounts), ""


def _number(count: Fraction) -> str:
    return format_decimal(float(count), format="#,##0.##", locale=to_locale(get_language() or "en"))
