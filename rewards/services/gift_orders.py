"""The doors of the catalogue: pick for a reward, open a surprise, exchange points, send, call off."""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _, gettext_noop

from advocates.models import Contact, User
from advocates.services.audit import audit
from advocates.standing import standing
from config.lib.signing import keyed_hash
from config.lib.states import NotAllowed
from rewards.addresses import PostalAddress
from rewards.catalogue import (
    GIFTS,
    has_code,
    is_gift,
    is_there,
    items_for_points,
    items_meant,
    lacks_address,
    lots_of,
    order_of,
    priced_items,
)
from rewards.errors import (
    AlreadyPicked,
    InsufficientCredit,
    NothingToPick,
    NotOffered,
    OutOfStock,
    Overdrawn,
    OwnReward,
)
from rewards.ledger.chart import AccountRef
from rewards.ledger.post import post
from rewards.locks import reward_lock
from rewards.models import Account, CatalogueItem, GiftOrder, Reward, RewardRule
from rewards.rules.mystery import drawn
from rewards.selectors import pending_reasons
from rewards.services.gift_giving import (
    order_detail,
    order_for_reward,
    order_hand_over,
    order_place,
    order_take_back,
)
from rewards.services.gift_letters import tell_gift_called_off
from rewards.services.rewards import reward_call_off, reward_settle

log = structlog.get_logger(__name__)

Kind = Account.Kind
Reason = Reward.PendingReason
Status = GiftOrder.Status

OWN_REASONS = frozenset({Reason.AWAITING_CHOICE, Reason.AWAITING_ADDRESS, Reason.OUT_OF_STOCK})
# How long the address of a parcel is kept, in case that it comes back.
ADDRESS_KEPT = timedelta(weeks=4)
PAGE = 500
DRAW = "mystery gift"


def gift_pick(
    *,
    reward: Reward,
    item: CatalogueItem,
    now: datetime,
    variant: str = "",
    address: PostalAddress | None = None,
) -> GiftOrder:
    """The person takes this item for their reward; what can be given at once is given.

    Raises NothingToPick, NotOffered, OutOfStock, AlreadyPicked, BadItem, AddressMissing.
    """
    with transaction.atomic():
        reward = _to_pick(reward, now)
        if reward.benefit == RewardRule.Benefit.MYSTERY:
            raise NothingToPick(_("This gift is a surprise: open it to see what it is."))
        if item.pk not in {one.pk for one in items_meant(reward)}:
            raise NotOffered(_("This cannot be picked for this reward."))
        if not is_there(item, reward.amount, reward.unit, today=localdate(now)):
            raise OutOfStock(_("“%(item)s” has just run out. Please pick something else.") % {"item": item.name})
        detail = order_detail(item, variant=variant, address=address)
        order = order_for_reward(reward=reward, item=item, now=now, **detail)
        reward_settle(reward=reward, now=now)
    order.refresh_from_db()
    return order


def gift_open(*, reward: Reward, now: datetime) -> GiftOrder:
    """Draw what a surprise is, and take it off the shelf. Raises NothingToPick, AlreadyPicked, OutOfStock."""
    with transaction.atomic():
        reward = _to_pick(reward, now)
        if reward.benefit != RewardRule.Benefit.MYSTERY:
            raise NothingToPick(_("There is nothing to be opened here."))
        items = {item.key: item for item in items_meant(reward)}
        lots, attempt = lots_of(reward, today=localdate(now)), 0
        while lot := drawn(lots, _number(reward, attempt)):
            attempt += 1
            try:
                # Only this much is undone when somebody took the last one at this moment.
                with transaction.atomic():
                    order = order_for_reward(reward=reward, item=items[lot.item], now=now)
            except OutOfStock:
                lots = [other for other in lots if other.item != lot.item]
                continue
            reward_settle(reward=reward, now=now)
            order.refresh_from_db()
            return order
    raise OutOfStock(_("All of these gifts have run out. We tell you as soon as there are new ones."))


def _number(reward: Reward, attempt: int) -> int:
    """Random to everybody without our key, and the same whenever it is asked for."""
    return int(keyed_hash(DRAW, f"{reward.public_id}:{attempt}"), 16)


def gift_address_set(
    *, reward: Reward, now: datetime, variant: str = "", address: PostalAddress | None = None
) -> GiftOrder:
    """Where to send what was drawn. Raises NothingToPick, BadItem, AddressMissing."""
    with transaction.atomic():
        reward = reward_lock(reward.pk)
        order = order_of(reward)
        if order is None or order.status != Status.ORDERED or not lacks_address(order):
            raise NothingToPick(_("We know where to send this already."))
        detail = order_detail(order.item, variant=variant, address=address)
        GiftOrder.objects.filter(pk=order.pk, status=Status.ORDERED).update(**detail)
        reward_settle(reward=reward, now=now)
    order.refresh_from_db()
    return order


def points_exchange(
    *,
    contact: Contact,
    item: CatalogueItem,
    order_key: str,
    now: datetime,
    variant: str = "",
    address: PostalAddress | None = None,
) -> tuple[GiftOrder, bool]:
    """Something from the catalogue for account credit: (order, is it new?); the same `order_key` buys once.

    Raises NotOffered, OutOfStock, InsufficientCredit, BadItem, AddressMissing.
    """
    contact = standing(contact)
    same = GiftOrder.objects.filter(order_key=order_key, contact=contact, item=item)
    if before := same.first():
        return before, False
    try:
        return _exchanged(contact, item, order_key, variant, address, now), True
    except AlreadyPicked:
        # Sent twice at the same moment.
        if after := same.first():
            return after, False
        raise


