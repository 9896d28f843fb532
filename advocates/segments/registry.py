"""What a segment can ask about: fields by name, each answered in SQL. Apps above register theirs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q
from django_stubs_ext import StrOrPromise

from advocates.models import Contact
from config.lib.registry import Registry

Choice = tuple[str, StrOrPromise]


def no_choices() -> Sequence[Choice]:
    return ()


def no_words(_contact: Contact) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class SegmentField:
    """One thing to ask about a person.

    `kind` decides the operators and the form's field: choice, number, money, days_ago, text, flag, fact.

    `where(operator, value, now)`: the condition on Contact, without joins that multiply rows (an EXISTS instead).
    `phrase(operator, value)`: the same in words, to stand in a sentence, such as *bought at least 3 times*.
    `choices`: for kind *choice*, read when the form is shown. `group`: the heading under which the form lists it.
    `tell(contact)`: how this person stands in it, in words; empty where only a query knows.
    """

    name: str
    label: StrOrPromise
    kind: str
    group: StrOrPromise
    where: Callable[[str, Any, datetime], Q]
    phrase: Callable[[str, Any], str]
    choices: Callable[[], Sequence[Choice]] = field(default=no_choices)
    tell: Callable[[Contact], str] = field(default=no_words)


SEGMENT_FIELDS: Registry[SegmentField] = Registry("field of segments")


def segment_fields_register(*fields: SegmentField) -> None:
    for entry in fields:
        SEGMENT_FIELDS.register(entry.name, entry)
