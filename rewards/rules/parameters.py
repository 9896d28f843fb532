"""What staff or a recipe typed as JSON, checked before anything is reckoned with it.

Each condition and calculator declares its parameters; forms and checks are made from that. A shape is one kind of
value: its function takes what was typed and gives what is reckoned with, or raises BadParameters.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any

from config.lib.rounding import BASIS_POINTS

MAX_AMOUNT = 10**12
MAX_NAME = 64
MAX_ENTRIES = 100
MAX_WEIGHT = 10**6
LEAST_OPTIONS = 2


class BadParameters(ValueError):
    """`field` is the parameter, `code` what is wrong with it."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code


@dataclass(frozen=True, slots=True)
class Parameter:
    """One setting of a condition or calculator. `shape`: one of SHAPES; `low` and `high` bound whole numbers.

    `choices` for the shape `choice` only.
    """

    name: str
    shape: str
    is_required: bool = True
    low: int = 1
    high: int = MAX_AMOUNT
    choices: tuple[str, ...] = ()


def read(owner: str, declared: Iterable[Parameter], typed: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed for these parameters, checked and frozen. Raises BadParameters."""
    if not isinstance(typed, Mapping):
        raise BadParameters(owner, "not_settings")
    by_name = {parameter.name: parameter for parameter in declared}
    for name in typed:
        if name not in by_name:
            raise BadParameters(owner, "unknown_parameter")
    for parameter in by_name.values():
        if parameter.is_required and parameter.name not in typed:
            raise BadParameters(parameter.name, "missing")
    return {name: SHAPES[by_name[name].shape](by_name[name], value) for name, value in typed.items()}


def units_in(declared: Iterable[Parameter], typed: Mapping[str, Any]) -> list[str]:
    """The currencies and units that these settings state amounts in, each once. For settings that `read` takes."""
    found: list[Any] = []
    for parameter in declared:
        if parameter.name in typed:
            found += UNITS.get(parameter.shape, _no_units)(typed[parameter.name])
    return list(dict.fromkeys(unit for unit in found if isinstance(unit, str)))


# --- shapes -----------------------------------------------------------------------------------------------------------


def _whole(parameter: Parameter, value: Any) -> int:
    """A whole number between the bounds; a bool, a float or a text is none."""
    if type(value) is not int:
        raise BadParameters(parameter.name, "not_whole")
    if not parameter.low <= value <= parameter.high:
        raise BadParameters(parameter.name, "out_of_bounds")
    return value


def _share(parameter: Parameter, value: Any) -> int:
    """Basis points: 1000 is 10 %, 10000 is all of it."""
    return _whole(Parameter(parameter.name, "share", high=BASIS_POINTS), value)


def _name(parameter: Parameter, value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > MAX_NAME:
        raise BadParameters(parameter.name, "not_named")
    return value


def _names(parameter: Parameter, value: Any) -> tuple[str, ...]:
    entries = _entries(parameter, value)
    return _each_once(parameter, [_name(parameter, entry) for entry in entries])


def _values(parameter: Parameter, value: Any) -> tuple[str, ...]:
    """What a fact may be, written as text: see `as_text`."""
    entries = _entries(parameter, value)
    return _each_once(parameter, [_name(parameter, as_text(entry)) for entry in entries])


def _choice(parameter: Parameter, value: Any) -> str:
    if value not in parameter.choices:
        raise BadParameters(parameter.name, "not_a_choice")
    return str(value)


def _day(parameter: Parameter, value: Any) -> date:
    """2026-12-31."""
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise BadParameters(parameter.name, "not_a_day") from error
    if day.isoformat() != value:
        raise BadParameters(parameter.name, "not_a_day")
    return day


def _amounts(parameter: Parameter, value: Any) -> dict[str, int]:
    """Minor units by currency or unit: {"USD": 2500}."""
    if not isinstance(value, Mapping) or not 0 < len(value) <= MAX_ENTRIES:
        raise BadParameters(parameter.name, "not_amounts")
    return {_name(parameter, unit): _whole(parameter, amount) for unit, amount in value.items()}


def _amounts_by_name(parameter: Parameter, value: Any) -> dict[str, dict[str, int]]:
    """{"solar-roof": {"USD": 50000}}."""
    return {_name(parameter, name): _amounts(parameter, amounts) for name, amounts in _table(parameter, value)}


def _amounts_by_count(parameter: Parameter, value: Any) -> dict[int, dict[str, int]]:
    """{"5": {"USD": 2500}}, by rising number."""
    found = {_count(parameter, number): _amounts(parameter, amounts) for number, amounts in _table(parameter, value)}
    return dict(sorted(found.items()))


def _shares_by_count(parameter: Parameter, value: Any) -> dict[int, int]:
    """{"50": 4000, "100": 10000}: basis points by number, rising together."""
    found = {_count(parameter, number): _share(parameter, share) for number, share in _table(parameter, value)}
    rising = dict(sorted(found.items()))
    shares = list(rising.values())
    if any(later <= before for before, later in pairwise(shares)):
        raise BadParameters(parameter.name, "not_rising")
    return rising


@dataclass(frozen=True, slots=True)
class Prize:
    """One lot of a draw: as likely as its weight says among all weights. An amount of 0 is a blank."""

    weight: int
    amount: int
    unit: str
    name: str = ""


PRIZE = (
    Parameter("weight", "whole", high=MAX_WEIGHT),
    Parameter("amount", "whole", low=0),
    Parameter("unit", "name"),
    Parameter("name", "name", is_required=False),
)


def _prizes(parameter: Parameter, value: Any) -> tuple[Prize, ...]:
    """[{"weight": 1, "amount": 5000, "unit": "USD", "name": "Main prize"}]."""
    return tuple(Prize(**read(parameter.name, PRIZE, entry)) for entry in _entries(parameter, value))


@dataclass(frozen=True, slots=True)
class Lot:
    """One item of the catalogue that may be drawn: as likely as its weight says among all weights."""

    weight: int
    item: str


LOT = (Parameter("weight", "whole", high=MAX_WEIGHT), Parameter("item", "name"))


def _lots(parameter: Parameter, value: Any) -> tuple[Lot, ...]:
    """[{"weight": 9, "item": "mug"}, {"weight": 1, "item": "headphones"}]."""
    lots = tuple(Lot(**read(parameter.name, LOT, entry)) for entry in _entries(parameter, value))
    _each_once(parameter, [lot.item for lot in lots])
    return lots


@dataclass(frozen=True, slots=True)
class Option:
    """One of several things to choose from. Without an amount (0) it is worth what the rule gives."""

    key: str
    name: str
    benefit: str
    amount: int = 0
    unit: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)


OPTION = (
    Parameter("key", "name"),
    Parameter("name", "name"),
    Parameter("benefit", "name"),
    Parameter("amount", "whole", is_required=False),
    Parameter("unit", "name", is_required=False),
)


def _options(parameter: Parameter, value: Any) -> tuple[Option, ...]:
    """[{"key": "card", "name": "A gift card", "benefit": "gift_card"}, …]; an amount and its unit go together."""
    options = tuple(_option(parameter, entry) for entry in _entries(parameter, value))
    if len(options) < LEAST_OPTIONS:
        raise BadParameters(parameter.name, "too_few")
    if any(bool(option.amount) != bool(option.unit) for option in options):
        raise BadParameters(parameter.name, "not_amounts")
    _each_once(parameter, [option.key for option in options])
    return options


def _option(parameter: Parameter, entry: Any) -> Option:
    """Its settings are checked by whoever knows the benefit."""
    if not isinstance(entry, Mapping) or not isinstance(entry.get("settings", {}), Mapping):
        raise BadParameters(parameter.name, "not_settings")
    said = {name: value for name, value in entry.items() if name != "settings"}
    return Option(**read(parameter.name, OPTION, said), settings=dict(entry.get("settings", {})))


SHAPES: Mapping[str, Callable[[Parameter, Any], Any]] = {
    "whole": _whole,
    "share": _share,
    "name": _name,
    "names": _names,
    "day": _day,
    "choice": _choice,
    "amounts": _amounts,
    "amounts_by_name": _amounts_by_name,
    "amounts_by_count": _amounts_by_count,
    "shares_by_count": _shares_by_count,
    "prizes": _prizes,
    "values": _values,
    "lots": _lots,
    "options": _options,
    # Names of something that is kept: forms offer what there is, and rule_save looks whether it is there.
    "segment": _name,
    "event_type": _name,
    "tiers": _names,
    "levels": _names,
    "relations": _names,
    "coupon_pool": _name,
    "catalogue_item": _name,
    "contest": _name,
    "charity": _name,
}


def as_text(value: Any) -> Any:
    """A fact as somebody would type it: 12 and "12" are one, True is "true". What is neither stays as it is."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if type(value) is int else value


def _entries(parameter: Parameter, value: Any) -> list[Any]:
    if not isinstance(value, list | tuple) or not 0 < len(value) <= MAX_ENTRIES:
        raise BadParameters(parameter.name, "not_a_list")
    return list(value)


def _each_once(parameter: Parameter, names: list[str]) -> tuple[str, ...]:
    if len(set(names)) < len(names):
        raise BadParameters(parameter.name, "named_twice")
    return tuple(names)


def _table(parameter: Parameter, value: Any) -> Iterable[tuple[Any, Any]]:
    if not isinstance(value, Mapping) or not 0 < len(value) <= MAX_ENTRIES:
        raise BadParameters(parameter.name, "not_a_table")
    return value.items()


def _count(parameter: Parameter, key: Any) -> int:
    """JSON has no numbers for keys: "5", without sign, blank or leading 0, so that no number stands there twice."""
    if not isinstance(key, str) or not key.isascii() or not key.isdigit() or key[0] == "0" or len(key) > len("100000"):
        raise BadParameters(parameter.name, "not_a_number")
    return int(key)


# --- which units a setting names --------------------------------------------------------------------------------------


def _no_units(_value: Any) -> list[Any]:
    return []


def _units_of_tables(value: Mapping[str, Mapping[str, int]]) -> list[Any]:
    return [unit for amounts in value.values() for unit in amounts]


UNITS: Mapping[str, Callable[[Any], list[Any]]] = {
    "amounts": list,
    "amounts_by_name": _units_of_tables,
    "amounts_by_count": _units_of_tables,
    "prizes": lambda prizes: [prize["unit"] for prize in prizes],
    "options": lambda options: [option["unit"] for option in options if option.get("unit")],
}
