"""What this app puts on the friend's pages: the code, and the rules as sentences."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns.models import Campaign
from campaigns.selectors import company
from config.lib.money import Money, money_words
from config.lib.signing import sign, unsign
from referrals.models import ReferralEvent
from rewards.causes import raised_by
from rewards.checks import terms_sentences
from rewards.models import Coupon, Fundraiser, RewardRule
from rewards.quotes import friend_coupon, quote
from rewards.words import what_words
from rewards.words.coupons import coupon_words

TOKEN = "coupon"  # noqa: S105 - names a purpose
TOKEN_AGE = 24 * 60 * 60


def coupon_block(request: HttpRequest, event: ReferralEvent) -> str:
    """The friend's code on the thank-you page; until then a note that asks again. Empty without a coupon rule."""
    coupon = Coupon.objects.filter(event=event, contact=event.contact).select_related("campaign", "pool").first()
    rule = None if coupon else coupon_rule(event)
    if coupon is None and rule is None:
        return ""
    context: dict[str, Any] = {"coupon": _code(coupon) if coupon else {"sentence": what_words(rule) if rule else ""}}
    if coupon is None:
        context["poll_url"] = reverse("rewards:coupon", args=[sign(TOKEN, event.public_id)])
    return render_to_string("rewards/blocks/coupon.html", context, request=request)


def event_of_token(token: str) -> ReferralEvent | None:
    """The claim whose code is asked for; None for a token that is not ours or older than a day."""
    public_id = unsign(TOKEN, token, max_age=TOKEN_AGE)
    events = ReferralEvent.objects.select_related("campaign", "contact", "referral")
    return events.filter(public_id=public_id).first() if public_id else None


def coupon_rule(event: ReferralEvent) -> RewardRule | None:
    """The rule that gives friends a coupon for leaving their address, as it stood then; refused or not."""
    if event.campaign is None:
        return None
    at = event.referral.submitted_at if event.referral else event.recorded_at
    return friend_coupon(quote(campaign=event.campaign, at=at))


def terms_block(request: HttpRequest, campaign: Campaign) -> str:
    """The rules of the campaign on its landing page."""
    sentences = terms_sentences(campaign)
    if not sentences:
        return ""
    return render_to_string("rewards/blocks/terms.html", {"sentences": sentences}, request=request)


def fundraiser_block(request: HttpRequest, campaign: Campaign) -> str:
    """How far the fundraiser of this campaign has come; empty without one."""
    fundraiser = Fundraiser.objects.select_related("campaign", "charity").filter(campaign=campaign).first()
    if fundraiser is None:
        return ""
    found = raised_by(fundraiser)
    context = {
        "title": fundraiser.title,
        "charity": fundraiser.charity.name if fundraiser.charity else "",
        "percent": found.percent,
        "bar": min(found.percent, 100),
        "raised": money_words(Money(found.raised, fundraiser.unit)),
        "goal": money_words(Money(fundraiser.goal, fundraiser.unit)),
        "gifts": found.gifts,
    }
    return render_to_string("rewards/blocks/fundraiser.html", context, request=request)


def _code(coupon: Coupon) -> dict[str, Any]:
    """A void code looks like any other: the page tells nobody who is a customer. Why, its address is told by mail."""
    amount = money_words(Money(coupon.amount, coupon.unit))
    return {
        "code": coupon.code,
        "sentence": _("%(amount)s off, for you") % {"amount": amount},
        "valid_words": coupon_words(coupon),
        "use_url": company().website,
    }
