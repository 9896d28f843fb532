from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from advocates.admin.base import ReadOnlyAdmin, Verb, page_url, staff_of
from advocates.admin.detail import DetailAdmin, fact, moment, note, step
from config.lib import clock
from config.lib.money import Money, money_words
from rewards.admin.coupon_forms import GiveBackForm
from rewards.models import Coupon
from rewards.services.redeeming import coupon_give_back, may_be_given_back
from rewards.words.coupons import coupon_words

Status = Coupon.Status


def run_give_back(request: HttpRequest, coupon: Coupon, cleaned: dict[str, Any]) -> str:
    coupon_give_back(coupon=coupon, actor=staff_of(request), reason=cleaned["reason"], now=clock.now())
    return _("%(code)s is good again.") % {"code": coupon.code}


GIVE_BACK: Verb[Coupon] = Verb(
    name="give-back",
    label=gettext_lazy("Make it good again"),
    permission="rewards.change_coupon",
    run=run_give_back,
    allowed=may_be_given_back,
    form=GiveBackForm,
    confirm=lambda coupon: (
        _("The order %(order)s came to nothing: its coupon may be used once more.")
        % {"order": coupon.redeem_key or "–"}
    ),
    icon="rotate-ccw",
)


@admin.register(Coupon)
class CouponAdmin(DetailAdmin[Coupon], ReadOnlyAdmin[Coupon]):
    list_display = ("code", "contact", "worth", "state", "void_reason", "campaign", "created_at", "expires_at")
    tones = {Status.ISSUED: "success", Status.VOID: "danger"}
    list_filter = ("status", "campaign", "pool")
    list_select_related = ("contact__details", "campaign")
    ordering = ("-created_at", "-pk")
    search_fields = ("code", "contact__details__name")
    search_help_text = gettext_lazy("A code or a name")
    verbs = (GIVE_BACK,)

    @admin.display(description=gettext_lazy("worth"), ordering="amount")
    def worth(self, coupon: Coupon) -> str:
        return money_words(Money(coupon.amount, coupon.unit))

    def detail(self, request: HttpRequest, coupon: Coupon) -> dict[str, Any]:
        pool_url = reverse("admin:rewards_couponpool_change", args=[coupon.pool_id]) if coupon.pool_id else ""
        return {
            "title": coupon.code,
            "subtitle": self.worth(coupon),
            "icon": "ticket-percent",
            "status": self.status(coupon),
            "notes": [note(_("Not valid because: %(why)s") % {"why": coupon.void_reason})]
            if coupon.void_reason
            else [],
            "facts": [
                fact(_("Person"), coupon.contact, url=page_url(coupon.contact)),
                fact(_("Campaign"), coupon.campaign, url=page_url(coupon.campaign)),
                fact(_("Reward"), coupon.reward or "–", url=page_url(coupon.reward) if coupon.reward else ""),
                fact(_("Pool"), coupon.pool or _("made here, without a pool"), url=pool_url),
                fact(_("Good for"), coupon_words(coupon) or _("everything")),
                fact(_("Because of"), coupon.event, url=page_url(coupon.event)),
                fact(_("Used by the order"), coupon.redeem_key or "–"),
            ],
            "timeline": _story(coupon),
        }


def _story(coupon: Coupon) -> list[dict[str, Any]]:
    steps = [step(coupon.created_at, _("Made"), icon="ticket-percent")]
    if coupon.used_at:
        text = _("Told by the event %(event)s.") % {"event": coupon.used_by} if coupon.used_by else ""
        steps.insert(0, step(coupon.used_at, _("Used"), icon="check", tone="success", text=text))
    if coupon.expires_at and coupon.status in (Status.ISSUED, Status.EXPIRED):
        steps.insert(0, step(coupon.expires_at, _("Runs out"), icon="clock", text=moment(coupon.expires_at)))
    return steps
