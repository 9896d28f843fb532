"""Web, worker and beat as children of one terminal.

Each has a process group of its own, since Ctrl-C reaches the whole group of a terminal: we forward one TERM to each.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from config.lib.http import own_status

READY_SECONDS = 60
STOP_SECONDS = 20
LOOK_SECONDS = 0.2


class ChildEnded(Exception):
    """A child that should go on has ended by itself."""


class NotReady(Exception):
    """The web server did not say in time that everything works."""


def commands(port: int) -> dict[str, list[str]]:
    python = [sys.executable, "-m"]
    celery = [*python, "celery", "-A", "config", "--quiet"]
    return {
        "web": [
            *python,
            "gunicorn",
            "config.wsgi",
            f"--bind=127.0.0.1:{port}",
            "--worker-class=gthread",
            "--no-control-socket",
            "--threads=8",
        ],
        # Threads leave no orphans; there is nobody to gossip with.
        "worker": [*celery, "worker", "--pool=threads", "--concurrency=2", "--without-gossip", "--without-mingle"],
        "beat": [*celery, "beat", "--pidfile="],
    }


class Children:
    """Starts them, watches them, ends them. Use as a context: whatever happens inside, none is left."""

    def __init__(self, port: int, logs: Path) -> None:
        self.port, self.logs = port, logs
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.is_asked_to_stop = False

    def __enter__(self) -> "Children":
        for wanted in (signal.SIGINT, signal.SIGTERM):
            signal.signal(wanted, self._ask_to_stop)
        self.logs.mkdir(parents=True, exist_ok=True)
        for name, command in commands(self.port).items():
            with (self.logs / f"{name}.log").open("wb") as log:
                self.processes[name] = subprocess.Popen(  # noqa: S603 - our own commands
                    command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True
                )
        return self

    def __exit__(self, *_error: object) -> None:
        for process in self.processes.values():
            _signal_group(process, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for process in self.processes.values():
            try:
                process.wait(max(deadline - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                _signal_group(process, signal.SIGKILL)
                process.wait()

    def wait_until_ready(self) -> bool:
        """False when somebody asked to stop meanwhile. Raises NotReady or ChildEnded."""
        deadline = time.monotonic() + READY_SECONDS
        while not self.is_asked_to_stop and own_status(self.port, "/readyz") != 200:
            self._look(deadline)
        return not self.is_asked_to_stop

    def wait_until_stopped(self) -> None:
        """Returns when somebody asks to stop. Raises ChildEnded."""
        while not self.is_asked_to_stop:
            self._look()

    def _look(self, deadline: float | None = None) -> None:
        for name, process in self.processes.items():
            if process.poll() is not None and not self.is_asked_to_stop:
                raise ChildEnded(f"The {name} has ended by itself; {self.logs / name}.log says why.")
        if deadline is not None and time.monotonic() > deadline:
            raise NotReady(f"Not ready after {READY_SECONDS} seconds; the files in {self.logs} say why.")
        time.sleep(LOOK_SECONDS)

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.is_asked_to_stop = True


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)
