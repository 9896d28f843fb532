"""What changes seldom and is asked for with every request is remembered by the process, for a second at most.

Only for what may be a second old: a key that was revoked, the company's name in a mail. What is remembered is shared by
all threads and only read; whoever changes a row says `forget` besides, so that their own process knows at once.
"""

import time
from collections.abc import Callable, Hashable
from typing import ClassVar, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

# More keys than any installation has: a memory that grows for ever would be a leak.
MOST = 1_000


class Lately(Generic[K, V]):
    """Asks, and remembers what was answered. That there is nothing (None) is asked about each time."""

    SECONDS: ClassVar[float] = 1.0

    def __init__(self, ask: Callable[[K], V]) -> None:
        self._ask = ask
        self._answers: dict[K, tuple[float, V]] = {}

    def __call__(self, key: K) -> V:
        now = time.monotonic()
        known = self._answers.get(key)
        if known and now - known[0] < Lately.SECONDS:
            return known[1]
        answer = self._ask(key)
        if answer is not None:
            if len(self._answers) >= MOST:
                self._answers.clear()
            # As old as the question: the answer may have been right only at its very beginning.
            self._answers[key] = (now, answer)
        return answer

    def forget(self) -> None:
        self._answers.clear()
