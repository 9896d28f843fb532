"""What people are told about their payouts. The payout's id makes each mail unique."""

from datetime import datetime

from django.conf import settings

from campaigns.selectors import company
from campaigns.services.messages import message_queue
from config.lib.money import Money, money_words
from rewards.models import Payout
from rewards.payout_mails import PAYOUT_PAID, PAYOUT_RETURNED


def tell_payout_paid(*, payout: Payout, now: datetime) -> None:
    """How much went to which account, once the bank has paid."""
    values = {
        "amount": _amount_words(payout),
        "account": payout.method.masked,
        "reference": payout.public_id,
        "portal_url": f"{settings.SITE_URL}/portal/",
    }
    key = f"{PAYOUT_PAID.name}:{payout.public_id}"
    message_queue(mail=PAYOUT_PAID.name, key=key, values=values, contact=payout.contact, now=now)


def tell_payout_returned(*, payout: Payout, now: datetime) -> None:
    """It came back: the person looks at the account that they gave."""
    values = {
        "amount": _amount_words(payout),
        "account": payout.method.masked,
        "payout_method_url": f"{settings.SITE_URL}/portal/payout-method/",
    }
    key = f"{PAYOUT_RETURNED.name}:{payout.public_id}"
    message_queue(mail=PAYOUT_RETURNED.name, key=key, values=values, contact=payout.contact, now=now)


def _amount_words(payout: Payout) -> str:
    """In the language in which the mail goes out."""
    language = payout.contact.language or company().language
    return money_words(Money(payout.amount, payout.unit), language=language)
