"""By how far somebody has come. What is paid once each is in the slot, so that nothing is paid for a number twice."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from config.lib.rounding import BASIS_POINTS, round_half_away
from rewards.rules.calculators.calculator import Calculator, Offer, Reckoning, mismatch
from rewards.rules.facts import Facts, Value
from rewards.rules.parameters import Parameter
from rewards.rules.verdict import Verdict

AMOUNTS, DEMAND = "amounts", "demand"


@dataclass(frozen=True, slots=True)
class Milestones(Calculator):
    """An amount when the advocate's confirmed friends in the campaign reach one of these numbers, once for each."""

    name: ClassVar[str] = "milestones"
    parameters: ClassVar[tuple[Parameter, ...]] = (Parameter("milestones", "amounts_by_count"),)
    needs: ClassVar[tuple[str, ...]] = ("confirmed",)
    has_slot: ClassVar[bool] = True
    milestones: Mapping[int, Mapping[str, int]]

    def calculate(self, offer: Offer, facts: Facts) -> Reckoning:
        amounts = self.milestones.get(facts.confirmed)
        if amounts is None:
            return Reckoning(None, (_not_there("milestone_ahead", self.milestones, facts.confirmed),))
        value = offer.choose(amounts, facts)
        if value is None:
            return mismatch(amounts)
        values = {"milestone": facts.confirmed, "amount": value.amount, "unit": value.unit}
        return Reckoning(value, (Verdict("milestone", True, values),), f"milestone:{facts.confirmed}")


@dataclass(frozen=True, slots=True)
class Steps(Calculator):
    """A friend's n-th event of its type brings what was paid up to a share of the whole; once for friend and step.

    The whole is the rule's amount or the demand. Each step pays its share less the share of the step before, each
    rounded by itself, so that all steps together come to the last share to the cent.
    """

    name: ClassVar[str] = "steps"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("steps", "shares_by_count"),
        Parameter("of", "choice", is_required=False, choices=(AMOUNTS, DEMAND)),
    )
    needs: ClassVar[tuple[str, ...]] = ("repeats", "friend")
    has_slot: ClassVar[bool] = True
    steps: Mapping[int, int]
    of: str = AMOUNTS

    @property
    def uses_amounts(self) -> bool:
        return self.of == AMOUNTS

    def calculate(self, offer: Offer, facts: Facts) -> Reckoning:
        friend, share = facts.parties.get("friend"), self.steps.get(facts.sequence)
        if friend is None:
            return Reckoning(None, (Verdict("no_referral", False),))
        if share is None:
            return Reckoning(None, (_not_there("step_ahead", self.steps, facts.sequence),))
        if self.of == DEMAND and not facts.demand:
            return Reckoning(None, (Verdict("no_demand", False, {"region": facts.region}),))
        whole = facts.demand if self.of == DEMAND else offer.amounts
        base = offer.choose(whole, facts)
        if base is None:
            return mismatch(whole)
        before = max((number for number in self.steps if number < facts.sequence), default=0)
        due, paid = _part(base, share), _part(base, self.steps.get(before, 0))
        values = {"step": facts.sequence, "basis_points": share, "of": base.amount, "amount": due, "unit": base.unit}
        steps = [Verdict("step", True, values)]
        if before:
            steps.append(Verdict("less_step_before", True, {"step": before, "amount": paid, "unit": base.unit}))
        slot = f"friend:{friend.key}:step:{facts.sequence}"
        return Reckoning(Value(due - paid, base.unit), tuple(steps), slot)


def _part(whole: Value, basis_points: int) -> int:
    return round_half_away(whole.amount * basis_points, BASIS_POINTS)


def _not_there(code: str, numbers: Mapping[int, object], reached: int) -> Verdict:
    """`next`: the number that comes next, 0 after the last."""
    ahead = min((number for number in numbers if number > reached), default=0)
    return Verdict(code, False, {"reached": reached, "next": ahead})
