"""One reward, of which the person says what it is to be. What there is to choose from is frozen when it is earned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from config.lib.rounding import round_half_away
from rewards.rules.benefits.benefit import CURRENCY, NAMED, Benefit
from rewards.rules.facts import Value
from rewards.rules.parameters import BadParameters, Option, Parameter

OPTIONS = Parameter("options", "options")


@dataclass(frozen=True, slots=True)
class Choice(Benefit):
    """An option without an amount of its own is worth what the rule gives. `among`: what an option may be."""

    name: str = "choice"
    units: tuple[str, ...] = (CURRENCY, NAMED)
    parameters: tuple[Parameter, ...] = (OPTIONS,)
    is_divisible: bool = True
    among: Mapping[str, Benefit] = field(default_factory=dict)

    def read(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        checked = Benefit.read(self, settings)
        for option in checked["options"]:
            self._check(option)
        return checked

    def _check(self, option: Option) -> None:
        if option.benefit not in self.among:
            raise BadParameters("options", "not_a_choice")
        benefit = self.among[option.benefit]
        benefit.read(option.settings)
        if option.unit and not benefit.takes(option.unit):
            raise BadParameters("options", "unit_unfit")


def options_refused(settings: Mapping[str, Any], units: list[str], among: Mapping[str, Benefit]) -> list[str]:
    """Units in which the rule pays and some option without an amount of its own cannot be given."""
    options = [option for option in settings.get("options", []) if isinstance(option, Mapping)]
    inherit = [among[str(one.get("benefit"))] for one in options if not one.get("unit") and one.get("benefit") in among]
    return [unit for unit in units if any(not benefit.takes(unit) for benefit in inherit)]


def options_frozen(settings: Mapping[str, Any], *, amount: int, unit: str) -> list[dict[str, Any]]:
    """What somebody who earned `amount` of `unit` may choose from, each with what it is worth.

    `of` keeps what was earned: whatever was chosen comes down with it when the sale shrinks.
    """
    return [
        {
            "key": option["key"],
            "name": option["name"],
            "benefit": option["benefit"],
            "settings": dict(option.get("settings", {})),
            "amount": option.get("amount", amount),
            "unit": option.get("unit", unit),
            "of": {"amount": amount, "unit": unit},
        }
        for option in settings.get("options", [])
    ]


def most_of(option: Mapping[str, Any], value: Value) -> int:
    """What the option is worth where only `value` is left to give; what is given in another unit stays as it is."""
    return min(option["amount"], value.amount) if option["unit"] == value.unit else int(option["amount"])


def due_of(option: Mapping[str, Any], value: Value | None) -> int:
    """What is due of a chosen option when its rule now gives `value`: as much of it as is left of what was earned."""
    of = option["of"]
    if value is None or value.unit != of["unit"]:
        return 0
    share = round_half_away(option["amount"] * min(value.amount, of["amount"]), of["amount"])
    return int(share)


def options_shrunk(options: Sequence[Mapping[str, Any]], value: Value) -> list[dict[str, Any]]:
    """What there is to choose from when only `value` is left of what was earned."""
    of = {"amount": value.amount, "unit": value.unit}
    return [dict(option) | {"amount": max(1, due_of(option, value)), "of": of} for option in options]
