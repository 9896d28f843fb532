import traceback
from datetime import datetime
from typing import Any

import structlog

from advocates.errors import UnknownJob
from advocates.jobs import JOBS, Job
from advocates.models import JobRun
from config.lib import clock
from config.lib.insert_once import insert_once
from config.lib.states import Stale, move

log = structlog.get_logger(__name__)

FRAMES_KEPT = 8


def job_run(*, name: str) -> JobRun:
    """Run a job once, unless it is running: then that run is returned untouched.

    One run at a time is held by a lease; one whose holder died is taken over when it has expired. A job that raises
    is recorded as failed. Raises UnknownJob. Not for use inside a transaction: nobody else would see the lease.
    """
    job = JOBS.get(name)
    if job is None:
        raise UnknownJob(name)
    run, is_ours = _lease_take(job, now=clock.now())
    if is_ours:
        _run(job, run)
    return run


def _lease_take(job: Job, *, now: datetime) -> tuple[JobRun, bool]:
    run, is_ours = _insert(job, now=now)
    if is_ours or run.lease_until > now:
        return run, is_ours
    try:
        _close(run, to=JobRun.Status.ABANDONED, now=now)
    except Stale:  # it ended, or somebody took it over, between our two looks
        log.info("job_lease_lost", job=job.name)
    return _insert(job, now=now)


def _insert(job: Job, *, now: datetime) -> tuple[JobRun, bool]:
    return insert_once(
        JobRun,
        unique=["live_key"],
        name=job.name,
        live_key=job.name,
        lease_until=now + job.lease,
        started_at=now,
    )


def _run(job: Job, run: JobRun) -> None:
    outcome: dict[str, Any]
    try:
        outcome = {"to": JobRun.Status.DONE, "result": job.run(run.started_at)}
    except Exception as error:  # noqa: BLE001 - whatever a job raises, its run says so and the next one comes
        log.error("job_failed", job=job.name, run=run.pk, error=type(error).__name__)  # noqa: TRY400 - see _where
        outcome = {"to": JobRun.Status.FAILED, "error": _where(error)}
    try:
        _close(run, now=clock.now(), **outcome)
    except Stale:
        # It took longer than its lease and was taken over; what it did stands, its row is already closed.
        log.warning("job_outlived_its_lease", job=job.name, run=run.pk)
        run.refresh_from_db()


def _close(run: JobRun, *, to: str, now: datetime, **changes: object) -> None:
    """Raises Stale when the run is no longer running."""
    move(run, to=to, table=JobRun.MOVES, live_key=f"{run.name}:{run.pk}", finished_at=now, **changes)


def _where(error: Exception) -> str:
    """The kind of error and the lines it came through. Its message is left out: it may quote an address."""
    return "".join([*traceback.format_tb(error.__traceback__)[-FRAMES_KEPT:], type(error).__name__])
