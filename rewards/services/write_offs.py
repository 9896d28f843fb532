"""Debts that nobody will pay back: what was taken back after payment, and is written off by a person or by the policy.

In the books the campaign bears it: funding → written off → the person's debt. What went through *written off* is what
was lost.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _, gettext_noop

from advocates.models import Contact
from advocates.services.audit import audit
from campaigns.models import Campaign
from campaigns.selectors import company
from rewards.errors import TooMuch
from rewards.ledger.chart import AccountRef
from rewards.ledger.post import account_get, post
from rewards.locks import account_lock
from rewards.models import Account, ByHand, Reward, Transfer
from rewards.payout_plan import debts_in
from rewards.policy import money_policy

Kind = Account.Kind
DAYS_OF_A_MONTH = 30
MEMO = gettext_noop("debt written off")
ABOVE_FLOOR = gettext_noop("More than a person is to owe us.")
TOO_OLD = gettext_noop("Nobody has paid it back for too long.")


def debt_write_off(*, change: ByHand, now: datetime) -> None:
    """Carry out what was decided, in the caller's transaction. Raises TooMuch when less is owed by now."""
    owing = AccountRef(Kind.RECEIVABLE, change.contact.public_id, change.unit)
    lost = AccountRef(Kind.WRITTEN_OFF, change.campaign.public_id, change.unit)
    funding = AccountRef(Kind.FUNDING, change.campaign.public_id, change.unit)
    # Those of campaigns first, as whoever posts takes them.
    for account in (funding, owing):
        account_lock(account_get(account).pk)
    if change.amount > debt_of(change.contact, change.unit):
        raise TooMuch(_("They do not owe us as much, or a payout keeps it back already."))
    for what, debit, credit in (("lost", funding, lost), ("cleared", lost, owing)):
        key = f"by_hand:{change.public_id}:{what}"
        post(key=key, debit=debit, credit=credit, amount=change.amount, reference=change.public_id, memo=MEMO, now=now)


def debt_of(contact: Contact, unit: str) -> int:
    """What they have to give back, less what prepared payouts keep back already, in minor units."""
    return debts_in(unit).get(contact.public_id, 0)


def debt_cut(*, reward: Reward, now: datetime) -> None:
    """Of a reward that was just taken back: what exceeds the company's floor is written off at once."""
    floor = money_policy().debt_floor.get(reward.unit)
    if floor is None or reward.contact is None or reward.is_test:
        return
    excess = debt_of(reward.contact, reward.unit) - int(floor)
    if excess > 0:
        _written_off(reward.contact, reward.campaign, excess, reward.unit, reason=ABOVE_FLOOR, now=now)


def debts_write_off(now: datetime) -> dict[str, int]:
    """The job: debts that have stood for longer than the company waits for them."""
    months = money_policy().write_off_months
    if months is None:
        return {"written_off": 0}
    since = now - timedelta(days=months * DAYS_OF_A_MONTH)
    written_off = 0
    for account in Account.objects.filter(kind=Kind.RECEIVABLE, balance__lt=0).order_by("pk"):
        contact = Contact.objects.filter(public_id=account.party_key).first()
        if contact is None:
            continue
        for campaign, amount in _old_debts(account, contact, since):
            _written_off(contact, campaign, amount, account.unit, reason=TOO_OLD, now=now)
            written_off += 1
    return {"written_off": written_off}


def _old_debts(account: Account, contact: Contact, since: datetime) -> list[tuple[Campaign, int]]:
    """What is left of debts from before `since`, by campaign: what was paid back went to the oldest first."""
    left, old = debt_of(contact, account.unit), []
    debts = Transfer.objects.filter(debit=account).order_by("-occurred_at", "-pk").select_related("credit")
    for debt in debts:
        part = min(left, debt.amount)
        left -= part
        campaign = Campaign.objects.filter(public_id=debt.credit.party_key).first()
        if part and campaign and debt.occurred_at <= since:
            old.append((campaign, part))
    return old


def _written_off(contact: Contact, campaign: Campaign, amount: int, unit: str, *, reason: str, now: datetime) -> ByHand:
    sender = company()
    with transaction.atomic():
        change = ByHand.objects.create(
            kind=ByHand.Kind.WRITE_OFF,
            campaign=campaign,
            contact=contact,
            amount=amount,
            unit=unit,
            reason=reason,
            status=ByHand.Status.DONE,
            four_eyes=sender.four_eyes,
            four_eyes_amount=sender.four_eyes_amount,
            four_eyes_unit=sender.currency,
            asked_at=now,
            decided_at=now,
        )
        debt_write_off(change=change, now=now)
        audit(verb="by_hand_done", row=change, by="policy", after={"kind": change.kind, "amount": amount, "unit": unit})
    return change
