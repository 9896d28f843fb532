"""Rules are saved by their service; what they earn comes from events, as everywhere."""

from datetime import date, datetime, timedelta
from typing import Any

from advocates.models import User
from campaigns.models import Campaign
from config.lib.money import Money
from referrals.models import Referral, ReferralEvent
from referrals.services.referrals import referral_move
from rewards.models import Account, Budget, Charity, RewardRule
from rewards.services.causes import charity_save
from rewards.services.evaluation import rewards_evaluate
from rewards.services.rules import RuleDraft, rule_save

# Before everything that the tests let happen.
BEFORE = timedelta(days=100)


def rule_of(campaign: Campaign, *, now: datetime, **wanted: Any) -> RewardRule:
    """20 USD of account credit for the advocate when the friend becomes a customer, unless told otherwise."""
    values: dict[str, Any] = {
        "key": "advocate-credit",
        "trigger": "converted",
        "recipient": "advocate",
        "benefit": "credit",
        "amounts": {"USD": 2_000},
    }
    return rule_save(campaign=campaign, draft=RuleDraft(**values | wanted), actor=None, now=now - BEFORE)


def friend_coupon(campaign: Campaign, *, now: datetime, **wanted: Any) -> RewardRule:
    """10 % off for the friend who leaves an address."""
    values: dict[str, Any] = {
        "key": "friend-coupon",
        "trigger": "claimed",
        "recipient": "friend",
        "benefit": "coupon",
        "amounts": {"percent": 1_000},
    }
    return rule_of(campaign, now=now, **values | wanted)


def budget_of(campaign: Campaign, amount: int, **wanted: Any) -> Budget:
    return Budget.objects.create(**{"campaign": campaign, "name": "All", "unit": "USD", "amount": amount} | wanted)


def won(referral: Referral, *, now: datetime, deal: Money | None = None) -> ReferralEvent:
    """Sales win the referral; what it earns is evaluated at once."""
    referral.refresh_from_db()
    event = referral_move(
        referral=referral, to=Referral.Status.CONVERTED, actor=None, now=now, deal=deal or Money(10_000, "USD")
    )
    rewards_evaluate(now)
    return event


def charity_made(checked_by: User, now: datetime) -> Charity:
    """Clean Rivers, registered and looked at; short name: rivers."""
    charity = Charity(
        key="rivers",
        name="Clean Rivers",
        description="Takes plastic out of rivers.",
        country="GB",
        registration_number="1234567",
        review_date=date(2027, 11, 1),
    )
    return charity_save(charity=charity, actor=checked_by, now=now)


def balances() -> dict[str, int]:
    """What stands on the books, by kind of account, in all units."""
    found: dict[str, int] = {}
    for account in Account.objects.exclude(balance=0):
        found[account.kind] = found.get(account.kind, 0) + account.balance
    return found
