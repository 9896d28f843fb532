"""A coupon at work: used by one order, given back when that came to nothing. The checkout says so, or the sale."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from advocates.models import Contact, User
from advocates.services.audit import audit
from config.lib.money import Money
from config.lib.states import move
from referrals.models import ReferralEvent
from rewards.coupon_pools import coupon_terms, is_used_by, order_at_checkout, order_of_event, redeem_key, sale_by_link
from rewards.coupon_terms import Order, refusals
from rewards.errors import CouponExpired, CouponNotValid, CouponUsed
from rewards.locks import coupon_lock
from rewards.models import Coupon
from rewards.rules.facts import Item
from rewards.services.books import book_coupon_returned, book_coupon_used
from rewards.services.coupons import coupon_note, reward_of
from rewards.standing import standing

Status = Coupon.Status


@dataclass(frozen=True, slots=True)
class Redeeming:
    """A coupon at a checkout. `value`: of the order before the discount; None leaves it to the order's own event.

    `buyer`: who orders, where another system says so; else whose coupon it is.
    """

    code: str
    source: str
    event_id: str
    value: Money | None = None
    items: tuple[Item, ...] = ()
    buyer: Contact | None = None
    is_test: bool = False


def coupon_use(*, code: str, event: ReferralEvent, now: datetime) -> Coupon:
    """The purchase `event` was paid with this coupon; said again, or after coupon_redeem, nothing changes.

    Raises CouponNotValid (unknown or void), CouponExpired, CouponUsed (by another order), and what the terms refuse
    (rewards/coupon_terms.py).
    """
    with transaction.atomic():
        coupon = _named(code)
        if coupon.status == Status.USED and is_used_by(coupon, event):
            Coupon.objects.filter(pk=coupon.pk).update(used_by=event)
            coupon.used_by = event
            return coupon
        _check_good(coupon, at=event.occurred_at)
        _check_terms(coupon, order_of_event(event, coupon.pool))
        _use(coupon, key=redeem_key(event.source, event.event_id), used_by=event, now=now)
    return coupon


def coupon_settle(*, coupon: Coupon, now: datetime) -> None:
    """What the link took off a sale before this code was made is what the code is good for: it is used by that sale."""
    sale = sale_by_link(coupon.reward.referral if coupon.reward else None)
    if sale is None or standing(sale).is_gone or coupon.contact_id != sale.contact_id:
        return
    order = order_of_event(sale, coupon.pool)
    if coupon.status == Status.ISSUED and not refusals(coupon_terms(coupon), order):
        _use(coupon, key=redeem_key(sale.source, sale.event_id), used_by=sale, now=now)


def coupon_redeem(*, redeeming: Redeeming, now: datetime) -> Coupon:
    """A checkout used this coupon for its order; said again for the same order, nothing changes.

    Raises CouponNotValid, CouponExpired, CouponUsed, and what the terms refuse.
    """
    key = redeem_key(redeeming.source, redeeming.event_id)
    with transaction.atomic():
        coupon = _named(redeeming.code)
        _check_test(coupon, redeeming)
        event = ReferralEvent.objects.filter(source=redeeming.source, event_id=redeeming.event_id).first()
        if coupon.status == Status.USED and (coupon.redeem_key == key or (event and is_used_by(coupon, event))):
            return coupon
        _check_good(coupon, at=now)
        _check_terms(coupon, _order(redeeming, coupon, event, now))
        _use(coupon, key=key, used_by=event, now=now)
    return coupon


def coupon_release(*, code: str, source: str, event_id: str, now: datetime) -> Coupon:
    """The order came to nothing: the coupon is good again; said again, nothing changes.

    Raises CouponNotValid, CouponExpired, and CouponUsed where another order used it, or where the sale was recorded.
    """
    with transaction.atomic():
        coupon = _named(code)
        if coupon.status == Status.ISSUED:
            return coupon
        if coupon.status != Status.USED:
            _check_good(coupon, at=now)
        if coupon.redeem_key != redeem_key(source, event_id):
            raise CouponUsed(_("This coupon was used for another order."))
        _check_no_sale(coupon)
        _give_back(coupon, now)
    return coupon


def coupon_give_back(*, coupon: Coupon, actor: User, reason: str, now: datetime) -> Coupon:
    """A colleague says that the order came to nothing. Raises CouponNotValid, and CouponUsed where its sale is told."""
    with transaction.atomic():
        held = _named(coupon.code)
        if held.status != Status.USED:
            raise CouponNotValid(_("This coupon is not used."))
        _check_no_sale(held)
        order = held.redeem_key
        _give_back(held, now)
        audit(verb="coupon_give_back", row=held, actor=actor, before={"order": order}, after={}, reason=reason)
    return held


def may_be_given_back(coupon: Coupon) -> bool:
    return coupon.status == Status.USED and (coupon.used_by is None or standing(coupon.used_by).is_gone)


def coupons_return(*, event: ReferralEvent, now: datetime) -> int:
    """The purchase was taken back as a whole: the coupons that paid for it are good again."""
    used = Coupon.objects.filter(used_by=event, status=Status.USED).select_related("reward__campaign")
    for coupon in used:
        _give_back(coupon, now)
    return len(used)


def _named(code: str) -> Coupon:
    coupon = coupon_lock(code)
    if coupon is None:
        raise CouponNotValid(_("This coupon is not valid."))
    return coupon


def _check_good(coupon: Coupon, *, at: datetime) -> None:
    if coupon.status == Status.VOID:
        raise CouponNotValid(_("This coupon is not valid."))
    if coupon.status == Status.USED:
        raise CouponUsed(_("This coupon has been used."))
    if coupon.status == Status.EXPIRED or (coupon.expires_at and coupon.expires_at <= at):
        raise CouponExpired(_("This coupon has expired."))


def _check_no_sale(coupon: Coupon) -> None:
    if coupon.used_by and not standing(coupon.used_by).is_gone:
        raise CouponUsed(_("The sale was recorded: tell its refund, and the coupon is good again."))


def _check_terms(coupon: Coupon, order: Order) -> None:
    for refusal in refusals(coupon_terms(coupon), order):
        raise refusal


def _check_test(coupon: Coupon, redeeming: Redeeming) -> None:
    if redeeming.is_test and coupon.reward and not coupon.reward.is_test:
        raise CouponNotValid(_("A test key cannot use up a coupon of a real person."))


def _order(redeeming: Redeeming, coupon: Coupon, event: ReferralEvent | None, now: datetime) -> Order:
    """What the call says of the order; where it says nothing, what its event has told."""
    if redeeming.value is None and event:
        return order_of_event(event, coupon.pool)
    return order_at_checkout(
        buyer=redeeming.buyer or coupon.contact,
        pool=coupon.pool,
        value=redeeming.value,
        items=redeeming.items,
        at=now,
        source=redeeming.source,
        event_id=redeeming.event_id,
    )


def _use(coupon: Coupon, *, key: str, used_by: ReferralEvent | None, now: datetime) -> None:
    move(coupon, to=Status.USED, table=Coupon.MOVES, used_at=now, used_by=used_by, redeem_key=key)
    book_coupon_used(reward=reward_of(coupon), step=coupon_note(coupon, "coupon used", now), now=now)


def _give_back(coupon: Coupon, now: datetime) -> None:
    move(coupon, to=Status.ISSUED, table=Coupon.MOVES, used_at=None, used_by=None, redeem_key="")
    book_coupon_returned(reward=reward_of(coupon), step=coupon_note(coupon, "coupon returned", now), now=now)
