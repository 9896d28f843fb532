from referrals.services.events.attribution import COUPON_OWNERS
from referrals.services.events.facts import EventFacts, Recorded
from referrals.services.events.recording import event_record
from referrals.services.events.refunds import refund_of_purchase, refund_record

__all__ = ["COUPON_OWNERS", "EventFacts", "Recorded", "event_record", "refund_of_purchase", "refund_record"]
