"""What is known of coupons, their pools and the orders they are used for. Nothing is written here."""

from datetime import datetime

from django.db.models import QuerySet

from advocates.models import Contact, Purchase
from advocates.standing import standing
from config.lib.ids import code_normalise
from config.lib.money import Money
from referrals.models import Referral, ReferralEvent
from rewards.coupon_terms import Order, Terms, terms_of
from rewards.models import Coupon, CouponPool, PoolCode, Reward, RewardRule
from rewards.rules.facts import Item, item_of

POOL = "pool"
NEIGHBOURS = ("pool", "campaign", "contact", "reward__campaign", "reward__rule", "used_by")


def coupons_named(typed: str) -> QuerySet[Coupon]:
    return Coupon.objects.filter(code__in=codes_meant(typed))


def codes_meant(typed: str) -> set[str]:
    """Ours are read out on the phone, with or without dashes; a shop's are as it wrote them."""
    written = typed.strip()
    return {written, written.upper(), code_normalise(typed)} - {""}


def coupon_code_of(event: ReferralEvent) -> str:
    """The coupon that a sale was paid with. The advocate's code stands for what the link alone took off (checkout.py):
    then it is the friend's own.
    """
    referral = event.referral
    if not event.coupon_code or referral is None or not _is_link(event.coupon_code, referral):
        return event.coupon_code
    own = Coupon.objects.filter(event__referral=referral, event__type=ReferralEvent.CLAIMED, contact=referral.friend)
    return own.order_by("-pk").values_list("code", flat=True).first() or event.coupon_code


def sale_by_link(referral: Referral | None) -> ReferralEvent | None:
    """The friend's sale that told: the link took off what their code is good for."""
    if referral is None:
        return None
    named = referral.events.exclude(coupon_code="").order_by("pk")
    return next((event for event in named if _is_link(event.coupon_code, referral)), None)


def _is_link(code: str, referral: Referral) -> bool:
    return code_normalise(code) == code_normalise(referral.enrolment.code)


def pool_of(row: Reward | RewardRule) -> CouponPool | None:
    """Where the codes of this reward, or of the rewards of this rule, come from; None: they are made, and plain."""
    key = row.benefit_settings.get(POOL)
    return CouponPool.objects.filter(campaign=row.campaign_id, key=key).first() if key else None


def is_uploaded(pool: CouponPool | None) -> bool:
    return pool is not None and pool.kind == CouponPool.Kind.UPLOADED


def free_codes(pool: CouponPool) -> QuerySet[PoolCode]:
    return PoolCode.objects.filter(pool=pool, coupon=None)


def is_out_of_codes(reward: Reward) -> bool:
    """Has its pool nothing left to give? What was given to this reward before stays its own."""
    pool = pool_of(reward)
    if pool is None or not is_uploaded(pool) or PoolCode.objects.filter(coupon__reward=reward).exists():
        return False
    return not free_codes(pool).exists()


def waiting_for_codes(pool: CouponPool) -> QuerySet[Reward]:
    """Rewards that get a code of this pool once nothing holds them, the longest waiting first."""
    waiting = Reward.objects.filter(campaign=pool.campaign_id, benefit=RewardRule.Benefit.COUPON)
    waiting = waiting.filter(status=Reward.Status.PENDING, benefit_settings__pool=pool.key)
    return waiting.order_by("created_at", "pk")


# --- orders -----------------------------------------------------------------------------------------------------------


def coupon_terms(coupon: Coupon) -> Terms:
    return terms_of(Money(coupon.amount, coupon.unit), coupon.pool)


def redeem_key(source: str, event_id: str) -> str:
    """Which order used a coupon, as its own system calls it."""
    return f"{source}:{event_id}"


def is_used_by(coupon: Coupon, event: ReferralEvent) -> bool:
    """Was it this event, or the call about the same order before it?"""
    return coupon.used_by_id == event.pk or coupon.redeem_key == redeem_key(event.source, event.event_id)


def order_of_event(event: ReferralEvent, pool: CouponPool | None) -> Order:
    """The sale that names a coupon: its amount is what was paid."""
    value = None if event.amount is None else Money(event.amount, event.unit)
    items = tuple(item_of(line) for line in event.items)
    is_first = _is_first(event.contact, pool, at=event.occurred_at, source=event.source, event_id=event.event_id)
    return Order(value, items, is_first, is_reduced=True)


def order_at_checkout(
    *,
    buyer: Contact | None,
    pool: CouponPool | None,
    value: Money | None,
    items: tuple[Item, ...],
    at: datetime,
    source: str = "",
    event_id: str = "",
) -> Order:
    """An order that is about to be placed: its amount is what stands there before the discount."""
    is_first = buyer is None or _is_first(buyer, pool, at=at, source=source, event_id=event_id)
    return Order(value, items, is_first)


def _is_first(contact: Contact, pool: CouponPool | None, *, at: datetime, source: str, event_id: str) -> bool:
    """Had they bought nothing before? Asked only where a pool wants to know; the order itself does not count."""
    if pool is None or not pool.is_first_order_only:
        return True
    buyer = standing(contact)
    if buyer.customer_since and buyer.customer_since < at.date():
        return False
    bought = Purchase.objects.filter(contact=buyer)
    earlier = bought.filter(status__in=Purchase.COUNTING).exclude(source=source, external_id=event_id)
    # Other systems tell a count without the sales.
    if earlier.filter(occurred_at__lte=at).exists() or buyer.purchases_count > bought.count():
        return False
    told = ReferralEvent.objects.standing().filter(contact=buyer, amount__isnull=False, takes_back=None)
    return not told.exclude(source=source, event_id=event_id).filter(occurred_at__lte=at).exists()
