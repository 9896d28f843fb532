"""Who wins, by nothing but a seed and the numbers of the entries: whoever has both finds the same winners.

The place of an entry is HMAC-SHA256(seed, number), both as text, in hex; the smallest comes first. The seed is chosen
and its SHA-256 published before the first entry, so nobody can choose it by the outcome. Commit and reveal: M. Blum,
Coin flipping by telephone, 1981; HMAC: RFC 2104.
"""

import hashlib
import hmac
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Prize:
    """So many of it, in a row."""

    name: str
    count: int


class Won(NamedTuple):
    rank: int
    number: int
    prize: str


def seed_hash(seed: str) -> str:
    """What is published of a seed before it is shown."""
    return hashlib.sha256(seed.encode()).hexdigest()


def lot(seed: str, number: int) -> str:
    """The place of an entry, 64 hex digits."""
    return hmac.digest(seed.encode(), str(number).encode(), "sha256").hex()


def draw(seed: str, people: Mapping[int, int], prizes: Iterable[Prize], *, prizes_each: int = 1) -> list[Won]:
    """The winners, the first prize first.

    `people`: whose each number is, by the smallest number of the same person; only entries that are valid stand there.
    Who has won `prizes_each` times is passed over. Prizes for which nobody is left are not given.
    """
    waiting = [prize.name for prize in prizes for _one in range(prize.count)]
    wins: Counter[int] = Counter()
    won: list[Won] = []
    for number in _in_order(seed, list(people)):
        if len(won) == len(waiting):
            break
        if wins[people[number]] < prizes_each:
            wins[people[number]] += 1
            won.append(Won(len(won) + 1, number, waiting[len(won)]))
    return won


def _in_order(seed: str, numbers: Sequence[int]) -> list[int]:
    return sorted(numbers, key=lambda number: lot(seed, number))
