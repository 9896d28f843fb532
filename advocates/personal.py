"""This app's tables with people in them. Erased in the reverse order: the keys go last, others look for them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import Q

from advocates import merging
from advocates.models import (
    AuditEntry,
    CircleChoice,
    CircleSuggestion,
    Consent,
    Contact,
    ContactDetails,
    ContactKey,
    ContactMerge,
    ContactPair,
    CustomerScore,
    Erasure,
    ImportChange,
    ImportRun,
    Moment,
    NpsAnswer,
    Purchase,
    PurchaseReturn,
    SegmentEvent,
    SegmentMember,
    Suppression,
    User,
)
from advocates.people import PersonalData, Row, nothing_erased
from advocates.selectors import suppressions_of
from advocates.telling import teller, told, untold


def rows_deleted(model: Any, path: str = "contact") -> Callable[[Contact, datetime], int]:
    """An eraser that leaves nothing of the rows."""

    def erase(contact: Contact, _now: datetime) -> int:
        return int(model._base_manager.filter(**{path: contact}).delete()[0])

    return erase


def rows_blanked(model: Any, path: str = "contact", **blanks: Any) -> Callable[[Contact, datetime], int]:
    """An eraser that leaves the rows without what somebody wrote in them."""

    def erase(contact: Contact, _now: datetime) -> int:
        return int(model._base_manager.filter(**{path: contact}).update(**blanks))

    return erase


def contact_erased(contact: Contact, _now: datetime) -> int:
    """Purchases go on to count in the company's figures; they are nobody's any more."""
    return Contact.objects.filter(pk=contact.pk).update(
        language="",
        time_zone="",
        country="",
        region="",
        customer_since=None,
        nps_score=None,
        nps_at=None,
        last_asked_at=None,
        metadata={},
        import_run=None,
    )


def consents_withdrawn(contact: Contact, now: datetime) -> int:
    """The rows stay as proof of why we wrote. They name nobody."""
    return Consent.objects.filter(contact=contact, withdrawn_at=None).update(withdrawn_at=now)


def suggestions_erased(contact: Contact, _now: datetime) -> int:
    """What people decided stays for the figures; the reasons were about this person."""
    gone, _by_model = CircleSuggestion.objects.filter(contact=contact, decision="").delete()
    return gone + CircleSuggestion.objects.filter(contact=contact).update(reasons=[])


def pairs_erased(contact: Contact, _now: datetime) -> int:
    return ContactPair.objects.filter(Q(left=contact) | Q(right=contact)).delete()[0]


def merges_erased(contact: Contact, now: datetime) -> int:
    """A merge of somebody forgotten is not taken back: what it remembers of both sides is gone."""
    merges = ContactMerge.objects.filter(Q(kept=contact) | Q(gone=contact))
    return merges.update(before={}, moved={}, reason="", undo_until=now)


def pairs_told(contact: Contact) -> list[Row]:
    """That somebody alike was found; who that is, is another person's business."""
    return told(ContactPair.objects.filter(Q(left=contact) | Q(right=contact)), "found_at", "status")


def suppressions_told(contact: Contact) -> list[Row]:
    rows = []
    for key in contact.keys.filter(kind=ContactKey.Kind.EMAIL).order_by("pk"):
        standing = told(suppressions_of(key.shown), "scope", "reason", "created_at")
        rows += [{"address": key.shown} | row for row in standing]
    return rows


def contact_told(contact: Contact) -> list[Row]:
    return told(
        Contact.objects.filter(pk=contact.pk),
        "public_id",
        "relation",
        "language",
        "time_zone",
        "country",
        "region",
        "customer_since",
        "purchases_count",
        "lifetime_amount",
        "lifetime_unit",
        "nps_score",
        "nps_at",
        "last_asked_at",
        "metadata",
        "created_at",
    )


def trail_told(contact: Contact) -> list[Row]:
    entries = AuditEntry.objects.filter(model=contact._meta.label_lower, object_id=contact.public_id)
    return told(entries, "verb", "actor_label", "created_at")


def _table(model: Any, fields: tuple[str, ...], export: Any, erase: Any = nothing_erased, **merge: Any) -> PersonalData:
    return PersonalData(model, fields, model._meta.verbose_name_plural, export, erase=erase, **merge)


