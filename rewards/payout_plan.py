"""What a payout run would pay now, who is left out and why. The page shows it, the service writes it."""

from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby

from django.db import models
from django.db.models import Exists, OuterRef, Sum
from django.utils.translation import gettext_lazy as _

from advocates.models import Contact
from rewards.models import Account, Payout, PayoutLine, PayoutMethod, Reward
from rewards.models.reward import RewardQuerySet


class LeftOutBecause(models.TextChoices):
    NO_METHOD = "no_method", _("has not said yet where to pay")
    NETTED = "netted", _("all of it is kept back for a reward that was taken back after it had been paid")


@dataclass(frozen=True)
class Share:
    """What one person is due in one currency, in minor units. `debt`: what they have to give back, 0 or more."""

    contact: Contact
    method: PayoutMethod | None
    rewards: list[Reward]
    debt: int

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
        if self.method is None:
            return LeftOutBecause.NO_METHOD
        return None if self.amount else LeftOutBecause.NETTED


@dataclass(frozen=True)
class PayoutPlan:
    """All people who are due money in `unit`: those who would be paid now and those who would not."""

    unit: str
    paid: list[Share] = field(default_factory=list)
    left_out: list[Share] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(share.amount for share in self.paid)


def payout_plan(*, unit: str) -> PayoutPlan:
    """Approved money in `unit` that stands in no payout yet, by person, in a fixed order."""
    due = due_rewards().filter(unit=unit).order_by("contact_id", "pk").select_related("contact__details")
    methods = {
        method.contact_id: method
        for method in PayoutMethod.objects.standing().filter(contact__in=due.values("contact"))
    }
    debts = debts_in(unit)
    plan = PayoutPlan(unit)
    for contact, rewards in groupby(due, key=lambda reward: reward.contact):
        share = Share(contact, methods.get(contact.pk), list(rewards), debts.get(contact.public_id, 0))
        (plan.left_out if share.left_out else plan.paid).append(share)
    return plan


def due_rewards() -> RewardQuerySet:
    """Approved money of a known person that stands in no payout, and whose sale nobody has to look at again."""
    standing = PayoutLine.objects.standing().filter(reward=OuterRef("pk"))
    return Reward.objects.payable().filter(~Exists(standing), contact__isnull=False, recheck_at=None)


def due_units() -> list[str]:
    """The currencies in which somebody is due money."""
    return sorted(due_rewards().values_list("unit", flat=True).distinct())


def debts_in(unit: str) -> dict[str, int]:
    """By contact's public id: what was taken back after payment, less what waiting payouts already keep back."""
    receivable = Account.objects.filter(kind=Account.Kind.RECEIVABLE, unit=unit, balance__lt=0)
    claimed = Payout.objects.filter(status=Payout.Status.READY, unit=unit, netted__gt=0)
    kept_back = dict(claimed.values_list("contact__public_id").annotate(Sum("netted")))
    return {account.party_key: max(0, -account.balance - kept_back.get(account.party_key, 0)) for account in receivable}
