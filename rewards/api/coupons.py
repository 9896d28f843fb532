"""The checkout: what an order costs, which coupon it used, and that it came to nothing."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from advocates.api import ContactIn
from advocates.models import Contact
from advocates.services.contacts import ContactRef, contact_find
from campaigns.api import campaign_of
from config.lib import clock
from config.lib.money import Money
from config.lib.schemas import (
    PROBLEM_CODES,
    Amount,
    AmountNeedsCurrency,
    Body,
    Caller,
    Count,
    Currency,
    Key,
    NotFound,
    Problem,
    ShortText,
    Text,
    Value,
    caller,
    value_out,
)
from rewards.checkout import Basket, Reduction, checkout_quote
from rewards.coupon_pools import coupons_named
from rewards.models import Coupon
from rewards.rules.facts import Item
from rewards.services.redeeming import Redeeming, coupon_redeem, coupon_release

router = Router(tags=["rewards"])

MAX_ITEMS = 200


class LineIn(Body):
    """`amount`: of the line, before the discount, in minor units of the order's currency."""

    sku: Text | None = None
    product: Text | None = None
    quantity: Count = 1
    amount: Amount | None = None

    def item(self) -> Item:
        return Item(self.product or "", self.quantity, self.amount, self.sku or "")


Lines = Annotated[list[LineIn], Field(max_length=MAX_ITEMS)]


class BuyerIn(ContactIn):
    """Whom you mean: by our id, your number, an address or a phone number. What else you send is not kept."""

    id: Key | None = None

    def contact(self, system: Caller) -> Contact | None:
        ref = ContactRef(
            id=self.id or "",
            external_id=self.external_id or "",
            email=self.email or "",
            phone=self.phone or "",
        )
        return contact_find(ref=ref, source=system.source)


class QuoteIn(Body):
    """An order that is about to be placed. `amount`: goods before the discount, tax and shipping."""

    friend: BuyerIn | None = None
    referral_code: ShortText = ""
    coupon: ShortText = ""
    amount: Amount
    currency: Currency
    items: Lines = []


class QuoteOut(Schema):
    """`coupon`: the code to redeem and to name with the sale; null where the link alone takes something off.

    `reasons`: why nothing goes off, as codes; `details` says the same in sentences.
    """

    applies: bool
    discount: Value
    total: Value
    coupon: str | None
    reasons: list[str]
    details: list[str]


class RedeemIn(Body):
    """`event_id`: of the order, as the sale will be told. `amount`: goods before the discount, where the coupon asks
    for a least order.
    """

    event_id: Key
    friend: BuyerIn | None = None
    amount: Amount | None = None
    currency: Currency | None = None
    items: Lines = []

    def value(self) -> Money | None:
        if self.amount is None:
            return None
        if self.currency is None:
            raise AmountNeedsCurrency
        return Money(self.amount, self.currency)


class ReleaseIn(Body):
    event_id: Key


class CouponOut(Schema):
    code: str
    campaign: str
    contact: str
    value: Value
    status: str
    used_at: str | None
    expires_at: str | None


@router.post(
    "/campaigns/{slug:slug}/quotes", response={200: QuoteOut, PROBLEM_CODES: Problem}, operation_id="checkout_quote"
)
def quote_post(request: HttpRequest, slug: str, body: QuoteIn) -> QuoteOut:
    """What this order costs. Nothing is used up: redeem the coupon when the order is placed."""
    buyer = body.friend.contact(caller(request)) if body.friend else None
    items = tuple(line.item() for line in body.items)
    reduction = checkout_quote(
        campaign=campaign_of(slug),
        basket=Basket(Money(body.amount, body.currency), items, buyer),
        coupon=body.coupon,
        referral_code=body.referral_code,
        now=clock.now(),
    )
    return quote_out(reduction)


@router.post(
    "/coupons/{str:code}/redeem", response={200: CouponOut, PROBLEM_CODES: Problem}, operation_id="coupon_redeem"
)
def redeem_post(request: HttpRequest, code: str, body: RedeemIn) -> CouponOut:
    """This order used the coupon. Said again for the same order, nothing changes."""
    _check_known(code)
    system = caller(request)
    redeeming = Redeeming(
        code=code,
        source=system.source,
        event_id=body.event_id,
        value=body.value(),
        items=tuple(line.item() for line in body.items),
        buyer=body.friend.contact(system) if body.friend else None,
        is_test=system.is_test,
    )
    return coupon_out(coupon_redeem(redeeming=redeeming, now=clock.now()))


@router.post(
    "/coupons/{str:code}/release", response={200: CouponOut, PROBLEM_CODES: Problem}, operation_id="coupon_release"
)
def release_post(request: HttpRequest, code: str, body: ReleaseIn) -> CouponOut:
    """The order came to nothing before it was told as a sale: the coupon is good again."""
    _check_known(code)
    source = caller(request).source
    return coupon_out(coupon_release(code=code, source=source, event_id=body.event_id, now=clock.now()))


def quote_out(reduction: Reduction) -> QuoteOut:
    return QuoteOut(
        applies=reduction.applies,
        discount=value_out(reduction.discount.amount, reduction.discount.unit),
        total=value_out(reduction.total.amount, reduction.total.unit),
        coupon=reduction.coupon or None,
        reasons=[reason.code for reason in reduction.reasons],
        details=[str(reason) for reason in reduction.reasons],
    )


def coupon_out(coupon: Coupon) -> CouponOut:
    return CouponOut(
        code=coupon.code,
        campaign=coupon.campaign.slug,
        contact=coupon.contact.public_id,
        value=value_out(coupon.amount, coupon.unit),
        status=coupon.status,
        used_at=coupon.used_at.isoformat() if coupon.used_at else None,
        expires_at=coupon.expires_at.isoformat() if coupon.expires_at else None,
    )


def _check_known(code: str) -> None:
    if not coupons_named(code).exists():
        raise NotFound
