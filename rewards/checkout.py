"""What a friend's order costs before it is placed. Nothing is used up, nothing is written.

A coupon that is named decides. Else the best of the person's own, else what the link brings by which they came: the
friend's coupon of the campaign, before there is a code.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from advocates.errors import BadSegment
from advocates.models import Contact
from advocates.standing import standing
from campaigns.errors import CampaignNotOpen
from campaigns.models import Campaign, Enrolment
from campaigns.selectors import company, enrolment_by_code, is_open
from config.lib.errors import DomainError
from config.lib.money import Money
from referrals.errors import ExistingCustomer, LinkOff, SelfReferral
from referrals.known import is_known_customer
from referrals.models import Referral, ReferralEvent
from rewards.coupon_pools import coupon_terms, coupons_named, order_at_checkout, pool_of
from rewards.coupon_terms import Order, Terms, discount, refusals, terms_of
from rewards.errors import CouponExpired, CouponNotValid, CouponUsed, NoDiscount
from rewards.models import Coupon, CouponPool
from rewards.quotes import friend_coupon, quote
from rewards.rules.engine import decide
from rewards.rules.facts import Facts, Item, Party
from rewards.triggers.asked import Asked, asked_by
from rewards.triggers.knowing import filled
from rewards.triggers.occasion import Occasion, book_stamp, local_date, parties_of, people_now

Status = Coupon.Status
# A person has a handful; whoever collected more is offered the newest of them.
COUPONS = 50


@dataclass(frozen=True, slots=True)
class Basket:
    """An order before the discount. `buyer` None: nobody whom we know."""

    value: Money
    items: tuple[Item, ...] = ()
    buyer: Contact | None = None


@dataclass(frozen=True, slots=True)
class Reduction:
    """`coupon`: the code to redeem and to name with the sale, or "". `reasons`: why nothing goes off."""

    discount: Money
    total: Money
    coupon: str = ""
    reasons: Sequence[DomainError] = field(default_factory=tuple)

    @property
    def applies(self) -> bool:
        return not self.reasons


def checkout_quote(
    *, campaign: Campaign, basket: Basket, coupon: str = "", referral_code: str = "", now: datetime
) -> Reduction:
    """The reduction of this order, or why there is none."""
    if coupon:
        named = coupons_named(coupon).select_related("pool").first()
        if named is None or named.campaign_id != campaign.pk:
            return _nothing(basket, CouponNotValid(_("This coupon is not valid.")))
        return _by_coupon(named, basket, now)
    own = [_by_coupon(one, basket, now) for one in _own(campaign, basket.buyer, now)]
    if own:
        return max(own, key=lambda reduction: reduction.discount.amount)
    if referral_code:
        return _by_link(campaign, referral_code, basket, now)
    return _nothing(basket, NoDiscount(_("This person has neither a coupon nor a link that takes anything off.")))


# --- by a coupon ------------------------------------------------------------------------------------------------------


def _own(campaign: Campaign, buyer: Contact | None, now: datetime) -> QuerySet[Coupon]:
    """The person's codes that are still good."""
    good = Coupon.objects.filter(campaign=campaign, contact=buyer, status=Status.ISSUED)
    good = good.filter(Q(expires_at=None) | Q(expires_at__gt=now))
    return good.select_related("pool").order_by("-created_at", "-pk")[:COUPONS] if buyer else good.none()


def _by_coupon(coupon: Coupon, basket: Basket, now: datetime) -> Reduction:
    refusal = _unfit(coupon, now)
    if refusal:
        return _nothing(basket, refusal)
    return _reduced(coupon_terms(coupon), coupon.pool, basket, now, coupon=coupon.code)


def _unfit(coupon: Coupon, now: datetime) -> DomainError | None:
    if coupon.status == Status.USED:
        return CouponUsed(_("This coupon has been used."))
    if coupon.status == Status.EXPIRED or (coupon.expires_at and coupon.expires_at <= now):
        return CouponExpired(_("This coupon has expired."))
    if coupon.status != Status.ISSUED:
        return CouponNotValid(_("This coupon is not valid."))
    return None


# --- by a link --------------------------------------------------------------------------------------------------------


