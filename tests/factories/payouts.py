"""Approved money and accounts to pay it to, booked as the engine books them."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from advocates.models import Contact
from campaigns.models import Campaign
from rewards.ledger.chart import AccountRef, funding, personal, reserved
from rewards.ledger.post import post
from rewards.models import Account, Evaluation, PayoutMethod, Reward, RewardRule
from rewards.services.payout_methods import payout_method_set

IBAN_DE = "DE89370400440532013000"
IBAN_GB = "GB82WEST12345698765432"
IBAN_NO = "NO9386011117947"

numbers = count(1)


def cash_campaign() -> Campaign:
    campaign, _created = Campaign.objects.get_or_create(
        slug="thank-you-cash", defaults={"name": "Thank you", "status": Campaign.Status.ACTIVE}
    )
    return campaign


def cash_rule(campaign: Campaign, *, now: datetime) -> RewardRule:
    rule, _created = RewardRule.objects.get_or_create(
        campaign=campaign,
        key="advocate-cash",
        version=1,
        defaults={
            "trigger": "converted",
            "recipient": RewardRule.Recipient.ADVOCATE,
            "benefit": RewardRule.Benefit.CASH,
            "calculator": "fixed",
            "valid_from": now - timedelta(days=30),
        },
    )
    return rule


def approved_cash(contact: Contact, amount: int, unit: str = "EUR", *, now: datetime, **fields: Any) -> Reward:
    """A reward in cash whose waiting time is over: its money is owed to the person."""
    number = next(numbers)
    campaign = cash_campaign()
    rule = cash_rule(campaign, now=now)
    reward = Reward.objects.create(
        campaign=campaign,
        rule=rule,
        rule_key=rule.key,
        recipient_kind=rule.recipient,
        party_key=contact.public_id,
        slot=f"friend:{number}",
        contact=contact,
        evaluation=Evaluation.objects.create(source="test", source_id=number, evaluated_at=now),
        benefit=RewardRule.Benefit.CASH,
        amount=amount,
        unit=unit,
        status=Reward.Status.APPROVED,
        eligible_at=now,
        created_at=now - timedelta(days=14),
        **fields,
    )
    _book(reward, "reserve", funding(reward), reserved(reward), now=now)
    _book(reward, "approve", reserved(reward), personal(Account.Kind.OWED, reward), now=now)
    return reward


def credit_given(contact: Contact, amount: int, unit: str = "EUR", *, now: datetime) -> None:
    """Account credit that a campaign has given."""
    campaign, number = cash_campaign().public_id, next(numbers)
    promised = AccountRef(Account.Kind.RESERVED, campaign, unit)
    steps = [
        (AccountRef(Account.Kind.FUNDING, campaign, unit), promised, "set aside"),
        (promised, AccountRef(Account.Kind.CREDIT, contact.public_id, unit), "account credit given"),
    ]
    for debit, credit, memo in steps:
        key = f"test:credit:{number}:{memo}"
        post(key=key, debit=debit, credit=credit, amount=amount, reference=campaign, memo=memo, now=now)


def owes_back(contact: Contact, amount: int, unit: str = "EUR", *, now: datetime) -> None:
    """A reward was taken back after it had been paid: the person is to give back `amount`."""
    campaign = cash_campaign()
    post(
        key=f"test:take-back:{next(numbers)}",
        debit=AccountRef(Account.Kind.RECEIVABLE, contact.public_id, unit),
        credit=AccountRef(Account.Kind.FUNDING, campaign.public_id, unit),
        amount=amount,
        reference=campaign.public_id,
        memo="taken back",
        now=now,
    )


def account_given(contact: Contact, iban: str = IBAN_DE, *, now: datetime, holder: str = "") -> PayoutMethod:
    return payout_method_set(contact=contact, holder=holder or str(contact), iban=iban, now=now)


def balances(contact: Contact, unit: str = "EUR") -> dict[str, int]:
    """The person's accounts that are not at zero."""
    accounts = Account.objects.filter(party_key=contact.public_id, unit=unit).exclude(balance=0)
    return {account.kind: account.balance for account in accounts}


def _book(reward: Reward, step: str, debit: AccountRef, credit: AccountRef, *, now: datetime) -> None:
    post(
        key=f"test:{reward.public_id}:{step}",
        debit=debit,
        credit=credit,
        amount=reward.amount,
        reference=reward.public_id,
        memo=step,
        now=now,
    )
