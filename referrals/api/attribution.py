from typing import Any

from ninja import Schema

from referrals.models import Referral


class AttributionOut(Schema):
    method: str
    advocate: str
    referral_code: str
    channel: str
    evidence: dict[str, Any]


def attribution_out(referral: Referral) -> AttributionOut:
    return AttributionOut(
        method=referral.method,
        advocate=referral.advocate.public_id,
        referral_code=referral.enrolment.code,
        channel=referral.channel,
        evidence=referral.evidence,
    )
