"""What has to be sent. The address is seen by who may send it, on the page of the order, and is gone weeks later."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _, gettext_lazy

from advocates.admin.base import ReadOnlyAdmin, Verb, page_url, staff_of
from advocates.admin.detail import DetailAdmin, fact, note, step
from config.lib import clock
from config.lib.money import Money, money_words
from rewards.addresses import address_lines, address_opened
from rewards.catalogue import lacks_address
from rewards.models import GiftOrder
from rewards.services.gift_orders import gift_order_cancel, gift_order_send

CHANGE = "rewards.change_giftorder"
Status = GiftOrder.Status


class SendForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Number of the parcel, say. The person reads it."),
    )


class CallOffForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=200,
        help_text=gettext_lazy("Whoever paid in points reads it; write it to them."),
    )


def run_send(request: HttpRequest, order: GiftOrder, cleaned: dict[str, Any]) -> str:
    gift_order_send(order=order, actor=staff_of(request), note=cleaned["note"], now=clock.now())
    return _("Noted as sent. %(person)s is told by mail.") % {"person": order.contact}


def run_call_off(request: HttpRequest, order: GiftOrder, cleaned: dict[str, Any]) -> str:
    gift_order_cancel(order=order, actor=staff_of(request), reason=cleaned["reason"], now=clock.now())
    return _("Called off. It is on the shelf again.")


def confirm_call_off(order: GiftOrder) -> str:
    values = {"person": order.contact, "item": order.item}
    if order.reward_id:
        return _("%(person)s does not get “%(item)s”, and the reward is cancelled with it.") % values
    return _("%(person)s does not get “%(item)s”, and has the points again.") % values


SEND: Verb[GiftOrder] = Verb(
    name="send",
    label=gettext_lazy("It is sent"),
    permission=CHANGE,
    run=run_send,
    allowed=lambda order: order.status == Status.ORDERED and not lacks_address(order),
    form=SendForm,
    confirm=lambda order: _("“%(item)s” is on its way to %(person)s.") % {"item": order.item, "person": order.contact},
    tone="primary",
    icon="send",
)
CALL_OFF: Verb[GiftOrder] = Verb(
    name="cancel",
    label=gettext_lazy("Call off"),
    permission=CHANGE,
    run=run_call_off,
    allowed=lambda order: order.status == Status.ORDERED,
    form=CallOffForm,
    confirm=confirm_call_off,
    tone="danger",
    icon="ban",
)


@admin.register(GiftOrder)
class GiftOrderAdmin(DetailAdmin[GiftOrder], ReadOnlyAdmin[GiftOrder]):
    list_display = ("ordered_at", "contact", "item", "variant", "worth", "state")
    list_filter = ("status", "item__kind", "item")
    list_select_related = ("contact__details", "item")
    ordering = ("-ordered_at", "-pk")
    search_fields = ("public_id", "contact__details__name", "item__name")
    search_help_text = gettext_lazy("Number of an order, a name, or an item")
    verbs = (SEND, CALL_OFF)
    tones = {Status.ORDERED: "warning", Status.SENT: "success"}

    @admin.display(description=gettext_lazy("worth"), ordering="amount")
    def worth(self, order: GiftOrder) -> str:
        return money_words(Money(order.amount, order.unit))

    def detail(self, request: HttpRequest, order: GiftOrder) -> dict[str, Any]:
        waits = order.status == Status.ORDERED and lacks_address(order)
        return {
            "title": str(order.contact),
            "subtitle": " · ".join(part for part in (order.item.name, order.variant) if part),
            "status": self.status(order),
            "notes": [note(_("The person has not said yet where to send it."))] if waits else [],
            "facts": [*facts_of(order), *address_facts(request, order)],
            "timeline": story(order),
        }


def facts_of(order: GiftOrder) -> list[dict[str, Any]]:
    facts = [
        fact(_("Number"), order.public_id),
        fact(_("Person"), order.contact, url=page_url(order.contact)),
        fact(_("Item"), order.item, url=page_url(order.item)),
        fact(_("Worth"), money_words(Money(order.amount, order.unit))),
    ]
    if order.price:
        facts.append(fact(_("Paid"), money_words(Money(order.price, order.price_unit))))
    if order.reward:
        facts.append(fact(_("Reward"), order.reward, url=page_url(order.reward)))
    if order.note:
        facts.append(fact(_("Note"), order.note))
    return facts


def address_facts(request: HttpRequest, order: GiftOrder) -> list[dict[str, Any]]:
    address = address_opened(order.sealed_address) if request.user.has_perm(CHANGE) else None
    if address is None:
        return []
    name, *lines = address_lines(address)
    return [fact(_("To"), name, hint=", ".join(lines))]


def story(order: GiftOrder) -> list[dict[str, Any]]:
    steps = [step(order.ordered_at, _("Picked"), icon="gift")]
    if order.sent_at:
        who = str(order.sent_by) if order.sent_by else ""
        title = _("Sent") if who else _("Given at once")
        steps.append(step(order.sent_at, title, icon="send", tone="success", who=who, text=order.note))
    return steps[::-1]
