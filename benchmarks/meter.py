"""Two meters: the clock on the wall, and the time that our processes had on a processor.

On a machine that does other things too the first swings by a factor, the second by a few percent. Figures are ratios of
the second.
"""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

NANOSECOND = 1e-9
TICK = 1 / os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Spent:
    """Seconds. `cpu` is this process together with the watched ones."""

    wall: float = 0.0
    cpu: float = 0.0


class Meter:
    """Watches process trees by their roots: PostgreSQL's, the web server's. This process is counted in unless told."""

    def __init__(self, roots: Sequence[int], *, is_own_counted: bool = True) -> None:
        self._roots = list(roots)
        self._is_own_counted = is_own_counted

    @contextmanager
    def running(self) -> Iterator[Spent]:
        spent = Spent()
        wall, cpu = time.monotonic(), self._cpu()
        yield spent
        spent.wall, spent.cpu = time.monotonic() - wall, self._cpu() - cpu

    def _cpu(self) -> float:
        own = time.process_time() if self._is_own_counted else 0.0
        return own + sum(_time_on_cpu(pid) for root in self._roots for pid in _tree(root))


def _tree(root: int) -> Iterator[int]:
    yield root
    for task in _listed(Path(f"/proc/{root}/task")):
        for child in _read(task / "children").split():
            yield from _tree(int(child))


def _time_on_cpu(pid: int) -> float:
    """Of its living threads to the nanosecond, and of its children that have ended, in ticks of the kernel."""
    times = (_read(task / "schedstat").split() for task in _listed(Path(f"/proc/{pid}/task")))
    living = sum(int(fields[0]) for fields in times if fields) * NANOSECOND
    # Behind the name, which may hold blanks: fields 16 and 17 of proc(5), which count from the process id.
    fields = _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    ended = sum(map(int, fields[13:15])) * TICK
    return living + ended


def _listed(folder: Path) -> list[Path]:
    try:
        return [folder / name for name in os.listdir(folder)]
    except FileNotFoundError:
        return []


def _read(path: Path) -> str:
    """Empty for what has just ended."""
    try:
        return path.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
