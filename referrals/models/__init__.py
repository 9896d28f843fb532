from referrals.models.event import ReferralEvent
from referrals.models.fraud import FraudSignal
from referrals.models.referral import Referral
from referrals.models.visit import Visit

__all__ = ["FraudSignal", "Referral", "ReferralEvent", "Visit"]
