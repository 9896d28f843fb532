"""Keys of two people in one message: the machine does not decide, it puts the two side by side for a person."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from advocates.errors import IdentityConflict
from advocates.models import Contact, ContactPair
from config.lib.ids import new_public_id
from config.lib.insert_once import insert_once

Cause = ContactPair.Cause
Status = ContactPair.Status
SURE = 100


def conflict_note(*, owners: Sequence[Contact], source: str, now: datetime) -> IdentityConflict:
    """Write down that these two wait for a person, and give back the refusal to raise.

    The row stands for itself where no transaction is around; inside of one that goes down with the refusal, the door
    that answers calls `conflict_keep` afterwards.
    """
    pair = _write(owners, source=source, now=now)
    return IdentityConflict(pair=pair.public_id, contacts=[owners[0].public_id, owners[1].public_id], source=source)


def conflict_keep(*, conflict: IdentityConflict, now: datetime) -> None:
    """For doors, outside of every transaction: the pair stands also when the refusal took back what was written."""
    pair = conflict.extra.get("pair", "")
    if not pair:
        return
    owners = list(Contact.objects.living().filter(public_id__in=conflict.extra["contacts"]))
    if len(owners) == 2:
        _write(owners, source=conflict.extra["source"], now=now, public_id=pair)


@contextmanager
def conflicts_kept(now: datetime) -> Iterator[None]:
    """Around the service that a door calls: a conflict goes on as a refusal, and its pair stands."""
    try:
        yield
    except IdentityConflict as conflict:
        conflict_keep(conflict=conflict, now=now)
        raise


def _write(owners: Sequence[Contact], *, source: str, now: datetime, public_id: str = "") -> ContactPair:
    """What somebody decided to keep apart is not opened again; a mere likeness becomes a conflict."""
    left, right = sorted(owners, key=lambda contact: contact.pk)
    pair, is_new = insert_once(
        ContactPair,
        unique=["left", "right"],
        public_id=public_id or new_public_id("pai"),
        left=left,
        right=right,
        cause=Cause.CONFLICT,
        score=SURE,
        reasons=[{"code": "keys_of_two"}],
        source=source,
        found_at=now,
    )
    if not is_new and pair.cause != Cause.CONFLICT:
        likeness = ContactPair.objects.filter(pk=pair.pk, status=Status.OPEN)
        likeness.update(cause=Cause.CONFLICT, score=SURE, source=source)
    return pair
