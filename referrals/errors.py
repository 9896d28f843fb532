"""What the referrals app refuses. Codes are part of the public interface."""

from advocates.errors import BadTime as BadTime, EventIdReused as EventIdReused
from config.lib.errors import DomainError
from config.lib.states import NotAllowed


class AlreadyReferred(DomainError):
    """`referral` is given only to the advocate whose own referral it is."""

    code = "already_referred"
    status = 409


class SelfReferral(DomainError):
    code = "self_referral"
    status = 409


class ExistingCustomer(DomainError):
    code = "existing_customer"
    status = 409


class LinkOff(DomainError):
    code = "link_off"
    status = 409


class ReasonNeeded(DomainError):
    code = "reason_needed"


class CreditWindowOver(NotAllowed):
    """The days in which a sale still counts have passed, or a person decided that this one never counts."""


class NothingToTakeBack(NotAllowed):
    pass


class AlreadyReviewed(NotAllowed):
    pass


class UnknownCampaign(DomainError):
    code = "unknown_campaign"


class UnknownEvent(DomainError):
    code = "unknown_event"
    status = 404


class FriendMissing(DomainError):
    code = "friend_missing"


class BadEventType(DomainError):
    code = "bad_type"


class RefundTooLarge(DomainError):
    code = "refund_too_large"


class UnknownAdvocate(DomainError):
    code = "unknown_advocate"


class OwnClaim(DomainError):
    """Nobody decides about what they get themselves."""

    code = "own_claim"
    status = 409
