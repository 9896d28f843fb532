"""Row locks of this app, taken in this order: referral, then event. Nothing of another app is locked before them."""

from django.db.models import Q

from referrals.models import Referral, ReferralEvent


def referral_locked(pk: int) -> Referral:
    """The row as it stands now, held until the transaction ends. Numbers of its events are given under this lock."""
    # Without joins: a row that was given to somebody else while we waited would no longer match and be missed.
    Referral.objects.select_for_update().get(pk=pk)
    return Referral.objects.select_related("campaign", "enrolment", "advocate", "friend").get(pk=pk)


def event_locked(pk: int) -> ReferralEvent:
    """Held while it is reckoned how much of it has been given back."""
    ReferralEvent.objects.select_for_update().get(pk=pk)
    return ReferralEvent.objects.select_related("contact", "campaign").get(pk=pk)


def referrals_locked(which: Q) -> list[Referral]:
    """All of these, in the order of their ids, held until the transaction ends."""
    return list(Referral.objects.select_for_update(of=("self",)).filter(which).order_by("pk"))
