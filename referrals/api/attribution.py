from typing import Any

from ninja import Schema

from campaigns.models import Enrolment
from referrals.models import Referral


class CandidateOut(Schema):
    """Somebody who was in question. `code`: the method of the winner, else why they lost."""

    referral_code: str
    method: str
    channel: str
    won: bool
    code: str
    values: dict[str, Any]


class AttributionOut(Schema):
    """`candidates`: everybody who was in question, the winner first; only where one referral is asked for."""

    method: str
    advocate: str
    referral_code: str
    channel: str
    evidence: dict[str, Any]
    candidates: list[CandidateOut] = []


def attribution_out(referral: Referral) -> AttributionOut:
    return AttributionOut(
        method=referral.method,
        advocate=referral.advocate.public_id,
        referral_code=referral.enrolment.code,
        channel=referral.channel,
        evidence=referral.evidence,
    )


def candidates_out(referral: Referral) -> list[CandidateOut]:
    """From the decision that stands."""
    decision = referral.decisions.order_by("-pk").first()
    if decision is None:
        return []
    keys = {candidate["enrolment"] for candidate in decision.candidates}
    codes = dict(Enrolment.objects.filter(public_id__in=keys).values_list("public_id", "code"))
    return [_candidate(candidate, codes.get(candidate["enrolment"], "")) for candidate in decision.candidates]


def _candidate(candidate: dict[str, Any], code: str) -> CandidateOut:
    return CandidateOut(
        referral_code=code, **{name: candidate[name] for name in ("method", "channel", "won", "code", "values")}
    )
