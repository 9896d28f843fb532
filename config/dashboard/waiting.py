"""What stands open: rows that several parts of the page ask for."""

from django.db.models import QuerySet

from referrals.models import Claim, Referral
from rewards.models import Reward


def waiting_referrals() -> QuerySet[Referral]:
    rows = Referral.objects.unanswered().filter(is_test=False)
    return rows.select_related("campaign", "friend__details", "advocate__details")


def open_claims() -> QuerySet[Claim]:
    rows = Claim.objects.filter(status=Claim.Status.OPEN, enrolment__is_test=False)
    return rows.select_related("enrolment__campaign", "enrolment__contact__details")


def rewards_to_approve() -> QuerySet[Reward]:
    reason = Reward.PendingReason.NEEDS_APPROVAL
    return Reward.objects.filter(
        status=Reward.Status.PENDING, pending_reasons__icontains=reason, is_test=False
    ).select_related("contact__details", "campaign")
