"""Pools of codes: what theirs are good for, codes that the shop made, and who has waited for one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from advocates.models import User
from advocates.services.audit import audit
from config.lib.ids import CODE_LENGTH, code_normalise
from config.lib.units import is_currency
from rewards.code_files import codes_read
from rewards.coupon_pools import free_codes, is_uploaded, waiting_for_codes
from rewards.errors import BadPool
from rewards.locks import pool_lock, reward_lock
from rewards.models import Coupon, CouponPool, PoolCode, Reward
from rewards.models.coupon import CODE_AT_MOST
from rewards.services.rewards import reward_settle

log = structlog.get_logger(__name__)

# What somebody who has a code was told of it.
TERMS = ("key", "kind", "prefix", "minimum", "minimum_unit", "products", "is_first_order_only")
MOST_PRODUCTS = 200
AT_ONCE = 1_000
# So many get theirs while the page waits; the rest with the next rounds of the sweep.
PAGE = 200
OUT_OF_STOCK = Reward.PendingReason.OUT_OF_STOCK


@dataclass(frozen=True, slots=True)
class Uploaded:
    """`known`: codes that were here before. `refused`: lines that hold none. `supplied`: people who had waited."""

    added: int
    known: int
    refused: int
    supplied: int


def pool_save(*, pool: CouponPool, actor: User | None, now: datetime) -> CouponPool:
    """Make a pool, or change one. Once a code of it was given, only its name may change.

    Raises BadPool (with `field`).
    """
    pool.prefix = code_normalise(pool.prefix)
    pool_check(pool)
    with transaction.atomic():
        before = _terms(pool_lock(pool.pk)) if pool.pk else {}
        if before and before != _terms(pool) and pool.coupons.exists():
            raise BadPool(
                _("Codes of this pool were given out on these terms. Make a new pool, and let the rule use that one."),
                field="name",
            )
        if not pool.pk:
            pool.created_at = now
        pool.save()
        audit(
            verb="coupon_pool_change" if before else "coupon_pool_make",
            row=pool,
            actor=actor,
            before=before,
            after=_terms(pool) | {"name": pool.name},
        )
    return pool


def pool_check(pool: CouponPool) -> None:
    """Raises BadPool, with the `field`."""
    prefix = code_normalise(pool.prefix)
    if prefix and not (prefix.isascii() and prefix.isalnum()):
        raise BadPool(_("A code begins with letters and digits only."), field="prefix")
    if len(prefix) + CODE_LENGTH > CODE_AT_MOST:
        raise BadPool(_("What codes begin with is too long."), field="prefix")
    if pool.minimum and not is_currency(pool.minimum_unit):
        raise BadPool(_("Say in which currency the least order is meant."), field="minimum_unit")
    products = pool.products
    is_list = isinstance(products, list) and all(isinstance(name, str) and name.strip() for name in products)
    if not is_list or len(products) > MOST_PRODUCTS:
        raise BadPool(_("Name at most 200 products, each by its own name."), field="products")
    if CouponPool.objects.filter(campaign=pool.campaign_id, key=pool.key).exclude(pk=pool.pk).exists():
        raise BadPool(_("This campaign has a pool of that short name."), field="key")


def codes_upload(*, pool: CouponPool, text: str, actor: User | None, now: datetime) -> Uploaded:
    """Put a shop's codes into a pool; whoever waits for one gets theirs, the longest waiting first.

    Raises BadCodes and BadPool.
    """
    if not is_uploaded(pool):
        raise BadPool(_("The codes of this pool are made here. Make a pool for codes from the shop."))
    read = codes_read(text)
    with transaction.atomic():
        pool_lock(pool.pk)
        before = pool.codes.count()
        for start in range(0, len(read.codes), AT_ONCE):
            _add(pool, read.codes[start : start + AT_ONCE], now)
        added = pool.codes.count() - before
        audit(verb="coupon_codes_upload", row=pool, actor=actor, after={"added": added, "refused": read.refused})
    return Uploaded(added, len(read.codes) - added, read.refused, pool_supply(pool=pool, now=now))


def pool_supply(*, pool: CouponPool, now: datetime) -> int:
    """Give codes to those who wait for one; how many got theirs. It ends where the codes do."""
    supplied = 0
    # It stands last among the reasons: who has it first waits for nothing else.
    waiting = waiting_for_codes(pool).filter(pending_reasons__0=OUT_OF_STOCK)
    for pk in list(waiting.values_list("pk", flat=True)[:PAGE]):
        if not free_codes(pool).exists():
            break
        supplied += _is_supplied(pk, now)
    return supplied


def pools_supply(now: datetime) -> int:
    """The sweep, for those who did not get theirs with the upload."""
    pools = CouponPool.objects.filter(kind=CouponPool.Kind.UPLOADED, codes__coupon=None, codes__isnull=False)
    return sum(pool_supply(pool=pool, now=now) for pool in pools.distinct())


def _is_supplied(reward_id: int, now: datetime) -> bool:
    """One that fails is met again by the sweep and keeps no other waiting."""
    try:
        with transaction.atomic():
            reward = reward_lock(reward_id)
            reward_settle(reward=reward, now=now)
    except Exception as error:  # noqa: BLE001 - see above
        # Its kind only: the message of an error may quote an address.
        log.error("supply_failed", id=reward_id, error=type(error).__name__)  # noqa: TRY400
        return False
    return reward.status == Reward.Status.FULFILLED


def _add(pool: CouponPool, codes: Sequence[str], now: datetime) -> None:
    """A code that somebody has been given, or that stands in any pool, is not added again."""
    given = set(Coupon.objects.filter(code__in=codes).values_list("code", flat=True))
    rows = [PoolCode(pool=pool, code=code, added_at=now) for code in codes if code not in given]
    PoolCode.objects.bulk_create(rows, ignore_conflicts=True)


def _terms(pool: CouponPool) -> dict[str, Any]:
    return {name: getattr(pool, name) for name in TERMS}
