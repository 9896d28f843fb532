"""All work that comes back by the clock, by name. Each app registers its own; schedule and `jobs` read here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from config.lib.registry import Registry

# A worker ends a task after ten minutes: who holds a lease for longer is gone.
LEASE = timedelta(minutes=11)


@dataclass(frozen=True, slots=True)
class Job:
    """`run(now)` does one round and answers with counts. `comment` tells operators why it has that period."""

    name: str
    run: Callable[[datetime], dict[str, int]]
    every: timedelta
    comment: str
    lease: timedelta = LEASE


JOBS: Registry[Job] = Registry("job")


def job_register(job: Job) -> None:
    JOBS.register(job.name, job)