def _by_link(campaign: Campaign, code: str, basket: Basket, now: datetime) -> Reduction:
    enrolment = enrolment_by_code(code)
    if enrolment is None or enrolment.campaign_id != campaign.pk:
        return _nothing(basket, CouponNotValid(_("This referral code does not belong to the campaign.")))
    refusal = _link_refusal(enrolment, basket.buyer, now)
    if refusal:
        return _nothing(basket, refusal)
    stood = quote(campaign=campaign, at=now)
    row = friend_coupon(stood)
    if row is None:
        return _nothing(basket, NoDiscount(_("Friends get no discount in this campaign.")))
    rule = next(rule for rule in stood.rules if rule.key == row.key)
    try:
        value = decide(rule, _facts(enrolment, basket, asked_by([rule]), now)).value
    except BadSegment:
        value = None
    if value is None:
        return _nothing(basket, NoDiscount(_("The rules of this campaign give this person no discount.")))
    pool = pool_of(row)
    return _reduced(terms_of(Money(value.amount, value.unit), pool), pool, basket, now)


def _link_refusal(enrolment: Enrolment, buyer: Contact | None, now: datetime) -> DomainError | None:
    """What would stand against the referral itself."""
    campaign = enrolment.campaign
    if not is_open(campaign, now):
        return CampaignNotOpen(_("This campaign takes nobody new at the moment."))
    if enrolment.status != Enrolment.Status.ACTIVE:
        return LinkOff(_("The link of this advocate is switched off."))
    if buyer is None:
        return None
    if buyer == standing(enrolment.contact):
        return SelfReferral(_("Nobody can recommend us to themselves."))
    referral = Referral.objects.filter(campaign=campaign, friend=buyer).first()
    if referral:
        return _had_theirs(referral, now)
    if is_known_customer(buyer, campaign, before=now):
        return ExistingCustomer(_("This person is a customer already; the campaign is for people who are new."))
    return None


def _had_theirs(referral: Referral, now: datetime) -> DomainError | None:
    """Who left an address has one code. Until it is made, the link stands for it."""
    given = Coupon.objects.filter(event__referral=referral, event__type=ReferralEvent.CLAIMED)
    coupon = given.filter(contact=referral.friend).order_by("-pk").first()
    if coupon:
        return _unfit(coupon, now)
    is_doubtful = referral.review in (Referral.Review.HELD, Referral.Review.REFUSED)
    if is_doubtful or referral.status == Referral.Status.REJECTED:
        return CouponNotValid(_("This coupon is not valid."))
    return None


def _facts(enrolment: Enrolment, basket: Basket, asked: Asked, now: datetime) -> Facts:
    """As if the friend had left an address at this moment."""
    campaign = enrolment.campaign
    named = {"advocate": enrolment.contact} | ({"friend": basket.buyer} if basket.buyer else {})
    people = people_now(named)
    facts = Facts(
        event_key="",
        campaign_key=campaign.public_id,
        triggers=frozenset({ReferralEvent.CLAIMED}),
        local_date=local_date(now, campaign),
        parties={"friend": Party("friend"), **parties_of(people)},
        company_currency=company().currency,
        event_type=ReferralEvent.CLAIMED,
        sequence=1,
        friend_is_new=True,
        days_since_signup=0,
        region=basket.buyer.region if basket.buyer else "",
    )
    occasion = Occasion(campaign, facts, people, now, now, is_test=False, stamp=book_stamp(campaign))
    return filled(occasion, asked, now)


# --- what goes off ----------------------------------------------------------------------------------------------------


def _reduced(terms: Terms, pool: CouponPool | None, basket: Basket, now: datetime, *, coupon: str = "") -> Reduction:
    order = order_at_checkout(buyer=basket.buyer, pool=pool, value=basket.value, items=basket.items, at=now)
    found = refusals(terms, order)
    return _nothing(basket, *found, coupon=coupon) if found else _off(terms, order, basket, coupon)


def _off(terms: Terms, order: Order, basket: Basket, coupon: str) -> Reduction:
    """Raises CouponAmountMissing."""
    reduction = discount(terms, order)
    return Reduction(reduction, basket.value - reduction, coupon)


def _nothing(basket: Basket, *reasons: DomainError, coupon: str = "") -> Reduction:
    return Reduction(Money(0, basket.value.unit), basket.value, coupon, reasons)
