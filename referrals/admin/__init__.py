from referrals.admin.events import ReferralEventAdmin
from referrals.admin.referrals import ReferralAdmin
from referrals.admin.visits import VisitAdmin

__all__ = ["ReferralAdmin", "ReferralEventAdmin", "VisitAdmin"]
