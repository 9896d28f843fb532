"""Rounds, medians and verdicts.

A figure compares our way with a floor: the least that any way would have to do. Both run in turn, and the floor runs
twice a round: when it differs from itself by more than 15 %, the machine was too restless to say anything.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from statistics import median
from typing import Any

from benchmarks.meter import Spent

MAY_DIFFER = 0.15
MOST_ROUNDS = 9


class Scale(StrEnum):
    QUICK = "quick"
    FULL = "full"


ROUNDS = {Scale.QUICK: 3, Scale.FULL: 5}


class Verdict(StrEnum):
    PASSED = "passed"
    FAILED = "FAILED"
    # No gate: a number to be known.
    REPORTED = "reported"
    INCONCLUSIVE = "inconclusive"
    WRONG = "WRONG RESULT"


class WrongResult(Exception):
    """It was done wrongly, however fast."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One round of one side: `count` units of work and what they took."""

    count: int
    spent: Spent

    @property
    def cost(self) -> float:
        """Processor seconds a unit."""
        return self.spent.cpu / self.count

    @property
    def pace(self) -> float:
        """Units a second on the wall."""
        return self.count / self.spent.wall


@dataclass(frozen=True, slots=True)
class Figure:
    """`ratio`: the floor's processor time for a unit over ours, so that 1 is as cheap as the floor and more is better.

    `wall_ratio`: our pace over the floor's. `twin`: the floor against itself. Times are microseconds of processor.
    """

    name: str
    floor: str
    goal: str
    ratio: float
    wall_ratio: float
    twin: float
    rounds: int
    verdict: Verdict
    microseconds: float
    floor_microseconds: float
    a_second: float
    details: dict[str, Any] = field(default_factory=dict)

    def json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Comparison:
    """`gate`: the least ratio that passes; None reports only. `goal`: the same in words, or what is aimed at."""

    name: str
    floor: str
    goal: str
    gate: float | None = None


def compare(
    comparison: Comparison,
    *,
    floor: Callable[[], Sample],
    ours: Callable[[], Sample],
    scale: Scale,
    details: Callable[[], dict[str, Any]] = dict,
) -> Figure:
    """Both sides in turn, forwards and backwards, until the floor agrees with itself. Raises what a side raises."""
    pairs: list[tuple[Sample, Sample, Sample]] = []
    while len(pairs) < ROUNDS[scale] or (not _is_calm(pairs) and len(pairs) < MOST_ROUNDS):
        if len(pairs) % 2:
            mine, again, first = ours(), floor(), floor()
        else:
            first, again, mine = floor(), floor(), ours()
        pairs.append((first, again, mine))
    ratio = median((first.cost + again.cost) / 2 / mine.cost for first, again, mine in pairs)
    return Figure(
        name=comparison.name,
        floor=comparison.floor,
        goal=comparison.goal,
        ratio=ratio,
        wall_ratio=median(mine.pace / ((first.pace + again.pace) / 2) for first, again, mine in pairs),
        twin=_twin(pairs),
        rounds=len(pairs),
        verdict=_verdict(comparison.gate, ratio, is_calm=_is_calm(pairs)),
        microseconds=1e6 * median(mine.cost for _first, _again, mine in pairs),
        floor_microseconds=1e6 * median(first.cost for first, _again, _mine in pairs),
        a_second=median(mine.pace for _first, _again, mine in pairs),
        details=details(),
    )


def _twin(pairs: list[tuple[Sample, Sample, Sample]]) -> float:
    return median(first.cost / again.cost for first, again, _mine in pairs)


def _is_calm(pairs: list[tuple[Sample, Sample, Sample]]) -> bool:
    return abs(_twin(pairs) - 1) <= MAY_DIFFER


def _verdict(gate: float | None, ratio: float, *, is_calm: bool) -> Verdict:
    if not is_calm:
        return Verdict.INCONCLUSIVE
    if gate is None:
        return Verdict.REPORTED
    return Verdict.PASSED if ratio >= gate else Verdict.FAILED
