"""Tells people about their rewards: one mail for one state, in their own language."""

from datetime import datetime

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _, override

from advocates.models import Contact
from campaigns.models import Campaign
from campaigns.selectors import company
from campaigns.services.messages import message_queue
from config.lib.money import Money, money_words
from rewards.mails import COUPON_ISSUED, REWARD_EARNED, REWARD_FULFILLED, REWARD_READY
from rewards.models import Coupon, Reward
from rewards.words import waiting_words


def tell_earned(*, reward: Reward, now: datetime) -> None:
    with override(language_of(reward.contact, reward.campaign)):
        _tell(reward, REWARD_EARNED.name, now, waits=waiting_words(reward))


def tell_ready(*, reward: Reward, now: datetime) -> None:
    _tell(reward, REWARD_READY.name, now)


def tell_fulfilled(*, reward: Reward, now: datetime) -> None:
    _tell(reward, REWARD_FULFILLED.name, now)


def tell_coupon(*, coupon: Coupon, now: datetime) -> None:
    """The code, what it is worth, and until when."""
    language = language_of(coupon.contact, coupon.campaign)
    with override(language):
        valid = (
            _("It is valid until %(date)s.") % {"date": date_format(coupon.expires_at, "DATE_FORMAT")}
            if coupon.expires_at
            else ""
        )
    values = {
        "amount": money_words(Money(coupon.amount, coupon.unit), language=language),
        "code": coupon.code,
        "campaign_name": coupon.campaign.name,
        "valid": valid,
    }
    message_queue(
        mail=COUPON_ISSUED.name,
        key=f"coupon_issued:{coupon.public_id}",
        values=values,
        contact=coupon.contact,
        campaign=coupon.campaign,
        now=now,
    )


def language_of(contact: Contact | None, campaign: Campaign) -> str:
    """The language in which message_queue will write to this person."""
    return (contact.language if contact else "") or campaign.main_language or company().language


def _tell(reward: Reward, mail: str, now: datetime, **values: str) -> None:
    language = language_of(reward.contact, reward.campaign)
    amount = money_words(Money(reward.amount, reward.unit), language=language)
    common = {
        "amount": amount,
        "campaign_name": reward.campaign.name,
        "portal_url": f"{settings.SITE_URL}/portal/",
    }
    message_queue(
        mail=mail,
        key=f"{mail}:{reward.public_id}",
        values=common | values,
        contact=reward.contact,
        campaign=reward.campaign,
        now=now,
    )
