from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from advocates.identity import EmailKey, email_key
from advocates.models import Contact, ContactKey
from config.lib.many import insert_many

Kind = ContactKey.Kind
UNIQUE = ["kind", "source", "value"]


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer of whom only the number is known, and perhaps an address to give them."""

    external_id: str
    email: str = ""


def customers_ensure(*, customers: Iterable[Customer], source: str) -> dict[str, int]:
    """A contact for each customer number, made where it is missing: number → contact id, in a handful of queries.

    Somebody who is known by the address only is given the number. Belongs into the transaction of an import's chunk.
    """
    wanted = {customer.external_id: customer for customer in customers}
    known = _ids(Kind.EXTERNAL, source, wanted)
    fresh = {number: customer.email for number, customer in sorted(wanted.items()) if number not in known}
    if not fresh:
        return known
    addresses = {number: email_key(email) for number, email in fresh.items() if email}
    homes = _homes(fresh, addresses)
    placed = {key.value: key.contact_id for key in insert_many(_number_keys(homes, source), unique=UNIQUE)}
    insert_many(_address_keys(placed, addresses), unique=UNIQUE)
    return known | placed | _given_way(homes, placed, source)


def _homes(fresh: Iterable[str], addresses: Mapping[str, EmailKey]) -> dict[str, Contact]:
    """Where each new number goes: to who has the address, else to a new contact."""
    by_address = ContactKey.objects.select_related("contact").filter(
        kind=Kind.EMAIL, source="", value__in=[key.value for key in addresses.values()]
    )
    owner = {key.value: key.contact for key in by_address}
    homes = {number: owner[key.value] for number, key in addresses.items() if key.value in owner}
    strangers = [number for number in fresh if number not in homes]
    made = Contact.objects.bulk_create([Contact(relation=Contact.Relation.CUSTOMER) for _ in strangers])
    return homes | dict(zip(strangers, made, strict=True))


def _number_keys(homes: Mapping[str, Contact], source: str) -> Sequence[ContactKey]:
    return [
        ContactKey(contact=contact, kind=Kind.EXTERNAL, source=source, value=number, shown=number)
        for number, contact in sorted(homes.items())
    ]


def _address_keys(placed: Mapping[str, int], addresses: Mapping[str, EmailKey]) -> Sequence[ContactKey]:
    rows = [
        ContactKey(contact_id=placed[number], kind=Kind.EMAIL, value=key.value, shown=key.shown, strict=key.strict)
        for number, key in addresses.items()
        if number in placed
    ]
    return sorted(rows, key=lambda row: row.value)


def _given_way(homes: Mapping[str, Contact], placed: Mapping[str, int], source: str) -> dict[str, int]:
    """Numbers that a rival import placed first: theirs stands, the contact made here for nothing goes."""
    late = [number for number in homes if number not in placed]
    if not late:
        return {}
    idle = Contact.objects.filter(pk__in=[homes[number].pk for number in late], keys=None)
    idle.delete()
    return _ids(Kind.EXTERNAL, source, late)


def _ids(kind: str, source: str, values: Iterable[str]) -> dict[str, int]:
    keys = ContactKey.objects.filter(kind=kind, source=source, value__in=list(values))
    return dict(keys.values_list("value", "contact_id"))
