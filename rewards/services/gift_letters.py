"""Tells people about their gifts: one mail for one step, in their own language."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _, override

from campaigns.models import Campaign
from campaigns.selectors import company
from campaigns.services.messages import message_queue
from config.lib.money import Money, money_words
from rewards.catalogue import has_code
from rewards.gift_mails import GIFT_CALLED_OFF, GIFT_GIVEN, GIFT_ORDERED, REWARD_TO_TAKE
from rewards.models import CatalogueItem, GiftOrder, Reward
from rewards.services.letters import language_of
from rewards.words import waiting_words


def tell_to_take(*, reward: Reward, now: datetime) -> None:
    """It waits for nothing but its owner: once, however often that comes about."""
    language = language_of(reward.contact, reward.campaign)
    with override(language):
        what_to_do = waiting_words(reward)
    message_queue(
        mail=REWARD_TO_TAKE.name,
        key=f"{REWARD_TO_TAKE.name}:{reward.public_id}",
        values={
            "amount": money_words(Money(reward.amount, reward.unit), language=language),
            "what_to_do": what_to_do,
            "campaign_name": reward.campaign.name,
            "portal_url": f"{settings.SITE_URL}/portal/rewards/",
        },
        contact=reward.contact,
        campaign=reward.campaign,
        now=now,
    )


def tell_gift_ordered(*, order: GiftOrder, now: datetime) -> None:
    _send(order, GIFT_ORDERED.name, now)


def tell_gift_given(*, order: GiftOrder, now: datetime) -> None:
    with override(_language(order)):
        how = _how(order)
    _send(order, GIFT_GIVEN.name, now, how=how)


def tell_gift_called_off(*, order: GiftOrder, why: str, now: datetime) -> None:
    _send(order, GIFT_CALLED_OFF.name, now, why=why)


def _how(order: GiftOrder) -> str:
    if order.item.kind == CatalogueItem.Kind.DONATION:
        return _("We pass it on to %(charity)s.") % {"charity": order.item.charity}
    if has_code(order):
        return _("You find the code on your page.")
    return _("It is on its way. %(note)s") % {"note": order.note} if order.note else _("It is on its way.")


def _send(order: GiftOrder, mail: str, now: datetime, **values: str) -> None:
    common = {"item": order.item.name, "portal_url": f"{settings.SITE_URL}/portal/rewards/"}
    message_queue(
        mail=mail,
        key=f"{mail}:{order.public_id}",
        values=common | values,
        contact=order.contact,
        campaign=_campaign(order),
        now=now,
    )


def _campaign(order: GiftOrder) -> Campaign | None:
    return order.reward.campaign if order.reward else None


def _language(order: GiftOrder) -> str:
    campaign = _campaign(order)
    return order.contact.language or (campaign.main_language if campaign else "") or company().language
