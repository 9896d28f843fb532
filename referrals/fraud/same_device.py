from django.utils.translation import gettext_lazy as _

from referrals.fraud.rule import Finding, FraudRule
from referrals.models import Referral


def look(referral: Referral) -> Finding | None:
    """Two friends of one advocate on one device: the random number of the first-party cookie is the same."""
    visitor = referral.evidence.get("visitor")
    if not visitor:
        return None
    others = Referral.objects.filter(advocate=referral.advocate_id, evidence__visitor=visitor).exclude(pk=referral.pk)
    count = others.count()
    return Finding(40, {"others": count}) if count else None


SAME_DEVICE = FraudRule("same_device", _("Another friend of this advocate signed up on the same device."), look)