PERSONAL = (
    _table(
        ContactKey,
        ("contact",),
        teller(ContactKey, "contact", "kind", "source", "shown", "created_at"),
        rows_deleted(ContactKey),
        merge=merging.contactkey_merge,
        unmerge=merging.contactkey_unmerge,
    ),
    _table(
        ContactDetails,
        ("contact",),
        teller(ContactDetails, "contact", "name", "public_name", "company"),
        rows_deleted(ContactDetails),
        merge=merging.contactdetails_merge,
        unmerge=merging.contactdetails_unmerge,
        late=False,
    ),
    _table(
        Consent,
        ("contact",),
        teller(Consent, "contact", "channel", "basis", "text_version", "source", "given_at", "withdrawn_at"),
        consents_withdrawn,
        merge=merging.consent_merge,
        unmerge=merging.consent_unmerge,
    ),
    _table(
        Purchase,
        ("contact",),
        teller(
            Purchase,
            "contact",
            "source",
            "external_id",
            "occurred_at",
            "amount",
            "unit",
            "quantity",
            "status",
            "returned_amount",
        ),
        # A booking record: the order stays with its number, and points at somebody without a name.
        nothing_erased,
        merge=merging.purchase_merge,
        unmerge=merging.purchase_unmerge,
    ),
    _table(
        Moment,
        ("contact",),
        teller(Moment, "contact", "kind", "source", "note", "metadata", "occurred_at", "resolved_at"),
        rows_deleted(Moment),
        merge=merging.moment_merge,
        unmerge=merging.moment_unmerge,
    ),
    _table(
        NpsAnswer,
        ("contact",),
        teller(NpsAnswer, "contact", "score", "comment", "via", "source", "occurred_at"),
        rows_blanked(NpsAnswer, comment=""),
        merge=merging.npsanswer_merge,
        unmerge=merging.npsanswer_unmerge,
    ),
    _table(
        CircleChoice,
        ("contact",),
        teller(CircleChoice, "contact", "status", "level__name", "reasons", "note", "chosen_at"),
        rows_deleted(CircleChoice),
        merge=merging.circlechoice_merge,
        unmerge=merging.circlechoice_unmerge,
    ),
    _table(
        CircleSuggestion,
        ("contact",),
        teller(CircleSuggestion, "contact", "score", "suggested_at", "decision", "decided_at"),
        suggestions_erased,
        merge=merging.circlesuggestion_merge,
        unmerge=merging.circlesuggestion_unmerge,
    ),
    _table(
        SegmentMember,
        ("contact",),
        teller(SegmentMember, "contact", "segment__name", "joined_at"),
        rows_deleted(SegmentMember),
        merge=merging.segmentmember_merge,
        unmerge=merging.segmentmember_unmerge,
    ),
    _table(
        SegmentEvent,
        ("contact",),
        teller(SegmentEvent, "contact", "segment__name", "kind", "occurred_at"),
        rows_deleted(SegmentEvent),
        merge=merging.segmentevent_merge,
        unmerge=merging.segmentevent_unmerge,
    ),
    _table(
        User,
        ("contact",),
        teller(User, "contact", "email", "created_at"),
        rows_blanked(User, contact=None),
        merge=merging.user_merge,
        unmerge=merging.user_unmerge,
    ),
    _table(
        Contact,
        ("merged_into",),
        contact_told,
        contact_erased,
    ),
    _table(
        PurchaseReturn,
        (),
        teller(
            PurchaseReturn, "purchase__contact", "purchase__external_id", "kind", "event_id", "amount", "occurred_at"
        ),
    ),
    _table(
        CustomerScore,
        ("contact",),
        teller(CustomerScore, "contact", "recency", "frequency", "value", "expected_milli", "alive_bp", "scored_at"),
        rows_deleted(CustomerScore),
    ),
    _table(ContactPair, ("left", "right"), pairs_told, pairs_erased),
    _table(ContactMerge, ("kept", "gone"), teller(ContactMerge, "kept", "merged_at", "undone_at"), merges_erased),
    _table(
        ImportChange,
        ("contact",),
        teller(ImportChange, "contact", "run__source", "before", "keys_added"),
        rows_deleted(ImportChange),
    ),
    # Its files are looked through by advocates/imports/traces.py.
    _table(ImportRun, (), teller(ImportRun, "contacts", "source", "started_at")),
    _table(Erasure, ("contact",), untold),
    # Keyed hashes only, which outlive the person's data on purpose.
    _table(Suppression, (), suppressions_told),
    # Holds no names; what a colleague typed as a reason is blanked by the service, for the rows of every table.
    _table(AuditEntry, (), trail_told),
)
