"""Which accounts there are. A campaign funds and promises, a person is owed and paid.

funding(campaign) → reserved(campaign) → owed(person) → in transit(person) → paid(person)
                                       → credit(person)                        account credit, coupons: paid
"""

from dataclasses import dataclass

from rewards.models import Account, Reward

# Held before those of people: by them most of the waiting is done.
OF_CAMPAIGNS = (Account.Kind.FUNDING, Account.Kind.RESERVED, Account.Kind.EXPIRED)


@dataclass(frozen=True, slots=True)
class AccountRef:
    """An account by what it stands for; the row is made when it is first used."""

    kind: str
    party_key: str
    unit: str


def funding(reward: Reward) -> AccountRef:
    return AccountRef(Account.Kind.FUNDING, reward.campaign.public_id, reward.unit)


def reserved(reward: Reward) -> AccountRef:
    return AccountRef(Account.Kind.RESERVED, reward.campaign.public_id, reward.unit)


def expired(reward: Reward) -> AccountRef:
    return AccountRef(Account.Kind.EXPIRED, reward.campaign.public_id, reward.unit)


def personal(kind: str, reward: Reward) -> AccountRef:
    """An account of the person who is rewarded: owed, credit, in transit, paid or receivable."""
    return AccountRef(kind, reward.party_key, reward.unit)
