"""Where people want their money. The account number is sealed before it is stored and never logged."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from advocates.models import Contact
from advocates.services.audit import audit
from campaigns.services.forgetting import ERASED
from config.lib.insert_once import insert_once
from config.lib.signing import keyed_hash, open_sealed, seal
from config.lib.states import Stale
from rewards.iban import iban_masked, iban_normalise
from rewards.models import PayoutMethod
from rewards.policy import money_policy
from rewards.services.payout_news import tell_account_changed

FINGERPRINT = "payout-method"


@dataclass(frozen=True, slots=True)
class BankAccount:
    holder: str
    iban: str


def payout_method_set(*, contact: Contact, holder: str, iban: str, now: datetime) -> PayoutMethod:
    """The account that this person's money goes to from now on. Said again, nothing changes.

    A changed one rests first (MoneyPolicy.resting_days), and its owner is told at every address that we know. A payout
    that is already prepared keeps the account that it was prepared with. Raises BadIban, or Stale when the person
    saves two accounts at the same moment.
    """
    account = BankAccount(holder=" ".join(holder.split()), iban=iban_normalise(iban))
    standing = payout_method_of(contact)
    if standing and bank_account(standing) == account:
        return standing
    with transaction.atomic():
        if standing:
            _replace(standing, now=now)
        method, is_new = insert_once(
            PayoutMethod,
            unique=["live_key"],
            contact=contact,
            sealed=seal(json.dumps(asdict(account))),
            masked=iban_masked(account.iban),
            fingerprint=keyed_hash(FINGERPRINT, account.iban),
            live_key=_live_key(contact),
            usable_from=now + timedelta(days=money_policy().resting_days) if standing else None,
            created_at=now,
        )
        if not is_new:
            raise Stale(_("Another account was saved a moment ago. Look at it before you change it again."))
        # Not even the last digits: the trail cannot be erased.
        audit(verb="payout_method_set", row=method, by="portal", before={"replaces": standing and standing.public_id})
        if standing:
            tell_account_changed(method=method, now=now)
    return method


def payout_method_of(contact: Contact) -> PayoutMethod | None:
    return PayoutMethod.objects.standing().filter(live_key=_live_key(contact)).first()


def bank_account(method: PayoutMethod) -> BankAccount:
    """Holder and number in the clear; of somebody forgotten, neither. Raises InvalidToken when the key is lost."""
    if not method.sealed:
        return BankAccount(holder=ERASED, iban=ERASED)
    return BankAccount(**json.loads(open_sealed(method.sealed)))


def payout_methods_forget(*, contact: Contact, now: datetime) -> int:
    """The person asked to be forgotten: their accounts go; one that was paid to leaves a row that says nothing."""
    methods = PayoutMethod.objects.filter(contact=contact)
    gone, _by_model = methods.filter(payouts=None).delete()
    methods.standing().update(replaced_at=now, live_key=F("public_id"))
    return gone + methods.update(sealed="", masked=ERASED, fingerprint="")


def _replace(method: PayoutMethod, *, now: datetime) -> None:
    standing = PayoutMethod.objects.standing().filter(pk=method.pk)
    standing.update(replaced_at=now, live_key=method.public_id)


def _live_key(contact: Contact) -> str:
    return f"{PayoutMethod.Kind.BANK}:{contact.public_id}"
