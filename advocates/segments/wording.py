"""A condition in words that stand on their own, so that no language has to bend a sentence around them."""

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from advocates.segments.operators import MANY, NOTHING, TWO, operator_get
from advocates.segments.registry import Choice
from config.lib.money import Money, money_words

# So many values of “is one of” are named; the others are counted.
NAMED = 5

Phrase = Callable[[str, Any], str]


def joined(words: Sequence[str]) -> str:
    """'A, B, C', after five the number of the others."""
    named = ", ".join(words[:NAMED])
    more = len(words) - NAMED
    return _("%(named)s and %(count)s more") % {"named": named, "count": more} if more > 0 else named


def line(what: StrOrPromise, how: StrOrPromise) -> str:
    return _("%(what)s: %(how)s") % {"what": what, "how": how}


def phrase_of(label: StrOrPromise, kind: str, choices: Callable[[], Sequence[Choice]]) -> Phrase:
    """*Purchases: at least 3*, for every kind but flags and facts."""

    def phrase(name: str, value: Any) -> str:
        operator = operator_get(kind, name)
        if operator is None:
            return str(label)
        return line(label, operator.words(_values(operator.takes, kind, value, choices)))

    return phrase


def fact_phrase(label: StrOrPromise) -> Phrase:
    def phrase(name: str, value: Any) -> str:
        operator = operator_get("fact", name)
        what = line(label, value.get("key", ""))
        words = operator.words({"value": value.get("value", "")}) if operator else ""
        return _("%(what)s (%(how)s)") % {"what": what, "how": words}

    return phrase


def flag_phrase(yes: StrOrPromise, no: StrOrPromise) -> Phrase:
    return lambda name, _value: str(yes if name == "yes" else no)


def _values(takes: str, kind: str, value: Any, choices: Callable[[], Sequence[Choice]]) -> dict[str, Any]:
    if takes == NOTHING:
        return {}
    if kind == "choice":
        labels = dict(choices())
        chosen = value if takes == MANY else [value]
        return {"value": joined([str(labels.get(name, name)) for name in chosen])}
    if kind == "money":
        amounts = {"value": value["amount"], "to": value.get("to", value["amount"])}
        return {name: money_words(Money(amount, value["unit"])) for name, amount in amounts.items()}
    if takes == TWO:
        return {"value": value[0], "to": value[1]}
    return {"value": value}
