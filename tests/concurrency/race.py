"""Real threads, each with a connection of its own, that start at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, BrokenBarrierError
from typing import Any

from django.db import connection

START_SECONDS = 10.0


def run_together(*works: Callable[[], Any]) -> list[Any]:
    """What each work answered, or the exception that it raised, in the order in which they were given."""
    start = Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        try:
            start.wait(START_SECONDS)
            return work()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def meet(barrier: Barrier, *, seconds: float) -> None:
    """Wait until the rivals have come as far; go on alone when a guard keeps them from coming."""
    try:
        barrier.wait(seconds)
    except BrokenBarrierError:
        return
