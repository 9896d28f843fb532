"""Tells people about their rewards: one mail for one state, in their own language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import override

from advocates.models import Contact
from campaigns.models import Campaign
from campaigns.selectors import company
from campaigns.services.messages import message_queue
from config.lib.money import Money, money_words
from rewards.coupon_mails import COUPON_EXPIRING
from rewards.mails import COUPON_ISSUED, REWARD_EARNED, REWARD_ENDS, REWARD_FULFILLED, REWARD_GIVEN, REWARD_READY
from rewards.models import Coupon, Reward
from rewards.words import waiting_words
from rewards.words.benefits import period_words, reward_words
from rewards.words.coupons import coupon_words


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail about a reward: which, once by its key, and what it says."""

    mail: str
    key: str
    values: Mapping[str, str]


def tell_earned(*, reward: Reward, now: datetime) -> None:
    _send(reward, earned_letter(reward), now)


def earned_letter(reward: Reward) -> Letter:
    with override(language_of(reward.contact, reward.campaign)):
        return _letter(reward, REWARD_EARNED.name, waits=waiting_words(reward))


def ready_letter(reward: Reward) -> Letter:
    return _letter(reward, REWARD_READY.name)


def fulfilled_letter(reward: Reward) -> Letter:
    return _letter(reward, REWARD_FULFILLED.name)


def tell_ready(*, reward: Reward, now: datetime) -> None:
    _send(reward, ready_letter(reward), now)


def tell_fulfilled(*, reward: Reward, now: datetime) -> None:
    _send(reward, fulfilled_letter(reward), now)


def tell_given(*, reward: Reward, now: datetime) -> None:
    """What it is, and for how long it is theirs."""
    with override(language_of(reward.contact, reward.campaign)):
        letter = _letter(reward, REWARD_GIVEN.name, what=reward_words(reward), period=period_words(reward))
    _send(reward, letter, now)


def tell_ends(*, reward: Reward, now: datetime) -> None:
    """On which day what they were given ends."""
    with override(language_of(reward.contact, reward.campaign)):
        day = date_format(localtime(reward.ends_at), "DATE_FORMAT")
        letter = _letter(reward, REWARD_ENDS.name, what=reward_words(reward), date=day)
    _send(reward, letter, now)


def tell_coupon(*, coupon: Coupon, now: datetime) -> None:
    """The code, what it is worth and good for, and until when."""
    _send_coupon(coupon, COUPON_ISSUED.name, now)


def tell_coupon_expiring(*, coupon: Coupon, now: datetime) -> bool:
    """The same code once more, before it runs out. False: nobody can be told."""
    return _send_coupon(coupon, COUPON_EXPIRING.name, now)


def _send_coupon(coupon: Coupon, mail: str, now: datetime) -> bool:
    language = language_of(coupon.contact, coupon.campaign)
    with override(language):
        valid = coupon_words(coupon)
    values = {
        "amount": money_words(Money(coupon.amount, coupon.unit), language=language),
        "code": coupon.code,
        "campaign_name": coupon.campaign.name,
        "valid": valid,
    }
    message = message_queue(
        mail=mail,
        key=f"{mail}:{coupon.public_id}",
        values=values,
        contact=coupon.contact,
        campaign=coupon.campaign,
        now=now,
    )
    return message is not None


def language_of(contact: Contact | None, campaign: Campaign) -> str:
    """The language in which message_queue will write to this person."""
    return (contact.language if contact else "") or campaign.main_language or company().language


def _letter(reward: Reward, mail: str, **values: str) -> Letter:
    language = language_of(reward.contact, reward.campaign)
    common = {
        "amount": money_words(Money(reward.amount, reward.unit), language=language),
        "campaign_name": reward.campaign.name,
        "portal_url": f"{settings.SITE_URL}/portal/",
    }
    return Letter(mail, f"{mail}:{reward.public_id}", common | values)


def _send(reward: Reward, letter: Letter, now: datetime) -> None:
    message_queue(
        mail=letter.mail,
        key=letter.key,
        values=letter.values,
        contact=reward.contact,
        campaign=reward.campaign,
        now=now,
    )
