"""Where somebody takes a gift: picks it, opens it, says where to send it, or has it for points."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from advocates.models import Contact
from campaigns.portal.shell import contact_of, portal_render, portal_required
from config.lib import clock
from config.lib.errors import DomainError
from config.lib.money import Money, money_words
from rewards.catalogue import (
    GIFTS,
    items_for_points,
    items_for_reward,
    items_meant,
    lacks_address,
    lots_of,
    order_of,
    priced_items,
    worth_of,
)
from rewards.gift_forms import GiftForm, country_choices
from rewards.gift_pages import balances_told, can_be_taken, item_told, lots_told, orders_told
from rewards.models import CatalogueItem, GiftOrder, Reward, RewardRule
from rewards.services.gift_orders import gift_address_set, gift_open, gift_pick, points_exchange
from rewards.words import waiting_words


@require_http_methods(["GET", "HEAD", "POST"])
@portal_required
def gift(request: HttpRequest, public_id: str) -> HttpResponse:
    """What there is to pick from, the surprise with its odds, or the form for where to send what was drawn."""
    reward = _reward(request, public_id)
    order = order_of(reward)
    if order and reward.status == Reward.Status.PENDING and lacks_address(order):
        return _address(request, reward, order)
    if order or reward.status != Reward.Status.PENDING:
        return redirect("rewards:wallet")
    if reward.benefit == RewardRule.Benefit.MYSTERY:
        return _surprise(request, reward)
    items = items_for_reward(reward, today=localdate(clock.now()))
    if len(items) == 1 and reward.benefit_settings.get("item"):
        return redirect("rewards:gift_item", reward.public_id, items[0].public_id)
    context = _narrowed(request, items, contact_of(request)) | {
        "reward": reward,
        "amount_words": money_words(Money(reward.amount, reward.unit)),
        "waits": _waits(reward),
    }
    context["items"] = [
        item_told(item, url=f"{item.public_id}/", worth=Money(*worth_of(item, reward))) for item in context["items"]
    ]
    return portal_render(request, "rewards/portal/gifts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@portal_required
def gift_item(request: HttpRequest, public_id: str, item_id: str) -> HttpResponse:
    reward = _reward(request, public_id)
    item = next((one for one in items_meant(reward) if one.public_id == item_id), None)
    if item is None or reward.benefit == RewardRule.Benefit.MYSTERY:
        raise Http404
    form = _form(request, item)
    if request.method == "POST" and form.is_valid():
        return _done(
            request,
            lambda: gift_pick(reward=reward, item=item, variant=form.variant, address=form.address, now=clock.now()),
            back=("rewards:gift", reward.public_id),
        )
    worth = money_words(Money(*worth_of(item, reward)))
    return _item_page(request, item, form, worth=worth, back=reverse("rewards:gift", args=[reward.public_id]))


@require_safe
@portal_required
def points(request: HttpRequest) -> HttpResponse:
    """What account credit in points can be exchanged for, and what was had for it."""
    contact = contact_of(request)
    items = items_for_points(contact, today=localdate(clock.now()))
    context = _narrowed(request, items, contact)
    context |= {"balances": balances_told(contact), "orders": orders_told(contact)}
    context["items"] = [
        item_told(item, url=f"{item.public_id}/", worth=Money(item.price or 0, item.price_unit))
        for item in context["items"]
    ]
    return portal_render(request, "rewards/portal/points.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@portal_required
def points_item(request: HttpRequest, item_id: str) -> HttpResponse:
    contact = contact_of(request)
    item = priced_items().filter(public_id=item_id).first()
    if item is None:
        raise Http404
    form = _form(request, item)
    if request.method == "POST" and form.is_valid():
        key = f"portal:{contact.public_id}:{form.cleaned_data['order']}"
        return _done(
            request,
            lambda: points_exchange(
                contact=contact,
                item=item,
                order_key=key,
                variant=form.variant,
                address=form.address,
                now=clock.now(),
            )[0],
            back=("rewards:points",),
        )
    worth = money_words(Money(item.price or 0, item.price_unit))
    return _item_page(request, item, form, worth=worth, back=reverse("rewards:points"))


def _surprise(request: HttpRequest, reward: Reward) -> HttpResponse:
    if request.method == "POST":
        return _done(
            request, lambda: gift_open(reward=reward, now=clock.now()), back=("rewards:gift", reward.public_id)
        )
    names = {item.key: item.name for item in items_meant(reward)}
    lots = lots_told(lots_of(reward, today=localdate(clock.now())), names)
    return portal_render(
        request, "rewards/portal/surprise.html", {"reward": reward, "lots": lots, "waits": _waits(reward)}
    )


def _address(request: HttpRequest, reward: Reward, order: GiftOrder) -> HttpResponse:
    form = _form(request, order.item)
    if request.method == "POST" and form.is_valid():
        return _done(
            request,
            lambda: gift_address_set(reward=reward, variant=form.variant, address=form.address, now=clock.now()),
            back=("rewards:gift", reward.public_id),
        )
    worth = money_words(Money(order.amount, order.unit))
    return _item_page(request, order.item, form, worth=worth, back=reverse("rewards:wallet"), is_theirs=True)


def _done(request: HttpRequest, deed: Any, *, back: tuple[str, ...]) -> HttpResponse:
    try:
        order: GiftOrder = deed()
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(*back)
    messages.success(request, _said(order))
    if lacks_address(order):
        return redirect(*back)
    return redirect("rewards:points" if order.price else "rewards:wallet")


def _said(order: GiftOrder) -> str:
    item = {"item": order.item.name}
    if lacks_address(order):
        return _("It is: %(item)s! Tell us where to send it.") % item
    if order.status == GiftOrder.Status.SENT:
        return _("“%(item)s” is yours.") % item
    return _("“%(item)s” is yours. You get a mail as soon as it is on its way.") % item


def _reward(request: HttpRequest, public_id: str) -> Reward:
    """Their own only."""
    rewards = Reward.objects.select_related("campaign", "contact", "rule", "referral")
    reward = rewards.filter(public_id=public_id, contact=contact_of(request), benefit__in=GIFTS).first()
    if reward is None or reward.is_test:
        raise Http404
    return reward


def _waits(reward: Reward) -> str:
    """Why it cannot be taken yet; empty when it can."""
    return "" if can_be_taken(reward) else waiting_words(reward)


def _form(request: HttpRequest, item: CatalogueItem) -> GiftForm:
    data = request.POST if request.method == "POST" else None
    return GiftForm(data, item=item, country=contact_of(request).country)


def _item_page(
    request: HttpRequest, item: CatalogueItem, form: GiftForm, *, worth: str, back: str, is_theirs: bool = False
) -> HttpResponse:
    context = {"item": item, "form": form, "worth": worth, "back_url": back, "is_theirs": is_theirs}
    return portal_render(request, "rewards/portal/gift_item.html", context)


def _narrowed(request: HttpRequest, items: list[CatalogueItem], contact: Contact) -> dict[str, Any]:
    """By the category that the address asks for; by country for whoever has none on record."""
    category, country = request.GET.get("category", ""), request.GET.get("country", "")
    named = {code for item in items for code in item.countries}
    countries = [] if contact.country else [choice for choice in country_choices([]) if choice[0] in named]
    categories = sorted({item.category for item in items if item.category})
    found = [item for item in items if not category or item.category == category]
    if country and countries:
        found = [item for item in found if not item.countries or country in item.countries]
    return {
        "items": found,
        "categories": categories,
        "category": category,
        "countries": countries,
        "country": country,
    }
