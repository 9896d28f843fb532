from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from rewards.rules.limits import MemoryCounters

ROLLING = ":rolling."


class PlayCounters(MemoryCounters):
    """Counters of a long history: the days of a rolling window are found by their queue, not by looking through all."""

    def __init__(self, begun: Mapping[str, int]) -> None:
        super().__init__(defaultdict(int, begun))
        self._days: dict[str, set[str]] = defaultdict(set)
        for key in begun:
            self._note(key)

    def add(self, key: str, amount: int) -> int:
        self._note(key)
        self.counts[key] += amount
        return self.counts[key]

    def days_used(self, queue: str, first: date, last: date) -> Mapping[str, int]:
        rests = {rest for rest in self._days.get(queue, ()) if first.isoformat() <= rest[:10] <= last.isoformat()}
        return {rest: used for rest in rests if (used := self.used(f"{queue}:{rest}"))}

    def _note(self, key: str) -> None:
        if ROLLING in key:
            queue, days, rest = key.rpartition(ROLLING)[0], *key.rpartition(ROLLING)[2].split(":", 1)
            self._days[f"{queue}{ROLLING}{days}"].add(rest)
