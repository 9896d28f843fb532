from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rewards.rules.calculators import is_currency_code
from rewards.rules.parameters import Parameter, read

PERCENT = "percent"

# What an amount may be stated in, besides units that are named themselves.
CURRENCY = "currency"
NAMED = "named"

PEOPLE = ("advocate", "friend")
ANYBODY = (*PEOPLE, "charity")


@dataclass(frozen=True, slots=True)
class Benefit:
    """One kind of thing that a reward can be.

    `units`: CURRENCY, NAMED (any unit but percent) or the units themselves. `parameters`: what else has to be said.
    `is_divisible`: may it be reckoned as a share, or given bit by bit? `expires`: may it run out, be
    it that nobody takes it up?
    """

    name: str
    units: tuple[str, ...]
    parameters: tuple[Parameter, ...] = ()
    recipients: tuple[str, ...] = PEOPLE
    is_divisible: bool = False
    expires: bool = True

    def takes(self, unit: str) -> bool:
        if is_currency_code(unit):
            return CURRENCY in self.units
        return unit in self.units or (NAMED in self.units and unit != PERCENT)

    def units_refused(self, units: Iterable[str]) -> list[str]:
        return [unit for unit in units if not self.takes(unit)]

    def read(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """What was typed for this benefit, checked. Raises BadParameters."""
        return read(self.name, self.parameters, settings)

    @property
    def usual_unit(self) -> str:
        """The unit of a rule that says none: "" for the currency that is usual there."""
        return next((unit for unit in self.units if unit not in (CURRENCY, NAMED)), "")
