"""Reads that join what is known about one person, or ask about an address."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from advocates.identity import email_key
from advocates.models import Consent, Contact, ContactKey, Moment, Suppression
from config.lib.signing import keyed_hashes

SUPPRESSION_PURPOSE = "suppression"
Channel = Consent.Channel
# An opinion of last year is no reason to ask today, nor to hold back.
NPS_OLD_AFTER = timedelta(days=365)
STANDING_WORDS = {
    "promoter": _("promoter"),
    "passive": _("passive"),
    "detractor": _("detractor"),
}


@dataclass(frozen=True, slots=True)
class May:
    """Whether we may use a channel, why in words, and since when."""

    allowed: bool
    basis: StrOrPromise
    since: date | datetime | None = None


def contact_email(contact: Contact) -> str:
    """The address that mails go to: the one learnt last, as the person writes it. Empty where there is none."""
    return _latest(contact, ContactKey.Kind.EMAIL)


def contact_phone(contact: Contact) -> str:
    return _latest(contact, ContactKey.Kind.PHONE)


def display_name(contact: Contact) -> str:
    """How staff call the person: the name, else the address, else the customer number, else the public id."""
    details = getattr(contact, "details", None)
    if details and details.name:
        return str(details.name)
    return contact_email(contact) or _latest(contact, ContactKey.Kind.EXTERNAL) or contact.public_id


def public_name(contact: Contact) -> str:
    """How others may see the person: the name they chose for it, else their name; empty where neither is known."""
    details = getattr(contact, "details", None)
    return (details.public_name or details.name) if details else ""


def external_ids(contact: Contact) -> dict[str, str]:
    """Source → customer number there; of several from one source, the one learnt last."""
    keys = [key for key in contact.keys.all() if key.kind == ContactKey.Kind.EXTERNAL]
    return {key.source: key.value for key in sorted(keys, key=lambda key: key.pk)}


def may_contact(contact: Contact, channel: str) -> May:
    """Whether staff may mail or phone this person now. A customer may be mailed; a call needs a consent."""
    if contact.erased_at:
        return May(False, _("The person asked to be forgotten"), contact.erased_at)
    address = contact_email(contact) if channel == Channel.EMAIL else contact_phone(contact)
    if not address:
        return May(False, _("No address is known") if channel == Channel.EMAIL else _("No number is known"))
    if channel == Channel.EMAIL and (held := suppressions_of(address).order_by("created_at").first()):
        return May(False, held.get_reason_display(), held.created_at)
    return _basis(contact, channel)


def is_suppressed(address: str, *, scope: str) -> bool:
    """Whether mails of this scope to the address are held back; *everything* covers asks. Raises BadEmail."""
    return bool(suppressed_among([address], scope=scope))


def suppressed_among(addresses: Iterable[str], *, scope: str) -> set[str]:
    """Those of the addresses that are held back, in one query. Raises BadEmail."""
    by_hash = {hashed: address for address in addresses for hashed in _hashes(address)}
    found = Suppression.objects.filter(key_hash__in=by_hash, scope__in={scope, Suppression.Scope.ALL})
    return {by_hash[hashed] for hashed in found.values_list("key_hash", flat=True)}


def suppressions_of(address: str) -> QuerySet[Suppression]:
    """Every standing suppression of an address, also under earlier keys of the installation. Raises BadEmail."""
    return Suppression.objects.filter(key_hash__in=_hashes(address))


def _hashes(address: str) -> Sequence[str]:
    return keyed_hashes(SUPPRESSION_PURPOSE, email_key(address).value)


@dataclass(frozen=True, slots=True)
class NpsWords:
    """What somebody's latest answer says. `standing` is a code, `label` its word, `words` both with the score."""

    standing: str
    label: StrOrPromise
    score: int | None
    at: datetime | None
    is_old: bool
    words: StrOrPromise


def nps_words(contact: Contact, now: datetime) -> NpsWords:
    """The standing as it is told everywhere: promoter, passive, detractor or unknown; old after a year."""
    score, at = contact.nps_score, contact.nps_at
    if score is None or at is None:
        return NpsWords("unknown", _("unknown"), None, None, False, _("never asked"))
    label = STANDING_WORDS[contact.nps_standing]
    is_old = at < now - NPS_OLD_AFTER
    words = _("%(score)s · %(standing)s, older than a year") if is_old else _("%(score)s · %(standing)s")
    said = {"score": score, "standing": label}
    return NpsWords(contact.nps_standing, label, score, at, is_old, words % said)


def open_complaints() -> QuerySet[Moment]:
    """Complaints that nobody has settled: whoever has one is not asked for anything."""
    return Moment.objects.filter(kind=Moment.Kind.COMPLAINT, resolved_at=None)


def open_complaint(contact: Contact) -> Moment | None:
    """The one that has waited longest, or None."""
    return open_complaints().filter(contact=contact).order_by("occurred_at", "pk").first()


def without_open_complaint(contacts: QuerySet[Contact]) -> QuerySet[Contact]:
    """Those of the contacts who may be asked for something, as far as complaints go."""
    return contacts.filter(~Exists(open_complaints().filter(contact=OuterRef("pk"))))


def _basis(contact: Contact, channel: str) -> May:
    latest = contact.consents.filter(channel=channel).order_by("withdrawn_at", "-given_at")
    standing = latest.filter(withdrawn_at=None).first()
    if standing:
        return May(True, standing.get_basis_display(), standing.given_at)
    withdrawn = latest.last()
    if withdrawn:
        return May(False, _("The consent was withdrawn"), withdrawn.withdrawn_at)
    if channel == Channel.EMAIL and contact.is_customer:
        return May(True, Consent.Basis.CUSTOMER.label, contact.customer_since)
    return May(False, _("No consent is known"))


def _latest(contact: Contact, kind: str) -> str:
    # Walks `keys.all()`, so that lists can prefetch it.
    keys = [key for key in contact.keys.all() if key.kind == kind]
    return max(keys, key=lambda key: key.pk).shown if keys else ""
