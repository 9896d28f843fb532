from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from django.db import transaction

from advocates.locks import contacts_lock
from advocates.models import Contact, Purchase
from config.lib.insert_once import insert_once
from config.lib.many import update_many
from config.lib.money import MAX_AMOUNT, Money
from config.lib.together import Together

UNIQUE = ["source", "external_id"]
COUNTED = (
    "purchases_count",
    "lifetime_unit",
    "lifetime_amount",
    "customer_since",
    "relation",
    "first_purchase_at",
    "last_purchase_at",
)
NOT_YET_CUSTOMERS = (Contact.Relation.LEAD, Contact.Relation.OTHER, Contact.Relation.PAST_CUSTOMER)


class Sold(Protocol):
    """What counts of a sale; a Purchase is one."""

    contact_id: int
    occurred_at: datetime
    amount: int
    unit: str


def purchase_record(
    *, contact: Contact, source: str, external_id: str, occurred_at: datetime, money: Money, quantity: int = 1
) -> tuple[Purchase, bool]:
    """Record a sale once: (purchase, was it new?). A new one counts on the contact."""
    with transaction.atomic():
        purchase, is_new = insert_once(
            Purchase,
            unique=UNIQUE,
            contact=contact,
            source=source,
            external_id=external_id,
            occurred_at=occurred_at,
            amount=money.amount,
            unit=money.unit,
            quantity=quantity,
        )
        if is_new:
            purchases_count(new=[purchase])
    return purchase, is_new


def purchase_add(
    *,
    writes: Together,
    contact: Contact,
    source: str,
    external_id: str,
    occurred_at: datetime,
    money: Money,
    quantity: int = 1,
) -> Purchase:
    """The same of a contact who is held, written with other rows. It has no key afterwards if it was known already:
    then all of it has to be undone.
    """
    purchase = Purchase(
        contact=contact,
        source=source,
        external_id=external_id,
        occurred_at=occurred_at,
        amount=money.amount,
        unit=money.unit,
        quantity=quantity,
    )
    writes.insert(purchase, unique=UNIQUE)
    count_in(contact, [purchase])
    writes.save(contact, COUNTED)
    return purchase


def purchases_count(*, new: Sequence[Sold]) -> list[Contact]:
    """Add new sales to what stands on their contacts, held meanwhile; the contacts, as they stand now."""
    by_contact = defaultdict(list)
    for sale in new:
        by_contact[sale.contact_id].append(sale)
    contacts = contacts_lock(ids=list(by_contact))
    for contact in contacts:
        count_in(contact, by_contact[contact.pk])
    update_many(contacts, fields=COUNTED)
    return contacts


@dataclass(slots=True)
class Figures:
    """What counts on a contact, without the contact."""

    purchases_count: int = 0
    lifetime_unit: str = ""
    lifetime_amount: int = 0
    customer_since: date | None = None
    relation: str = Contact.Relation.CUSTOMER
    first_purchase_at: datetime | None = None
    last_purchase_at: datetime | None = None


def count_in(contact: Contact | Figures, sales: Sequence[Sold]) -> None:
    """Lifetime value is in the currency of the first purchase and leaves others out: nothing is converted silently."""
    first, last = min(sales, key=_moment), max(sales, key=_moment)
    day = first.occurred_at.date()
    contact.purchases_count += len(sales)
    contact.lifetime_unit = contact.lifetime_unit or first.unit
    value = sum(sale.amount for sale in sales if sale.unit == contact.lifetime_unit)
    # A figure to sort by: it stays at the highest amount that the column takes.
    contact.lifetime_amount = min(contact.lifetime_amount + value, MAX_AMOUNT)
    contact.customer_since = min(contact.customer_since or day, day)
    contact.first_purchase_at = min(contact.first_purchase_at or first.occurred_at, first.occurred_at)
    contact.last_purchase_at = max(contact.last_purchase_at or last.occurred_at, last.occurred_at)
    if contact.relation in NOT_YET_CUSTOMERS:
        contact.relation = Contact.Relation.CUSTOMER


def _moment(sale: Sold) -> datetime:
    return sale.occurred_at
