"""What a payout run would pay now, who is left out and why. The page shows it, the service writes it."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import groupby

from django.db import models
from django.db.models import Exists, OuterRef, Sum
from django.utils.translation import gettext_lazy as _

from advocates.models import Contact
from rewards.models import Account, Payout, PayoutLine, PayoutMethod, Reward
from rewards.models.reward import RewardQuerySet
from rewards.policy import least_payout

# A payment that is not through yet: the database lets a person have one in each currency.
OPEN = (
    Payout.Status.READY,
    Payout.Status.SENDING,
    Payout.Status.SUBMITTED,
    Payout.Status.UNKNOWN,
    Payout.Status.NEEDS_REVIEW,
)


class LeftOutBecause(models.TextChoices):
    NO_METHOD = "no_method", _("has not said yet where to pay")
    RESTING = "resting", _("the bank account was changed a short time ago and rests")
    UNDER_WAY = "under_way", _("an earlier payment is still under way")
    NETTED = "netted", _("all of it is kept back for a reward that was taken back after it had been paid")
    BELOW_MINIMUM = "below_minimum", _("below the least payout")


@dataclass(frozen=True)
class Share:
    """What one person is due in one currency, in minor units. `debt`: what they have to give back, 0 or more.

    `least`: below that nobody is paid. `rests_until`: from when a changed account is paid to, while that lies ahead.
    """

    contact: Contact
    method: PayoutMethod | None
    rewards: list[Reward]
    debt: int
    least: int = 0
    rests_until: datetime | None = None
    is_under_way: bool = False

    @cached_property
    def earned(self) -> int:
        return sum(reward.amount for reward in self.rewards)

    @property
    def netted(self) -> int:
        return min(self.debt, self.earned)

    @property
    def amount(self) -> int:
        return self.earned - self.netted

    @property
    def left_out(self) -> LeftOutBecause | None:
        """The first reason that holds: what the person can change, then what passes by itself."""
        reasons = {
            LeftOutBecause.NO_METHOD: self.method is None,
            LeftOutBecause.RESTING: self.rests_until is not None,
            LeftOutBecause.UNDER_WAY: self.is_under_way,
            LeftOutBecause.NETTED: not self.amount,
            LeftOutBecause.BELOW_MINIMUM: self.amount < self.least,
        }
        return next((reason for reason, holds in reasons.items() if holds), None)


@dataclass(frozen=True)
class PayoutPlan:
    """All people who are due money in `unit`: those who would be paid now and those who would not."""

    unit: str
    paid: list[Share] = field(default_factory=list)
    left_out: list[Share] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(share.amount for share in self.paid)


def payout_plan(*, unit: str, now: datetime, contact: Contact | None = None) -> PayoutPlan:
    """Approved money in `unit` that stands in no payout yet, by person, in a fixed order. `contact`: theirs only."""
    due = due_rewards().filter(unit=unit).order_by("contact_id", "pk").select_related("contact__details")
    if contact:
        due = due.filter(contact=contact)
    methods = {
        method.contact_id: method
        for method in PayoutMethod.objects.standing().filter(contact__in=due.values("contact"))
    }
    debts, least = debts_in(unit), least_payout(unit)
    under_way = set(Payout.objects.filter(unit=unit, status__in=OPEN).values_list("contact", flat=True))
    plan = PayoutPlan(unit)
    for contact, rewards in groupby(due, key=lambda reward: reward.contact):
        method = methods.get(contact.pk)
        share = Share(
            contact=contact,
            method=method,
            rewards=list(rewards),
            debt=debts.get(contact.public_id, 0),
            least=least,
            rests_until=method.usable_from if method and is_resting(method, now) else None,
            is_under_way=contact.pk in under_way,
        )
        (plan.left_out if share.left_out else plan.paid).append(share)
    return plan


def is_resting(method: PayoutMethod, now: datetime) -> bool:
    """Was the account changed so lately that nothing is paid to it yet?"""
    return method.usable_from is not None and method.usable_from > now


def due_rewards() -> RewardQuerySet:
    """Approved money of a known person that stands in no payout, and whose sale nobody has to look at again."""
    standing = PayoutLine.objects.standing().filter(reward=OuterRef("pk"))
    return Reward.objects.payable().filter(~Exists(standing), contact__isnull=False, recheck_at=None)


def due_units(contact: Contact | None = None) -> list[str]:
    """The currencies in which somebody, or this person, is due money."""
    due = due_rewards().filter(contact=contact) if contact else due_rewards()
    return sorted(due.values_list("unit", flat=True).distinct())


def debts_in(unit: str) -> dict[str, int]:
    """By contact's public id: what was taken back after payment, less what waiting payouts already keep back."""
    receivable = Account.objects.filter(kind=Account.Kind.RECEIVABLE, unit=unit, balance__lt=0)
    claimed = Payout.objects.filter(status=Payout.Status.READY, unit=unit, netted__gt=0)
    kept_back = dict(claimed.values_list("contact__public_id").annotate(Sum("netted")))
    return {account.party_key: max(0, -account.balance - kept_back.get(account.party_key, 0)) for account in receivable}
