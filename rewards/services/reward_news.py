from datetime import datetime

from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _, override

from campaigns.services.messages import message_queue
from config.lib.money import Money, money_words
from rewards.mails import REWARD_DECLINED, REWARD_EXPIRES
from rewards.models import Reward
from rewards.services.letters import language_of
from rewards.words import waiting_words


def tell_expires(*, reward: Reward, now: datetime) -> None:
    """Until when it can be taken, and what there is to do. Once for each end that is set."""
    language = language_of(reward.contact, reward.campaign)
    with override(language):
        day = date_format(localtime(reward.expires_at), "DATE_FORMAT")
        what_to_do = waiting_words(reward) or _("Tell us where to pay it.")
    values = _common(reward, language) | {
        "date": day,
        "what_to_do": what_to_do,
        "portal_url": f"{settings.SITE_URL}/portal/",
    }
    end = reward.expires_at.date().isoformat() if reward.expires_at else ""
    _send(REWARD_EXPIRES.name, f"{REWARD_EXPIRES.name}:{reward.public_id}:{end}", values, reward, now)


def tell_declined(*, reward: Reward, answer: str, now: datetime) -> None:
    """In the words of the colleague who declined it."""
    values = _common(reward, language_of(reward.contact, reward.campaign)) | {"answer": answer}
    _send(REWARD_DECLINED.name, f"{REWARD_DECLINED.name}:{reward.public_id}", values, reward, now)


def _common(reward: Reward, language: str) -> dict[str, str]:
    amount = money_words(Money(reward.amount, reward.unit), language=language)
    return {"amount": amount, "campaign_name": reward.campaign.name}


def _send(mail: str, key: str, values: dict[str, str], reward: Reward, now: datetime) -> None:
    message_queue(mail=mail, key=key, values=values, contact=reward.contact, campaign=reward.campaign, now=now)
