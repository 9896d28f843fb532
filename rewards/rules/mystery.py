"""Gifts drawn by weight while there is stock: the odds, the draw, and what draws cost on average, exactly.

Each draw is among the lots of which there is still one, each as likely as its weight among theirs. The average follows
the whole distribution of what is left, draw by draw, in fractions: a lot that runs out makes the others likelier.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from typing import NamedTuple

# So many steps, one for each remainder and lot of each draw, are reckoned; more is beyond a page that is waited for.
MOST_STEPS = 50_000


class TooMany(ValueError):
    """So many draws among so many counted lots take too long to reckon exactly."""


@dataclass(frozen=True, slots=True)
class Lot:
    """`stock`: None for what does not run out. `cost`: of one, in minor units."""

    item: str
    weight: int
    cost: int = 0
    stock: int | None = None

    @property
    def is_there(self) -> bool:
        return self.stock is None or self.stock > 0


class Outlook(NamedTuple):
    """`counts`: how many of each lot are drawn on average, in the order of the lots; `cost`: of all of them."""

    counts: tuple[Fraction, ...]
    cost: Fraction


def odds(lots: Iterable[Lot]) -> dict[str, Fraction]:
    """How likely each lot is in the next draw; what is gone is not among them."""
    there = [lot for lot in lots if lot.is_there]
    total = sum(lot.weight for lot in there)
    return {lot.item: Fraction(lot.weight, total) for lot in there}


def drawn(lots: Iterable[Lot], number: int) -> Lot | None:
    """The lot of a random whole `number`, by its remainder among all weights that are there; None: nothing is left."""
    there = [lot for lot in lots if lot.is_there]
    if not there:
        return None
    ends = list(accumulate(lot.weight for lot in there))
    place = number % ends[-1]
    return next(lot for lot, end in zip(there, ends, strict=True) if place < end)


def expected(lots: Sequence[Lot], draws: int) -> Outlook:
    """What `draws` draws bring on average. Draws after the last thing is gone bring nothing.

    Raises TooMany where the remainders are more than can be followed.
    """
    # What cannot run out in so many draws needs no counting.
    counted = [place for place, lot in enumerate(lots) if lot.stock is not None and lot.stock < draws]
    states = {tuple(lots[place].stock or 0 for place in counted): Fraction(1)}
    counts = [Fraction(0) for _lot in lots]
    steps = 0
    for _draw in range(draws):
        steps += len(states) * len(lots)
        if steps > MOST_STEPS:
            raise TooMany(f"more than {MOST_STEPS} steps for {draws} draws")
        states = _after_one(lots, counted, states, counts)
    cost = sum((count * lot.cost for count, lot in zip(counts, lots, strict=True)), Fraction(0))
    return Outlook(tuple(counts), cost)


def expected_cost(lots: Sequence[Lot], draws: int) -> Fraction:
    """What `draws` draws cost on average, in minor units. Raises TooMany."""
    return expected(lots, draws).cost


State = tuple[int, ...]


def _after_one(
    lots: Sequence[Lot], counted: Sequence[int], states: dict[State, Fraction], counts: list[Fraction]
) -> dict[State, Fraction]:
    """The distribution of what is left after one more draw; adds to `counts` what it brings on average."""
    after: dict[State, Fraction] = defaultdict(Fraction)
    column = {place: number for number, place in enumerate(counted)}
    for left, chance in states.items():
        there = [place for place in range(len(lots)) if place not in column or left[column[place]]]
        total = sum(lots[place].weight for place in there)
        for place in there:
            share = chance * Fraction(lots[place].weight, total)
            counts[place] += share
            after[_less_one(left, column.get(place))] += share
        if not there:
            after[left] += chance
    return dict(after)


def _less_one(left: State, number: int | None) -> State:
    if number is None:
        return left
    return (*left[:number], left[number] - 1, *left[number + 1 :])