def _exchanged(
    contact: Contact, item: CatalogueItem, order_key: str, variant: str, address: PostalAddress | None, now: datetime
) -> GiftOrder:
    with transaction.atomic():
        if not priced_items().filter(pk=item.pk).exists():
            raise NotOffered(_("This cannot be had for points."))
        if item.pk not in {one.pk for one in items_for_points(contact, today=localdate(now))}:
            raise OutOfStock(_("“%(item)s” cannot be had at the moment.") % {"item": item.name})
        detail = order_detail(item, variant=variant, address=address)
        price = {"price": item.price, "price_unit": item.price_unit}
        order = order_place(
            key=order_key, item=item, contact=contact, amount=item.least, unit=item.unit, now=now, **price, **detail
        )
        _pay(order, "price", Kind.CREDIT, Kind.PAID, gettext_noop("exchanged for a gift"), now)
        if has_code(order):
            order_hand_over(order=order, now=now)
    order.refresh_from_db()
    return order


def gift_order_send(*, order: GiftOrder, actor: User, note: str, now: datetime) -> GiftOrder:
    """It has left the house. Raises NotAllowed while its address is missing, OwnReward, Stale."""
    if lacks_address(order):
        raise NotAllowed(_("We do not know yet where to send it."))
    if actor.contact_id is not None and actor.contact_id == order.contact_id:
        raise OwnReward(_("This gift is your own. Somebody else has to send it."))
    with transaction.atomic():
        reward = reward_lock(order.reward_id) if order.reward_id else None
        if reward and reward.status != Reward.Status.APPROVED:
            raise NotAllowed(_("Its reward is not approved."))
        order_hand_over(order=order, reward=reward, now=now, sent_by=actor, note=note)
        audit(verb="gift_order_send", row=order, actor=actor, after=_facts(order))
    return order


def gift_order_cancel(*, order: GiftOrder, actor: User, reason: str, now: datetime) -> GiftOrder:
    """It cannot be sent. Points come back; a reward that it was for is called off, and its budget gets it back."""
    if not reason.strip():
        raise NotAllowed(_("Please say why."))
    with transaction.atomic():
        if order.reward_id:
            reward_call_off(
                reward=reward_lock(order.reward_id),
                to=Reward.Status.CANCELLED,
                actor=actor,
                reason=reason,
                now=now,
            )
        else:
            order_take_back(order=order, reason=reason)
            _pay(order, "return", Kind.PAID, Kind.CREDIT, gettext_noop("the gift was called off"), now)
            tell_gift_called_off(order=order, why=reason, now=now)
        audit(verb="gift_order_cancel", row=order, actor=actor, after=_facts(order), reason="")
    order.refresh_from_db()
    return order


def gift_addresses_blank(now: datetime) -> dict[str, int]:
    """The job: parcels sent weeks ago have arrived, nobody needs to know any more where they went."""
    due = GiftOrder.objects.filter(status=Status.SENT, sent_at__lte=now - ADDRESS_KEPT).exclude(sealed_address="")
    return {"blanked": due.update(sealed_address="")}


def gifts_resume(now: datetime) -> dict[str, int]:
    """The job."""
    return {"resumed": gift_rewards_resume(now)}


def gift_rewards_resume(now: datetime) -> int:
    """What waits for stock is looked at again, the longest waiting first: how many went on."""
    # The reasons are words that no other contains; nothing but PostgreSQL looks into a list of JSON.
    waiting = Reward.objects.filter(
        status=Reward.Status.PENDING, benefit__in=GIFTS, pending_reasons__icontains=Reason.OUT_OF_STOCK
    )
    resumed = 0
    for pk in list(waiting.order_by("created_at", "pk").values_list("pk", flat=True)[:PAGE]):
        try:
            with transaction.atomic():
                reward = reward_lock(pk)
                reward_settle(reward=reward, now=now)
        except Exception as error:  # noqa: BLE001 - one that fails keeps no other waiting
            log.error("gift_resume_failed", id=pk, error=type(error).__name__)  # noqa: TRY400
        else:
            resumed += Reason.OUT_OF_STOCK not in reward.pending_reasons
    return resumed


def _to_pick(reward: Reward, now: datetime) -> Reward:
    """Held, and waiting for nothing but the person. Raises NothingToPick, AlreadyPicked."""
    reward = reward_lock(reward.pk)
    order = order_of(reward) if is_gift(reward) else None
    if order:
        raise AlreadyPicked(_("Something was picked for this already."), order=order.public_id)
    if not is_gift(reward) or reward.is_test or reward.status != Reward.Status.PENDING:
        raise NothingToPick(_("There is nothing to be picked for this reward."))
    if set(pending_reasons(reward, now)) - OWN_REASONS:
        raise NothingToPick(_("This reward is not ready yet. You can pick as soon as it is."))
    return reward


def _pay(order: GiftOrder, step: str, debit: str, credit: str, memo: str, now: datetime) -> None:
    party, unit = order.contact.public_id, order.price_unit
    try:
        post(
            key=f"order:{order.public_id}:{step}",
            debit=AccountRef(debit, party, unit),
            credit=AccountRef(credit, party, unit),
            amount=order.price or 0,
            reference=order.public_id,
            memo=memo,
            now=now,
        )
    except Overdrawn as refusal:
        raise InsufficientCredit(_("There is not enough on the account for this.")) from refusal


def _facts(order: GiftOrder) -> dict[str, object]:
    return {"item": order.item.key, "amount": order.amount, "unit": order.unit}
