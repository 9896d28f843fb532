"""What a month costs, about, and between what and what: an interval in which a month lies four times of five.

Method: a parametric bootstrap of a compound sum (Efron & Tibshirani, An Introduction to the Bootstrap, 1993, ch. 6 and
25; Klugman, Panjer & Willmot, Loss Models, ch. 9). A month's cost is the sum over the friends who cost something in it.
How many these are is drawn from a negative binomial (a Poisson whose mean varies) with mean and variance as the months
so far had them; what one costs is drawn from what they did cost. That the mean itself is known only from so many months
is reckoned in: each round draws the months, and the friends, anew. The seed is fixed: the same past, the same sentence.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import variance

ROUNDS = 4_000
SEED = 20_040_229
SHARE = 0.8
MIN_MONTHS = 4
MIN_FRIENDS = 10
MANY = 200


@dataclass(frozen=True, slots=True)
class Cost:
    """In minor units of `unit`, for a month."""

    unit: str
    mean: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class TooLittle:
    """Not enough to say anything honest."""

    friends: int
    months: int


def month_cost(months: Sequence[Sequence[int]], *, unit: str, seed: int = SEED) -> Cost | TooLittle:
    """`months`: for each whole month what each friend cost in it, in minor units; months without any are empty."""
    friends = [cost for month in months for cost in month]
    if len(months) < MIN_MONTHS or len(friends) < MIN_FRIENDS:
        return TooLittle(friends=len(friends), months=len(months))
    chance = random.Random(seed)  # noqa: S311 - nobody gains by guessing it; it has to be the same each time
    past = _Past([len(month) for month in months], friends)
    sums = sorted(past.one_month(chance) for _round in range(ROUNDS))
    edge = round(ROUNDS * (1 - SHARE) / 2)
    return Cost(unit, round(sum(friends) / len(months)), round(sums[edge]), round(sums[-edge - 1]))


class _Past:
    """`counts`: friends who cost something, by month; `costs`: what each of them cost."""

    def __init__(self, counts: Sequence[int], costs: Sequence[int]) -> None:
        self._counts, self._costs = counts, costs
        self._variance = float(variance(counts))
        self._mean_cost = sum(costs) / len(costs)
        self._deviation = float(variance(costs)) ** 0.5

    def one_month(self, chance: random.Random) -> float:
        drawn = chance.choices(self._counts, k=len(self._counts))
        # Half a friend more: months without any do not prove that there will never be one.
        mean = (sum(drawn) + chance.random()) / len(drawn)
        number = _number(mean, max(self._variance / mean, 1.0), chance)
        if number <= MANY:
            return sum(chance.choices(self._costs, k=number))
        # So many together are as good as normally distributed.
        typical = chance.gauss(self._mean_cost, self._deviation / len(self._costs) ** 0.5)
        return max(chance.gauss(number * typical, number**0.5 * self._deviation), 0)


def _number(mean: float, spread: float, chance: random.Random) -> int:
    """Negative binomial, as a Poisson whose mean is drawn from a gamma distribution. `spread`: variance by mean."""
    if spread > 1:
        mean = chance.gammavariate(mean / (spread - 1), spread - 1)
    return poisson(mean, chance)


def poisson(mean: float, chance: random.Random) -> int:
    """Exact for small means (Knuth, TAOCP 2, §3.4.1), by the normal distribution for large ones."""
    if mean > 50:
        return max(round(chance.gauss(mean, mean**0.5)), 0)
    number, product, end = 0, chance.random(), 2.718281828459045**-mean
    while product > end:
        number += 1
        product *= chance.random()
    return number


def rounded(amount: int) -> int:
    """Two figures that count: more would pretend to know."""
    step: int = 10 ** max(len(str(abs(amount))) - 2, 0)
    return round(amount / step) * step
