"""What people are told about their payouts. The payout's id makes each mail unique."""

from datetime import datetime

from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import override

from advocates.models import Contact, ContactKey
from campaigns.selectors import company
from campaigns.services.messages import message_queue
from config.lib.money import Money, money_words
from referrals.working_hours import zone_of
from rewards.models import Payout, PayoutMethod
from rewards.payout_mails import PAYOUT_METHOD_CHANGED, PAYOUT_PAID, PAYOUT_RETURNED


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


def tell_account_changed(*, method: PayoutMethod, now: datetime) -> None:
    """To every address that we have of the person: who can read one of them cannot change the account unseen."""
    contact = method.contact
    values = {
        "account": method.masked,
        "usable_from": _day_words(method.usable_from or now, contact),
        "payout_method_url": f"{settings.SITE_URL}/portal/payout-method/",
    }
    addresses = contact.keys.filter(kind=ContactKey.Kind.EMAIL).order_by("pk").values_list("pk", "shown")
    for pk, address in addresses:
        message_queue(
            mail=PAYOUT_METHOD_CHANGED.name,
            key=f"{PAYOUT_METHOD_CHANGED.name}:{method.public_id}:{pk}",
            values=values,
            contact=contact,
            contact_address=address,
            now=now,
        )


def _day_words(moment: datetime, contact: Contact) -> str:
    """In the language in which the mail goes out, by the company's clock."""
    own = company()
    with override(contact.language or own.language):
        return date_format(localtime(moment, zone_of(own.time_zone)), "DATE_FORMAT")


def _amount_words(payout: Payout) -> str:
    """In the language in which the mail goes out."""
    language = payout.contact.language or company().language
    return money_words(Money(payout.amount, payout.unit), language=language)
