"""The credit for a friend stays where it is once money for it was said yes to."""

from django.db.models import Sum
from django.utils.translation import gettext as _

from referrals.models import Referral
from rewards.locks import rewards_lock
from rewards.models import Reward, RewardRule
from rewards.words.lists import amount_words

Status = Reward.Status
APPROVED = (Status.APPROVED, Status.PROCESSING, Status.FULFILLED, Status.FAILED)


def reassign_guard(referral: Referral) -> str:
    """Why the advocate may not be another one, or an empty string. What the friend got does not matter."""
    theirs = Reward.objects.filter(referral=referral).exclude(recipient_kind=RewardRule.Recipient.FRIEND)
    if any(reward.status in APPROVED or reward.approved_by_id for reward in rewards_lock(theirs)):
        return _("A reward of the advocate for this friend has been approved already.")
    return ""


def reassign_stake(referral: Referral) -> str:
    """What the advocate loses, by unit."""
    theirs = Reward.objects.filter(referral=referral, status=Status.PENDING)
    theirs = theirs.exclude(recipient_kind=RewardRule.Recipient.FRIEND)
    sums = theirs.order_by("unit").values_list("unit").annotate(Sum("amount"))
    amounts = ", ".join(amount_words(amount, unit) for unit, amount in sums)
    return _("Rewards of %(amounts)s that wait are cancelled.") % {"amounts": amounts} if amounts else ""
