"""Contacts with their NPS scores from a file. A row is one person; what it leaves empty stays as it is."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext_lazy as _

from advocates.errors import ImportRefused
from advocates.imports.columns import columns_match
from advocates.imports.contact_writer import ContactWriter
from advocates.imports.files import Row
from advocates.imports.mends import mend
from advocates.imports.people import PeopleReader, Person, facts_of
from advocates.imports.run import Import, Refusal, Taken
from advocates.imports.tried import Texts
from advocates.models import ImportRun
from config.lib.errors import DomainError

# Each is a transaction. SQLite's one writer is not held longer than for these, even if each row has to be looked at.
CHUNK_SIZES = {"postgresql": 20_000, "sqlite": 1_000}

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


@dataclass(frozen=True, slots=True)
class ContactsImport:
    """`columns`: field → index, see `contact_columns`. `now` dates scores that come without a date."""

    columns: dict[str, int]
    source: str
    now: datetime
    tried: Texts = field(default_factory=Texts)

    def how(self) -> Import:
        size = CHUNK_SIZES[connection.vendor]
        return Import(kind=ImportRun.Kind.CONTACTS, chunk_size=size, read=self.read, take=self.take)

    def read(self, rows: Sequence[Row]) -> tuple[list[Person], list[Refusal]]:
        """What the rows say, and which say nothing that can be taken."""
        reader = PeopleReader(self.columns, self.source)
        people, refused = [], []
        for row in rows:
            try:
                people.append(reader.person(row))
            except DomainError as refusal:
                refused.append(Refusal(row, refusal.sentence, mend(refusal)))
        return people, refused

    def take(self, said: tuple[list[Person], list[Refusal]], run: ImportRun) -> Taken:
        people, refused = said
        taken = Taken(refused=list(refused))
        reader = PeopleReader(self.columns, self.source)
        writer = ContactWriter(
            source=self.source,
            fields=reader.fields,
            now=self.now,
            run=run,
            facts=lambda person: facts_of(reader, person.row),
            tried=None if run.pk else self.tried,
        )
        writer.write(people, taken)
        taken.refused.sort(key=lambda refusal: refusal.row.line)
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
