"""How much. Nothing is converted: without an amount in a currency that counts here, the answer is a refusal."""

from collections.abc import Mapping
from typing import Any

from rewards.rules.calculators.calculator import Calculator, Offer, Reckoning, is_currency_code
from rewards.rules.calculators.counts import Milestones, Steps
from rewards.rules.calculators.draw import WeightedDraw
from rewards.rules.calculators.fixed import Fixed, TierMultiplier
from rewards.rules.calculators.percent import Percent
from rewards.rules.calculators.places import ByRegion, Demand
from rewards.rules.calculators.products import ByProduct, PerUnit
from rewards.rules.parameters import BadParameters, read

CALCULATORS: Mapping[str, type[Calculator]] = {
    "fixed": Fixed,
    "percent": Percent,
    "per_unit": PerUnit,
    "by_product": ByProduct,
    "by_region": ByRegion,
    "demand": Demand,
    "milestones": Milestones,
    "steps": Steps,
    "tier_multiplier": TierMultiplier,
    "weighted_draw": WeightedDraw,
}


def calculator_build(name: str, parameters: Mapping[str, Any]) -> Calculator:
    """The calculator of that name. Raises BadParameters, also for a name or a parameter that is not known."""
    if name not in CALCULATORS:
        raise BadParameters("calculator", "unknown")
    calculator = CALCULATORS[name]
    return calculator(**read(name, calculator.parameters, parameters))


__all__ = [
    "CALCULATORS",
    "Calculator",
    "Fixed",
    "Offer",
    "Percent",
    "Reckoning",
    "calculator_build",
    "is_currency_code",
]
