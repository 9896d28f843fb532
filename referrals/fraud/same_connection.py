from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from referrals.fraud.rule import Finding, FraudRule
from referrals.models import Referral

LOOK_BACK = timedelta(days=30)


def look(referral: Referral) -> Finding | None:
    """One connection is an office, a household, a telephone network: alone it never holds; with one browser it does."""
    address, agent = referral.evidence.get("address"), referral.evidence.get("agent")
    if not address:
        return None
    others = Referral.objects.filter(
        advocate=referral.advocate_id,
        submitted_at__gte=referral.submitted_at - LOOK_BACK,
        evidence__address=address,
    ).exclude(pk=referral.pk)
    if not others.exists():
        return None
    return Finding(40 if others.filter(evidence__agent=agent).exists() else 15)


SAME_CONNECTION = FraudRule(
    "same_connection",
    _("Another friend of this advocate came over the same connection within a month."),
    look,
)
