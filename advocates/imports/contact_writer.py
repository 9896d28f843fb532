"""A chunk of people written at once. It gives the same people, keys and columns as `contact_upsert` row by row.

A chunk is taken in waves: in a wave no two rows have a key or a person in common, so their order does not matter. What
is not plain (two owners, somebody merged or forgotten, a telephone that may be shared) goes through `contact_upsert`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from advocates.forgotten import erased_hashes, is_forgotten
from advocates.imports.changes import Change, changes_record, details_of
from advocates.imports.contact_diff import Known, wanted
from advocates.imports.contact_rows import answers_add, keys_add, people_add
from advocates.imports.mends import FORGOTTEN, LEAVE_OUT, mend
from advocates.imports.people import PHONE, Key, Person
from advocates.imports.run import Outcome, Refusal, Taken
from advocates.imports.single import person_upsert
from advocates.imports.tried import Texts
from advocates.locks import contacts_lock
from advocates.models import ContactDetails, ImportRun
from config.lib.bulk import Stage
from config.lib.errors import DomainError
from config.lib.many import update_many

# Fewer rows than these are taken one by one sooner than in a wave of their own.
FEWEST_A_WAVE = 5
MOST_TRIES = 2
OWNERS = """
    SELECT s.place, s.kind, k.contact_id FROM {stage} s CROSS JOIN advocates_contactkey k
    WHERE k.kind = s.kind AND k.source = s.source AND k.value = s.value
