"""What purchases have counted on their contacts, taken back again. The contacts are held by the caller.

Another system may have posted a number of purchases and a lifetime value of its own; those replace, and later
purchases add to them. So what went is subtracted, and neither figure falls below what still stands here one by one.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, F, Max, Min, Sum

from advocates.models import Contact, Purchase
from config.lib.many import update_many
from config.lib.money import MAX_AMOUNT

COUNTED_BACK = (
    "purchases_count",
    "lifetime_unit",
    "lifetime_amount",
    "customer_since",
    "relation",
    "first_purchase_at",
    "last_purchase_at",
)


@dataclass(frozen=True, slots=True)
class Gone:
    """`amount` of a purchase that no longer counts; `is_whole`: nothing of the purchase counts any more."""

    contact_id: int
    occurred_at: datetime
    amount: int
    unit: str
    is_whole: bool


@dataclass(slots=True)
class Standing:
    """What still counts of one contact's purchases: how many, the first and the last, value by currency."""

    count: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    first_unit: str = ""
    values: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def standing_of(contact_ids: Iterable[int]) -> Mapping[int, Standing]:
    """One query for any number of contacts; who has no purchase has an empty one."""
    found: dict[int, Standing] = defaultdict(Standing)
    rows = (
        Purchase.objects.filter(contact__in=list(contact_ids), status__in=Purchase.COUNTING)
        .values("contact_id", "unit")
        .annotate(
            count=Count("pk"),
            first_at=Min("occurred_at"),
            last_at=Max("occurred_at"),
            value=Sum(F("amount") - F("returned_amount")),
        )
        .order_by("contact_id", "first_at", "unit")
    )
    for row in rows:
        standing = found[row["contact_id"]]
        standing.count += row["count"]
        standing.first_at = min(standing.first_at or row["first_at"], row["first_at"])
        standing.last_at = max(standing.last_at or row["last_at"], row["last_at"])
        standing.first_unit = standing.first_unit or row["unit"]
        standing.values[row["unit"]] += int(row["value"])
    return found


def count_back(*, contacts: Sequence[Contact], gone: Iterable[Gone]) -> None:
    """Take from the contacts (held) what has gone. Call it when the purchases already stand as they are now."""
    by_contact = defaultdict(list)
    for part in gone:
        by_contact[part.contact_id].append(part)
    touched = [contact for contact in contacts if contact.pk in by_contact]
    standing = standing_of(by_contact)
    for contact in touched:
        _count_back(contact, by_contact[contact.pk], standing.get(contact.pk) or Standing())
    update_many(touched, fields=COUNTED_BACK)


def _count_back(contact: Contact, gone: Sequence[Gone], standing: Standing) -> None:
    whole = [part for part in gone if part.is_whole]
    contact.purchases_count = _less(contact.purchases_count, len(whole), standing.count)
    value = sum(part.amount for part in gone if part.unit == contact.lifetime_unit)
    left = min(standing.values[contact.lifetime_unit], MAX_AMOUNT)
    contact.lifetime_amount = _less(contact.lifetime_amount, value, left)
    if not contact.lifetime_amount and not left:
        # Nothing in that currency is left: the first purchase that still counts says which one leads.
        contact.lifetime_unit = standing.first_unit
        contact.lifetime_amount = min(standing.values[standing.first_unit], MAX_AMOUNT)
    if whole:
        _days_recount(contact, whole, standing)


def _less(known: int, gone: int, standing: int) -> int:
    """`known` without what went: not below what stands here, and never more than it was."""
    return max(known - gone, min(known, standing))


def _days_recount(contact: Contact, whole: Sequence[Gone], standing: Standing) -> None:
    """A day as customer that none of the purchases made was told by another system, and stays."""
    contact.first_purchase_at, contact.last_purchase_at = standing.first_at, standing.last_at
    if contact.customer_since in {part.occurred_at.date() for part in whole}:
        contact.customer_since = standing.first_at.date() if standing.first_at else None
    if not contact.is_customer and contact.relation == Contact.Relation.CUSTOMER:
        contact.relation = Contact.Relation.PAST_CUSTOMER
