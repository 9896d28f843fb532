"""Moments of people who are known: who, what, when. A row is one moment; the same row again is the same moment."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from advocates.errors import ImportRefused, RowRefused
from advocates.imports import cells
from advocates.imports.columns import columns_match, plain_name
from advocates.imports.files import Row, record
from advocates.imports.mends import mend
from advocates.imports.run import Import, Refusal, Taken
from advocates.models import Contact, ImportRun, Moment
from advocates.services.contacts import ContactRef, contact_find
from advocates.services.moments import moment_record
from config.lib import clock
from config.lib.errors import DomainError

CHUNK_SIZE = 500
ID_LENGTH = 128

KNOWN: dict[str, Collection[str]] = {
    "external_id": ("customer_id", "customer", "customer_number", "external_id", "contact_id", "kundennummer"),
    "email": ("email", "e_mail", "email_address", "customer_email"),
    "phone": ("phone", "phone_number", "telephone", "mobile", "telefon"),
    "kind": ("kind", "what", "type", "moment", "event", "art"),
    "occurred_at": ("date", "occurred_at", "when", "created_at", "datum"),
    "note": ("note", "comment", "text", "notiz"),
    "event_id": ("id", "event_id", "ticket_id", "moment_id"),
}
KEYS = ("external_id", "email", "phone")
NEEDED = ("kind", "occurred_at")
# As help desks and shops call it.
SYNONYMS = {
    "bought": Moment.Kind.PURCHASE,
    "order": Moment.Kind.PURCHASE,
    "resolved": Moment.Kind.ISSUE_RESOLVED,
    "solved": Moment.Kind.ISSUE_RESOLVED,
    "ticket_solved": Moment.Kind.ISSUE_RESOLVED,
    "feedback": Moment.Kind.POSITIVE_FEEDBACK,
    "praise": Moment.Kind.POSITIVE_FEEDBACK,
    "review": Moment.Kind.PUBLIC_PRAISE,
    "onboarded": Moment.Kind.IMPLEMENTATION_DONE,
    "go_live": Moment.Kind.IMPLEMENTATION_DONE,
    "complained": Moment.Kind.COMPLAINT,
}


@dataclass(frozen=True, slots=True)
class MomentsImport:
    """`columns`: field → index, see `moment_columns`."""

    columns: dict[str, int]
    source: str

    def how(self) -> Import:
        return Import(kind=ImportRun.Kind.MOMENTS, chunk_size=CHUNK_SIZE, take=self.take)

    def take(self, rows: Sequence[Row], run: ImportRun) -> Taken:
        taken = Taken()
        for row in rows:
            try:
                is_new = self._record(row, run)
            except DomainError as refusal:
                taken.refused.append(Refusal(row, refusal.sentence, mend(refusal)))
            else:
                taken.count("created" if is_new else "unchanged")
        return taken

    def _record(self, row: Row, run: ImportRun) -> bool:
        """Whether it is a new one. Raises RowRefused and what `moment_record` does."""
        said = record(row, self.columns)
        contact = self._contact(said)
        kind = moment_kind(said.get("kind", ""))
        occurred_at = cells.moment(said.get("occurred_at", ""))
        note = said.get("note", "")
        _moment, is_new = moment_record(
            contact=contact,
            kind=kind,
            source=self.source,
            event_id=said.get("event_id", "")[:ID_LENGTH] or _own_id(contact, kind, occurred_at.isoformat(), note),
            occurred_at=occurred_at,
            note=note,
            import_run=run if run.pk else None,
            now=clock.now(),
        )
        return is_new

    def _contact(self, said: Mapping[str, str]) -> Contact:
        given = {name: said.get(name, "") for name in KEYS}
        if not any(given.values()):
            raise RowRefused(_("The row does not say who it was."))
        contact = contact_find(ref=ContactRef(**given), source=self.source)
        if contact is None:
            raise RowRefused(_("Nobody here is known by that. Import the people first."))
        return contact


def moments_import_of(header: Sequence[str], *, chosen: Mapping[str, str], source: str) -> MomentsImport:
    return MomentsImport(columns=moment_columns(header, chosen), source=source)


def moment_columns(header: Sequence[str], chosen: Mapping[str, str]) -> dict[str, int]:
    """Raises ImportRefused for a file that does not say who, what or when."""
    columns = columns_match(header, known=KNOWN, chosen=chosen)
    if not any(key in columns for key in KEYS):
        raise ImportRefused(_("No column says who it was: a customer number, an e-mail address or a phone number."))
    missing = [name for name in NEEDED if name not in columns]
    if missing:
        raise ImportRefused(_("There is no column for: %(missing)s.") % {"missing": ", ".join(missing)})
    return columns


def moment_kind(text: str) -> str:
    """One of ours, by its own name or by what help desks and shops call it. Raises RowRefused."""
    plain = plain_name(text)
    if plain in Moment.Kind.values:
        return plain
    if plain in SYNONYMS:
        return SYNONYMS[plain].value
    known = ", ".join(Moment.Kind.values)
    raise RowRefused(_("“%(text)s” is no kind of moment. There are: %(known)s.") % {"text": text[:40], "known": known})


def _own_id(contact: Contact, *facts: str) -> str:
    """For files without ids: the row's own content, as a hash that says nothing about anybody."""
    return hashlib.sha256("\n".join((contact.public_id, *facts)).encode()).hexdigest()
