"""The columns of a contact when two become one: sums are added, the earlier, the later or the stronger counts.

What is written down for the way back are figures, moments and names of columns, never what somebody is called.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime

from advocates.models import Contact, ContactMerge, CustomerScore, NpsAnswer, Purchase
from advocates.services.purchase_counts import standing_of
from advocates.services.purchases import count_in
from config.lib.money import MAX_AMOUNT

Relation = Contact.Relation

# The stronger first: what says more about the person.
STRENGTH = (
    Relation.CUSTOMER,
    Relation.PAST_CUSTOMER,
    Relation.PARTNER,
    Relation.INDUSTRY_LEADER,
    Relation.VENDOR,
    Relation.LEAD,
    Relation.LOST_LEAD,
    Relation.OTHER,
)
EARLIEST = ("customer_since", "first_purchase_at")
LATEST = ("last_purchase_at", "last_asked_at")
FILLED = ("language", "time_zone", "country", "region")
DECIDED = ("relation", "nps_score", "nps_at", "lifetime_unit", *EARLIEST, *LATEST)
WRITTEN = (*DECIDED, *FILLED, "purchases_count", "lifetime_amount", "metadata", "updated_at")


def figures_add(kept: Contact, gone: Contact) -> dict[str, Any]:
    """Write the columns of both into `kept` (held); what `figures_take` needs to take them out again."""
    before = {name: getattr(kept, name) for name in DECIDED}
    added = _sums(kept, gone)
    for name, value in _decided(kept, gone).items():
        setattr(kept, name, value)
    filled = [name for name in FILLED if getattr(gone, name) and not getattr(kept, name)]
    for name in filled:
        setattr(kept, name, getattr(gone, name))
    facts = sorted(set(gone.metadata) - set(kept.metadata))
    kept.metadata = {**gone.metadata, **kept.metadata}
    kept.purchases_count += added["purchases_count"]
    kept.lifetime_amount += added["lifetime_amount"]
    kept.save(update_fields=WRITTEN)
    after = {name: getattr(kept, name) for name in DECIDED}
    return {"before": _plain(before), "after": _plain(after), "added": added, "filled": filled, "metadata": facts}


def figures_take(kept: Contact, merge: ContactMerge) -> None:
    """Take out of `kept` what the merge brought, where it still stands as the merge left it."""
    said: Mapping[str, Any] = merge.before
    gone = merge.gone
    for name in DECIDED:
        if _plain_value(getattr(kept, name)) == said["after"][name]:
            setattr(kept, name, _value(name, said["before"][name]))
    # A score never stands without its time.
    if (kept.nps_score is None) != (kept.nps_at is None):
        kept.nps_score = kept.nps_at = None
    for name in said["filled"]:
        if getattr(kept, name) == getattr(gone, name):
            setattr(kept, name, "")
    kept.metadata = {
        name: value
        for name, value in kept.metadata.items()
        if name not in said["metadata"] or gone.metadata.get(name) != value
    }
    still = standing_of([kept.pk])[kept.pk]
    kept.purchases_count = max(kept.purchases_count - said["added"]["purchases_count"], still.count)
    lifetime = kept.lifetime_amount - said["added"]["lifetime_amount"]
    kept.lifetime_amount = max(lifetime, still.values.get(kept.lifetime_unit, 0))
    kept.save(update_fields=WRITTEN)


@dataclass(slots=True)
class _Rest:
    """What of a sale has not come back."""

    contact_id: int
    occurred_at: datetime
    amount: int
    unit: str


def figures_late(
    kept: Contact, merge: ContactMerge, *, sales: Sequence[Purchase], answers: Sequence[NpsAnswer]
) -> None:
    """What counted on the one who went alone until now counts on `kept` too, and the way back knows of it."""
    said = merge.before
    before = _plain({name: getattr(kept, name) for name in DECIDED})
    count, lifetime = kept.purchases_count, kept.lifetime_amount
    if rest := [_rest(sale) for sale in sales if sale.status in Purchase.COUNTING]:
        count_in(kept, rest)
    for answer in answers:
        if kept.nps_at is None or answer.occurred_at > kept.nps_at:
            kept.nps_score, kept.nps_at = answer.score, answer.occurred_at
    for name in DECIDED:
        if before[name] == said["after"][name]:
            said["after"][name] = _plain_value(getattr(kept, name))
    said["added"]["purchases_count"] += kept.purchases_count - count
    said["added"]["lifetime_amount"] += kept.lifetime_amount - lifetime
    kept.save(update_fields=WRITTEN)


def scores_forget(*contacts: Contact) -> None:
    """Who bought what has changed hands: no figure is shown until the next night has counted anew."""
    CustomerScore.objects.filter(contact__in=contacts).delete()


def _rest(sale: Purchase) -> _Rest:
    return _Rest(sale.contact_id, sale.occurred_at, sale.amount - sale.returned_amount, sale.unit)


def _sums(kept: Contact, gone: Contact) -> dict[str, int]:
    """Nothing is converted: value in another currency than that of the one who stays is left out."""
    is_same = not kept.lifetime_unit or gone.lifetime_unit == kept.lifetime_unit
    room = MAX_AMOUNT - kept.lifetime_amount
    return {
        "purchases_count": gone.purchases_count,
        "lifetime_amount": min(gone.lifetime_amount, room) if is_same else 0,
    }


def _decided(kept: Contact, gone: Contact) -> dict[str, Any]:
    decided: dict[str, Any] = {
        "relation": min(kept.relation, gone.relation, key=[str(each) for each in STRENGTH].index),
        "lifetime_unit": kept.lifetime_unit or gone.lifetime_unit,
    }
    for name, choose in [*((name, min) for name in EARLIEST), *((name, max) for name in LATEST)]:
        given = [value for value in (getattr(kept, name), getattr(gone, name)) if value is not None]
        decided[name] = choose(given) if given else None
    is_newer = gone.nps_at is not None and (kept.nps_at is None or gone.nps_at > kept.nps_at)
    latest = gone if is_newer else kept
    return decided | {"nps_score": latest.nps_score, "nps_at": latest.nps_at}


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain_value(value) for name, value in values.items()}


def _plain_value(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _value(name: str, plain: Any) -> Any:
    if plain is None or not name.endswith(("_at", "_since")):
        return plain
    return parse_date(plain) if name.endswith("_since") else parse_datetime(plain)
