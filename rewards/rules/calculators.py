"""How much. Nothing is converted: without an amount in a currency that counts here, the answer is a refusal."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from config.lib.rounding import BASIS_POINTS, round_half_away
from rewards.rules.conditions import Verdict
from rewards.rules.facts import Facts, Party, Value
from rewards.rules.parameters import BadParameters, amounts, whole


@dataclass(frozen=True, slots=True)
class Offer:
    """What a rule has to give: amounts by currency or unit; `only_unit` when its budget pays in one currency."""

    amounts: Mapping[str, int]
    party: Party
    only_unit: str = ""

    def can_pay_in(self, unit: str) -> bool:
        return not self.only_unit or unit == self.only_unit


class Calculator(Protocol):
    name: ClassVar[str]

    def calculate(self, offer: Offer, facts: Facts) -> Value | Verdict:
        """What is due, or the verdict that says why nothing is."""
        ...


@dataclass(frozen=True, slots=True)
class Fixed:
    """The rule's amount: in the sale's currency, else the recipient's, else the company's, else in its only unit."""

    name: ClassVar[str] = "fixed"

    def calculate(self, offer: Offer, facts: Facts) -> Value | Verdict:
        for unit in self._units(offer, facts):
            if unit in offer.amounts and offer.can_pay_in(unit):
                return Value(offer.amounts[unit], unit)
        return Verdict("currency_mismatch", False, {"units": sorted(offer.amounts)})

    @staticmethod
    def _units(offer: Offer, facts: Facts) -> list[str]:
        wanted = [facts.value.unit if facts.value else "", offer.party.currency, facts.company_currency]
        # Percent, points and the like belong to no country: they need no currency to agree with.
        unbound = [unit for unit in offer.amounts if not is_currency_code(unit)]
        return [unit for unit in wanted if unit] + unbound


@dataclass(frozen=True, slots=True)
class Percent:
    """A share of the sale, rounded once, then raised to the floor and cut at the ceiling (minor units by currency)."""

    name: ClassVar[str] = "percent"
    basis_points: int
    floor: Mapping[str, int] = field(default_factory=dict)
    ceiling: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        whole("basis_points", self.basis_points, high=BASIS_POINTS)
        for name, bounds in (("floor", self.floor), ("ceiling", self.ceiling)):
            if bounds:
                amounts(name, bounds)
        if any(self.ceiling.get(unit, low) < low for unit, low in self.floor.items()):
            raise BadParameters("ceiling", "below_floor")

    def calculate(self, offer: Offer, facts: Facts) -> Value | Verdict:
        if facts.value is None:
            return Verdict("no_amount", False)
        unit = facts.value.unit
        if not offer.can_pay_in(unit) or not self._knows(unit):
            return Verdict("currency_mismatch", False, {"unit": unit})
        share = round_half_away(facts.value.amount * self.basis_points, BASIS_POINTS)
        share = max(share, self.floor.get(unit, 0))
        return Value(min(share, self.ceiling.get(unit, share)), unit)

    def _knows(self, unit: str) -> bool:
        """A bound that is stated for other currencies only would not bind here."""
        return all(not bounds or unit in bounds for bounds in (self.floor, self.ceiling))


CALCULATORS: Mapping[str, type[Fixed] | type[Percent]] = {
    calculator.name: calculator for calculator in (Fixed, Percent)
}


def calculator_build(name: str, parameters: Mapping[str, Any]) -> Calculator:
    """The calculator of that name. Raises BadParameters, also for a name or a parameter that is not known."""
    if name not in CALCULATORS:
        raise BadParameters("calculator", "unknown")
    try:
        return CALCULATORS[name](**parameters)
    except TypeError as error:
        raise BadParameters(name, "unknown_parameter") from error


def is_currency_code(unit: str) -> bool:
    """ISO 4217 codes are three capitals, and no named unit is."""
    return len(unit) == 3 and unit.isalpha() and unit.isupper()
