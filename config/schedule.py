"""The beat's rows, made from the registry of jobs.

Intervals only: the beat has open bugs around daylight saving with anything that names a time of day.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from advocates.jobs import JOBS, Job
from advocates.models import JobRun
from config.tasks import RUN_JOB

PERIODS = (
    (timedelta(days=1), IntervalSchedule.DAYS),
    (timedelta(hours=1), IntervalSchedule.HOURS),
    (timedelta(minutes=1), IntervalSchedule.MINUTES),
    (timedelta(seconds=1), IntervalSchedule.SECONDS),
)


GRACE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Synced:
    created: list[str]
    removed: list[str]


@transaction.atomic
def schedule_sync() -> Synced:
    """Adds rows for new jobs and removes those of vanished ones. Periods and switches of operators stay."""
    vanished = PeriodicTask.objects.filter(task=RUN_JOB).exclude(name__in=JOBS.names())
    removed = sorted(vanished.values_list("name", flat=True))
    vanished.delete()
    return Synced([job.name for job in JOBS if _row_sync(job)], removed)


def _row_sync(job: Job) -> bool:
    """Brings one row up to date; whether it was made now."""
    facts = {"task": RUN_JOB, "kwargs": json.dumps({"name": job.name}), "description": job.comment}
    row = PeriodicTask.objects.filter(name=job.name).first()
    if row is None:
        PeriodicTask.objects.create(
            name=job.name,
            interval=_interval(job.every),
            # A round that could not be started in time is made up for by the next one.
            expire_seconds=max(int(job.every.total_seconds()), 1),
            **facts,
        )
        return True
    if any(getattr(row, name) != value for name, value in facts.items()):
        for name, value in facts.items():
            setattr(row, name, value)
        row.save()
    return False


def _interval(every: timedelta) -> IntervalSchedule:
    step, period = next((step, period) for step, period in PERIODS if not every % step)
    return IntervalSchedule.objects.get_or_create(every=every // step, period=period)[0]


@dataclass(frozen=True, slots=True)
class JobState:
    """How a job stands: its last run, when the next is due, and by how much it is late (zero: it is not).

    `every` is None where operators switched the job off or the schedule does not know it.
    """

    job: Job
    every: timedelta | None
    last: JobRun | None
    next_at: datetime | None
    lag: timedelta

    @property
    def is_failing(self) -> bool:
        return self.last is not None and self.last.status == JobRun.Status.FAILED

    @property
    def is_late(self) -> bool:
        """Late by more than two rounds and five minutes: the beat or the worker stands still."""
        return self.every is not None and self.lag > 2 * self.every + GRACE


def job_states(*, now: datetime) -> list[JobState]:
    """All registered jobs, in three queries."""
    rows = PeriodicTask.objects.filter(task=RUN_JOB, enabled=True).select_related("interval")
    periods = {row.name: timedelta(**{row.interval.period: row.interval.every}) for row in rows}
    newest = JobRun.objects.order_by().values("name").annotate(newest=Max("pk")).values("newest")
    runs = {run.name: run for run in JobRun.objects.filter(pk__in=newest)}
    return [_state(job, periods.get(job.name), runs.get(job.name), now=now) for job in JOBS]


def _state(job: Job, every: timedelta | None, last: JobRun | None, *, now: datetime) -> JobState:
    if every is None or last is None:
        return JobState(job, every, last, None, timedelta())
    next_at = last.started_at + every
    return JobState(job, every, last, next_at, max(now - next_at, timedelta()))
