from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from advocates.locks import contacts_lock
from advocates.models import Contact, Purchase
from config.lib.insert_once import insert_once
from config.lib.many import insert_many, update_many
from config.lib.money import MAX_AMOUNT, Money

UNIQUE = ["source", "external_id"]
COUNTED = ("purchases_count", "lifetime_unit", "lifetime_amount", "customer_since", "relation")
NOT_YET_CUSTOMERS = (Contact.Relation.LEAD, Contact.Relation.OTHER, Contact.Relation.PAST_CUSTOMER)


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
            _count_in([purchase])
    return purchase, is_new


def purchases_record(*, purchases: Sequence[Purchase]) -> int:
    """Record a chunk of sales (built, not saved), each once; how many were new.

    Belongs into the transaction of an import's chunk.
    """
    inserted = insert_many(sorted(purchases, key=lambda row: row.external_id), unique=UNIQUE)
    _count_in(inserted)
    return len(inserted)


def _count_in(new: Sequence[Purchase]) -> None:
    """Add new purchases to what stands on their contacts, held meanwhile."""
    by_contact = defaultdict(list)
    for purchase in new:
        by_contact[purchase.contact_id].append(purchase)
    contacts = contacts_lock(ids=by_contact)
    for contact in contacts:
        _count(contact, sorted(by_contact[contact.pk], key=lambda purchase: purchase.occurred_at))
    update_many(contacts, fields=COUNTED)


def _count(contact: Contact, purchases: Sequence[Purchase]) -> None:
    """Lifetime value is in the currency of the first purchase and leaves others out: nothing is converted silently."""
    first_day = purchases[0].occurred_at.date()
    contact.purchases_count += len(purchases)
    contact.lifetime_unit = contact.lifetime_unit or purchases[0].unit
    value = sum(purchase.amount for purchase in purchases if purchase.unit == contact.lifetime_unit)
    # A figure to sort by: it stays at the highest amount that the column takes.
    contact.lifetime_amount = min(contact.lifetime_amount + value, MAX_AMOUNT)
    contact.customer_since = min(contact.customer_since or first_day, first_day)
    if contact.relation in NOT_YET_CUSTOMERS:
        contact.relation = Contact.Relation.CUSTOMER
