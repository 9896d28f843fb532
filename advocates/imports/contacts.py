"""Contacts with their NPS scores from a CSV. A row is one person; what it leaves empty stays as it is."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from advocates.errors import ImportRefused
from advocates.facts import ContactFacts
from advocates.imports import cells
from advocates.imports.columns import columns_match
from advocates.imports.files import Row, record
from advocates.imports.run import Import, Refusal, Taken
from advocates.models import ImportRun
from advocates.services.contacts import contact_upsert
from config.lib.errors import DomainError

# A row takes several statements; SQLite's one writer is not held longer than for these.
CHUNK_SIZE = 250

KEY_FIELDS = ("external_id", "email", "phone")
KNOWN: dict[str, Collection[str]] = {
    "external_id": ("external_id", "customer_id", "customer_number", "contact_id", "id", "kundennummer"),
    "email": ("email", "e_mail", "email_address", "e_mail_address", "mail", "e_mail_adresse"),
    "phone": ("phone", "phone_number", "telephone", "mobile", "telefon", "telefonnummer"),
    "name": ("name", "full_name", "contact_name", "customer_name"),
    "first_name": ("first_name", "firstname", "given_name", "vorname"),
    "last_name": ("last_name", "lastname", "surname", "family_name", "nachname"),
    "public_name": ("public_name", "display_name"),
    "company": ("company", "company_name", "organisation", "organization", "firma"),
    "language": ("language", "preferred_language", "locale", "lang", "sprache"),
    "time_zone": ("time_zone", "timezone"),
    "country": ("country", "country_code", "land"),
    "region": ("region", "state", "province"),
    "relation": ("relation", "relationship"),
    "customer_since": ("customer_since", "first_purchase", "kunde_seit"),
    "purchases_count": ("purchases_count", "purchases", "orders_count", "total_orders"),
    "lifetime_value": ("lifetime_value", "total_spent", "customer_lifetime_value"),
    "currency": ("currency", "currency_code", "waehrung", "währung"),
    "nps_score": ("nps_score", "nps", "score", "nps_rating"),
    "nps_at": ("nps_at", "nps_date", "score_date", "answered_at", "survey_date"),
}

_READ: dict[str, Callable[[str], Any]] = {
    "language": cells.language,
    "country": str.upper,
    "relation": str.lower,
    "customer_since": cells.day,
    "purchases_count": cells.whole_number,
    "nps_score": cells.whole_number,
    "nps_at": cells.moment,
}
_TEXTS = ("external_id", "email", "phone", "name", "public_name", "company", "time_zone", "region")


@dataclass(frozen=True, slots=True)
class ContactsImport:
    """`columns`: field → index, see `contact_columns`. `now` dates scores that come without a date."""

    columns: dict[str, int]
    source: str
    now: datetime

    def how(self) -> Import:
        return Import(kind=ImportRun.Kind.CONTACTS, chunk_size=CHUNK_SIZE, take=self.take)

    def take(self, rows: Sequence[Row], run: ImportRun) -> Taken:
        taken = Taken()
        for row in rows:
            try:
                facts = contact_facts(record(row, self.columns))
                outcome = contact_upsert(facts=facts, source=self.source, now=self.now).outcome
            except DomainError as refusal:
                taken.refused.append(Refusal(row, str(refusal)))
                continue
            setattr(taken, outcome, getattr(taken, outcome) + 1)
        return taken


def contact_columns(header: Sequence[str], chosen: Mapping[str, str]) -> dict[str, int]:
    """Raises ImportRefused where no column says who somebody is."""
    columns = columns_match(header, known=KNOWN, chosen=chosen)
    if not any(name in columns for name in KEY_FIELDS):
        raise ImportRefused(
            _(
                "No column is known as e-mail, phone or customer number. The first line has: %(columns)s. "
                "Say which is which with --map column=email."
            )
            % {"columns": ", ".join(header[:20])}
        )
    return columns


def contact_facts(said: Mapping[str, str]) -> ContactFacts:
    """The facts of one row. Raises RowRefused for a cell that cannot be understood."""
    facts: dict[str, Any] = {name: said.get(name, "") for name in _TEXTS}
    facts |= {name: read(said[name]) for name, read in _READ.items() if said.get(name)}
    if not facts["name"]:
        facts["name"] = " ".join(filter(None, (said.get("first_name"), said.get("last_name"))))
    if said.get("lifetime_value") and said.get("currency"):
        facts["lifetime_value"] = cells.money(said["lifetime_value"], unit=said["currency"].upper())
    return ContactFacts(**facts)
