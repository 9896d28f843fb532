from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

from advocates.jobs import JOBS, Job
from advocates.models import JobRun
from advocates.services.jobs import job_run
from config.schedule import job_states, schedule_sync
from config.tasks import RUN_JOB
from tests.cast import BEN

pytestmark = pytest.mark.django_db


def count_sheep(now):
    return {"sheep": 3}


def lose_count(now):
    raise ValueError(f"{BEN.email} jumped back")


@pytest.fixture
def jobs(monkeypatch):
    """Two jobs and no others."""
    monkeypatch.setattr(JOBS, "_entries", {})
    JOBS.register("count_sheep", Job("count_sheep", count_sheep, timedelta(minutes=5), "They do not wait."))
    JOBS.register("lose_count", Job("lose_count", lose_count, timedelta(seconds=90), "It happens."))
    return JOBS


def test_every_job_has_a_row_with_its_reason(jobs):
    assert schedule_sync().created == ["count_sheep", "lose_count"]
    row = PeriodicTask.objects.get(name="count_sheep")
    assert (row.task, row.kwargs, row.description) == (RUN_JOB, '{"name": "count_sheep"}', "They do not wait.")
    assert (row.interval.every, row.interval.period) == (5, "minutes")
    assert row.expire_seconds == 300


def test_a_second_time_changes_nothing(jobs):
    schedule_sync()
    before = list(PeriodicTask.objects.order_by("pk").values())
    assert schedule_sync() == schedule_sync()
    assert list(PeriodicTask.objects.order_by("pk").values()) == before


def test_the_periods_and_switches_of_operators_stay(jobs):
    schedule_sync()
    slower = IntervalSchedule.objects.create(every=1, period="hours")
    PeriodicTask.objects.filter(name="count_sheep").update(interval=slower, enabled=False)
    schedule_sync()
    row = PeriodicTask.objects.get(name="count_sheep")
    assert (row.interval, row.enabled) == (slower, False)


def test_a_vanished_job_loses_its_row_and_a_stranger_keeps_theirs(jobs):
    schedule_sync()
    hourly = IntervalSchedule.objects.create(every=1, period="hours")
    PeriodicTask.objects.create(name="somebody's own", task="other.task", interval=hourly)
    PeriodicTask.objects.create(name="gone", task=RUN_JOB, interval=hourly)
    assert schedule_sync().removed == ["gone"]
    assert PeriodicTask.objects.filter(name="somebody's own").exists()


def test_no_row_names_a_time_of_day():
    """The jobs as they are: intervals, each with a comment on its period."""
    schedule_sync()
    assert not CrontabSchedule.objects.exists()
    assert not PeriodicTask.objects.filter(description="").exists()
    assert {task.name for task in PeriodicTask.objects.all()} == set(JOBS.names())


def test_a_job_that_stands_still_is_late(jobs, now):
    schedule_sync()
    JobRun.objects.create(name="count_sheep", live_key="1", status="done", lease_until=now, started_at=now)
    (sheep, _other) = job_states(now=now + timedelta(minutes=20))
    assert sheep.lag == timedelta(minutes=15)
    assert not sheep.is_late
    (sheep, _other) = job_states(now=now + timedelta(minutes=21))
    assert sheep.is_late


def test_a_job_that_was_switched_off_is_never_late(jobs, now):
    schedule_sync()
    PeriodicTask.objects.update(enabled=False)
    JobRun.objects.create(name="count_sheep", live_key="1", status="done", lease_until=now, started_at=now)
    (sheep, _other) = job_states(now=now + timedelta(days=20))
    assert not sheep.is_late


def jobs_command(*arguments):
    out = StringIO()
    call_command("jobs", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_runs_a_job_and_tells_what_it_did(jobs):
    assert jobs_command("run", "count_sheep") == "count_sheep: sheep 3\n"


def test_the_command_tells_where_a_job_failed_and_no_address(jobs):
    with pytest.raises(CommandError, match="ValueError") as failure:
        jobs_command("run", "lose_count")
    assert BEN.email not in str(failure.value)


def test_the_command_does_not_know_every_job(jobs):
    with pytest.raises(CommandError):
        jobs_command("run", "fly")


def test_a_job_that_runs_elsewhere_is_left_alone(jobs, now):
    JobRun.objects.create(
        name="count_sheep", live_key="count_sheep", lease_until=now + timedelta(days=3650), started_at=now
    )
    with pytest.raises(CommandError, match="is running since"):
        jobs_command("run", "count_sheep")


def test_the_list_shows_every_job(jobs):
    schedule_sync()
    job_run(name="count_sheep")
    head, sheep, lost = jobs_command("list").splitlines()
    assert head.split()[0] == "job"
    assert sheep.startswith("count_sheep")
    assert "5 min" in sheep
    assert "done" in sheep
    assert "never" in lost
