from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from referrals.fraud.rule import HOLD_FROM, Finding, FraudRule
from referrals.models import Referral

AN_HOUR, PER_HOUR = timedelta(hours=1), 5
A_DAY, PER_DAY = timedelta(days=1), 20


def look(referral: Referral) -> Finding | None:
    """More friends than a person knows: a code on a coupon site, or a machine."""
    at = referral.submitted_at
    latest = Referral.objects.filter(enrolment=referral.enrolment_id, submitted_at__lte=at)
    in_a_day = latest.filter(submitted_at__gt=at - A_DAY).count()
    if in_a_day > PER_DAY:
        return Finding(HOLD_FROM, {"in_a_day": in_a_day})
    in_an_hour = latest.filter(submitted_at__gt=at - AN_HOUR).count()
    return Finding(25, {"in_an_hour": in_an_hour}) if in_an_hour > PER_HOUR else None


VELOCITY = FraudRule("velocity", _("This link brings friends faster than one person can."), look)
