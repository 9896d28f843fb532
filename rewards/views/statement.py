"""The portal's page with everything that was booked for somebody, to read, to print and to reckon with."""

from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from advocates.models import Contact
from advocates.selectors import display_name
from campaigns.portal.shell import contact_of, portal_render, portal_required
from campaigns.selectors import company
from config.lib.money import Money, money_words
from referrals.working_hours import zone_of
from rewards.ledger.periods import day_start
from rewards.ledger.statements import Line, Statement, person_statement, units_of, years_of
from rewards.models import Account
from rewards.payout_files import major_units
from rewards.statement_files import StatementPaper, StatementRow, statement_csv, statement_pdf
from rewards.words.statement import line_note, line_words

Kind = Account.Kind


@require_safe
@portal_required
def statement(request: HttpRequest) -> HttpResponse:
    contact = contact_of(request)
    units = units_of(contact.public_id)
    if not units:
        return portal_render(request, "rewards/portal/statement.html", {"units": []})
    unit, year = _wanted(request, contact, units)
    told = _statement(contact, unit, year)
    context = {
        "units": units,
        "unit": unit,
        "years": years_of(contact.public_id, zone_of(company().time_zone)),
        "year": year,
        "figures": _figures(told),
        "paper": _paper(contact, told, year),
        "is_cut": told.is_cut,
        "query": f"unit={unit}" + (f"&year={year}" if year else ""),
    }
    return portal_render(request, "rewards/portal/statement.html", context)


@require_safe
@portal_required
def statement_file(request: HttpRequest, ending: str) -> HttpResponse:
    contact = contact_of(request)
    unit, year = _wanted(request, contact, units_of(contact.public_id))
    paper = _paper(contact, _statement(contact, unit, year), year)
    write, content_type = FILES[ending]
    response = HttpResponse(write(paper), content_type=content_type)
    name = f"statement-{year or 'all'}-{unit}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


FILES = {"csv": (statement_csv, "text/csv; charset=utf-8"), "pdf": (statement_pdf, "application/pdf")}


def _wanted(request: HttpRequest, contact: Contact, units: list[str]) -> tuple[str, int | None]:
    """Unit and year that were asked for. Raises Http404 for what this person has not."""
    if not units:
        raise Http404
    unit, year = request.GET.get("unit") or units[0], request.GET.get("year") or ""
    known = {str(known): known for known in years_of(contact.public_id, zone_of(company().time_zone))}
    if unit not in units or (year and year not in known):
        raise Http404
    return unit, known.get(year)


def _statement(contact: Contact, unit: str, year: int | None) -> Statement:
    if year is None:
        return person_statement(contact.public_id, unit)
    since, until = day_start(date(year, 1, 1)), day_start(date(year + 1, 1, 1))
    return person_statement(contact.public_id, unit, since=since, until=until)


def _figures(told: Statement) -> list[dict[str, Any]]:
    """How the person stands today."""
    names = {
        Kind.OWED: _("Ready, with the next payout"),
        Kind.CREDIT: _("Account credit"),
        Kind.IN_TRANSIT: _("On the way to the bank"),
        Kind.RECEIVABLE: _("To be netted"),
        Kind.PAID: _("Received so far"),
    }
    standing = [(name, told.balances.get(kind, 0)) for kind, name in names.items()]
    return [{"title": name, "number": _words(amount, told.unit)} for name, amount in standing if amount]


def _paper(contact: Contact, told: Statement, year: int | None) -> StatementPaper:
    return StatementPaper(
        company=company().name,
        person=display_name(contact),
        period=str(year) if year else _("from the beginning"),
        unit=told.unit,
        opening_words=_words(told.opening, told.unit),
        closing_words=_words(told.closing, told.unit),
        rows=[_row(line, told.unit) for line in told.lines],
    )


def _row(line: Line, unit: str) -> StatementRow:
    at = _local(line.transfer.occurred_at)
    note = line_note(line)
    sign = "+" if line.change > 0 else ""
    return StatementRow(
        date=date_format(at, "SHORT_DATE_FORMAT"),
        what=f"{line_words(line)}: {note}" if note else line_words(line),
        reference=line.transfer.reference,
        amount_words=sign + _words(line.change, unit) if line.change else f"({_words(line.transfer.amount, unit)})",
        left_words=_words(line.balance, unit),
        day=at.date().isoformat(),
        amount=major_units(Money(line.change, unit)),
        left=major_units(Money(line.balance, unit)),
    )


def _local(moment: datetime) -> datetime:
    return localtime(moment, zone_of(company().time_zone))


def _words(amount: int, unit: str) -> str:
    return money_words(Money(amount, unit))
