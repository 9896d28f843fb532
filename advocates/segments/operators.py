"""How a field is compared, by its kind: the operators as data, what each takes, and what it says in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy, ngettext
from django_stubs_ext import StrOrPromise

NOTHING, ONE, TWO, MANY = "nothing", "one", "two", "many"

# By how many words a sentence can be made of several values.
Words = Callable[[Mapping[str, Any]], str]


def _plain(template: StrOrPromise) -> Words:
    return lambda values: str(template) % values


def _days(values: Mapping[str, Any]) -> str:
    return ngettext("in the last day", "in the last %(value)s days", values["value"]) % values


def _not_days(values: Mapping[str, Any]) -> str:
    return ngettext("not in the last day", "not in the last %(value)s days", values["value"]) % values


def _longer_ago(values: Mapping[str, Any]) -> str:
    return ngettext("more than a day ago", "more than %(value)s days ago", values["value"]) % values


@dataclass(frozen=True, slots=True)
class Operator:
    """`takes`: nothing, one, two (from, to) or many. `words(values)`: of `value`, also `to` where it takes two."""

    name: str
    label: StrOrPromise
    takes: str = ONE
    words: Words = field(default=_plain("%(value)s"))


AT_LEAST = Operator("at_least", gettext_lazy("at least"), ONE, _plain(gettext_lazy("at least %(value)s")))
AT_MOST = Operator("at_most", gettext_lazy("at most"), ONE, _plain(gettext_lazy("at most %(value)s")))
EXACTLY = Operator("exactly", gettext_lazy("exactly"), ONE, _plain(gettext_lazy("exactly %(value)s")))
BETWEEN = Operator("between", gettext_lazy("between"), TWO, _plain(gettext_lazy("from %(value)s to %(to)s")))

OPERATORS: Mapping[str, tuple[Operator, ...]] = {
    "choice": (
        Operator("is", gettext_lazy("is")),
        Operator("is_not", gettext_lazy("is not"), ONE, _plain(gettext_lazy("not %(value)s"))),
        Operator("one_of", gettext_lazy("is one of"), MANY),
    ),
    "number": (AT_LEAST, AT_MOST, EXACTLY, BETWEEN),
    "money": (AT_LEAST, AT_MOST, BETWEEN),
    "days_ago": (
        Operator("within", gettext_lazy("within the last days"), ONE, _days),
        Operator("not_within", gettext_lazy("not within the last days"), ONE, _not_days),
        Operator("longer_ago", gettext_lazy("longer ago than days"), ONE, _longer_ago),
        Operator("never", gettext_lazy("never"), NOTHING, lambda _values: _("never")),
    ),
    "text": (
        Operator("is", gettext_lazy("is")),
        Operator("contains", gettext_lazy("contains"), ONE, _plain(gettext_lazy("contains “%(value)s”"))),
    ),
    "flag": (
        Operator("yes", gettext_lazy("yes"), NOTHING),
        Operator("no", gettext_lazy("no"), NOTHING),
    ),
    "fact": (
        Operator("is", gettext_lazy("is")),
        AT_LEAST,
        AT_MOST,
        Operator("exists", gettext_lazy("is known"), NOTHING, lambda _values: _("is known")),
    ),
}


def operator_get(kind: str, name: str) -> Operator | None:
    return next((operator for operator in OPERATORS.get(kind, ()) if operator.name == name), None)
