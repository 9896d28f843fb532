from dataclasses import dataclass
from itertools import accumulate
from typing import ClassVar

from rewards.rules.calculators.calculator import Calculator, Offer, Reckoning, mismatch
from rewards.rules.facts import Facts, Value
from rewards.rules.parameters import Parameter, Prize
from rewards.rules.verdict import Verdict


@dataclass(frozen=True, slots=True)
class WeightedDraw(Calculator):
    """One of these prizes, as likely as its weight says; the event's own number draws, so each look draws the same.

    Lots are numbered from 0 in the order of the prizes, so many for each as its weight; the lot drawn is the event's
    number modulo all lots.
    """

    name: ClassVar[str] = "weighted_draw"
    parameters: ClassVar[tuple[Parameter, ...]] = (Parameter("prizes", "prizes"),)
    prizes: tuple[Prize, ...]

    def calculate(self, offer: Offer, facts: Facts) -> Reckoning:
        ends = list(accumulate(prize.weight for prize in self.prizes))
        lot = facts.draw % ends[-1]
        prize = next(prize for prize, end in zip(self.prizes, ends, strict=True) if lot < end)
        if not offer.can_pay_in(prize.unit):
            return mismatch([prize.unit])
        values = {"prize": prize.name, "weight": prize.weight, "of": ends[-1], "lot": lot}
        step = Verdict("prize_drawn", True, values | {"amount": prize.amount, "unit": prize.unit})
        return Reckoning(Value(prize.amount, prize.unit), (step,))
