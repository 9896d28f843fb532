"""Rewards that an event of the friend has to release: which events do, and whether one has come."""

from django.db.models import Q

from referrals.models import Referral, ReferralEvent
from rewards.models import RewardRule
from rewards.triggers.referral_events import NO_STEPS


def names_of(event: ReferralEvent) -> frozenset[str]:
    """What a rule may call it: its type, and the step that the referral took with it."""
    if event.type in NO_STEPS:
        return frozenset()
    return frozenset({event.type, event.status_to} - {""})


def has_followed(name: str, referral: Referral) -> bool:
    """Does an event of that name stand in the referral, whenever it came?"""
    called = ReferralEvent.objects.filter(Q(type=name) | Q(status_to=name), referral=referral)
    return called.exclude(type__in=NO_STEPS).standing().exists()


def is_released(rule: RewardRule, referral: Referral | None) -> bool:
    """Only a friend's events release: without a referral there is nothing to wait for."""
    return bool(rule.release_on) and referral is not None and has_followed(rule.release_on, referral)
