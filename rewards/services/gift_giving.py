"""From the shelf into somebody's hands: stock and codes are taken by conditional updates, so nothing is given twice."""

from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from config.lib.insert_once import insert_once
from config.lib.states import move
from rewards.addresses import PostalAddress, address_sealed
from rewards.catalogue import codes_free, has_code, is_by_code, items_for_reward, order_of, pieces, worth_of
from rewards.errors import AddressMissing, AlreadyPicked, BadItem, OutOfStock
from rewards.ledger.chart import AccountRef
from rewards.models import Account, CatalogueItem, GiftCode, GiftOrder, Reward, RewardEvent
from rewards.services.books import book_give
from rewards.services.gift_letters import tell_gift_given, tell_gift_ordered
from rewards.services.moves import reward_move, reward_note

Status = GiftOrder.Status


def order_place(*, key: str, item: CatalogueItem, now: datetime, **values: Any) -> GiftOrder:
    """Write the order and take its thing off the shelf. Raises AlreadyPicked for a key that was used, OutOfStock."""
    order, is_new = insert_once(
        GiftOrder, unique=["order_key"], order_key=key, item=item, status=Status.ORDERED, ordered_at=now, **values
    )
    if not is_new:
        raise AlreadyPicked(_("Something was picked for this already."), order=order.public_id)
    stock_take(item=item, count=pieces(order.amount, order.unit))
    if is_by_code(item):
        code_take(order=order, now=now)
    return order


def order_for_reward(*, reward: Reward, item: CatalogueItem, now: datetime, **values: Any) -> GiftOrder:
    amount, unit = worth_of(item, reward)
    return order_place(
        key=reward.public_id,
        item=item,
        now=now,
        reward=reward,
        contact=reward.contact,
        amount=amount,
        unit=unit,
        **values,
    )


def stock_take(*, item: CatalogueItem, count: int) -> None:
    """Raises OutOfStock when there are fewer. What is not counted keeps nobody waiting."""
    if item.stock is None:
        return
    if not CatalogueItem.objects.filter(pk=item.pk, stock__gte=count).update(stock=F("stock") - count):
        raise OutOfStock(_("“%(item)s” has just run out. Please pick something else.") % {"item": item.name})


def code_take(*, order: GiftOrder, now: datetime) -> GiftCode:
    """One that nobody has. Raises OutOfStock when there is none of that worth."""
    free = codes_free(item=order.item, amount=order.amount, unit=order.unit, today=localdate(now))
    while code := free.first():
        # Somebody may have taken it since it was read: then the next one is tried.
        if GiftCode.objects.filter(pk=code.pk, order=None).update(order=order):
            return code
    raise OutOfStock(_("“%(item)s” has just run out. Please pick something else.") % {"item": order.item.name})


def order_detail(item: CatalogueItem, *, variant: str, address: PostalAddress | None) -> dict[str, str]:
    """What an order has to say beside the item, checked: `variant`, `sealed_address`.

    Raises BadItem for a variant that there is not, AddressMissing.
    """
    if item.variants and variant not in item.variants:
        raise BadItem(_("Please say which one: %(variants)s.") % {"variants": ", ".join(item.variants)})
    if not item.needs_address:
        return {"variant": variant if item.variants else "", "sealed_address": ""}
    if address is None or not (address.name and address.street and address.city and address.country):
        raise AddressMissing(_("We need name, street, town and country to send this."))
    if item.countries and address.country not in item.countries:
        raise AddressMissing(_("We do not send this to that country."))
    return {"variant": variant if item.variants else "", "sealed_address": address_sealed(address)}


def gift_fulfil(*, reward: Reward, step: RewardEvent, now: datetime) -> None:
    """The reward is approved. A code or a donation is given at once; the rest stays approved until it is sent."""
    if reward.is_test:
        reward_move(reward=reward, to=Reward.Status.FULFILLED, now=now, fulfilled_at=now)
        return
    order = order_of(reward) or _the_one(reward, now)
    if order.item.kind == CatalogueItem.Kind.DONATION or has_code(order):
        order_hand_over(order=order, reward=reward, step=step, now=now)
    else:
        tell_gift_ordered(order=order, now=now)


def order_hand_over(
    *, order: GiftOrder, now: datetime, reward: Reward | None = None, step: RewardEvent | None = None, **sent: Any
) -> None:
    """It is on its way: the order, its reward, the books, and a mail. Raises Stale when somebody was there first.

    `sent`: `sent_by` and `note` of a colleague. The reward's lock is held; without `step` it gets one of its own.
    """
    move(order, to=Status.SENT, table=GiftOrder.MOVES, sent_at=now, **sent)
    if reward:
        charity = order.item.charity if order.item.kind == CatalogueItem.Kind.DONATION else None
        changes: dict[str, Any] = {"charity": charity} if charity else {}
        step = step or reward_note(reward=reward, now=now, actor=sent.get("sent_by"), reason="sent")
        to = AccountRef(Account.Kind.DONATED, charity.public_id, reward.unit) if charity else None
        book_give(reward=reward, step=step, now=now, to=to)
        reward_move(reward=reward, to=Reward.Status.FULFILLED, now=now, fulfilled_at=now, **changes)
    tell_gift_given(order=order, now=now)


def order_withdraw(*, reward: Reward, reason: str) -> bool:
    """What was picked and not sent goes back on the shelf, as the reward is no more. False: there was nothing."""
    order = order_of(reward)
    if order is None or order.status != Status.ORDERED:
        return False
    # Should the reward come to life again, something may be picked anew.
    order_take_back(order=order, reason=reason, reward=None, order_key=f"{order.order_key}:{order.public_id}")
    return True


def order_take_back(*, order: GiftOrder, reason: str, **changes: Any) -> None:
    """Raises Stale when it was sent at this moment."""
    move(
        order,
        to=Status.CANCELLED,
        table=GiftOrder.MOVES,
        sealed_address="",
        note=reason[:500],
        **changes,
    )
    GiftCode.objects.filter(order=order).update(order=None)
    taken = CatalogueItem.objects.filter(pk=order.item_id, stock__isnull=False)
    taken.update(stock=F("stock") + pieces(order.amount, order.unit))


def _the_one(reward: Reward, now: datetime) -> GiftOrder:
    """The rule names the item, and there was nothing to ask the person. Raises OutOfStock."""
    items = items_for_reward(reward, today=localdate(now))
    if not items:
        raise OutOfStock(_("What was to be given has just run out."))
    return order_for_reward(reward=reward, item=items[0], now=now)
