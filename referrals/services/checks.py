"""A score never refuses: from 34 points on a person looks at it, and the friend is told nothing of it."""

from referrals.fraud.registry import FRAUD_RULES
from referrals.fraud.rule import HOLD_FROM
from referrals.models import FraudSignal, Referral


def referral_check(*, referral: Referral) -> int:
    """Run every fraud rule over a new referral and hold it where they notice enough: the points together."""
    looks = [(rule.name, rule.look(referral)) for rule in FRAUD_RULES]
    found = [(name, finding) for name, finding in looks if finding]
    FraudSignal.objects.bulk_create(
        FraudSignal(referral=referral, rule=name, points=finding.points, detail=finding.detail)
        for name, finding in found
    )
    points = sum(finding.points for _name, finding in found)
    if points >= HOLD_FROM:
        referral.review = Referral.Review.HELD
        referral.save(update_fields=["review", "updated_at"])
    return points
