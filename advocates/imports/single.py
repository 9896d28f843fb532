"""One row by the same door that all others use, with what it changed."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import Q

from advocates.errors import RowForgotten
from advocates.facts import ContactFacts
from advocates.forgotten import is_forgotten
from advocates.imports.changes import Change, difference, snapshot
from advocates.imports.contact_rows import answers_add
from advocates.imports.mends import FORGOTTEN
from advocates.imports.people import Key
from advocates.imports.run import Outcome
from advocates.models import Contact, ContactKey, ImportRun
from advocates.services.contacts import contact_upsert
from advocates.standing import standing


def person_upsert(
    *,
    facts: ContactFacts,
    keys: Sequence[Key],
    source: str,
    run: ImportRun,
    now: datetime,
    among: Collection[str],
) -> tuple[Outcome, Change | None]:
    """What became of it, and what changed on somebody known. Raises what `contact_upsert` does, and RowForgotten for
    somebody who asked to be forgotten.
    """
    rows = list(ContactKey.objects.filter(_any_of(keys)).select_related("contact"))
    if not rows and is_forgotten(keys, among=among):  # type: ignore[arg-type] # looks at kind, source, value
        raise RowForgotten(FORGOTTEN)
    before = snapshot([standing(row.contact).pk for row in rows])
    upserted = contact_upsert(facts=facts, source=source, now=now)
    contact = upserted.contact
    if upserted.outcome == "unchanged":
        return "unchanged", None
    if upserted.outcome == "created":
        Contact.objects.filter(pk=contact.pk).update(import_run=run if run.pk else None)
        _answer_add(contact, source=source, run=run, now=now)
        return "created", None
    change = difference(contact.pk, before.get(contact.pk, {}), snapshot([contact.pk])[contact.pk])
    there = {(row.kind, row.source, row.value) for row in rows}
    change.keys = [[*key[:3]] for key in keys if key[:3] not in there]
    if {"nps_score", "nps_at"} & set(change.before):
        _answer_add(contact, source=source, run=run, now=now)
    return ("merged" if change.keys else "updated"), change


def _answer_add(contact: Contact, *, source: str, run: ImportRun, now: datetime) -> None:
    if contact.nps_score is not None and contact.nps_at is not None:
        answer = (contact.pk, contact.public_id, contact.nps_score, contact.nps_at)
        answers_add([answer], source=source, run=run, now=now)


def _any_of(keys: Sequence[Key]) -> Q:
    wanted = Q()
    for key in keys:
        wanted |= Q(kind=key.kind, source=key.source, value=key.value)
    return wanted
