"""What coupons need as time goes by: a warning before they run out, and codes for those who wait for one."""

from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat

from campaigns.models import OutboundMessage
from rewards.coupon_mails import COUPON_EXPIRING
from rewards.models import Coupon
from rewards.policy import money_policy
from rewards.services.coupon_pools import pools_supply
from rewards.services.letters import tell_coupon_expiring

PAGE = 500


def coupons_tend(now: datetime) -> dict[str, int]:
    """One round of the sweep; what does not fit in a page comes with the next."""
    return {"supplied": pools_supply(now), "warned": coupons_warn(now)}


def coupons_warn(now: datetime) -> int:
    """Tell those whose code runs out soon, once; how many were told.

    A code that was given later than its warning would have been needs none: its own mail has just said the date.
    """
    days = timedelta(days=money_policy().warn_days)
    due = Coupon.objects.filter(status=Coupon.Status.ISSUED, expires_at__gt=now, expires_at__lte=now + days)
    due = due.filter(created_at__lt=F("expires_at") - days)
    wanted = _reachable(due).select_related("pool", "contact", "campaign").order_by("expires_at", "pk")
    return sum(tell_coupon_expiring(coupon=coupon, now=now) for coupon in wanted[:PAGE])


def _reachable(coupons: QuerySet[Coupon]) -> QuerySet[Coupon]:
    """Those who have an address and no warning yet: the others would fill each page anew."""
    told = OutboundMessage.objects.filter(dedupe_key=Concat(Value(f"{COUPON_EXPIRING.name}:"), OuterRef("public_id")))
    return coupons.filter(~Exists(told), Q(contact__keys__kind="email")).distinct()
