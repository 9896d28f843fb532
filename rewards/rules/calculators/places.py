from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from rewards.rules.calculators.calculator import Calculator, Offer, Reckoning, mismatch
from rewards.rules.facts import Facts
from rewards.rules.parameters import Parameter
from rewards.rules.verdict import Verdict


@dataclass(frozen=True, slots=True)
class ByRegion(Calculator):
    """The amount of the region: the one promised when the friend came in, while the promise stands."""

    name: ClassVar[str] = "by_region"
    parameters: ClassVar[tuple[Parameter, ...]] = (Parameter("regions", "amounts_by_name"),)
    needs: ClassVar[tuple[str, ...]] = ("region",)
    regions: Mapping[str, Mapping[str, int]]

    def calculate(self, offer: Offer, facts: Facts) -> Reckoning:
        amounts = self.regions.get(facts.region)
        if amounts is None:
            return Reckoning(None, (Verdict("no_region_amount", False, {"region": facts.region}),))
        value = offer.choose(amounts, facts)
        if value is None:
            return mismatch(amounts)
        values = {"region": facts.region, "amount": value.amount, "unit": value.unit}
        return Reckoning(value, (Verdict("region_amount", True, values),))


@dataclass(frozen=True, slots=True)
class Demand(Calculator):
    """What the region's demand gives: as promised when the friend came in, while the promise stands, else today's."""

    name: ClassVar[str] = "demand"
    needs: ClassVar[tuple[str, ...]] = ("demand",)

    def calculate(self, offer: Offer, facts: Facts) -> Reckoning:
        if not facts.demand:
            return Reckoning(None, (Verdict("no_demand", False, {"region": facts.region}),))
        value = offer.choose(facts.demand, facts)
        if value is None:
            return mismatch(facts.demand)
        values = {"region": facts.region, "amount": value.amount, "unit": value.unit}
        return Reckoning(value, (Verdict("demand_amount", True, values),))
