"""The one door to the books. Accounts are updated in id order, so that two transfers never wait for each other."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from config.lib.insert_once import insert_once
from rewards.errors import Overdrawn
from rewards.ledger.chart import AccountRef
from rewards.models import Account, Transfer


def post(
    *, key: str, debit: AccountRef, credit: AccountRef, amount: int, reference: str, memo: str, now: datetime
) -> Transfer | None:
    """Move `amount` minor units from `debit` to `credit`, once; None when this key was posted before.

    `reference` is the public id of the reward or payout. Raises Overdrawn when the debited account has too little;
    IntegrityError for an amount below 1 or two units.
    """
    with transaction.atomic():
        giver, taker = account_get(debit), account_get(credit)
        transfer, is_new = insert_once(
            Transfer,
            unique=["key"],
            key=key,
            debit=giver,
            credit=taker,
            unit=debit.unit,
            amount=amount,
            reference=reference,
            memo=memo,
            occurred_at=now,
        )
        if not is_new:
            return None
        for account, change in sorted([(giver, -amount), (taker, amount)], key=lambda entry: entry[0].pk):
            _change(account, change)
    return transfer


def account_get(ref: AccountRef) -> Account:
    account, _new = insert_once(
        Account,
        unique=["kind", "party_key", "unit"],
        kind=ref.kind,
        party_key=ref.party_key,
        unit=ref.unit,
        balance=0,
    )
    return account


def _change(account: Account, change: int) -> None:
    rows = Account.objects.filter(pk=account.pk)
    if change < 0 and account.kind not in Account.MAY_BE_NEGATIVE:
        rows = rows.filter(balance__gte=-change)
    if not rows.update(balance=F("balance") + change):
        raise Overdrawn(_("There is not enough on the account “%(account)s”.") % {"account": account})
