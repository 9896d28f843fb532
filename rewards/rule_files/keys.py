"""What may stand under which key, and the words that say so."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy
from django_stubs_ext import StrOrPromise

from config.lib.errors import DomainError
from config.lib.money import MAX_AMOUNT
from config.lib.units import unit_get
from rewards.models import Budget, Condition, Limit, RewardRule
from rewards.rules.calculators import CALCULATORS
from rewards.rules.conditions import CONDITIONS

MAX_ENTRIES = 200
MAX_DAYS = 3650


@dataclass(frozen=True, slots=True)
class Key:
    """`read` gives the value or raises ValueError or a DomainError; `allowed` says in words what may stand here."""

    read: Callable[[Any], Any]
    allowed: StrOrPromise
    is_required: bool = False


Keys = Mapping[str, Key]


def table_read(where: str, entry: Any, keys: Keys, problems: list[str]) -> dict[str, Any]:
    """The values of the keys that are right; what is wrong goes to `problems` as sentences."""
    if not isinstance(entry, Mapping):
        problems.append(_("%(where)s: this must be a table of names and values.") % {"where": where})
        return {}
    words = {"where": where, "allowed": ", ".join(keys)}
    unknown = _("%(where)s: “%(key)s” is not known here. Allowed are: %(allowed)s.")
    problems += [unknown % (words | {"key": name}) for name in entry if name not in keys]
    values = {}
    for name, key in keys.items():
        words = {"where": where, "key": name, "allowed": str(key.allowed)}
        if name not in entry:
            problems += [_("%(where)s: “%(key)s” is missing. It must be %(allowed)s.") % words] * key.is_required
            continue
        try:
            values[name] = key.read(entry[name])
        except (ValueError, DomainError):
            problems.append(_("%(where)s: “%(key)s” must be %(allowed)s.") % words)
    return values


# --- shapes -----------------------------------------------------------------------------------------------------------


def whole(low: int, high: int) -> Key:
    def read(value: Any) -> int:
        if type(value) is not int or not low <= value <= high:
            raise ValueError(value)
        return value

    return Key(read, _("a whole number from %(low)s to %(high)s") % {"low": low, "high": high})


def text(pattern: str, allowed: StrOrPromise) -> Key:
    def read(value: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise ValueError(value)
        return value

    return Key(read, allowed)


def one_of(names: Iterable[Any]) -> Key:
    allowed = [str(name) for name in names]
    return text("|".join(map(re.escape, allowed)), _("one of: %(names)s") % {"names": ", ".join(filter(None, allowed))})


def amounts(value: Any) -> dict[str, int]:
    read = whole(1, MAX_AMOUNT).read
    if not isinstance(value, Mapping):
        raise ValueError(value)  # noqa: TRY004 - a reader raises ValueError for whatever it cannot take
    return {unit_get(str(unit)).code: read(amount) for unit, amount in value.items()}


def settings(value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError(value)  # noqa: TRY004
    return {str(name): plain(part) for name, part in value.items()}


def tables(value: Any) -> list[Any]:
    if not isinstance(value, list) or len(value) > MAX_ENTRIES:
        raise ValueError(value)
    return value


def plain(value: Any) -> Any:
    """As JSON has it: a day of TOML becomes the text that a parameter is."""
    if isinstance(value, Mapping):
        return settings(value)
    if isinstance(value, list):
        return [plain(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value


def required(key: Key) -> Key:
    return replace(key, is_required=True)


# --- keys -------------------------------------------------------------------------------------------------------------

AMOUNTS = Key(amounts, gettext_lazy("whole minor units by currency or unit, such as { USD = 2000 } for 20 US dollars"))
SETTINGS = Key(settings, gettext_lazy("a table of settings"))
TABLES = Key(tables, gettext_lazy("a list of at most 200 tables"))
UNIT = Key(lambda value: unit_get(str(value)).code, gettext_lazy("a currency in use or a unit known here"))
BUDGET = text(r".{1,80}", gettext_lazy("the name of a budget"))

FILE_KEYS: Keys = {"rules": required(TABLES), "budgets": TABLES}


# Functions, so that the words are in the language of whoever reads them.
def rule_keys() -> Keys:
    return {
        "key": required(text(r"[A-Za-z0-9_-]{1,64}", _("a short name of letters, digits, - and _"))),
        "trigger": required(text(r"[a-z][a-z0-9_.-]{0,63}", _("the name of a step or an event"))),
        "recipient": required(one_of(RewardRule.Recipient.values)),
        "benefit": required(one_of(RewardRule.Benefit.values)),
        "amounts": AMOUNTS,
        "calculator": one_of(CALCULATORS),
        "parameters": SETTINGS,
        "conditions": TABLES,
        "limits": TABLES,
        "priority": whole(-MAX_DAYS, MAX_DAYS),
        "exclusive_group": text(r".{0,40}", _("a text of at most 40 characters")),
        "once_per": one_of(["", *RewardRule.Once.values]),
        "hold_days": whole(0, MAX_DAYS),
        "expires_after_days": whole(1, MAX_DAYS),
        "approval_above": whole(0, MAX_AMOUNT),
        "benefit_settings": SETTINGS,
        "release_on": text(r"|[a-z][a-z0-9_.-]{0,63}", _("the name of an event")),
        "budget": BUDGET,
    }


def condition_keys() -> Keys:
    return {
        "kind": required(one_of(CONDITIONS)),
        "parameters": SETTINGS,
        "group": one_of(Condition.Group.values),
    }


def limit_keys() -> Keys:
    return {
        "measure": required(one_of(Limit.Measure.values)),
        "per": required(one_of(Limit.Per.values)),
        "value": required(whole(1, MAX_AMOUNT)),
        "window": one_of(Limit.Window.values),
        "over": one_of(Limit.Over.values),
        "days": whole(1, MAX_DAYS),
    }


def budget_keys() -> Keys:
    return {
        "name": required(BUDGET),
        "unit": required(UNIT),
        "amount": required(whole(0, MAX_AMOUNT)),
        "period": one_of(Budget.Cycle.values),
    }
