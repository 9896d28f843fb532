"""The books for the company's accounting: what is owed on a day, a month's journal, the statement of a campaign."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import wraps
from typing import Any, TypeVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from advocates.admin.base import pill
from advocates.admin.tables import Cell, Table, table_html
from campaigns.models import Campaign
from campaigns.selectors import company
from config.lib import clock
from config.lib.money import Money, money_words
from referrals.working_hours import zone_of
from rewards.journal_files import journal_csv
from rewards.ledger.journal import (
    LIABILITIES,
    CampaignStatement,
    MonthLine,
    campaign_statement,
    liability,
    liability_total,
    month_lines,
    transfers_between,
)
from rewards.ledger.periods import day_end, day_start, last_month, month_of, next_month
from rewards.ledger.statements import units_of
from rewards.models import Account, Transfer
from rewards.policy import money_policy

Kind = Account.Kind
Answer = TypeVar("Answer", bound=HttpResponseBase)
VIEW = "rewards.view_transfer"


def books_urls(site: admin.AdminSite) -> list[URLPattern]:
    """Under the transfers' own address, before the pages of single ones."""
    return [
        path("books/", site.admin_view(_door(owed_page)), name="rewards_books"),
        path("books/journal/", site.admin_view(_door(journal_page)), name="rewards_journal"),
        path("books/journal.csv", site.admin_view(_door(journal_file)), name="rewards_journal_file"),
        path("books/campaign/", site.admin_view(_door(campaign_page)), name="rewards_campaign_books"),
    ]


def _door(view: Callable[[HttpRequest], Answer]) -> Callable[[HttpRequest], Answer]:
    """For who may read transfers, and nothing is changed."""

    @wraps(view)
    def guarded(request: HttpRequest) -> Answer:
        if not request.user.has_perm(VIEW):
            raise PermissionDenied
        return view(request)

    return require_safe(guarded)


# --- what we owe ------------------------------------------------------------------------------------------------------


def owed_page(request: HttpRequest) -> HttpResponse:
    """As of the end of a day."""
    day = _day(request.GET.get("day", ""), default=_today())
    owed = liability(day_end(day))
    columns = [_("Unit"), *(str(kind.label) for kind in LIABILITIES), _("We owe"), str(Kind.RECEIVABLE.label)]
    rows = [
        [
            Cell(unit),
            *(_amount(amounts.get(kind, 0), unit) for kind in LIABILITIES),
            _amount(liability_total(amounts), unit),
            _amount(amounts.get(Kind.RECEIVABLE, 0), unit),
        ]
        for unit, amounts in sorted(owed.items())
    ]
    context = {
        "title": _("What we owe"),
        "lead": _(
            "At the end of the day: promised, approved and given as credit, and not yet paid. Units are never added up."
        ),
        "day": day.isoformat(),
        "table": table_html(request, Table(columns, rows)),
    }
    return _page(request, "owed", context)


# --- a month ----------------------------------------------------------------------------------------------------------


def journal_page(request: HttpRequest) -> HttpResponse:
    month = _month(request)
    lines = month_lines(day_start(month), day_start(next_month(month)))
    accounts = _own_accounts()
    names = [kind.label for kind in Kind if kind not in accounts]
    context = {
        "title": _("Journal"),
        "lead": _("Every transfer of a month, from the opening to the closing balance."),
        "month": date_format(month, "F Y"),
        "earlier": _month_key(last_month(month)),
        "later": _month_key(next_month(month)) if next_month(month) <= _today() else "",
        "file": f"{reverse('admin:rewards_journal_file')}?month={_month_key(month)}",
        "is_proven": all(line.is_proven for line in lines) and _is_zero(lines),
        "without_number": names,
        "table": table_html(request, _month_table(lines, accounts)),
    }
    return _page(request, "journal", context)


def journal_file(request: HttpRequest) -> StreamingHttpResponse:
    month = _month(request)
    transfers = transfers_between(day_start(month), day_start(next_month(month)))
    lines = journal_csv(transfers, accounts=_own_accounts(), zone=zone_of(company().time_zone))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="journal-{_month_key(month)}.csv"'
    return response


def _month_table(lines: Iterable[MonthLine], accounts: Mapping[str, str]) -> Table:
    columns = [_("Unit"), _("Account"), _("Opening"), _("Debits"), _("Credits"), _("Closing"), _("Proof")]
    rows = [
        [
            Cell(line.unit),
            Cell(Kind(line.kind).label, hint=accounts.get(line.kind, "")),
            _amount(line.opening, line.unit),
            _amount(line.debits, line.unit),
            _amount(line.credits, line.unit),
            _amount(line.closing, line.unit),
            Cell(pill(_("proven"), "success") if line.is_proven else pill(_("wrong"), "danger")),
        ]
        for line in lines
    ]
    return Table(columns, rows, note=_("Opening − debits + credits = closing, which is also reckoned back from today."))


