from referrals.services.events.attribution import COUPON_OWNERS
from referrals.services.events.early_refunds import Waits, early_refunds_settle, refund_tell
from referrals.services.events.facts import EventFacts, Recorded
from referrals.services.events.recording import event_record
from referrals.services.events.refunds import refund_of_purchase, refund_record

__all__ = [
    "COUPON_OWNERS",
    "EventFacts",
    "Recorded",
    "Waits",
    "early_refunds_settle",
    "event_record",
    "refund_of_purchase",
    "refund_record",
    "refund_tell",
]
