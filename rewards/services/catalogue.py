"""What is in the catalogue. Stock is only ever changed by so many more or less: two at once lose nothing."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from advocates.models import User
from advocates.services.audit import audit
from config.lib.money import Money
from config.lib.units import is_currency
from rewards.catalogue import PIECE
from rewards.errors import BadItem
from rewards.models import CatalogueItem
from rewards.services.gift_orders import gift_rewards_resume

Kind = CatalogueItem.Kind
BY_PIECE = (Kind.MERCHANDISE, Kind.SERVICE)
FACTS = (
    "key",
    "kind",
    "name",
    "category",
    "countries",
    "unit",
    "least",
    "most",
    "price",
    "price_unit",
    "cost",
    "cost_unit",
    "variants",
    "needs_address",
    "is_active",
)


def catalogue_item_save(*, item: CatalogueItem, actor: User | None, now: datetime) -> CatalogueItem:
    """Make or change an item; the stock of one that stands is left alone. Raises BadItem."""
    catalogue_item_check(item)
    with transaction.atomic():
        before = CatalogueItem.objects.filter(pk=item.pk).first()
        if before is None:
            item.save(force_insert=True)
        else:
            item.save(update_fields=[*FACTS, "description", "terms", "charity"])
        audit(
            verb="catalogue_item_save",
            row=item,
            actor=actor,
            before=_facts(before) if before else None,
            after=_facts(item),
        )
    gift_rewards_resume(now)
    return item


def catalogue_item_check(item: CatalogueItem) -> None:
    """What the database holds too, as sentences, and what only makes sense together. Raises BadItem."""
    for problem, does_hold in (
        (_("Say which good cause this is for."), item.kind == Kind.DONATION and item.charity is None),
        (_("Things and services are counted in pieces."), item.kind in BY_PIECE and item.unit != PIECE),
        (_("Gift cards and donations are worth an amount of money."), item.kind not in BY_PIECE and _is_named(item)),
        (_("“Up to” is less than “from”."), item.most is not None and item.most < item.least),
        (_("A price needs its unit."), item.price is not None and not item.price_unit),
        (_("A donation cannot be had for points."), item.kind == Kind.DONATION and item.price is not None),
        (_("What it costs needs its currency."), item.cost is not None and not item.cost_unit),
        (_("Countries are two capital letters each, such as DE."), not all(map(_is_country, item.countries))),
    ):
        if does_hold:
            raise BadItem(problem)
    for amount, unit in ((item.least, item.unit), (item.price, item.price_unit), (item.cost, item.cost_unit)):
        if amount is not None:
            Money(amount, unit)


def stock_add(*, item: CatalogueItem, count: int, actor: User, now: datetime) -> CatalogueItem:
    """So many more, or fewer: whoever was not counted is counted from now on. Raises BadItem below nothing."""
    if not count:
        raise BadItem(_("Say how many have come, or are gone."))
    with transaction.atomic():
        rows = CatalogueItem.objects.filter(pk=item.pk)
        enough = rows.annotate(left=Coalesce("stock", Value(0))).filter(left__gte=-count)
        if not enough.update(stock=Coalesce(F("stock"), Value(0)) + count):
            raise BadItem(_("There are not so many of it."))
        item.refresh_from_db(fields=["stock"])
        audit(verb="catalogue_stock_add", row=item, actor=actor, after={"count": count, "stock": item.stock})
    gift_rewards_resume(now)
    return item


def _is_named(item: CatalogueItem) -> bool:
    return not is_currency(item.unit)


def _is_country(code: str) -> bool:
    return len(code) == 2 and code.isascii() and code.isalpha() and code.isupper()


def _facts(item: CatalogueItem) -> dict[str, object]:
    return {name: getattr(item, name) for name in FACTS}
