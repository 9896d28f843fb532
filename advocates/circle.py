"""Who belongs to the inner circle is a person's choice; the machine suggests, and says why.

A reason is kept as the signal's name, its points and plain values, never a name or an address; it is put into words
when it is shown, in the reader's language.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Expression
from django_stubs_ext import StrOrPromise

from advocates.models import Contact
from advocates.selectors import public_name
from config.lib.registry import Registry

# Under this name a value is somebody's public id; in words it is replaced by how they are called.
PERSON = "person"


@dataclass(frozen=True, slots=True)
class Reading:
    """`points` may be negative: what speaks against somebody is said as well. `values` are plain JSON."""

    points: int
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Signal:
    """`read(candidates, now)` looks at all of them in a query or two and answers by contact id; silence says nothing.

    `label` names it in filters and figures; `words(values)` says it of one person.
    """

    name: str
    label: StrOrPromise
    read: Callable[[Sequence[Contact], datetime], Mapping[int, Reading]]
    words: Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True, slots=True)
class Reason:
    """A kept reason in words."""

    signal: str
    words: str
    is_against: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the chosen brought. `count`: an expression over contacts annotated with `since`, a number for each."""

    name: str
    label: StrOrPromise
    count: Expression


SIGNALS: Registry[Signal] = Registry("circle signal")
OUTCOMES: Registry[Outcome] = Registry("circle outcome")


def reasons_kept(readings: Mapping[str, Reading]) -> list[dict[str, Any]]:
    """As they stand in a row: the strongest first."""
    strongest = sorted(readings.items(), key=lambda item: -item[1].points)
    return [{"signal": name, "points": reading.points, "values": dict(reading.values)} for name, reading in strongest]


def reasons_in_words(kept: Iterable[Any], names: Mapping[str, str] | None = None) -> list[Reason]:
    """`names`: of `names_in`. A signal that is no longer registered is left out."""
    found = (_reason(entry, names or {}) for entry in kept)
    return [reason for reason in found if reason]


def names_in(*kept: Iterable[Any]) -> dict[str, str]:
    """How the people are called whom these reasons mention, in one query at most."""
    mentioned = {entry["values"].get(PERSON) for entries in kept for entry in entries if isinstance(entry, dict)}
    ids = {public_id for public_id in mentioned if public_id}
    if not ids:
        return {}
    people = Contact.objects.filter(public_id__in=ids).select_related("details")
    return {contact.public_id: public_name(contact) for contact in people}


def signals_in(kept: Iterable[Any]) -> list[str]:
    """The names of the signals that spoke for somebody."""
    return [entry["signal"] for entry in kept if isinstance(entry, dict) and entry["points"] > 0]


def _reason(entry: Any, names: Mapping[str, str]) -> Reason | None:
    if not isinstance(entry, dict):  # what somebody typed, or an earlier version had put into words
        return Reason("", str(entry))
    signal = SIGNALS.get(entry["signal"])
    if signal is None:
        return None
    values = dict(entry["values"])
    if PERSON in values:
        values[PERSON] = names.get(values[PERSON], "")
    return Reason(signal.name, signal.words(values), entry["points"] < 0)
