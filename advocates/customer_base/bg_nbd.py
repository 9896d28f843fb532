"""The BG/NBD model of a customer base: while active, a customer buys at a rate of their own, and after each purchase
they may silently have left for good.

Fader, Hardie, Lee (2005): "Counting Your Customers" the Easy Way: An Alternative to the Pareto/NBD Model, Marketing
Science 24 (2), 275–284. Equations are numbered as there. P(alive) is from their note of 2008, Computing P(alive) Using
the BG/NBD Model. All times are in weeks. Pure: no Django, no database; floats live here and never at rest.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import exp, lgamma, log, log1p

from advocates.customer_base.minimise import minimise

# Where an answer is no longer a number: a pole of the series, or an exponent that floats do not hold.
NUDGE = 1e-7
LARGEST_EXPONENT = 700.0
SERIES_TERMS = 10_000
SERIES_PRECISION = 1e-13


@dataclass(frozen=True, slots=True, order=True)
class History:
    """One customer: `repeats` purchases after the first, the latest at `recency`, observed until `age`.

    Both in weeks since the first purchase; without repeats, `recency` is 0. Several purchases on a day are one.
    """

    repeats: int
    recency: float
    age: float


@dataclass(frozen=True, slots=True)
class BgNbd:
    """r and alpha: shape and (in weeks) rate of the gamma that purchase rates follow; a and b: the beta of leaving."""

    r: float
    alpha: float
    a: float
    b: float

    def log_likelihood(self, histories: Mapping[History, int]) -> float:
        """Of histories with how many customers have each: the sum of eq. 6's logarithm, in the form that is stable."""
        r, alpha, a, b = self.r, self.alpha, self.a, self.b
        # What depends on the number of purchases alone is reckoned once for each number.
        common = r * log(alpha) - lgamma(r) + lgamma(a + b) - lgamma(b)
        by_repeats = {
            x: common + lgamma(r + x) + lgamma(b + x) - lgamma(a + b + x) for x in {row.repeats for row in histories}
        }
        left = {x: log(a) - log(b + x - 1) for x in by_repeats if x > 0}
        total = 0.0
        for row, count in histories.items():
            x = row.repeats
            still = -(r + x) * log(alpha + row.age)
            if x > 0:
                gone = left[x] - (r + x) * log(alpha + row.recency)
                high, low = (still, gone) if still > gone else (gone, still)
                still = high + log1p(exp(low - high))
            total += count * (by_repeats[x] + still)
        return total

    def alive(self, history: History) -> float:
        """P(alive): the chance, 0 to 1, that the customer has not left. 1 by definition for who never came again."""
        return 1 / (1 + self._odds_gone(history))

    def expected(self, history: History, *, weeks: float) -> float:
        """Purchases to expect in the next `weeks` from a customer with this history (eq. 10).

        By Euler's transformation of the hypergeometric function, so that many purchases do not overflow.
        """
        share = weeks / (self.alpha + history.age + weeks)
        return self._while_active(history.repeats, share) / (1 + self._odds_gone(history))

    def expected_new(self, *, weeks: float) -> float:
        """Repeat purchases to expect from somebody in the `weeks` after a first purchase (eq. 9)."""
        return self._while_active(0, weeks / (self.alpha + weeks))

    def _while_active(self, repeats: int, share: float) -> float:
        """What is expected of somebody who has not left yet; `share`: the time ahead within all the model's time."""
        left, base = _not_zero(self.a - 1), _not_zero(self.a + self.b + repeats - 1)
        stays = exp(left * log1p(-share)) * hypergeometric(left + self.b - self.r, left, base, share)
        return base / left * (1 - stays)

    def _odds_gone(self, history: History) -> float:
        x = history.repeats
        if x == 0:
            return 0.0
        power = (self.r + x) * (log(self.alpha + history.age) - log(self.alpha + history.recency))
        return self.a / (self.b + x - 1) * exp(min(power, LARGEST_EXPONENT))


def grouped(histories: Iterable[History]) -> dict[History, int]:
    """Equal histories together: how many customers have each."""
    return dict(Counter(histories))


def fit(histories: Mapping[History, int]) -> BgNbd:
    """The model under which these histories are likeliest. Raises ValueError where nobody ever came again."""
    if not any(row.repeats for row in histories):
        raise ValueError("Nobody bought again: there is nothing to fit.")
    customers = sum(histories.values())
    ages = sum(row.age * count for row, count in histories.items())
    start = (0.0, log(max(ages / customers / 4, 1.0)), 0.0, 0.0)

    def loss(logs: tuple[float, ...]) -> float:
        # Sought among the logarithms, so that all four stay above zero; bounded, so that none runs away.
        if any(abs(value) > 12 for value in logs):
            return float("inf")
        return -_of_logs(logs).log_likelihood(histories) / customers

    return _of_logs(minimise(loss, start))


def hypergeometric(a: float, b: float, c: float, z: float) -> float:
    """Gauss's 2F1(a, b; c; z) for 0 ≤ z < 1 by its series. Raises ArithmeticError where that does not converge."""
    term = total = 1.0
    for n in range(SERIES_TERMS):
        term *= (a + n) * (b + n) / ((c + n) * (n + 1)) * z
        total += term
        if abs(term) <= SERIES_PRECISION * abs(total):
            return total
    raise ArithmeticError("The series of 2F1 does not converge here.")


def _of_logs(logs: tuple[float, ...]) -> BgNbd:
    return BgNbd(*map(exp, logs))


def _not_zero(value: float) -> float:
    """a = 1 and a + b = 1 are gaps in the formula, not in the model: a hair beside them it has its value."""
    return value if abs(value) > NUDGE else NUDGE
