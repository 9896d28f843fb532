"""What a file of people says beside the columns of a contact: further facts, and that they agreed to mails.

Written after the people of a chunk, in the same transaction. A consent that somebody ended here is not given again by a
file; a further fact replaces the one of its name.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from django.db.models import Q

from advocates.errors import RowRefused
from advocates.imports import cells
from advocates.imports.columns import FACT
from advocates.imports.people import Person, said_of
from advocates.imports.run import Import, Taken
from advocates.locks import contacts_lock
from advocates.models import Consent, Contact, ContactKey, ImportRun
from advocates.services.consents import consent_record

CONSENT = "consent_email"
NAMES: Mapping[str, tuple[str, ...]] = {
    CONSENT: ("consent_email", "accepts_email_marketing", "email_consent", "newsletter", "marketing_consent")
}
KEYS_A_QUERY = 5_000
FACT_LENGTH = 500
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Extras:
    """`columns`: the field → its column, of those that are meant here."""

    columns: Mapping[str, int]
    source: str
    now: datetime

    def write(self, people: Sequence[Person], taken: Taken) -> None:
        refused = {refusal.row.line for refusal in taken.refused}
        said = [(person, self._said(person)) for person in people if person.row.line not in refused]
        said = [(person, texts) for person, texts in said if texts]
        owners = _owners([key[:3] for person, _texts in said for key in person.keys])
        by_contact: dict[int, dict[str, str]] = {}
        for person, texts in said:
            owner = next((owners[key[:3]] for key in person.keys if key[:3] in owners), None)
            if owner:
                by_contact.setdefault(owner, {}).update(texts)
        contacts = [contact for contact in contacts_lock(ids=by_contact) if not contact.erased_at]
        changed = self._facts(contacts, by_contact)
        self._consents(contacts, by_contact)
        if changed and taken.unchanged:
            moved = min(changed, taken.unchanged)
            taken.count("unchanged", -moved)
            taken.count("updated", moved)

    def _said(self, person: Person) -> dict[str, str]:
        return {name: text[:FACT_LENGTH] for name, text in said_of(person.row, self.columns.items()).items()}

    def _facts(self, contacts: Sequence[Contact], said: Mapping[int, Mapping[str, str]]) -> int:
        """How many people who had facts or none have others now."""
        changed = []
        for contact in contacts:
            facts = {name[len(FACT) :]: text for name, text in said[contact.pk].items() if name.startswith(FACT)}
            if contact.metadata | facts != contact.metadata:
                contact.metadata |= facts
                contact.updated_at = self.now
                changed.append(contact)
        Contact.objects.bulk_update(changed, ["metadata", "updated_at"], batch_size=500)
        return len(changed)

    def _consents(self, contacts: Sequence[Contact], said: Mapping[int, Mapping[str, str]]) -> None:
        agreed = [contact for contact in contacts if _is_yes(said[contact.pk].get(CONSENT, ""))]
        channel = Consent.Channel.EMAIL
        known = Consent.objects.filter(contact__in=agreed, channel=channel).values_list("contact_id", flat=True)
        asked = set(known)
        for contact in agreed:
            if contact.pk not in asked:
                basis = Consent.Basis.BY_API
                consent_record(contact=contact, channel=channel, basis=basis, source=self.source, given_at=self.now)


def with_extras(how: Import, extras: Extras) -> Import:
    if not extras.columns:
        return how

    def take(said: tuple[list[Person], list[object]], run: ImportRun) -> Taken:
        taken = how.take(said, run)
        extras.write(said[0], taken)
        return taken

    return replace(how, take=take)


def is_extra(field: str) -> bool:
    return field.startswith(FACT) or field in NAMES


def _is_yes(text: str) -> bool:
    """What is not clearly a yes is none."""
    try:
        return cells.yes_no(text)
    except RowRefused:
        return False


def _owners(keys: Sequence[Key]) -> dict[Key, int]:
    found: dict[Key, int] = {}
    waiting = iter(keys)
    while some := list(islice(waiting, KEYS_A_QUERY)):
        found |= dict(_owners_of(set(some)))
    return found


def _owners_of(keys: set[Key]) -> Iterator[tuple[Key, int]]:
    named = Q(kind__in={kind for kind, _source, _value in keys}, value__in=[value for _kind, _source, value in keys])
    for kind, source, value, owner in ContactKey.objects.filter(named).values_list(
        "kind", "source", "value", "contact_id"
    ):
        if (kind, source, value) in keys:
            yield (kind, source, value), owner
