"""What a coupon is good for, as the person reads it."""

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from config.lib.money import Money, money_words
from rewards.models import Coupon, CouponPool


def coupon_words(coupon: Coupon) -> str:
    """Its terms and its date as sentences; empty for a code that is good for everything, for ever."""
    return " ".join([*pool_sentences(coupon.pool), *_valid(coupon)])


def pool_sentences(pool: CouponPool | None) -> list[str]:
    if pool is None:
        return []
    sentences = []
    if pool.minimum:
        least = money_words(Money(pool.minimum, pool.minimum_unit))
        sentences.append(_("For orders of at least %(amount)s.") % {"amount": least})
    if pool.products:
        sentences.append(_("Only for %(products)s.") % {"products": ", ".join(pool.products)})
    if pool.is_first_order_only:
        sentences.append(_("For a first order."))
    return sentences


def _valid(coupon: Coupon) -> list[str]:
    if coupon.expires_at is None:
        return []
    return [_("Valid until %(date)s.") % {"date": date_format(localtime(coupon.expires_at), "DATE_FORMAT")}]
