"""Two people line by line, as staff compare them."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from advocates.admin.base import page_url
from advocates.admin.contact_words import circle_pill
from advocates.admin.person import figures_of, roles_of
from advocates.likeness import match_company, match_name
from advocates.models import Contact, ContactKey, ContactPair
from advocates.selectors import display_name

Kind = ContactKey.Kind
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Side:
    letter: str
    contact: Contact
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Line:
    """`differs`: they cannot both be right about one person."""

    label: StrOrPromise
    left: list[Any]
    right: list[Any]
    differs: bool


def sides(pair: ContactPair) -> tuple[Side, Side]:
    return _side("A", pair.left), _side("B", pair.right)


def _side(letter: str, contact: Contact) -> Side:
    return Side(letter, contact, display_name(contact), page_url(contact))


def compared(request: HttpRequest, left: Contact, right: Contact) -> list[Line]:
    """What is known of them, one line for each kind of fact; what neither has is left out."""
    told = [_told(request, contact) for contact in (left, right)]
    contradicted = _contradicted(left, right)
    lines = []
    for label in dict.fromkeys([*told[0], *told[1]]):
        one, other = told[0].get(label, []), told[1].get(label, [])
        if one or other:
            lines.append(Line(label, one or [NOTHING], other or [NOTHING], label in contradicted))
    return lines


def _contradicted(left: Contact, right: Contact) -> set[str]:
    """Where they cannot both be right. Two addresses are no contradiction, nor is a name in capital letters."""
    said = (
        (_("Name"), [match_name(_detail(contact, "name")) for contact in (left, right)]),
        (_("Company"), [match_company(_detail(contact, "company")) for contact in (left, right)]),
        (_("Language"), [left.language, right.language]),
        (_("Country"), [left.country, right.country]),
    )
    found = {label for label, (one, other) in said if one and other and one != other}
    return found | ({_("Customer number")} if _numbers_clash(left, right) else set())


def _numbers_clash(left: Contact, right: Contact) -> bool:
    """One system knows them under two numbers."""
    sources = [
        set(contact.keys.filter(kind=Kind.EXTERNAL).values_list("source", flat=True)) for contact in (left, right)
    ]
    return bool(sources[0] & sources[1])


def _detail(contact: Contact, name: str) -> str:
    return getattr(getattr(contact, "details", None), name, "")


def _told(request: HttpRequest, contact: Contact) -> dict[str, list[Any]]:
    keys = list(contact.keys.order_by("kind", "pk"))
    choice = getattr(contact, "circle", None)
    figures = {str(figure.title): figure.number for figure in figures_of(request, contact)}
    return {
        _("Name"): _given(_detail(contact, "name")),
        _("Company"): _given(_detail(contact, "company")),
        _("E-mail address"): [key.shown for key in keys if key.kind == Kind.EMAIL],
        _("Phone number"): [key.shown for key in keys if key.kind == Kind.PHONE],
        _("Customer number"): [f"{key.shown} ({key.source})" for key in keys if key.kind == Kind.EXTERNAL],
        _("Relation"): [contact.get_relation_display()],
        _("Roles"): [str(role["label"]) for role in roles_of(request, contact)],
        _("Language"): _given(contact.get_language_display() if contact.language else ""),
        _("Country"): _given(" ".join(filter(None, (contact.country, contact.region)))),
        _("Inner circle"): _given(circle_pill(choice) if choice else ""),
        **{title: _given(number) for title, number in figures.items()},
        _("Known since"): [date_format(contact.created_at)],
    }


def _given(value: Any) -> list[Any]:
    return [value] if value not in ("", NOTHING, 0, None) else []
