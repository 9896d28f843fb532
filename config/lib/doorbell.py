"""A bell says that a row waits. It may be lost, since a sweep finds the row; it is never worth waiting for.

A Redis that hangs costs its time-out at each ring, on every thread that serves the web. So after a ring that failed,
and while one takes suspiciously long, this process rings no more.
"""

import time
from threading import get_ident
from typing import Any

import structlog
from celery import Task
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)

# A ring takes about a millisecond.
PATIENCE_SECONDS = 0.25
# Much longer than a time-out, so that waiting is rare; not longer than a sweep takes to come by.
SILENCE_SECONDS = 30.0


class Bell:
    """One for each process, whatever thread rings it."""

    def __init__(self) -> None:
        self._silent_until = 0.0
        self._began: dict[int, float] = {}

    def ring(self, task: "Task[Any, Any]", **ids: Any) -> bool:
        """Send a task with these ids, unless nobody seems to answer. False: the sweep has to find the row."""
        now = time.monotonic()
        if now < self._silent_until or self._is_stuck(now):
            return False
        self._began[get_ident()] = now
        try:
            task.delay(**ids)
        except OperationalError as error:
            self._silent_until = time.monotonic() + SILENCE_SECONDS
            log.warning("doorbell_not_heard", task=task.name, error=type(error).__name__)
            return False
        finally:
            del self._began[get_ident()]
        return True

    def _is_stuck(self, now: float) -> bool:
        """Has another thread been ringing for longer than a ring takes?"""
        return any(now - began > PATIENCE_SECONDS for began in list(self._began.values()))


doorbell = Bell()