"""
Hits = Mapping[int, Mapping[str, int]]


@dataclass(slots=True)
class Wave:
    """The rows of one wave by what has to be done with them."""

    new: list[Person] = field(default_factory=list)
    known: dict[int, Person] = field(default_factory=dict)
    # Keys that are nobody's yet, of those who are known.
    free: dict[int, list[Key]] = field(default_factory=dict)
    hard: list[Person] = field(default_factory=list)
    later: list[Person] = field(default_factory=list)


@dataclass(slots=True)
class Told:
    """What became of the rows; kept apart until the wave stands."""

    outcomes: list[tuple[Outcome, int]] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    columns: set[str] = field(default_factory=set)
    tried: list[Person] = field(default_factory=list)


@dataclass(slots=True)
class ContactWriter:
    source: str
    fields: frozenset[str]
    now: datetime
    run: ImportRun
    facts: Callable[[Person], Any]
    tried: Texts | None = None
    _among: frozenset[str] = frozenset()
    _stage: Stage = field(
        default_factory=lambda: Stage(
            "staged_keys", {"place": "bigint", "kind": "text", "source": "text", "value": "text"}
        )
    )

    def write(self, people: Sequence[Person], taken: Taken) -> None:
        """Write all of them, in an order that makes no difference to that of the file."""
        self._among = erased_hashes()
        waiting = list(people)
        while waiting:
            now, later = _first_of_each(waiting)
            if len(now) < FEWEST_A_WAVE:
                self._tell(self._singly(waiting), taken)
                return
            wave = self._wave(now)
            self._tell(self._written(wave), taken)
            self._tell(self._singly(wave.hard), taken)
            waiting = sorted([*later, *wave.later], key=lambda person: person.row.line)

    def _wave(self, people: Sequence[Person]) -> Wave:
        hits = self._hits(people)
        wave, met = Wave(), set[int]()
        for place, person in enumerate(people):
            found = hits.get(place)
            if not found:
                wave.new.append(person)
                continue
            ids = set(found.values())
            if met & ids:
                wave.later.append(person)
            elif (owner := _owner(person, found)) is None:
                wave.hard.append(person)
            else:
                wave.known[owner] = person
                wave.free[owner] = [key for key in person.keys if key.kind not in found]
            met |= ids
        return wave

    def _hits(self, people: Sequence[Person]) -> Hits:
        """Place → kind → who has that key."""
        self._stage.fill(
            (place, key.kind, key.source, key.value) for place, person in enumerate(people) for key in person.keys
        )
        hits: dict[int, dict[str, int]] = defaultdict(dict)
        for place, kind, contact_id in self._stage.joined(OWNERS):
            hits[place][kind] = contact_id
        return hits

    def _written(self, wave: Wave) -> Told:
        """A rival that wrote one of these keys meanwhile has committed: now the person is found."""
        for _try in range(MOST_TRIES):
            told, hard = Told(), list(wave.hard)
            try:
                with transaction.atomic():
                    self._known(wave, told, hard)
                    self._new(wave.new, told)
            except IntegrityError:
                rows = sorted([*wave.new, *wave.known.values()], key=lambda person: person.row.line)
                again = self._wave(rows)
                again.hard += wave.hard
                again.later += wave.later
                wave.new, wave.known, wave.free = again.new, again.known, again.free
                wave.hard, wave.later = again.hard, again.later
            else:
                wave.hard = hard
                return told
        wave.hard += [*wave.new, *wave.known.values()]
        return Told()

    # --- people who are known ---

    def _known(self, wave: Wave, told: Told, hard: list[Person]) -> None:
        """Almost all rows of a file that was read before end here: nothing is written for them."""
        if not wave.known:
            return
        standing = Known(self.fields).read(list(wave.known))
        changing: dict[int, Person] = {}
        for contact_id, person in wave.known.items():
            current = standing[contact_id]
            if current["merged_into_id"] or current["erased_at"]:
                hard.append(person)
            elif wave.free[contact_id] or wanted(person, current, self.now):
                changing[contact_id] = person
            else:
                told.outcomes.append(("unchanged", 1))
        if changing:
            self._change(changing, wave.free, told, hard)

    def _change(
        self, people: Mapping[int, Person], free: Mapping[int, Sequence[Key]], told: Told, hard: list[Person]
    ) -> None:
        """Under lock, so what stands is read again."""
        contacts = {contact.pk: contact for contact in contacts_lock(ids=list(people))}
        standing, details = Known(self.fields).read(list(people)), details_of(list(people))
        changes, answers, missing = [], [], []
        for contact_id, person in people.items():
            current = standing[contact_id]
            if current["merged_into_id"] or current["erased_at"]:
                hard.append(person)
                continue
            change = Change(contact_id, keys=[[key.kind, key.source, key.value] for key in free[contact_id]])
            contact, new = contacts[contact_id], wanted(person, current, self.now)
            if person.details and not current["has_details"]:
                missing.append(contact_id)
                details[contact_id] = ContactDetails(contact_id=contact_id)
            for name, value in new.items():
                change.say(name, current[name], value)
                setattr(details[contact_id] if name in DETAILS else contact, name, value)
            if "nps_score" in new:
                answers.append((contact_id, contact.public_id, new["nps_score"], new["nps_at"]))
            contact.updated_at = self.now
            told.columns |= set(new) | {key.kind for key in free[contact_id]}
            told.outcomes.append(("merged" if change.keys else "updated" if new else "unchanged", 1))
            if new or change.keys:
                changes.append(change)
        self._write_changes(changes, contacts, details, missing)
        keys = [(change.contact_id, key) for change in changes for key in free[change.contact_id]]
        keys_add(keys, now=self.now)
        answers_add(answers, source=self.source, run=self.run, now=self.now)
        changes_record(changes=changes, run=self.run)

    def _write_changes(
        self,
        changes: Sequence[Change],
        contacts: Mapping[int, Any],
        details: Mapping[int, ContactDetails],
        missing: Sequence[int],
    ) -> None:
        new = ContactDetails.objects.bulk_create([details[contact_id] for contact_id in missing])
        made = {row.pk for row in new}
        for columns, rows, are_details in ((DETAILS, details, True), (None, contacts, False)):
            named = {
                change.contact_id: [name for name in change.before if (name in DETAILS) is are_details]
                for change in changes
                if not (are_details and change.contact_id in made)
            }
            fields = {name for names in named.values() for name in names}
            extra = [] if columns else ["updated_at"]
            chosen = [rows[contact_id] for contact_id, names in named.items() if names]
            if fields:
                update_many(chosen, fields=[*sorted(fields), *extra])

    # --- people who are new ---

    def _new(self, people: Sequence[Person], told: Told) -> None:
        made = []
        for person in people:
            if is_forgotten(person.keys, among=self._among):  # type: ignore[arg-type] # looks at kind, source, value
                told.refused.append(Refusal(person.row, FORGOTTEN, LEAVE_OUT))
            elif self.tried and (seen := self.tried.get(map(_text, person.keys))):
                told.outcomes.append(("unchanged" if seen == _print(person) else "updated", 1))
            else:
                made.append(person)
        told.tried = list(people)
        if not made:
            return
        ids = people_add(made, source=self.source, run=self.run, now=self.now)
        keys = [(contact_id, key) for contact_id, person in zip(ids, made, strict=True) for key in person.keys]
        keys_add(keys, now=self.now)
        told.outcomes.append(("created", len(made)))

    # --- one by one ---

    def _singly(self, people: Iterable[Person]) -> Told:
        told = Told()
        changes = []
        for person in sorted(people, key=lambda person: person.row.line):
            try:
                outcome, change = person_upsert(
                    facts=self.facts(person),
                    keys=person.keys,
                    source=self.source,
                    run=self.run,
                    now=self.now,
                    among=self._among,
                )
            except DomainError as refusal:
                told.refused.append(Refusal(person.row, refusal.sentence, mend(refusal)))
                continue
            told.outcomes.append((outcome, 1))
            if change:
                changes.append(change)
                told.columns |= set(change.before) | {kind for kind, _source, _value in change.keys}
        for change in changes:
            changes_record(changes=[change], run=self.run)
        return told

    def _tell(self, told: Told, taken: Taken) -> None:
        for outcome, times in told.outcomes:
            taken.count(outcome, times)
        taken.refused += told.refused
        if self.tried:
            for person in told.tried:
                self.tried.put(map(_text, person.keys), _print(person))
        taken.changes |= told.columns


DETAILS = frozenset({"name", "public_name", "company", "match_name"})


def _first_of_each(people: Sequence[Person]) -> tuple[list[Person], list[Person]]:
    """Those that share no key with a row before them, and the others, for a later wave."""
    now, later, met = [], [], set[tuple[str, str, str]]()
    for person in people:
        keys = [key[:3] for key in person.keys]
        if met.isdisjoint(keys):
            now.append(person)
        else:
            later.append(person)
        met.update(keys)
    return now, later


def _owner(person: Person, found: Mapping[str, int]) -> int | None:
    """Who this is, if there is no doubt. A telephone tells only where it is all that was given."""
    owners = {contact_id for kind, contact_id in found.items() if kind != PHONE}
    if not owners and all(key.kind == PHONE for key in person.keys):
        owners = set(found.values())
    return owners.pop() if len(owners) == 1 else None


def _text(key: Key) -> str:
    return "\t".join(key[:3])


def _print(person: Person) -> str:
    return repr((person.contact, person.details, person.score, person.at))
