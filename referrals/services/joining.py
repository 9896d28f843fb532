"""What a friend did before the referral was known to us joins it: the order in which news arrives decides nothing."""

from datetime import datetime

from django.db.models import Q

from referrals.locks import events_locked
from referrals.models import Referral, ReferralEvent
from referrals.services.conversions import conversion_join
from referrals.services.facts import confirmed_friends, fact_of, next_number


def events_join(*, referral: Referral, now: datetime) -> None:
    """Give the referral, just made, its friend's earlier events that stand nowhere yet; the first conversion wins it.

    Those that happened since `counts_from` and belong to no other campaign. Rewards are told to look at them again.
    """
    joined = [event for event in events_locked(_waiting(referral)) if _fits(event)]
    for event in joined:
        _join(event, referral, now)
    if joined:
        ids = [event.public_id for event in joined]
        fact_of(referral, type=ReferralEvent.JOINED, source=ReferralEvent.CLOCK, metadata={"events": ids}, now=now)


def _waiting(referral: Referral) -> Q:
    is_here = Q(campaign=None) | Q(campaign=referral.campaign_id)
    window = (referral.counts_from, referral.credit_until)
    in_time = Q(occurred_at__range=window) | Q(takes_back__occurred_at__range=window)
    return is_here & in_time & Q(contact=referral.friend_id, referral=None)


def _fits(event: ReferralEvent) -> bool:
    return event.type not in ReferralEvent.OWN_TYPES or event.type == ReferralEvent.REFUND


def _join(event: ReferralEvent, referral: Referral, now: datetime) -> None:
    stands = ReferralEvent.objects.filter(pk=event.pk).standing().exists()
    number = next_number(referral, type=event.type) if stands else 0
    event.referral, event.campaign, event.sequence, event.reason = referral, referral.campaign, number, ""
    event.confirmed_count = confirmed_friends(referral)
    converts = stands and event.type in referral.campaign.conversion_events
    if converts and referral.may_convert(at=event.occurred_at):
        conversion_join(referral=referral, event=event, now=now)
    event.save(update_fields=["referral", "campaign", "sequence", "reason", "confirmed_count"])
