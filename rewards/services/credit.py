"""Account credit that a shop takes as payment. The books decide whether there is enough; a debit happens once."""

import hashlib
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _, gettext_noop

from advocates.errors import EventIdReused
from advocates.models import Contact
from advocates.services.audit import audit
from advocates.standing import standing
from config.lib.money import Money, money_words
from rewards.errors import InsufficientCredit, Overdrawn
from rewards.ledger.chart import AccountRef
from rewards.ledger.post import post
from rewards.ledger.statements import credit_of
from rewards.models import Account, Transfer

SPENT = "spent:"
REFERENCE_LENGTH = 40
MEMO_LENGTH = 120


def credit_spend(
    *, contact: Contact, value: Money, source: str, event_id: str, reason: str, now: datetime
) -> tuple[Transfer, bool]:
    """Take `value` from the person's account credit: the transfer, and whether it was made now.

    Once by (source, event_id). Raises InsufficientCredit, and EventIdReused where that id stands for another debit.
    `reason` is shown on the statement and may be blanked when the person is erased.
    """
    key = spent_key(source, event_id)
    try:
        with transaction.atomic():
            made = post(
                key=key,
                debit=AccountRef(Account.Kind.CREDIT, contact.public_id, value.unit),
                credit=AccountRef(Account.Kind.PAID, contact.public_id, value.unit),
                amount=value.amount,
                reference=event_id if len(event_id) <= REFERENCE_LENGTH else key.removeprefix(SPENT),
                memo=reason[:MEMO_LENGTH] or gettext_noop("account credit spent"),
                now=now,
            )
            if made:
                after = {"amount": value.amount, "unit": value.unit, "event_id": event_id}
                audit(verb="credit_spend", row=contact, by=source, after=after)
    except Overdrawn as refusal:
        raise _insufficient(contact, value) from refusal
    return (made, True) if made else (_earlier(key, contact, value), False)


def spent_key(source: str, event_id: str) -> str:
    return SPENT + hashlib.sha256(f"{source}\0{event_id}".encode()).hexdigest()[:REFERENCE_LENGTH]


def _earlier(key: str, contact: Contact, value: Money) -> Transfer:
    earlier = Transfer.objects.select_related("debit").get(key=key)
    payer = Contact.objects.get(public_id=earlier.debit.party_key)
    if (standing(payer).pk, earlier.amount, earlier.unit) != (contact.pk, value.amount, value.unit):
        raise EventIdReused(_("This event_id has been used for another debit. Send each debit with an id of its own."))
    return earlier


def _insufficient(contact: Contact, value: Money) -> InsufficientCredit:
    balance = credit_of(contact.public_id, value.unit)
    left = money_words(Money(balance, value.unit))
    sentence = _("There is not that much account credit: %(left)s are left. Ask for at most as much.")
    return InsufficientCredit(sentence % {"left": left}, balance=balance)
