"""This app's tables with people in them.

A free text about a recommendation may name either side, so it goes when either of them is forgotten.
"""

from datetime import datetime
from typing import Any

from django.db.models import Q

from advocates.models import Contact
from advocates.people import PersonalData, Row, nothing_erased
from advocates.telling import teller, told
from campaigns.messaging.mails import MAILS
from campaigns.models import OutboundMessage
from campaigns.services.forgetting import ERASED, messages_forget
from referrals import merging
from referrals.models import AttributionDecision, Claim, EarlyRefund, FraudSignal, Referral, ReferralEvent, Visit


def referrals_of(contact: Contact) -> Any:
    return Referral.objects.filter(Q(advocate=contact) | Q(friend=contact))


def referrals_erased(contact: Contact, now: datetime) -> int:
    _mails_erased(contact, now)
    referrals_of(contact).exclude(lost_reason="").update(lost_reason=ERASED)
    Referral.objects.filter(friend=contact).update(evidence={}, language="")
    AttributionDecision.objects.filter(referral__in=referrals_of(contact)).exclude(reason="").update(reason=ERASED)
    return int(referrals_of(contact).update(note=""))


def claims_of(contact: Contact) -> Any:
    return Claim.objects.filter(Q(enrolment__contact=contact) | Q(friend=contact))


def claims_erased(contact: Contact, now: datetime) -> int:
    """What was said and why it was decided so; that there was a claim stays."""
    _mails_about(claims_of(contact), contact, now)
    claims_of(contact).exclude(reason="").update(reason=ERASED)
    return int(claims_of(contact).update(note=""))


def claims_told(contact: Contact) -> list[Row]:
    """What the person said themselves; of a claim about them that there was one, and how it was decided."""
    common = ("enrolment__campaign__name", "status", "claimed_at", "decided_at")
    made = told(Claim.objects.filter(enrolment__contact=contact), *common, "note")
    about = told(Claim.objects.filter(friend=contact), *common)
    return [{"as": "advocate"} | row for row in made] + [{"as": "friend"} | row for row in about]


def _mails_erased(contact: Contact, now: datetime) -> None:
    _mails_about(referrals_of(contact), contact, now)


def _mails_about(rows: Any, contact: Contact, now: datetime) -> None:
    """Mails to the other side and to colleagues name the person too; their key begins with mail and row."""
    for public_id in rows.values_list("public_id", flat=True):
        about = Q()
        for mail in MAILS:
            about |= Q(dedupe_key__startswith=f"{mail.name}:{public_id}")
        messages_forget(OutboundMessage.objects.filter(about), is_addressee=False, now=now)


def events_erased(contact: Contact, _now: datetime) -> int:
    """What other systems told beside the sale goes. Facts of our own hold codes, and are read again."""
    about = ReferralEvent.objects.filter(Q(contact=contact) | Q(referral__in=referrals_of(contact)))
    about.exclude(reason="").update(reason="")
    theirs = ReferralEvent.objects.filter(contact=contact)
    theirs.exclude(type__in=ReferralEvent.OWN_TYPES).update(metadata={})
    return theirs.update(region="")


def visits_erased(contact: Contact, _now: datetime) -> int:
    """The clicks that led to the person's own sign-up: found by the number of the cookie, before that is erased."""
    evidence = Referral.objects.filter(friend=contact).values_list("evidence", flat=True)
    numbers = {found["visitor"] for found in evidence if found.get("visitor")}
    return Visit.objects.filter(visitor__in=numbers).update(visitor="", address_hash="", agent_hash="")


def referrals_told(contact: Contact) -> list[Row]:
    """What the person did and what was noted about them; never who the other side is."""
    common = ("campaign__name", "status", "submitted_at", "converted_at")
    given = told(Referral.objects.filter(advocate=contact), *common)
    received = told(
        Referral.objects.filter(friend=contact),
        *common,
        "method",
        "channel",
        "source",
        "language",
        "note",
        "deal_amount",
        "deal_unit",
        "lost_reason",
    )
    return [{"as": "advocate"} | row for row in given] + [{"as": "friend"} | row for row in received]


def visits_told(contact: Contact) -> list[Row]:
    evidence = Referral.objects.filter(friend=contact).values_list("evidence", flat=True)
    numbers = {found["visitor"] for found in evidence if found.get("visitor")}
    return told(Visit.objects.filter(visitor__in=numbers), "channel", "occurred_at")


def nothing_told(_contact: Contact) -> list[Row]:
    return []


def _table(model: Any, fields: tuple[str, ...], export: Any, erase: Any = nothing_erased, **merge: Any) -> PersonalData:
    return PersonalData(model, fields, model._meta.verbose_name_plural, export, erase=erase, **merge)


PERSONAL = (
    _table(
        Referral,
        ("advocate", "friend"),
        referrals_told,
        referrals_erased,
        merge=merging.referral_merge,
        unmerge=merging.referral_unmerge,
    ),
    _table(
        ReferralEvent,
        ("contact",),
        teller(
            ReferralEvent,
            "contact",
            "type",
            "source",
            "occurred_at",
            "amount",
            "unit",
            "items",
            "region",
            "coupon_code",
            "metadata",
            "reason",
        ),
        events_erased,
        merge=merging.referralevent_merge,
        unmerge=merging.referralevent_unmerge,
    ),
    _table(Claim, ("friend",), claims_told, claims_erased, merge=merging.claim_merge, unmerge=merging.claim_unmerge),
    # Rules, points and counts; no address and no name (referrals/fraud/rule.py).
    _table(FraudSignal, (), teller(FraudSignal, "referral__friend", "rule", "points", "created_at")),
    # Ways and codes, and why staff gave the credit to somebody else; emptied with the referral above.
    _table(AttributionDecision, (), teller(AttributionDecision, "referral__friend", "method", "channel", "decided_at")),
    # Nobody knows yet whose they are; once they are known, the reason stands with the event.
    _table(EarlyRefund, (), nothing_told),
    _table(Visit, (), visits_told, visits_erased),
)
