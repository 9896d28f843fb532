from referrals.services.referrals.by_phone import enrolment_meant, referral_heard
from referrals.services.referrals.claims import friend_claim
from referrals.services.referrals.entry import Entry, FriendConsent, referral_enter
from referrals.services.referrals.pipeline import (
    referral_assign,
    referral_move,
    referral_review,
    referral_take_back,
    referrals_expire,
)
from referrals.services.referrals.reassigning import REASSIGN_GUARDS, REASSIGN_STAKES, referral_reassign
from referrals.services.referrals.submission import referral_submit

__all__ = [
    "REASSIGN_GUARDS",
    "REASSIGN_STAKES",
    "Entry",
    "FriendConsent",
    "enrolment_meant",
    "friend_claim",
    "referral_assign",
    "referral_enter",
    "referral_heard",
    "referral_move",
    "referral_reassign",
    "referral_review",
    "referral_submit",
    "referral_take_back",
    "referrals_expire",
]
