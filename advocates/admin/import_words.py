"""How the fields of an import are called on a page, in the groups in which they are looked for."""

from collections.abc import Iterable, Sequence

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from advocates.imports.columns import FACT
from advocates.imports.plan import fields_of
from advocates.models import ImportRun

Choices = list[tuple[StrOrPromise, list[tuple[str, StrOrPromise]]]]

LABELS: dict[str, StrOrPromise] = {
    "external_id": _("Customer number"),
    "email": _("E-mail address"),
    "phone": _("Phone"),
    "name": _("Full name"),
    "first_name": _("First name"),
    "last_name": _("Last name"),
    "public_name": _("Name to show to others"),
    "company": _("Company"),
    "language": _("Language"),
    "time_zone": _("Time zone"),
    "country": _("Country"),
    "region": _("Region"),
    "relation": _("Relation (customer, lead, partner …)"),
    "customer_since": _("Customer since"),
    "purchases_count": _("Number of purchases"),
    "lifetime_value": _("Value of all purchases"),
    "currency": _("Currency"),
    "nps_score": _("NPS score"),
    "nps_at": _("Date of the NPS score"),
    "consent_email": _("Agreed to mails (yes or no)"),
    "customer": _("Customer number"),
    "date": _("Date of the sale"),
    "quantity": _("Quantity"),
    "amount": _("Amount"),
    "id": _("Number of the sale"),
    "status": _("State of the sale (paid, returned …)"),
    "returned": _("Amount that went back"),
    "kind": _("What happened"),
    "occurred_at": _("When it happened"),
    "event_id": _("Number of the moment"),
    "note": _("Note"),
}
GROUPS: tuple[tuple[StrOrPromise, tuple[str, ...]], ...] = (
    (_("Who it is"), ("external_id", "customer", "email", "phone")),
    (_("The sale"), ("id", "date", "amount", "currency", "quantity", "status", "returned")),
    (
        _("About the person"),
        ("name", "first_name", "last_name", "public_name", "company", "language", "time_zone", "country", "region"),
    ),
    (_("As a customer"), ("relation", "customer_since", "purchases_count", "lifetime_value", "consent_email")),
    (_("NPS"), ("nps_score", "nps_at")),
    (_("The moment"), ("kind", "occurred_at", "note", "event_id")),
)
# What is kept under another name than a file has for it; what only the machine reads has none.
KEPT_AS = {
    "external": "external_id",
    "lifetime_amount": "lifetime_value",
    "lifetime_unit": "currency",
    "match_name": "",
}
OUTCOMES: dict[str, tuple[StrOrPromise, str]] = {
    "created": (_("new"), "success"),
    "updated": (_("brought up to date"), "accent"),
    "merged": (_("joined with somebody known"), "accent"),
    "unchanged": (_("as it is"), "neutral"),
    "refused": (_("refused"), "danger"),
}


def field_label(field: str) -> StrOrPromise:
    if field.startswith(FACT):
        return field[len(FACT) :].replace("_", " ")
    return LABELS.get(field) or capfirst(field.replace("_", " "))


def change_labels(columns: Iterable[str]) -> list[StrOrPromise]:
    """Of what would change in a row, in the words of the fields, each once."""
    fields = dict.fromkeys(KEPT_AS.get(column, column) for column in columns)
    return [field_label(field) for field in fields if field]


def field_choices(kind: str, *, fact: str) -> Choices:
    """The fields of that kind by group, for a column that would be the fact `fact` if it were kept as one."""
    known = fields_of(kind)
    rest: list[tuple[str, StrOrPromise]] = [("", _("Leave out"))]
    if kind == ImportRun.Kind.CONTACTS and fact:
        rest.append((f"{FACT}{fact}", _("Keep as a further fact")))
    grouped = [(title, _labelled([field for field in fields if field in known])) for title, fields in GROUPS]
    named = {field for _title, fields in GROUPS for field in fields}
    others = _labelled([field for field in known if field not in named])
    return [(_("Otherwise"), [*rest, *others]), *((title, fields) for title, fields in grouped if fields)]


def _labelled(fields: Sequence[str]) -> list[tuple[str, StrOrPromise]]:
    return [(field, field_label(field)) for field in fields]
