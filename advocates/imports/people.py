"""One row of a file as a person: its keys, and the columns to set, checked as `contact_upsert` checks them.

What repeats from row to row (countries, languages, scores, days) is checked once and remembered. What is checked by
itself here is checked together there: every check looks at one field, but for the telephone and its country.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from advocates.errors import NoKey, RowRefused
from advocates.facts import ContactFacts, facts_check, text_check
from advocates.identity import email_key, external_key, phone_key
from advocates.imports import cells
from advocates.imports.files import Row, plain_text
from advocates.models import ContactDetails, ContactKey

Kind = ContactKey.Kind
EXTERNAL, EMAIL, PHONE = str(Kind.EXTERNAL), str(Kind.EMAIL), str(Kind.PHONE)
NUMBER_LENGTH = 128
REMEMBERED = 5_000

READ: dict[str, Callable[[str], Any]] = {
    "language": cells.language,
    "country": cells.country,
    "time_zone": cells.time_zone,
    "relation": cells.relation,
    "customer_since": cells.day,
    "purchases_count": cells.whole_number,
    "nps_score": cells.whole_number,
    "nps_at": cells.moment,
}
TEXTS = ("external_id", "email", "phone", "name", "public_name", "company", "time_zone", "region")
# Each of these is a column of the contact, and speaks for itself.
ALONE = ("language", "country", "relation", "customer_since", "purchases_count", "time_zone", "region")
_DETAILS: Any = ContactDetails._meta
NAMES = {name: int(_DETAILS.get_field(name).max_length) for name in ("name", "public_name", "company")}


class Key(NamedTuple):
    kind: str
    source: str
    value: str
    shown: str
    strict: str


@dataclass(slots=True)
class Person:
    """`contact`, `details`: columns to set. `at`: when they answered, None for a score without a date."""

    row: Row
    keys: list[Key]
    contact: dict[str, Any]
    details: dict[str, str]
    score: int | None = None
    at: datetime | None = None


def said_of(row: Row, columns: Iterable[tuple[str, int]]) -> dict[str, str]:
    """The cells by field, without those that are empty. Raises RowRefused for NUL."""
    cells_, said = row.cells, {}
    if "\0" in "\t".join(cells_):
        raise RowRefused(_("There is a NUL character in this row."))
    count = len(cells_)
    for name, index in columns:
        if index < count and (text := cells_[index].strip()):
            said[name] = plain_text(text) if text[0] == "'" else text
    return said


class PeopleReader:
    """`columns`: field → index."""

    def __init__(self, columns: Mapping[str, int], source: str) -> None:
        self._columns = list(columns.items())
        self._source = source
        self._fields = frozenset(columns)

    @property
    def fields(self) -> frozenset[str]:
        return self._fields

    def said(self, row: Row) -> dict[str, str]:
        """The cells by field, without those that are empty. Raises RowRefused for NUL."""
        return said_of(row, self._columns)

    def person(self, row: Row) -> Person:
        """Raises RowRefused, BadFact, BadEmail, BadPhone or NoKey."""
        said = self.said(row)
        keys = self._keys(said)
        if not keys:
            raise NoKey
        contact: dict[str, Any] = {}
        for name in ALONE:
            if name in said:
                contact.update(_alone(name, said[name]))
        if "lifetime_value" in said and "currency" in said:
            contact.update(_lifetime(said["lifetime_value"], said["currency"]))
        person = Person(row, keys, contact, _details(said))
        if "nps_score" in said:
            person.score = _score(said["nps_score"])
        if "nps_at" in said:
            person.at = _moment(said["nps_at"])
        return person

    def _keys(self, said: Mapping[str, str]) -> list[Key]:
        keys = []
        if number := said.get("external_id"):
            keys += number_keys(number, self._source)
        if address := said.get("email"):
            email = email_key(address)
            keys.append(Key(EMAIL, "", email.value, email.shown, email.strict))
        if number := said.get("phone"):
            call = phone_key(number, country=cells.country(said.get("country", "")))
            keys.append(Key(PHONE, "", call.value, call.shown, ""))
        return keys


def contact_facts(said: Mapping[str, str]) -> ContactFacts:
    """The facts of one row, for `contact_upsert`. Raises RowRefused for a cell that cannot be understood."""
    facts: dict[str, Any] = {name: said.get(name, "") for name in TEXTS}
    facts |= {name: read(said[name]) for name, read in READ.items() if said.get(name)}
    facts["name"] = _name(said)
    if said.get("lifetime_value") and said.get("currency"):
        facts["lifetime_value"] = cells.money(said["lifetime_value"], unit=said["currency"].upper())
    return ContactFacts(**facts)


def number_keys(number: str, source: str) -> list[Key]:
    """A customer number as a key; none for one that is made of blanks."""
    number = text_check(number, field="external_id", max_length=NUMBER_LENGTH)
    value = number if number.isascii() else external_key(number)
    value = text_check(value, field="external_id", max_length=NUMBER_LENGTH)
    return [Key(EXTERNAL, source, value, number, "")] if value else []


def _name(said: Mapping[str, str]) -> str:
    return said.get("name") or " ".join(filter(None, (said.get("first_name"), said.get("last_name"))))


def _details(said: Mapping[str, str]) -> dict[str, str]:
    given = {"name": _name(said), "public_name": said.get("public_name", ""), "company": said.get("company", "")}
    details = {name: text.strip() for name, text in given.items() if text}
    for name, text in details.items():
        if len(text) > NAMES[name]:
            facts_check(contact_facts({name: text}))  # raises, in its own words
    return details


@lru_cache(maxsize=REMEMBERED)
def _alone(name: str, text: str) -> Mapping[str, Any]:
    return facts_check(contact_facts({name: text})).contact


@lru_cache(maxsize=REMEMBERED)
def _lifetime(value: str, currency: str) -> Mapping[str, Any]:
    return facts_check(contact_facts({"lifetime_value": value, "currency": currency})).contact


@lru_cache(maxsize=REMEMBERED)
def _score(text: str) -> int | None:
    facts = contact_facts({"nps_score": text})
    facts_check(facts)
    return facts.nps_score


@lru_cache(maxsize=REMEMBERED)
def _moment(text: str) -> datetime:
    return cells.moment(text)


def facts_of(reader: PeopleReader, row: Row) -> ContactFacts:
    """The row for `contact_upsert` itself."""
    return contact_facts(reader.said(row))
