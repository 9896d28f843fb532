"""What is left of an event after refunds and take-backs. The order in which these arrived makes no difference."""

import re
from dataclasses import dataclass

from referrals.models import Referral, ReferralEvent
from referrals.services.facts import confirmed_friends

# Slots that name a number which must have been reached: milestone:5, friend:con_…:step:50
COUNTED = re.compile(r"(?:^|:)(milestone|step):(\d+)$")


@dataclass(frozen=True, slots=True)
class Standing:
    """`amount`: what is left of the sale in minor units, None when the event carries none."""

    is_gone: bool
    amount: int | None


@dataclass(frozen=True, slots=True)
class Reached:
    """How many a slot asks for, and how many stand now."""

    needed: int
    standing: int

    @property
    def is_enough(self) -> bool:
        return self.standing >= self.needed


def standing(event: ReferralEvent) -> Standing:
    """A refund of the purchase that proves a deal counts against the deal."""
    taken_back = ReferralEvent.objects.filter(takes_back=event)
    for evidence in event.evidence.all():
        taken_back = taken_back | ReferralEvent.objects.filter(takes_back=evidence)
    refunds = list(taken_back)
    if any(_takes_all(refund) for refund in refunds):
        return Standing(True, 0)
    if event.amount is None:
        return Standing(False, None)
    left = event.amount - sum(refund.amount or 0 for refund in refunds)
    return Standing(bool(refunds) and left <= 0, max(left, 0))


def number_of(slot: str) -> int:
    """The number that a slot was given for; 0 for one that counts nothing."""
    found = COUNTED.search(slot)
    return int(found[2]) if found else 0


def reached(slot: str, event: ReferralEvent, referral: Referral) -> Reached | None:
    """None for a slot that counts nothing. Milestones: the advocate's friends; steps: the friend's events of a type."""
    found = COUNTED.search(slot)
    if found is None:
        return None
    needed = int(found[2])
    if found[1] == "milestone":
        return Reached(needed, confirmed_friends(referral))
    alike = ReferralEvent.objects.filter(referral=referral, type=event.type, evidence_for=None)
    return Reached(needed, alike.standing().count())


def root(event: ReferralEvent) -> ReferralEvent | None:
    """The event that rewards were earned by, for one that takes back; None for all others."""
    original = event.takes_back
    return (original.evidence_for or original) if original else None


def _takes_all(refund: ReferralEvent) -> bool:
    if refund.type == ReferralEvent.WON_TAKEN_BACK or refund.amount is None:
        return True
    proof = refund.takes_back
    return bool(proof and proof.evidence_for_id and proof.amount is not None and refund.amount >= proof.amount)
