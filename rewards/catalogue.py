"""What may be picked by whom: for a reward, by its unit, worth and settings; for points, by its price."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.timezone import localdate

from advocates.models import Contact
from rewards.models import CatalogueItem, GiftCode, GiftOrder, Reward, RewardRule
from rewards.models.reward import RewardPendingReason
from rewards.rules.mystery import Lot

Kind = CatalogueItem.Kind
Benefit = RewardRule.Benefit
Reason = Reward.PendingReason

# What is picked for a reward of which benefit. Who gets a gift card may give it away as well.
KINDS: dict[str, tuple[str, ...]] = {
    Benefit.GIFT_CARD: (Kind.GIFT_CARD, Kind.DONATION),
    Benefit.MERCHANDISE: (Kind.MERCHANDISE, Kind.SERVICE),
    Benefit.MYSTERY: (Kind.GIFT_CARD, Kind.MERCHANDISE, Kind.SERVICE),
}
GIFTS = frozenset(KINDS)
PIECE = "piece"


def is_gift(reward: Reward) -> bool:
    return reward.benefit in GIFTS


def order_of(reward: Reward) -> GiftOrder | None:
    """What was picked for this reward; one that was called off stands for it no more."""
    return GiftOrder.objects.select_related("item__charity", "contact").filter(reward=reward).first()


def items_for_reward(reward: Reward, *, today: date) -> list[CatalogueItem]:
    """What may be picked for it now, by name; without what is out of stock. Of a mystery gift: its lots."""
    return [item for item in items_meant(reward) if is_there(item, reward.amount, reward.unit, today=today)]


def items_meant(reward: Reward) -> list[CatalogueItem]:
    """The same, in stock or not."""
    settings = reward.benefit_settings
    items = CatalogueItem.objects.select_related("charity").filter(is_active=True, kind__in=KINDS[reward.benefit])
    if reward.benefit == Benefit.MYSTERY:
        items = items.filter(key__in=[lot["item"] for lot in settings.get("pool", [])])
        return list(items.order_by("name", "pk"))
    items = items.filter(unit=reward.unit, least__lte=reward.amount)
    items = items.filter(Q(most=None) | Q(most__gte=reward.amount))
    if settings.get("item"):
        items = items.filter(key=settings["item"])
    elif settings.get("category"):
        items = items.filter(Q(category=settings["category"]) | Q(kind=Kind.DONATION))
    return offered_in(reward.contact, items.order_by("name", "pk"))


def items_for_points(contact: Contact | None, *, unit: str = "", today: date) -> list[CatalogueItem]:
    """What can be had for points, the least expensive first."""
    items = priced_items().select_related("charity")
    items = items.filter(price_unit=unit) if unit else items
    offered = offered_in(contact, items.order_by("price", "name"))
    return [item for item in offered if is_there(item, item.least, item.unit, today=today)]


def priced_items() -> QuerySet[CatalogueItem]:
    return CatalogueItem.objects.filter(is_active=True, price__isnull=False).exclude(kind=Kind.DONATION)


def offered_in(contact: Contact | None, items: Iterable[CatalogueItem]) -> list[CatalogueItem]:
    """Those for the person's country; whoever has none on record may look at all."""
    country = contact.country if contact else ""
    return [item for item in items if not item.countries or not country or country in item.countries]


def is_there(item: CatalogueItem, amount: int, unit: str, *, today: date) -> bool:
    """Is there one to be had, worth that much?"""
    if not has_stock(item, amount, unit):
        return False
    return not is_by_code(item) or codes_free(item=item, amount=amount, unit=unit, today=today).exists()


def has_stock(item: CatalogueItem, amount: int, unit: str) -> bool:
    return item.stock is None or item.stock >= pieces(amount, unit)


def is_by_code(item: CatalogueItem) -> bool:
    """Gift cards whose codes were uploaded are given at once; one without is bought and sent by a colleague."""
    return item.kind == Kind.GIFT_CARD and item.codes.exists()


def has_code(order: GiftOrder) -> bool:
    return GiftCode.objects.filter(order=order).exists()


def codes_free(*, item: CatalogueItem, amount: int, unit: str, today: date) -> QuerySet[GiftCode]:
    """Codes that nobody has, the one that runs out soonest first."""
    free = GiftCode.objects.filter(item=item, unit=unit, amount=amount, order=None)
    return free.filter(Q(valid_until=None) | Q(valid_until__gte=today)).order_by("valid_until", "pk")


def pieces(amount: int, unit: str) -> int:
    """How many leave the shelf."""
    return amount if unit == PIECE else 1


def worth_of(item: CatalogueItem, reward: Reward) -> tuple[int, str]:
    """What is ordered for the reward: amount and unit. A mystery gift is worth what was drawn."""
    if reward.benefit == Benefit.MYSTERY and item.unit != reward.unit:
        return item.least, item.unit
    return reward.amount, reward.unit


def lots_of(reward: Reward, *, today: date) -> list[Lot]:
    """What may be drawn for a mystery gift, as it stands on the shelf now."""
    return pool_lots(reward.benefit_settings.get("pool", []), items=items_meant(reward), today=today)


def pool_lots(pool: Sequence[Any], *, items: Iterable[CatalogueItem], today: date) -> list[Lot]:
    by_key = {item.key: item for item in items}
    known = [(by_key[lot["item"]], lot["weight"]) for lot in pool if lot["item"] in by_key]
    return [Lot(item.key, weight, item.cost or 0, left_of(item, today=today)) for item, weight in known]


def left_of(item: CatalogueItem, *, today: date) -> int | None:
    """How many can still be had; None: as many as are wanted."""
    if not is_by_code(item):
        return item.stock
    codes = codes_free(item=item, amount=item.least, unit=item.unit, today=today).count()
    return codes if item.stock is None else min(item.stock, codes)


def gift_reasons(reward: Reward, now: datetime) -> list[RewardPendingReason]:
    """What a gift waits for: stock, the person's choice, or an address. One of a test is never sent, so for nothing."""
    if reward.is_test:
        return []
    order = order_of(reward)
    if order:
        return [Reason.AWAITING_ADDRESS] if lacks_address(order) else []
    items = items_for_reward(reward, today=localdate(now))
    if not items:
        return [Reason.OUT_OF_STOCK]
    fixed = items[0] if reward.benefit_settings.get("item") else None
    if fixed is None or fixed.variants:
        return [Reason.AWAITING_CHOICE]
    return [Reason.AWAITING_ADDRESS] if fixed.needs_address else []


def lacks_address(order: GiftOrder) -> bool:
    """A drawn gift is theirs before they have said where to send it, and in which size."""
    item = order.item
    return bool((item.needs_address and not order.sealed_address) or (item.variants and not order.variant))
