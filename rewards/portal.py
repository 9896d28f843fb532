"""A person's rewards in the portal: ready, on the way with date and reason, received."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from advocates.models import Contact
from advocates.selectors import public_name
from campaigns.portal.shell import contact_of, portal_render, portal_required
from config.lib import clock
from config.lib.money import Money, money_words
from rewards.explain.own import open_matters, reward_why
from rewards.gift_pages import gift_told
from rewards.models import Coupon, Reward, RewardRule
from rewards.views.payout_method import payout_note
from rewards.words import until_words, waiting_words
from rewards.words.benefits import period_words, title_words
from rewards.words.coupons import coupon_words

Status = Reward.Status
Benefit = RewardRule.Benefit

NEWEST = 3
AT_MOST = 200
ON_THE_WAY = (Status.PENDING, Status.PROCESSING, Status.FAILED)
RECEIVED = (Status.FULFILLED, Status.REVERSED)
# A reward that was declined or cancelled was never theirs: the mail about the sale says what happened.
HIDDEN = (Status.DECLINED, Status.CANCELLED, Status.EXPIRED)

TONES = {
    Status.PENDING: "warning",
    Status.APPROVED: "warm",
    Status.PROCESSING: "accent",
    Status.FULFILLED: "success",
    Status.REVERSED: "neutral",
}


def wallet_panel(request: HttpRequest, contact: Contact) -> str:
    """The newest few, for the portal's home."""
    rewards = list(_rewards(contact)[:NEWEST])
    if not rewards and not contact.enrolments.exists():
        return ""
    context = {"rewards": [reward_row(reward) for reward in rewards], "all_url": reverse("rewards:wallet")}
    return render_to_string("rewards/portal/wallet_panel.html", context, request=request)


@require_safe
@portal_required
def wallet(request: HttpRequest) -> HttpResponse:
    contact = contact_of(request)
    rewards = list(_rewards(contact)[:AT_MOST])
    ready = [reward for reward in rewards if is_ready(reward)]
    context = {
        "ready": [told_row(reward) for reward in ready],
        "on_the_way": [told_row(reward) for reward in rewards if reward.status in ON_THE_WAY],
        "received": [told_row(reward) for reward in rewards if reward.status in RECEIVED and not is_ready(reward)],
        "nothing_yet": open_matters(contact),
        "payout_note": payout_note(contact),
        "share_page_url": reverse("campaigns:portal"),
    }
    return portal_render(request, "rewards/portal/wallet.html", context)


def is_ready(reward: Reward) -> bool:
    """Money that waits for the next run, and codes that can be used."""
    coupon = _coupon(reward)
    return reward.status == Status.APPROVED or (coupon is not None and coupon.status == Coupon.Status.ISSUED)


def reward_row(reward: Reward) -> dict[str, Any]:
    """For rewards/portal/reward_row.html."""
    coupon = _coupon(reward)
    is_good = coupon is not None and coupon.status == Coupon.Status.ISSUED
    return (
        {
            "title": _title(reward),
            "amount_words": money_words(Money(reward.amount, reward.unit)),
            "status_words": status_words(reward),
            "tone": TONES.get(Status(reward.status), "neutral"),
            "date_words": _date_words(reward),
            "reason_words": reason_words(reward),
            "code": coupon.code if coupon and is_good else "",
            "code_words": coupon_words(coupon) if coupon and is_good else "",
        }
        | action_of(reward)
        | gift_told(reward)
    )


def action_of(reward: Reward) -> dict[str, str]:
    """{action_url, action_label} while the person has to say something; else empty."""
    if reward.status == Status.PENDING and reward.benefit == Benefit.CHOICE:
        return {"action_url": reverse("rewards:choose", args=[reward.public_id]), "action_label": _("Choose")}
    return {}


def told_row(reward: Reward) -> dict[str, Any]:
    """With what happened and why it is this amount."""
    return reward_row(reward) | {"why": reward_why(reward)}


def reason_words(reward: Reward) -> str:
    """Why it waits, and until when it can be taken."""
    waits = waiting_words(reward) if reward.status == Status.PENDING else ""
    return " ".join(filter(None, [waits, until_words(reward), period_words(reward)]))


def status_words(reward: Reward) -> str:
    coupon = _coupon(reward)
    if coupon is not None and reward.status == Status.FULFILLED:
        return str(coupon.get_status_display()) if coupon.status != Coupon.Status.ISSUED else _("ready to use")
    words = {
        Status.PENDING: _("on the way"),
        Status.APPROVED: _("ready"),
        Status.PROCESSING: _("being paid"),
        Status.FAILED: _("being paid"),
        Status.FULFILLED: _("over") if is_over(reward) else _("received"),
        Status.REVERSED: _("taken back"),
    }
    return words[Status(reward.status)]


def is_over(reward: Reward) -> bool:
    """An upgrade or free months whose time is up."""
    return reward.ends_at is not None and reward.ends_at <= clock.now()


def _rewards(contact: Contact) -> QuerySet[Reward]:
    mine = Reward.objects.filter(contact=contact).exclude(status__in=HIDDEN)
    mine = mine.select_related(
        "campaign",
        "referral__friend__details",
        "charity",
        "coupon__pool",
        "gift_order__item",
        "rule__campaign",
        "rule__budget",
    )
    told = mine.prefetch_related("rule__amounts", "rule__conditions", "rule__limits")
    return told.order_by("-created_at", "-pk")


def _coupon(reward: Reward) -> Coupon | None:
    coupon: Coupon | None = getattr(reward, "coupon", None)
    return coupon


def _title(reward: Reward) -> str:
    what = title_words(reward)
    friend = public_name(reward.referral.friend) if reward.referral else ""
    if friend and reward.recipient_kind == RewardRule.Recipient.ADVOCATE:
        return _("%(what)s, thanks to %(friend)s") % {"what": what, "friend": friend}
    return _("%(what)s from “%(campaign)s”") % {"what": what, "campaign": reward.campaign.name}


def _date_words(reward: Reward) -> str:
    if reward.status == Status.PENDING:
        return _("earned on %(date)s") % {"date": date_format(reward.created_at, "DATE_FORMAT")}
    if reward.fulfilled_at:
        return _("on %(date)s") % {"date": date_format(reward.fulfilled_at, "DATE_FORMAT")}
    return _("with the next payout") if reward.status == Status.APPROVED else ""
