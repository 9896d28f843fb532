from django.utils.translation import gettext_lazy as _

from advocates.standing import standing
from referrals.fraud.rule import HOLD_FROM, Finding, FraudRule
from referrals.models import Referral


def look(referral: Referral) -> Finding | None:
    """Advocate and friend were taken for two people and turned out to be one."""
    return Finding(HOLD_FROM) if standing(referral.advocate) == standing(referral.friend) else None


ONE_PERSON = FraudRule("one_person", _("Advocate and friend turned out to be one person."), look)
