"""Purchases that came back or were called off count back, once. The contact is held before the purchase."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from advocates.errors import EventIdReused, ReturnTooLarge
from advocates.locks import contacts_lock, purchase_locked
from advocates.models import Purchase, PurchaseReturn, User
from advocates.services.audit import audit
from advocates.services.purchase_counts import Gone, count_back
from config.lib.ids import new_public_id
from config.lib.insert_once import insert_once
from config.lib.many import insert_many, update_many
from config.lib.money import CurrencyMismatch, Money, money_words
from config.lib.registry import Registry

Kind, Status = PurchaseReturn.Kind, Purchase.Status
UNIQUE = ["source", "event_id"]
CONSOLE = "console"
# Before the id of a return that an import told as a state.
IMPORTED = "import:"

# Of an app above that knows a sale as an event and counts it back with all that came of it: whether it did.
RETURN_DOORS: Registry[Callable[..., bool]] = Registry("door for returns")

WHOLLY = {Kind.RETURNED: Status.RETURNED, Kind.CANCELLED: Status.CANCELLED}


@dataclass(frozen=True, slots=True)
class ReturnedOrder:
    """How a sale stands at another system: `returned` is what went back in all, None for everything."""

    external_id: str
    kind: str
    occurred_at: datetime
    returned: Money | None = None


def purchase_return(
    *,
    purchase: Purchase,
    source: str,
    event_id: str,
    money: Money | None,
    kind: str,
    occurred_at: datetime,
) -> tuple[PurchaseReturn, bool]:
    """Take `money` of a purchase back, or (None) all that is left, once by (source, event_id): (return, is it new?).

    Raises ReturnTooLarge, CurrencyMismatch, and EventIdReused for an id that stands for another return.
    """
    with transaction.atomic():
        held, contact = purchase_locked(purchase.pk)
        earlier = PurchaseReturn.objects.filter(source=source, event_id=event_id).first()
        if earlier:
            return _again(earlier, held, money), False
        amount = _amount(held, money)
        returned, is_new = insert_once(
            PurchaseReturn,
            unique=UNIQUE,
            purchase=held,
            kind=kind,
            source=source,
            event_id=event_id,
            amount=amount,
            occurred_at=occurred_at,
        )
        if not is_new:  # a rival used the id for another purchase a moment ago
            return _again(returned, held, money), False
        gone = _give_back(held, amount, kind)
        held.save(update_fields=["status", "returned_amount"])
        count_back(contacts=[contact], gone=[gone])
        return returned, True


def purchase_take_back(
    *, purchase: Purchase, money: Money | None, kind: str, actor: User, reason: str, now: datetime
) -> None:
    """What staff say has come back or was called off; `money` None is all that is left. Raises as purchase_return."""
    event_id = new_public_id("ret")
    back = {"money": money, "kind": kind, "event_id": event_id, "reason": reason, "now": now}
    with transaction.atomic():
        if not any(door(purchase=purchase, **back) for _name, door in RETURN_DOORS.items()):
            purchase_return(
                purchase=purchase, source=CONSOLE, event_id=event_id, money=money, kind=kind, occurred_at=now
            )
        after = {"kind": kind, "amount": money.amount if money else None, "unit": purchase.unit, "event_id": event_id}
        audit(verb="purchase.take_back", row=purchase, actor=actor, after=after, reason=reason)


def purchases_returned(*, source: str, orders: Iterable[ReturnedOrder]) -> set[str]:
    """Bring a chunk of sales of one source to how they stand there; the numbers of those that changed. Unknown sales
    are left out.

    Says states and not events: what is known to have come back already is not taken back again. Belongs into the
    transaction of an import's chunk, which holds the contacts of all its rows (contacts_lock) before it begins.
    """
    wanted = {order.external_id: order for order in orders}
    known = Purchase.objects.filter(source=source, external_id__in=wanted)
    contacts = contacts_lock(ids=set(known.values_list("contact_id", flat=True)))
    changes = [
        (purchase, order, more)
        for purchase in known.filter(contact__in=contacts).order_by("pk")
        if (more := _more(purchase, order := wanted[purchase.external_id])) is not None
    ]
    inserted = insert_many([_return_of(*change) for change in changes], unique=UNIQUE)
    fresh = {row.purchase_id for row in inserted}
    changes = [change for change in changes if change[0].pk in fresh]
    gone = [_give_back(purchase, more, order.kind) for purchase, order, more in changes]
    update_many([purchase for purchase, _order, _more in changes], fields=["status", "returned_amount"])
    count_back(contacts=contacts, gone=gone)
    return {purchase.external_id for purchase, _order, _more in changes}


def left_of(purchase: Purchase) -> Money:
    return Money(purchase.amount - purchase.returned_amount, purchase.unit)


def _amount(purchase: Purchase, money: Money | None) -> int:
    """How much comes back. Raises ReturnTooLarge or CurrencyMismatch."""
    left = left_of(purchase)
    if purchase.status not in Purchase.COUNTING:
        raise ReturnTooLarge(_("All of this purchase has come back already."))
    if money is None:
        return left.amount
    if money.unit != left.unit:
        raise CurrencyMismatch(_("The purchase was in %(unit)s.") % {"unit": left.unit})
    if not 0 < money.amount <= left.amount:
        raise ReturnTooLarge(_("At most %(left)s of this purchase is left.") % {"left": money_words(left)})
    return money.amount


def _give_back(purchase: Purchase, amount: int, kind: str) -> Gone:
    """Set the purchase (held) to what is left of it."""
    purchase.returned_amount += amount
    is_whole = purchase.returned_amount == purchase.amount
    purchase.status = WHOLLY[Kind(kind)] if is_whole else Status.PART_RETURNED
    return Gone(
        contact_id=purchase.contact_id,
        occurred_at=purchase.occurred_at,
        amount=amount,
        unit=purchase.unit,
        is_whole=is_whole,
    )


def _more(purchase: Purchase, order: ReturnedOrder) -> int | None:
    """What came back since we last heard; None where nothing did, or the order is in another currency."""
    if purchase.status not in Purchase.COUNTING:
        return None
    if order.returned is None:
        return left_of(purchase).amount
    if order.returned.unit != purchase.unit:
        return None
    more = min(order.returned.amount, purchase.amount) - purchase.returned_amount
    return more if more > 0 else None


def _return_of(purchase: Purchase, order: ReturnedOrder, amount: int) -> PurchaseReturn:
    return PurchaseReturn(
        purchase=purchase,
        kind=order.kind,
        source=purchase.source,
        # The sale's own row: an order's number may be as long as the column. Each state is told once.
        event_id=f"{IMPORTED}{purchase.pk}/{purchase.returned_amount + amount}",
        amount=amount,
        occurred_at=order.occurred_at,
    )


def _again(earlier: PurchaseReturn, purchase: Purchase, money: Money | None) -> PurchaseReturn:
    """The same return once more. An earlier *all that is left* is known by its amount only."""
    if earlier.purchase_id != purchase.pk or (money and money != Money(earlier.amount, purchase.unit)):
        raise EventIdReused(_("This event id was used before, for something else."))
    return earlier
