from dataclasses import dataclass
from typing import ClassVar

from config.lib.rounding import BASIS_POINTS, round_half_away
from rewards.rules.calculators.calculator import Calculator, Offer, Reckoning, mismatch
from rewards.rules.facts import Facts, Value
from rewards.rules.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Fixed(Calculator):
    """The rule's amount: in the sale's currency, else the recipient's, else the company's, else in its only unit."""

    name: ClassVar[str] = "fixed"

    @property
    def uses_amounts(self) -> bool:
        return True

    def calculate(self, offer: Offer, facts: Facts) -> Reckoning:
        value = offer.choose(offer.amounts, facts)
        return Reckoning(value) if value else mismatch(offer.amounts)


@dataclass(frozen=True, slots=True)
class TierMultiplier(Calculator):
    """The rule's amount times the multiplier of the advocate's tier, rounded once. Without a tier: the amount."""

    name: ClassVar[str] = "tier_multiplier"
    needs: ClassVar[tuple[str, ...]] = ("tier",)

    @property
    def uses_amounts(self) -> bool:
        return True

    def calculate(self, offer: Offer, facts: Facts) -> Reckoning:
        base = offer.choose(offer.amounts, facts)
        if base is None:
            return mismatch(offer.amounts)
        advocate = facts.parties.get("advocate")
        tier = advocate.tier if advocate else None
        if tier is None:
            return Reckoning(base, (Verdict("no_tier", True, {"amount": base.amount, "unit": base.unit}),))
        amount = round_half_away(base.amount * tier.multiplier, BASIS_POINTS)
        values = {"tier": tier.key, "multiplier": tier.multiplier, "of": base.amount}
        step = Verdict("tier_times", True, values | {"amount": amount, "unit": base.unit})
        return Reckoning(Value(amount, base.unit), (step,))
