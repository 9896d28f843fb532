"""People are recognised by keys. A customer number beats an e-mail address; a phone number is often shared, so it finds
somebody only where nothing better is known, and never joins two people.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db import transaction
from django.db.models import Q

from advocates.errors import NoKey
from advocates.facts import Checked, ContactFacts, facts_check, text_check
from advocates.identity import email_key, external_key, phone_key
from advocates.likeness import match_name
from advocates.locks import contacts_held, owners_held
from advocates.models import Contact, ContactDetails, ContactKey
from advocates.services.conflicts import conflict_note
from advocates.standing import standing
from config.lib.insert_once import insert_once
from config.lib.together import Together

__all__ = [
    "ContactFacts",
    "ContactRef",
    "Recognised",
    "Upserted",
    "contact_find",
    "contact_recognise",
    "contact_upsert",
]

Kind = ContactKey.Kind
EXTERNAL_ID_LENGTH = 128


@dataclass(frozen=True, slots=True)
class ContactRef:
    """Whom somebody outside means; the first that is known decides."""

    id: str = ""
    external_id: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Upserted:
    contact: Contact
    outcome: Literal["created", "updated", "unchanged"]


@dataclass(frozen=True, slots=True)
class Recognised:
    """Somebody, held. `keys`: those that are written with the rest."""

    contact: Contact
    keys: Sequence[ContactKey] = ()

    @property
    def is_disputed(self) -> bool:
        """After writing: was a number or an address given to somebody else meanwhile?"""
        return any(key._state.adding and key.kind != Kind.PHONE for key in self.keys)


class _Rival(Exception):
    """Somebody made the same person, or merged them, a moment ago."""


class _TwoOwners(Exception):
    def __init__(self, owners: Sequence[Contact]) -> None:
        super().__init__()
        self.owners = owners


def contact_find(*, ref: ContactRef, source: str) -> Contact | None:
    """Who that is: by id, else by customer number of that source, else e-mail, else phone. Follows merges.

    Raises BadEmail, BadPhone or BadFact for what cannot be one.
    """
    if ref.id:
        found = Contact.objects.filter(public_id=text_check(ref.id, field="id", max_length=40)).first()
        return standing(found) if found else None
    keys = _keys(external_id=ref.external_id, email=ref.email, phone=ref.phone, country="", source=source)
    owners = _owners(keys)
    return owners[0] if owners else None


def contact_upsert(*, facts: ContactFacts, source: str, now: datetime) -> Upserted:
    """Make, or bring up to date, the one contact that these facts are about.

    Raises NoKey, BadEmail, BadPhone, BadFact (with `field`), IdentityConflict (number and address are two people's):
    then the two wait as a pair for a person to look at.
    """
    keys = _given_keys(facts, source)
    if not keys:
        raise NoKey
    checked = facts_check(facts)
    try:
        return _upserted(keys, checked, facts, now=now)
    except _TwoOwners as conflict:
        raise conflict_note(owners=conflict.owners, source=source, now=now) from conflict


def contact_recognise(*, facts: ContactFacts, source: str, now: datetime, writes: Together) -> Recognised:
    """The same in one look for somebody who is known, with what changes left to `writes`: see `contact_upsert`."""
    keys = _given_keys(facts, source)
    checked = facts_check(facts)
    known = {row.kind: row.contact for row in owners_held(keys)} if keys else {}
    contact = _the_one(known)
    if contact is None:
        return Recognised(contact_upsert(facts=facts, source=source, now=now).contact)
    if facts.is_test and not contact.is_test:
        return Recognised(contact)
    missing = [key for key in keys if key.kind not in known]
    changes = _assign(contact, _wanted(contact, checked, facts, now=now))
    for key in missing:
        key.contact = contact
        writes.insert(key, unique=["kind", "source", "value"])
    if _details_noted(contact, checked, writes) or changes or missing:
        writes.save(contact, [*changes, "updated_at"])
    return Recognised(contact, missing)


def _the_one(known: dict[str, Contact]) -> Contact | None:
    """Whom number and address, or the one that is known of them, lead to, where nothing has to be looked at closer."""
    owners = {contact.pk: contact for kind, contact in known.items() if kind != Kind.PHONE}
    if len(owners) != 1:
        return None
    [owner] = owners.values()
    return None if owner.merged_into_id or owner.erased_at else owner


def _details_noted(contact: Contact, checked: Checked, writes: Together) -> bool:
    if not checked.details:
        return False
    wanted, details = _matched(checked.details), getattr(contact, "details", None)
    if details is None:
        contact.details = writes.insert(ContactDetails(contact=contact, **wanted), unique=["contact"])
        return True
    changes = _assign(details, wanted)
    if changes:
        writes.save(details, changes)
    return bool(changes)


def _assign(row: Contact | ContactDetails, wanted: dict[str, Any]) -> list[str]:
    """Set what differs: the names of it."""
    changes = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    for name, value in changes.items():
        setattr(row, name, value)
    return list(changes)


def _upserted(keys: Sequence[ContactKey], checked: Checked, facts: ContactFacts, *, now: datetime) -> Upserted:
    try:
        with transaction.atomic():
            return _upsert(keys, checked, facts, now=now)
    except _Rival:  # they have committed: now the person is found as they stand
        with transaction.atomic():
            return _upsert(keys, checked, facts, now=now)


def _upsert(keys: Sequence[ContactKey], checked: Checked, facts: ContactFacts, *, now: datetime) -> Upserted:
    owners = _owners(keys)
    if len(owners) > 1:
        raise _TwoOwners(owners)
    if not owners:
        return Upserted(_create(keys, checked, facts, now=now), "created")
    contact = _held(owners[0])
    if facts.is_test and not contact.is_test:  # what somebody tries out changes nobody real
        return Upserted(contact, "unchanged")
    is_set = _contact_set(contact, checked, facts, now=now)
    is_named = [_details_set(contact, checked), _keys_add(contact, keys)]
    if any(is_named) and not is_set:
        contact.save(update_fields=["updated_at"])  # who has a new name or key is compared with others again
    return Upserted(contact, "updated" if is_set or any(is_named) else "unchanged")


def _held(owner: Contact) -> Contact:
    """The person as they stand now, held: nobody merges or forgets them while they are brought up to date."""
    held = contacts_held(ids=[owner.pk])
    if not held or held[0].merged_into_id or held[0].erased_at:
        raise _Rival
    return held[0]


def _create(keys: Sequence[ContactKey], checked: Checked, facts: ContactFacts, *, now: datetime) -> Contact:
    contact = Contact(is_test=facts.is_test)
    for name, value in _wanted(contact, checked, facts, now=now).items():
        setattr(contact, name, value)
    contact.save(force_insert=True)
    _keys_add(contact, keys)
    ContactDetails.objects.create(contact=contact, **_matched(checked.details))
    return contact


def _contact_set(contact: Contact, checked: Checked, facts: ContactFacts, *, now: datetime) -> bool:
    changes = _assign(contact, _wanted(contact, checked, facts, now=now))
    if changes:
        contact.save(update_fields=[*changes, "updated_at"])
    return bool(changes)


def _details_set(contact: Contact, checked: Checked) -> bool:
    if not checked.details:
        return False
    wanted = _matched(checked.details)
    details, is_new = insert_once(ContactDetails, unique=["contact"], contact=contact, **wanted)
    contact.details = details
    changes = _assign(details, wanted)
    if changes:
        details.save(update_fields=changes)
    return is_new or bool(changes)


def _matched(details: dict[str, Any]) -> dict[str, Any]:
    return details | {"match_name": match_name(details["name"])} if details.get("name") else details


def _keys_add(contact: Contact, keys: Sequence[ContactKey]) -> bool:
    """Give the contact the keys that are free. Raises _Rival for a number or an address that is somebody else's."""
    added = False
    for key in keys:
        values = {name: getattr(key, name) for name in ("kind", "source", "value", "shown", "strict")}
        row, is_new = insert_once(ContactKey, unique=["kind", "source", "value"], contact=contact, **values)
        if not is_new and key.kind != Kind.PHONE and standing(row.contact) != contact:
            raise _Rival
        added = added or is_new
    return added


def _wanted(contact: Contact, checked: Checked, facts: ContactFacts, *, now: datetime) -> dict[str, Any]:
    wanted = checked.contact | _nps(contact, facts, now=now)
    if facts.metadata:
        wanted["metadata"] = {**contact.metadata, **facts.metadata}
    return wanted


def _nps(contact: Contact, facts: ContactFacts, *, now: datetime) -> dict[str, Any]:
    """The latest answer stands. One without a date is taken for new only where it differs."""
    if facts.nps_score is None or (facts.nps_at is None and facts.nps_score == contact.nps_score):
        return {}
    at = facts.nps_at or now
    if contact.nps_at and contact.nps_at > at:
        return {}
    return {"nps_score": facts.nps_score, "nps_at": at}


def _given_keys(facts: ContactFacts, source: str) -> list[ContactKey]:
    return _keys(
        external_id=facts.external_id, email=facts.email, phone=facts.phone, country=facts.country, source=source
    )


def _keys(*, external_id: str, email: str, phone: str, country: str, source: str) -> list[ContactKey]:
    """Unsaved keys, the one that decides first."""
    keys = []
    number = text_check(external_id, field="external_id", max_length=EXTERNAL_ID_LENGTH)
    value = text_check(external_key(number), field="external_id", max_length=EXTERNAL_ID_LENGTH)
    if value:
        keys.append(ContactKey(kind=Kind.EXTERNAL, source=source, value=value, shown=number))
    if email.strip():
        address = email_key(email)
        keys.append(ContactKey(kind=Kind.EMAIL, value=address.value, shown=address.shown, strict=address.strict))
    if phone.strip():
        call = phone_key(phone, country=country)
        keys.append(ContactKey(kind=Kind.PHONE, value=call.value, shown=call.shown))
    return keys


def _owners(keys: Sequence[ContactKey]) -> list[Contact]:
    """The different people that number and address belong to; else, perhaps, the one with that phone number."""
    found = {key.kind: contact for key in keys if (contact := _owner(key))}
    phone = found.pop(Kind.PHONE, None)
    owners = list(dict.fromkeys(found.values()))
    if not owners and phone and not _has_other(phone, keys):
        return [phone]
    return owners


def _owner(key: ContactKey) -> Contact | None:
    row = ContactKey.objects.select_related("contact").filter(kind=key.kind, source=key.source, value=key.value).first()
    return standing(row.contact) if row else None


def _has_other(contact: Contact, keys: Sequence[ContactKey]) -> bool:
    """Has this person a number or an address, and another one than was given? Then they only share the telephone."""
    given = Q()
    for key in keys:
        if key.kind != Kind.PHONE:
            given |= Q(kind=key.kind, source=key.source)
    return bool(given) and contact.keys.filter(given).exists()
