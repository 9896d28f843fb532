"""The page on which people choose: whom the machine puts forward and why, and who is to be looked at again."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from advocates.admin.base import page_url
from advocates.circle import SIGNALS, names_in, reasons_in_words, signals_in
from advocates.circle_figures import acceptance, brought
from advocates.models import CircleChoice, CircleSuggestion, Consent, Contact
from advocates.selectors import contact_email, contact_phone, display_name
from advocates.services.circle_suggest import candidates, held_back

SHOWN = 25
FILTERS = ("source", "signal", "page")


@dataclass(frozen=True, slots=True)
class _Line:
    """A suggestion as far as filters look at it."""

    pk: int
    relation: str
    signals: Sequence[str]


def suggestions_page(request: HttpRequest, now: datetime) -> dict[str, Any]:
    """For templates/admin/advocates/circlechoice/suggestions.html."""
    lines = _lines()
    source, signal = request.GET.get("source", ""), request.GET.get("signal", "")
    wanted = [line for line in lines if source in ("", line.relation) and (not signal or signal in line.signals)]
    page = Paginator(wanted, SHOWN).get_page(request.GET.get("page"))
    again = _due_again(now)
    return {
        "waiting": len(lines),
        "matching": len(wanted),
        "page": page,
        "page_links": _page_links(page, source, signal),
        "rows": _suggested_rows(page),
        "again": again,
        "filters": _filters(lines, source, signal),
        "is_filtered": bool(source or signal),
    }


def circle_figures() -> dict[str, Any]:
    total, by_signal = acceptance()
    return {"total": total, "by_signal": by_signal, "brought": brought()}


def _lines() -> list[_Line]:
    """What is open and still holds: a complaint of this morning takes somebody off the page, not only tomorrow."""
    rows = CircleSuggestion.objects.open().filter(contact__in=candidates().values("pk")).order_by("-score", "pk")
    found = list(rows.values_list("pk", "contact_id", "contact__relation", "reasons"))
    held = held_back([contact for _pk, contact, _relation, _reasons in found])
    return [_Line(pk, relation, signals_in(reasons)) for pk, contact, relation, reasons in found if contact not in held]


def _suggested_rows(page: "Page[_Line]") -> list[dict[str, Any]]:
    suggestions = CircleSuggestion.objects.filter(pk__in=[line.pk for line in page]).order_by("-score", "pk")
    rows = list(suggestions.select_related("contact__details").prefetch_related("contact__keys", "contact__consents"))
    names = names_in(*(row.reasons for row in rows))
    return [_row(row.contact) | {"score": row.score, "reasons": reasons_in_words(row.reasons, names)} for row in rows]


def _due_again(now: datetime) -> list[dict[str, Any]]:
    due = CircleChoice.objects.due_again(on=localtime(now).date()).order_by("remind_on", "pk")[:SHOWN]
    choices = list(
        due.select_related("contact__details", "chosen_by").prefetch_related("contact__keys", "contact__consents")
    )
    names = names_in(*(choice.reasons for choice in choices))
    return [
        _row(choice.contact)
        | {
            "reasons": reasons_in_words(choice.reasons, names),
            "note": choice.note,
            "put_off": _("put off by %(who)s until %(day)s")
            % {"who": choice.chosen_by, "day": date_format(choice.remind_on or "")},
        }
        for choice in choices
    ]


def _row(contact: Contact) -> dict[str, Any]:
    details = getattr(contact, "details", None)
    mail, tone = _may_mail(contact)
    return {
        "contact": contact,
        "name": display_name(contact),
        "company": details.company if details else "",
        "relation": contact.get_relation_display(),
        "url": page_url(contact),
        "mail": mail,
        "mail_tone": tone,
        "asked": date_format(contact.last_asked_at) if contact.last_asked_at else "",
    }


def _may_mail(contact: Contact) -> tuple[str, str]:
    """How to reach them. As selectors.may_contact, from rows that were read for the whole page."""
    if not contact_email(contact):
        return (_("by phone only"), "phone") if contact_phone(contact) else (_("no address known"), "ban")
    mail = [consent for consent in contact.consents.all() if consent.channel == Consent.Channel.EMAIL]
    if any(consent.withdrawn_at is None for consent in mail) or (not mail and contact.is_customer):
        return _("may be mailed"), "mail-check"
    return (_("consent withdrawn"), "ban") if mail else (_("no consent to mails"), "ban")


def _filters(lines: Sequence[_Line], source: str, signal: str) -> list[dict[str, Any]]:
    relations = Counter(line.relation for line in lines)
    signals = Counter(name for line in lines for name in line.signals)
    sources = [(value, label, relations[value]) for value, label in Contact.Relation.choices if relations[value]]
    named = [(one.name, one.label, signals[one.name]) for one in SIGNALS if signals[one.name]]
    return [
        _filter(_("Source"), "source", source, sources, {"signal": signal}),
        _filter(_("Reason"), "signal", signal, named, {"source": source}),
    ]


def _filter(title: str, name: str, chosen: str, choices: Sequence[Any], others: dict[str, str]) -> dict[str, Any]:
    """As admin/filter.html wants it: the first choice is *all*."""
    every = {"display": _("All"), "query_string": _query(others), "selected": not chosen}
    found = [
        {
            "display": f"{label} ({count})",
            "query_string": _query({name: value} | others),
            "selected": value == chosen,
        }
        for value, label, count in choices
    ]
    return {"title": title, "choices": [every, *found]}


def _page_links(page: "Page[_Line]", source: str, signal: str) -> dict[str, str]:
    chosen = {"source": source, "signal": signal}
    return {
        "before": _query(chosen | {"page": str(page.previous_page_number())}) if page.has_previous() else "",
        "next": _query(chosen | {"page": str(page.next_page_number())}) if page.has_next() else "",
    }


def _query(values: dict[str, str]) -> str:
    return "?" + urlencode({name: value for name, value in values.items() if value})
