"""What the portal says about gifts: beside a reward, on its page, and of what was had for points."""

from fractions import Fraction
from typing import Any

from babel.numbers import format_percent
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext as _, to_locale

from advocates.models import Contact
from config.lib.money import Money, money_words
from rewards.catalogue import GIFTS, lacks_address, priced_items
from rewards.models import Account, CatalogueItem, GiftOrder, Reward, RewardRule
from rewards.rules.mystery import Lot, odds
from rewards.services.gift_codes import gift_code_of

Reason = Reward.PendingReason
Status = GiftOrder.Status
# Only these may be left when somebody is asked to pick.
OWN_REASONS = {Reason.AWAITING_CHOICE, Reason.AWAITING_ADDRESS}


def gift_told(reward: Reward) -> dict[str, str]:
    """What a row of the wallet says otherwise for a gift: see reward_row.html."""
    if reward.benefit not in GIFTS:
        return {}
    order: GiftOrder | None = getattr(reward, "gift_order", None)
    told = _asked(reward, order) if reward.status == Reward.Status.PENDING else {}
    if order is None:
        return told
    told["amount_words"] = order_words(order)
    if reward.status == Reward.Status.APPROVED:
        told |= {"status_words": _("will be sent"), "date_words": picked_words(order), "reason_words": ""}
    if reward.status == Reward.Status.FULFILLED:
        told |= {"code": gift_code_of(order), "reason_words": order.note}
    return told


def _asked(reward: Reward, order: GiftOrder | None) -> dict[str, str]:
    """{action_url, action_label} while the person has to say something."""
    if not can_be_taken(reward):
        return {}
    label = _("Pick your gift")
    if order or reward.pending_reasons == [Reason.AWAITING_ADDRESS]:
        label = _("Say where to send it")
    elif reward.benefit == RewardRule.Benefit.MYSTERY:
        label = _("Open your gift")
    return {"action_url": reverse("rewards:gift", args=[reward.public_id]), "action_label": label}


def can_be_taken(reward: Reward) -> bool:
    """Does it wait for nothing but the person?"""
    return bool(reward.pending_reasons) and set(reward.pending_reasons) <= OWN_REASONS


def order_words(order: GiftOrder) -> str:
    return " · ".join(part for part in (order.item.name, order.variant) if part)


def picked_words(order: GiftOrder) -> str:
    return _("picked on %(date)s") % {"date": date_format(order.ordered_at, "DATE_FORMAT")}


def item_told(item: CatalogueItem, *, url: str, worth: Money) -> dict[str, Any]:
    """For rewards/portal/gift_rows.html."""
    return {
        "name": item.name,
        "text": item.description,
        "category": item.category,
        "worth": money_words(worth),
        "url": url,
    }


def lots_told(lots: list[Lot], names: dict[str, str]) -> list[dict[str, str]]:
    """{name, odds}: how likely each thing is in the next draw, the likeliest first."""
    found = sorted(odds(lots).items(), key=lambda entry: (-entry[1], entry[0]))
    return [{"name": names[key], "odds": odds_words(chance)} for key, chance in found]


def odds_words(chance: Fraction) -> str:
    """'0.5%', as the language writes it; what is rarer than a hundredth of a per cent is not rounded to nothing."""
    digits = "#,##0.####%" if chance < Fraction(1, 10_000) else "#,##0.##%"
    return format_percent(float(chance), format=digits, locale=to_locale(get_language() or "en"))


def orders_told(contact: Contact) -> list[dict[str, str]]:
    """What they have had for points, the newest first."""
    orders = GiftOrder.objects.filter(contact=contact, price__isnull=False).select_related("item")
    return [
        {
            "title": order_words(order),
            "date_words": picked_words(order),
            "price": money_words(Money(order.price or 0, order.price_unit)),
            "status_words": str(order.get_status_display()),
            "tone": {Status.ORDERED: "warning", Status.SENT: "success"}.get(Status(order.status), "neutral"),
            "code": gift_code_of(order),
            "note": order.note if order.status != Status.ORDERED else "",
            "waits": _("Tell us where to send it.") if lacks_address(order) else "",
        }
        for order in orders.order_by("-ordered_at", "-pk")[:50]
    ]


def balances_told(contact: Contact) -> list[str]:
    """What they can spend in the catalogue."""
    return [money_words(Money(account.balance, account.unit)) for account in spendable(contact)]


def spendable(contact: Contact) -> list[Account]:
    units = priced_items().order_by().values_list("price_unit", flat=True).distinct()
    accounts = Account.objects.filter(kind=Account.Kind.CREDIT, party_key=contact.public_id, balance__gt=0)
    return list(accounts.filter(unit__in=units).order_by("unit"))


def points_panel(request: HttpRequest, contact: Contact) -> str:
    """A panel of the portal's home: empty unless there is something to spend, and something to have for it."""
    amounts = balances_told(contact)
    if not amounts:
        return ""
    context = {"amounts": amounts, "url": reverse("rewards:points")}
    return render_to_string("rewards/portal/points_panel.html", context, request)
