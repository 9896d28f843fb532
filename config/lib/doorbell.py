"""A bell says that a row waits. It may be lost, since a sweep finds the row; it is never worth waiting for.

A Redis that hangs costs its time-out at each ring, on every thread that serves the web: after a ring that failed this
process rings no more for a while.
"""

import time
from typing import Any

import structlog
from celery import Task
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)

# Much longer than a time-out, so that waiting is rare; not longer than a sweep takes to come by.
SILENCE_SECONDS = 30.0


class Bell:
    """One for each process. Threads that ring at the moment of the failure wait too; later ones do not."""

    def __init__(self) -> None:
        self._silent_until = 0.0

    def ring(self, task: "Task[Any, Any]", **ids: Any) -> bool:
        """Send a task with these ids, unless nobody answered lately. False: the sweep has to find the row."""
        if time.monotonic() < self._silent_until:
            return False
        try:
            task.delay(**ids)
        except OperationalError as error:
            self._silent_until = time.monotonic() + SILENCE_SECONDS
            log.warning("doorbell_not_heard", task=task.name, error=type(error).__name__)
            return False
        return True


doorbell = Bell()