def _is_zero(lines: Iterable[MonthLine]) -> bool:
    """Do the closing balances of each unit add up to nothing?"""
    totals: dict[str, int] = {}
    for line in lines:
        totals[line.unit] = totals.get(line.unit, 0) + line.closing
    return not any(totals.values())


def _own_accounts() -> dict[str, str]:
    return {str(kind): str(number) for kind, number in money_policy().accounts.items() if number}


# --- a campaign -------------------------------------------------------------------------------------------------------


def campaign_page(request: HttpRequest) -> HttpResponse:
    known = Account.objects.filter(kind=Kind.FUNDING).values("party_key")
    campaigns = list(Campaign.objects.filter(public_id__in=known).order_by("name"))
    wanted = request.GET.get("campaign", "")
    campaign = next((one for one in campaigns if one.public_id == wanted), campaigns[0] if campaigns else None)
    since = _day(request.GET.get("from", ""), default=date(_today().year, 1, 1))
    until = _day(request.GET.get("until", ""), default=_today())
    context = {
        "title": _("Statement of a campaign"),
        "lead": _("What it has promised, given and taken back, and what it has cost."),
        "campaigns": campaigns,
        "campaign": campaign,
        "from": since.isoformat(),
        "until": until.isoformat(),
        "units": [_campaign_unit(request, campaign, unit, since, until) for unit in _units(campaign)],
    }
    return _page(request, "campaign", context)


def _units(campaign: Campaign | None) -> list[str]:
    return units_of(campaign.public_id) if campaign else []


def _campaign_unit(request: HttpRequest, campaign: Any, unit: str, since: date, until: date) -> dict[str, str]:
    told = campaign_statement(campaign.public_id, unit, day_start(since), day_end(until))
    return {
        "unit": unit,
        "balances": table_html(request, _balance_table(told, unit)),
        "movements": table_html(request, _movement_table(told, unit)),
    }


def _balance_table(told: CampaignStatement, unit: str) -> Table:
    """What it has cost stands on the funding account, below zero."""
    rows = [
        [Cell(name), _amount(sign * told.opening.get(kind, 0), unit), _amount(sign * told.closing.get(kind, 0), unit)]
        for name, kind, sign in (
            (_("Cost, with what is promised"), Kind.FUNDING, -1),
            (_("Promised, not due yet"), Kind.RESERVED, 1),
            (_("Expired"), Kind.EXPIRED, 1),
        )
    ]
    return Table([_("Balance"), _("At the start"), _("At the end")], rows)


def _movement_table(told: CampaignStatement, unit: str) -> Table:
    rows = [
        [
            Cell(Kind(movement.debit).label),
            Cell(Kind(movement.credit).label),
            Cell(movement.times, is_number=True),
            _amount(movement.amount, unit),
        ]
        for movement in told.movements
    ]
    return Table([_("From"), _("To"), _("Times"), _("Amount")], rows)


# --- what they share --------------------------------------------------------------------------------------------------


def _page(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    tabs = [
        {"label": _("What we owe"), "url": reverse("admin:rewards_books"), "current": name == "owed"},
        {"label": _("Journal"), "url": reverse("admin:rewards_journal"), "current": name == "journal"},
        {"label": _("Of a campaign"), "url": reverse("admin:rewards_campaign_books"), "current": name == "campaign"},
    ]
    shared = admin.site.each_context(request) | {"opts": Transfer._meta, "tabs": tabs}
    return TemplateResponse(request, f"admin/rewards/books/{name}.html", shared | context)


def _amount(amount: int, unit: str) -> Cell:
    return Cell(money_words(Money(amount, unit)) if amount else "–", is_number=True)


def _today() -> date:
    return clock.now().astimezone(zone_of(company().time_zone)).date()


def _day(typed: str, *, default: date) -> date:
    """Raises Http404 for what is no day."""
    if not typed:
        return default
    try:
        day = parse_date(typed)
    except ValueError:
        day = None
    if day is None or not 2000 <= day.year < 2200:
        raise Http404
    return day


def _month(request: HttpRequest) -> date:
    """'2026-11' as the first of November; without one, the month that is."""
    typed = request.GET.get("month", "")
    return _day(f"{typed}-01" if typed else "", default=month_of(clock.now()))


def _month_key(month: date) -> str:
    return f"{month:%Y-%m}"
