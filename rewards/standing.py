"""What is left of an event after refunds and take-backs. The order in which these arrived makes no difference."""

from dataclasses import dataclass

from referrals.models import ReferralEvent


@dataclass(frozen=True, slots=True)
class Standing:
    """`amount`: what is left of the sale in minor units, None when the event carries none."""

    is_gone: bool
    amount: int | None


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


def root(event: ReferralEvent) -> ReferralEvent | None:
    """The event that rewards were earned by, for one that takes back; None for all others."""
    original = event.takes_back
    return (original.evidence_for or original) if original else None


def _takes_all(refund: ReferralEvent) -> bool:
    if refund.type == ReferralEvent.WON_TAKEN_BACK or refund.amount is None:
        return True
    proof = refund.takes_back
    return bool(proof and proof.evidence_for_id and proof.amount is not None and refund.amount >= proof.amount)
