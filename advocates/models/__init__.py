from advocates.models.audit import AuditEntry
from advocates.models.circle import CircleChoice
from advocates.models.consent import Consent, Suppression
from advocates.models.contact import Contact, ContactDetails, ContactKey
from advocates.models.job import JobRun, RateBucket
from advocates.models.purchase import ImportRun, Purchase
from advocates.models.user import User

__all__ = [
    "AuditEntry",
    "CircleChoice",
    "Consent",
    "Contact",
    "ContactDetails",
    "ContactKey",
    "ImportRun",
    "JobRun",
    "Purchase",
    "RateBucket",
    "Suppression",
    "User",
]
