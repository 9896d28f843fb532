"""Pools are made by their service; their codes are uploaded as a shop's would be."""

from datetime import datetime
from typing import Any

from campaigns.models import Campaign
from rewards.models import CouponPool
from rewards.services.coupon_pools import codes_upload, pool_save


def pool_of(campaign: Campaign, *, now: datetime, **wanted: Any) -> CouponPool:
    """Codes that are made here, unless told otherwise."""
    values = {"key": "welcome", "name": "Welcome"} | wanted
    return pool_save(pool=CouponPool(campaign=campaign, **values), actor=None, now=now)


def shop_pool(campaign: Campaign, codes: str, *, now: datetime, **wanted: Any) -> CouponPool:
    """A pool with these codes of the shop, one on each line; "" for an empty one."""
    pool = pool_of(campaign, now=now, kind=CouponPool.Kind.UPLOADED, **wanted)
    if codes:
        codes_upload(pool=pool, text=codes, actor=None, now=now)
    return pool
