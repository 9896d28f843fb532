from advocates.models.audit import AuditEntry
from advocates.models.change import ImportChange
from advocates.models.circle import CircleChoice, CircleLevel, CircleSuggestion
from advocates.models.consent import Consent, Erasure, Suppression
from advocates.models.contact import Contact, ContactDetails, ContactKey
from advocates.models.identity import ContactMerge, ContactPair
from advocates.models.imports import ImportMapping, ImportRun
from advocates.models.job import JobRun, RateBucket
from advocates.models.moment import Moment, NpsAnswer
from advocates.models.purchase import Purchase, PurchaseReturn
from advocates.models.score import CustomerModel, CustomerScore
from advocates.models.segment import Segment, SegmentCondition, SegmentEvent, SegmentMember
from advocates.models.user import User

__all__ = [
    "AuditEntry",
    "CircleChoice",
    "CircleLevel",
    "CircleSuggestion",
    "Consent",
    "Contact",
    "ContactDetails",
    "ContactKey",
    "ContactMerge",
    "ContactPair",
    "CustomerModel",
    "CustomerScore",
    "Erasure",
    "ImportChange",
    "ImportMapping",
    "ImportRun",
    "JobRun",
    "Moment",
    "NpsAnswer",
    "Purchase",
    "PurchaseReturn",
    "RateBucket",
    "Segment",
    "SegmentCondition",
    "SegmentEvent",
    "SegmentMember",
    "Suppression",
    "User",
]
