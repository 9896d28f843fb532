from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from config.lib.rounding import BASIS_POINTS, round_half_away
from rewards.rules.calculators.calculator import Calculator, Offer, Reckoning
from rewards.rules.facts import Facts, Value
from rewards.rules.parameters import BadParameters, Parameter
from rewards.rules.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Percent(Calculator):
    """A share of the sale, rounded once, then raised to the floor and cut at the ceiling (minor units by currency)."""

    name: ClassVar[str] = "percent"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("basis_points", "share"),
        Parameter("floor", "amounts", is_required=False),
        Parameter("ceiling", "amounts", is_required=False),
    )
    needs: ClassVar[tuple[str, ...]] = ("sale",)
    basis_points: int
    floor: Mapping[str, int] = field(default_factory=dict)
    ceiling: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if any(self.ceiling.get(unit, low) < low for unit, low in self.floor.items()):
            raise BadParameters("ceiling", "below_floor")

    def calculate(self, offer: Offer, facts: Facts) -> Reckoning:
        if facts.value is None:
            return Reckoning(None, (Verdict("no_amount", False),))
        of, unit = facts.value.amount, facts.value.unit
        if not offer.can_pay_in(unit) or not self._knows(unit):
            return Reckoning(None, (Verdict("currency_mismatch", False, {"unit": unit}),))
        share = round_half_away(of * self.basis_points, BASIS_POINTS)
        values = {"basis_points": self.basis_points, "of": of, "amount": share, "unit": unit}
        steps = [Verdict("share_of", True, values)]
        if share < self.floor.get(unit, share):
            steps.append(Verdict("raised_to_floor", True, {"of": share, "amount": self.floor[unit], "unit": unit}))
            share = self.floor[unit]
        if share > self.ceiling.get(unit, share):
            steps.append(Verdict("cut_at_ceiling", True, {"of": share, "amount": self.ceiling[unit], "unit": unit}))
            share = self.ceiling[unit]
        return Reckoning(Value(share, unit), tuple(steps))

    def _knows(self, unit: str) -> bool:
        """A bound that is stated for other currencies only would not bind here."""
        return all(not bounds or unit in bounds for bounds in (self.floor, self.ceiling))
