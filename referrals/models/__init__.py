from referrals.models.attribution import AttributionDecision
from referrals.models.claim import Claim
from referrals.models.early_refund import EarlyRefund
from referrals.models.event import ReferralEvent
from referrals.models.fraud import FraudSignal
from referrals.models.referral import Referral
from referrals.models.visit import Visit

__all__ = ["AttributionDecision", "Claim", "EarlyRefund", "FraudSignal", "Referral", "ReferralEvent", "Visit"]
