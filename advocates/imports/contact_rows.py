"""New people with their details and answers, as rows of the tables."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from advocates.imports.people import EMAIL, EXTERNAL, PHONE, Key, Person
from advocates.likeness import match_name
from advocates.models import Contact, ContactDetails, ContactKey, ImportRun, NpsAnswer
from advocates.services.nps import answer_values
from config.lib.bulk import add_rows, defaults_of, take_ids
from config.lib.ids import new_public_ids
from config.lib.many import insert_many

KEYS = ("contact_id", "kind", "source", "value", "shown", "strict")
DETAILS = ("contact_id", "name", "public_name", "company", "match_name")


def people_add(people: Sequence[Person], *, source: str, run: ImportRun, now: datetime) -> list[int]:
    """Their ids, in that order. Keys are the caller's: they decide whether the people are new."""
    ids = take_ids(Contact, len(people))
    publics = new_public_ids("con", len(people))
    said = sorted({name for person in people for name in person.contact})
    own = ("id", "public_id", "nps_score", "nps_at", *said)
    silent = defaults_of(Contact)
    base = {name: value for name, value in silent.items() if name not in own}
    base |= {"created_at": now, "updated_at": now, "import_run_id": run.pk}
    unsaid = {name: silent[name] for name in said}
    add_rows(Contact, own, _contacts(ids, publics, people, unsaid, now), same=base)
    add_rows(ContactDetails, DETAILS, (_details(pk, person) for pk, person in zip(ids, people, strict=True)))
    answers = [
        (contact_id, public_id, person.score, person.at or now)
        for contact_id, public_id, person in zip(ids, publics, people, strict=True)
        if person.score is not None
    ]
    _answers_copy(answers, source=source, run=run, now=now)
    return ids


def _contacts(
    ids: Sequence[int], publics: Sequence[str], people: Sequence[Person], unsaid: dict[str, Any], now: datetime
) -> Iterator[tuple[Any, ...]]:
    for contact_id, public_id, person in zip(ids, publics, people, strict=True):
        at = None if person.score is None else person.at or now
        yield (contact_id, public_id, person.score, at, *(unsaid | person.contact).values())


def keys_add(keys: Sequence[tuple[int, Key]], *, now: datetime) -> None:
    """Keys (contact, key) that are nobody's. Numbers come first, then addresses, as a single person's are written: so
    nobody waits crosswise. Raises IntegrityError for one that a rival was given.
    """
    if keys:
        order = {EXTERNAL: 0, EMAIL: 1, PHONE: 2}
        rows = sorted(keys, key=lambda entry: (order[entry[1].kind], entry[1].source, entry[1].value))
        add_rows(ContactKey, KEYS, ((contact_id, *key) for contact_id, key in rows), same={"created_at": now})


def answers_add(
    answers: Sequence[tuple[int, str, int, datetime]], *, source: str, run: ImportRun, now: datetime
) -> None:
    """Answers (contact, public id, score, at) of people who are known: one that stands already stays as it is."""
    rows = [
        NpsAnswer(
            contact_id=contact_id,
            import_run=run if run.pk else None,
            **_values(public_id, score, at, source),
        )
        for contact_id, public_id, score, at in answers
    ]
    insert_many(sorted(rows, key=lambda row: row.event_id), unique=["source", "event_id"])


def _answers_copy(
    answers: Sequence[tuple[int, str, int, datetime]], *, source: str, run: ImportRun, now: datetime
) -> None:
    if not answers:
        return
    varying = list(_values(*answers[0][1:], source))
    own = ("contact_id", "public_id", *varying)
    base = defaults_of(NpsAnswer, but=own) | {"import_run_id": run.pk, "created_at": now}
    publics = new_public_ids("nps", len(answers))
    rows = (
        (contact_id, own_id, *_values(public_id, score, at, source).values())
        for (contact_id, public_id, score, at), own_id in zip(answers, publics, strict=True)
    )
    add_rows(NpsAnswer, own, rows, same=base)


def _values(public_id: str, score: int, at: datetime, source: str) -> dict[str, Any]:
    who: Any = SimpleNamespace(public_id=public_id)
    values = dict(answer_values(who, score, at, source))
    del values["contact"]
    return values


def _details(contact_id: int, person: Person) -> tuple[int, str, str, str, str]:
    details = person.details
    name = details.get("name", "")
    return (
        contact_id,
        name,
        details.get("public_name", ""),
        details.get("company", ""),
        match_name(name) if name else "",
    )
