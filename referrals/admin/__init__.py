from referrals.admin.claims import ClaimAdmin
from referrals.admin.early_refunds import EarlyRefundAdmin
from referrals.admin.events import ReferralEventAdmin
from referrals.admin.referrals import ReferralAdmin
from referrals.admin.visits import VisitAdmin

__all__ = ["ClaimAdmin", "EarlyRefundAdmin", "ReferralAdmin", "ReferralEventAdmin", "VisitAdmin"]
