"""What can be picked or had for points, and the two ways of taking it. Codes of gift cards are never answered here:
they are money, and answers are kept for a while; their owner sees them on their own page.
"""

import hashlib
from datetime import date
from typing import Annotated, Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils.timezone import localdate
from ninja import Query, Router, Schema, Status
from pydantic import Field

from advocates.api import contact_to_write
from config.lib import clock
from config.lib.schemas import (
    PROBLEM_CODES,
    Body,
    Key,
    NotFound,
    Problem,
    ShortText,
    Value,
    caller,
    page,
    value_out,
)
from rewards.addresses import PostalAddress, address_made
from rewards.catalogue import is_there
from rewards.models import CatalogueItem, GiftOrder, Reward
from rewards.services.gift_orders import gift_open, gift_pick, points_exchange

router = Router(tags=["rewards"])

Line = Annotated[ShortText, Field(max_length=120)]
NeededLine = Annotated[Line, Field(min_length=1)]


class AddressIn(Body):
    """`country`: two capital letters, as in ISO 3166."""

    name: NeededLine
    street: NeededLine
    more: Line = ""
    postcode: Line = ""
    city: NeededLine
    country: Annotated[ShortText, Field(pattern="^[A-Z]{2}$")]

    def postal(self) -> PostalAddress:
        return address_made(**self.model_dump())


class PickIn(Body):
    """`item`: its id or key. Without one a mystery gift is opened."""

    item: ShortText | None = None
    variant: ShortText = ""
    address: AddressIn | None = None


class ExchangeIn(Body):
    """`event_id` is your own: sent again, it is the same exchange."""

    item: Annotated[ShortText, Field(min_length=1)]
    event_id: Key
    variant: ShortText = ""
    address: AddressIn | None = None


class CharityOut(Schema):
    id: str
    name: str
    registration_number: str


class ItemOut(Schema):
    """For rewards worth `least` to `most` (null: any), or for `price` in points."""

    id: str
    key: str
    kind: str
    name: str
    description: str
    terms: str
    category: str
    countries: list[str]
    least: Value
    most: Value | None
    price: Value | None
    charity: CharityOut | None
    variants: list[str]
    needs_address: bool
    in_stock: bool


class ItemPage(Schema):
    items: list[ItemOut]
    next_cursor: str | None


class OrderOut(Schema):
    id: str
    status: str
    contact: str
    reward: str | None
    item: str
    variant: str
    value: Value
    price: Value | None
    ordered_at: str
    sent_at: str | None


class CatalogueFilter(Schema):
    """`amount` and `unit`: what a reward is worth. `priced=true`: only what can be had for points."""

    unit: ShortText = ""
    amount: int | None = None
    country: ShortText = ""
    category: ShortText = ""
    kind: ShortText = ""
    priced: bool = False
    cursor: ShortText = ""


@router.get("/catalogue", response={200: ItemPage, PROBLEM_CODES: Problem}, operation_id="catalogue_list")
def catalogue_list(request: HttpRequest, filters: Query[CatalogueFilter]) -> dict[str, Any]:
    """What can be picked at present, the newest first."""
    items = CatalogueItem.objects.filter(is_active=True).select_related("charity")
    for name in ("unit", "category", "kind"):
        if wanted := getattr(filters, name):
            items = items.filter(**{name: wanted})
    if filters.country:
        # Nothing but PostgreSQL looks into a list of JSON; codes are two letters between quotes.
        items = items.filter(Q(countries=[]) | Q(countries__icontains=filters.country))
    if filters.amount is not None:
        items = items.filter(Q(most=None) | Q(most__gte=filters.amount), least__lte=filters.amount)
    if filters.priced:
        items = items.filter(price__isnull=False)
    today = localdate(clock.now())
    return page(items, cursor=filters.cursor, out=lambda item: item_out(item, amount=filters.amount, today=today))


@router.post(
    "/rewards/{slug:reward_id}/pick", response={200: OrderOut, PROBLEM_CODES: Problem}, operation_id="reward_pick"
)
def reward_pick(request: HttpRequest, reward_id: str, body: PickIn) -> OrderOut:
    """What a gift card, a gift or a mystery gift is to be. 409 `already_picked`, `out_of_stock`, `not_offered`,
    `nothing_to_pick` (it waits for something else).
    """
    reward = Reward.objects.filter(public_id=reward_id).first()
    if reward is None:
        raise NotFound
    now = clock.now()
    if body.item is None:
        return order_out(gift_open(reward=reward, now=now))
    address = body.address.postal() if body.address else None
    order = gift_pick(reward=reward, item=_item(body.item), variant=body.variant, address=address, now=now)
    return order_out(order)


@router.post(
    "/contacts/{slug:contact_id}/exchange",
    response={200: OrderOut, 201: OrderOut, PROBLEM_CODES: Problem},
    operation_id="points_exchange",
)
def exchange(request: HttpRequest, contact_id: str, body: ExchangeIn) -> Status[OrderOut]:
    """Something from the catalogue for account credit, once by your `event_id`. 409 `insufficient_credit`,
    `out_of_stock`, `not_offered`.
    """
    order, is_new = points_exchange(
        contact=contact_to_write(request, contact_id),
        item=_item(body.item),
        order_key=_order_key(caller(request).source, body.event_id),
        variant=body.variant,
        address=body.address.postal() if body.address else None,
        now=clock.now(),
    )
    return Status(201 if is_new else 200, order_out(order))


def item_out(item: CatalogueItem, *, amount: int | None, today: date) -> ItemOut:
    charity = item.charity
    return ItemOut(
        id=item.public_id,
        key=item.key,
        kind=item.kind,
        name=item.name,
        description=item.description,
        terms=item.terms,
        category=item.category,
        countries=item.countries,
        least=value_out(item.least, item.unit),
        most=value_out(item.most, item.unit) if item.most is not None else None,
        price=value_out(item.price, item.price_unit) if item.price is not None else None,
        charity=CharityOut(id=charity.public_id, name=charity.name, registration_number=charity.registration_number)
        if charity
        else None,
        variants=item.variants,
        needs_address=item.needs_address,
        in_stock=is_there(item, item.least if amount is None else amount, item.unit, today=today),
    )


def order_out(order: GiftOrder) -> OrderOut:
    return OrderOut(
        id=order.public_id,
        status=order.status,
        contact=order.contact.public_id,
        reward=order.reward.public_id if order.reward else None,
        item=order.item.public_id,
        variant=order.variant,
        value=value_out(order.amount, order.unit),
        price=value_out(order.price, order.price_unit) if order.price is not None else None,
        ordered_at=order.ordered_at.isoformat(),
        sent_at=order.sent_at.isoformat() if order.sent_at else None,
    )


def _item(name: str) -> CatalogueItem:
    item = CatalogueItem.objects.filter(Q(public_id=name) | Q(key=name)).first()
    if item is None:
        raise NotFound
    return item


def _order_key(source: str, event_id: str) -> str:
    """As long as it may be, however long both are."""
    named = hashlib.sha256(f"{source} {event_id}".encode()).hexdigest()
    return f"api:{named}"
