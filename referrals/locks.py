"""Row locks of this app, taken in this order: referral, then event. Nothing of another app is locked before them."""

from django.db.models import Q

from referrals.models import Referral, ReferralEvent


def referral_locked(pk: int) -> Referral:
    """The row as it stands now, held until the transaction ends. Numbers of its events are given under this lock."""
    referrals = Referral.objects.select_related("campaign", "enrolment", "advocate", "friend")
    return referrals.select_for_update(of=("self",)).get(pk=pk)


def event_locked(pk: int) -> ReferralEvent:
    """Held while it is reckoned how much of it has been given back."""
    return ReferralEvent.objects.select_for_update(of=("self",)).select_related("contact", "campaign").get(pk=pk)


def referrals_locked(which: Q) -> list[Referral]:
    """All of these, in the order of their ids, held until the transaction ends."""
    return list(Referral.objects.select_for_update(of=("self",)).filter(which).order_by("pk"))
