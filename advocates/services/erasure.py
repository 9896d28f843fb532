"""Forgetting a person. What says who they are is deleted; a stub without a name stays for foreign keys and the books.

Files first, then one transaction, then the files again: whatever breaks off in between leaves the person as they were,
to be forgotten once more, and never half forgotten with nobody knowing for whom to look.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import CharField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from advocates.errors import ErasureRefused
from advocates.forgotten import hash_of
from advocates.locks import contacts_held
from advocates.models import AuditEntry, Contact, ContactKey, Erasure, Suppression, User
from advocates.people import family, tables
from advocates.services.audit import audit
from advocates.services.suppression import suppression_add
from advocates.standing import standing
from advocates.words import Words, words_of
from config.lib.registry import Registry
from config.lib.states import Stale

# Facts that came in at the moment of the erasure are looked for again as long.
AGAIN_FOR = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class OpenMatter:
    """What is not settled with a person. `stops`: they cannot be forgotten before it is."""

    sentence: StrOrPromise
    stops: bool = False
    code: str = ""


# What apps above have to say before somebody is forgotten.
OPEN_MATTERS: Registry[Callable[[Contact], list[OpenMatter]]] = Registry("open matter of a person")

# Files outside the database: deletes those that these people stand in, and answers how many.
FILE_TRACES: Registry[Callable[[Words, Sequence[Contact], datetime], int]] = Registry("files with people in them")


def open_matters(contact: Contact) -> list[OpenMatter]:
    """What is still open with somebody, under any id that they had."""
    return [matter for member in family(contact) for look in OPEN_MATTERS for matter in look(member)]


def contact_erase(*, contact: Contact, way: str, now: datetime, actor: User | None = None, by: str = "") -> Erasure:
    """Forget this person and everybody who was merged into them. Done before, it gives the first erasure again.

    `way`: one of Erasure.Way. Raises ErasureRefused (with `reason`) while a payment to them or an import of them is
    under way, and Stale when they were merged at this moment.
    """
    contact = standing(Contact.objects.get(pk=contact.pk))
    earlier = Erasure.objects.filter(contact=contact).first()
    if earlier:
        return earlier
    members = family(contact)
    refuse_if_open(contact)
    words = words_of(members)
    files = _files_forget(words, members, now)
    with transaction.atomic():
        members = _locked(contact)
        erasure = _erase(contact, members, files, way=way, now=now, actor=actor, by=by)
    _files_forget(words, members, now)
    return erasure


def erasures_repeat(now: datetime) -> dict[str, int]:
    """The job: what another process wrote about somebody at the very moment they were forgotten goes too."""
    late: Counter[str] = Counter()
    for erasure in Erasure.objects.filter(erased_at__gt=now - AGAIN_FOR).select_related("contact"):
        with transaction.atomic():
            members = _locked(erasure.contact)
            late["keys"] += ContactKey.objects.filter(contact__in=members).count()
            _rows_erase(members, now)
        late["people"] += 1
    return dict(late)


def refuse_if_open(contact: Contact) -> None:
    """Raises ErasureRefused for what has to end first."""
    for matter in open_matters(contact):
        if matter.stops:
            raise ErasureRefused(matter.sentence, reason=matter.code)


def _locked(contact: Contact) -> list[Contact]:
    """The whole family, held: whoever brings somebody up to date waits until this has been committed."""
    members = contacts_held(ids=[member.pk for member in family(contact)])
    if {member.pk for member in family(contact)} != {member.pk for member in members} or _moved(contact, members):
        raise Stale(_("This person was merged with another a moment ago. Look at them again."))
    return members


def _moved(contact: Contact, members: Sequence[Contact]) -> bool:
    return any(member.pk == contact.pk and member.merged_into_id for member in members)


def _erase(
    contact: Contact,
    members: Sequence[Contact],
    files: Counter[str],
    *,
    way: str,
    now: datetime,
    actor: User | None,
    by: str,
) -> Erasure:
    earlier = Erasure.objects.filter(contact=contact).first()
    if earlier:  # a rival was a moment faster
        return earlier
    refuse_if_open(contact)
    keys = list(ContactKey.objects.filter(contact__in=members).order_by("pk"))
    _suppress(keys, now=now, actor=actor, by=by or way)
    counts = _rows_erase(members, now) + files
    Contact.objects.filter(pk__in=[member.pk for member in members]).update(erased_at=now)
    erasure = Erasure.objects.create(
        contact=contact,
        way=way,
        counts={name: count for name, count in counts.items() if count},
        key_hashes=sorted({hash_of(key.kind, key.value, key.source) for key in keys}),
        asked_by=actor,
        erased_at=now,
    )
    audit(verb="contact.erased", row=contact, actor=actor, by=by or way, after={"way": way, "counts": erasure.counts})
    return erasure


def _rows_erase(members: Sequence[Contact], now: datetime) -> Counter[str]:
    """Rows of the apps above first: they look for what they have to erase by keys and names."""
    counts: Counter[str] = Counter()
    ids = [member.pk for member in members]
    _reasons_blank(Contact, Contact.objects.filter(pk__in=ids))
    for entry in reversed(tables()):
        for field in entry.fields:
            _reasons_blank(entry.model, entry.model._base_manager.filter(**{f"{field}__in": ids}))
        for member in members:
            counts[entry.name] += entry.erase(member, now)
    return counts


def _reasons_blank(model: type[models.Model], rows: models.QuerySet[Any]) -> None:
    """Of what the trail says about these rows, the words that colleagues typed."""
    has_public_id = any(column.name == "public_id" for column in model._meta.concrete_fields)
    ids = rows.values("public_id") if has_public_id else rows.values(text_id=Cast("pk", CharField()))
    entries = AuditEntry.objects.filter(model=model._meta.label_lower, object_id__in=ids)
    entries.exclude(reason="").update(reason="")


def _suppress(keys: Sequence[ContactKey], *, now: datetime, actor: User | None, by: str) -> None:
    """Should the address come back, by whatever door, it still gets no asks."""
    for key in keys:
        if key.kind == ContactKey.Kind.EMAIL:
            suppression_add(
                address=key.shown,
                scope=Suppression.Scope.ASKS,
                reason=Suppression.Reason.ERASED,
                now=now,
                actor=actor,
                by=by,
            )


def _files_forget(words: Words, members: Sequence[Contact], now: datetime) -> Counter[str]:
    return Counter({name: forget(words, members, now) for name, forget in FILE_TRACES.items()})
