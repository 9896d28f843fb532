"""What somebody bought, on the page about the person: figures, months, what to expect, the latest sales."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext as _, ngettext, to_locale

from advocates.admin.base import page_url, pill
from advocates.admin.person import PersonStep
from advocates.admin.purchases import TONES, value_words
from advocates.admin.tables import Cell, Table, table_html
from advocates.customer_base.figures import Month, PurchaseFigures, purchase_figures
from advocates.models import Contact, CustomerScore, Purchase, PurchaseReturn
from config.lib import clock
from config.lib.money import Money, money_words
from config.lib.rounding import round_half_away

LATEST = 6
# Of the drawing of months, in its own units.
BAR, GAP, HEIGHT = 6, 3, 40


def purchases_panel(request: HttpRequest, contact: Contact) -> str:
    figures = purchase_figures(contact, today=clock.now().date())
    if not figures.values and not contact.purchases_count:
        return ""
    context = {
        "facts": _facts(contact, figures),
        "bars": _bars(figures.months),
        "height": HEIGHT,
        "width": len(figures.months) * (BAR + GAP) - GAP,
        "months": _ends(figures.months),
        "values": _values(request, figures),
        "score": _score(getattr(contact, "score", None)),
        "latest": table_html(request, _latest(contact)),
    }
    return render_to_string("admin/advocates/panels/purchases.html", context, request=request)


def purchases_story(contact: Contact, limit: int) -> Sequence[PersonStep]:
    """Sales, and what came back of them."""
    sales = contact.purchases.order_by("-occurred_at", "-pk")[:limit]
    returns = PurchaseReturn.objects.filter(purchase__contact=contact).select_related("purchase")
    bought = [
        PersonStep(
            at=sale.occurred_at,
            icon="receipt",
            title=_("Bought for %(value)s") % {"value": value_words(sale)},
            text=sale.external_id,
            who=sale.source,
        )
        for sale in sales
    ]
    return bought + [_came_back(row) for row in returns.order_by("-occurred_at", "-pk")[:limit]]


def _came_back(row: PurchaseReturn) -> PersonStep:
    amount = money_words(Money(row.amount, row.purchase.unit))
    is_cancelled = row.kind == PurchaseReturn.Kind.CANCELLED
    title = _("%(amount)s was cancelled") if is_cancelled else _("%(amount)s came back")
    return PersonStep(
        at=row.occurred_at,
        icon="ban" if is_cancelled else "undo-2",
        title=title % {"amount": amount},
        text=row.purchase.external_id,
        who=row.source,
        tone="warning",
    )


def _facts(contact: Contact, figures: PurchaseFigures) -> list[dict[str, Any]]:
    """Small figures in a row; what cannot be said is left out."""
    told = ""
    if contact.purchases_count > figures.count:
        known = ngettext("%(count)s is known one by one", "%(count)s are known one by one", figures.count)
        told = known % {"count": figures.count}
    found = [
        (_("Purchases"), contact.purchases_count, told),
        (_("First"), _day(figures.first_at), ""),
        (_("Latest"), _day(figures.last_at), ""),
        (_("Buys every"), _days(figures.days_between), ""),
        (_("Returned value"), _percent(figures.returned_bp), _("of all purchases")),
    ]
    return [{"label": label, "value": value, "hint": hint} for label, value, hint in found if value != ""]


def _bars(months: Sequence[Month]) -> list[dict[str, Any]]:
    most = max((month.count for month in months), default=0)
    return [_bar(place, month, most) for place, month in enumerate(months)] if most else []


def _bar(place: int, month: Month, most: int) -> dict[str, Any]:
    height = max(round_half_away(month.count * (HEIGHT - 2), most), 3) if month.count else 2
    count = ngettext("%(count)s purchase", "%(count)s purchases", month.count) % {"count": month.count}
    return {
        "x": place * (BAR + GAP),
        "y": HEIGHT - height,
        "width": BAR,
        "height": height,
        "is_empty": not month.count,
        "title": f"{date_format(month.start, 'YEAR_MONTH_FORMAT')}: {count}",
    }


def _ends(months: Sequence[Month]) -> list[str]:
    return [date_format(months[place].start, "YEAR_MONTH_FORMAT") for place in (0, -1)] if months else []


def _values(request: HttpRequest, figures: PurchaseFigures) -> str:
    """A table where there is more to say than one sum."""
    if len(figures.values) < 2 and not any(value.returned for value in figures.values):
        return ""
    rows = [
        [Cell(value.unit)]
        + [Cell(money_words(Money(amount, value.unit)), is_number=True) for amount in (value.bought, value.returned)]
        + [Cell(money_words(Money(value.kept, value.unit)), is_number=True)]
        for value in figures.values
    ]
    return table_html(request, Table([_("Currency"), _("Bought"), _("Returned value"), _("Left")], rows))


def _score(score: CustomerScore | None) -> dict[str, Any] | None:
    if score is None:
        return None
    expected: dict[str, Any] = {}
    if score.expected_milli is not None and score.alive_bp is not None:
        exact = Decimal(score.expected_milli).scaleb(-3)
        locale = to_locale(get_language() or "en")
        expected = {
            "expected": format_decimal(exact, format="#,##0.0", locale=locale),
            "alive": _percent(score.alive_bp),
        }
    fifths = [(_("Recency"), score.recency), (_("Frequency"), score.frequency), (_("Value"), score.value)]
    return {"fifths": [{"label": label, "fifth": fifth, "dots": range(1, 6)} for label, fifth in fifths]} | expected


def _latest(contact: Contact) -> Table:
    sales = list(contact.purchases.order_by("-occurred_at", "-pk")[: LATEST + 1])
    rows = [
        [
            Cell(date_format(localtime(sale.occurred_at)), url=page_url(sale)),
            Cell(sale.external_id),
            Cell(sale.quantity, is_number=True),
            Cell(value_words(sale), is_number=True),
            Cell(_state(sale)),
        ]
        for sale in sales[:LATEST]
    ]
    columns = [_("Day"), _("Number of the sale"), _("Quantity"), _("Value"), _("Status")]
    if len(sales) <= LATEST:
        return Table(columns, rows)
    every = f"{reverse('admin:advocates_purchase_changelist')}?contact__id__exact={contact.pk}"
    return Table(columns, rows, more_url=every, more_label=_("All purchases"))


def _state(sale: Purchase) -> Any:
    tone = TONES.get(sale.status)
    return pill(sale.get_status_display(), tone) if tone else sale.get_status_display()


def _day(at: Any) -> str:
    return date_format(localtime(at)) if at else ""


def _days(days: int | None) -> str:
    return "" if days is None else ngettext("%(days)s day", "%(days)s days", days) % {"days": days}


def _percent(basis_points: int | None) -> str:
    """In whole percent, as the language writes it."""
    return "" if basis_points is None else money_words(Money(round_half_away(basis_points, 100) * 100, "percent"))
