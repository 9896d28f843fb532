from datetime import timedelta

import pytest

from advocates.errors import UnknownJob
from advocates.jobs import JOBS, Job
from advocates.models import JobRun, RateBucket
from advocates.services import housekeeping
from advocates.services.jobs import job_run
from advocates.services.limits import rate_hit
from config.lib import clock
from tests.cast import LENA

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
Status = JobRun.Status


@pytest.fixture
def job(monkeypatch):
    """Registers a job of that behaviour for one test."""

    def register(run, name="water_plants"):
        monkeypatch.setitem(JOBS._entries, name, Job(name, run, HOUR, "They are thirsty."))
        return name

    return register


def test_a_job_says_what_it_did(job):
    run = job_run(name=job(lambda now: {"watered": 3}))
    assert (run.status, run.result) == (Status.DONE, {"watered": 3})
    assert run.finished_at is not None
    assert run.finished_at >= run.started_at


def test_it_may_run_again_when_it_is_done(job):
    name = job(lambda now: {})
    job_run(name=name)
    job_run(name=name)
    assert JobRun.objects.filter(status=Status.DONE).count() == 2


def test_a_job_that_is_running_is_left_alone(job):
    times = []

    def water(now):
        times.append(now)
        inner = job_run(name="water_plants")
        assert inner.status == Status.RUNNING
        return {}

    job_run(name=job(water))
    assert len(times) == 1


def test_who_died_with_the_lease_is_followed_when_it_expires(job):
    name = job(lambda now: {})
    long_ago = clock.now() - HOUR
    dead = JobRun.objects.create(name=name, live_key=name, started_at=long_ago, lease_until=long_ago)
    run = job_run(name=name)
    dead.refresh_from_db()
    assert (dead.status, run.status) == (Status.ABANDONED, Status.DONE)


def test_whoever_outlived_the_lease_does_not_close_the_next_run(job):
    name = "water_plants"

    def slow(now):
        mine = JobRun.objects.get(live_key=name)
        JobRun.objects.filter(pk=mine.pk).update(status=Status.ABANDONED, live_key="taken over")
        return {"watered": 1}

    run = job_run(name=job(slow, name))
    assert (run.status, run.result) == (Status.ABANDONED, {})


def test_a_failure_is_kept_without_the_words_that_may_name_somebody(job):
    def break_pot(now):
        raise RuntimeError(LENA.email)

    run = job_run(name=job(break_pot))
    assert run.status == Status.FAILED
    assert run.error.endswith("RuntimeError")
    assert LENA.email not in run.error


def test_there_is_no_job_without_a_name_in_the_registry():
    with pytest.raises(UnknownJob):
        job_run(name="fly_to_the_moon")


def test_the_house_keeps_itself_clean():
    assert job_run(name="rate_buckets_purge").status == Status.DONE
    assert job_run(name="job_runs_purge").status == Status.DONE


def test_old_counters_and_runs_go_and_running_ones_stay(now):
    rate_hit(key="old", limit=1, window=HOUR, now=now - timedelta(days=3))
    rate_hit(key="new", limit=1, window=HOUR, now=now)
    old = {"started_at": now - timedelta(days=40), "lease_until": now}
    JobRun.objects.create(name="a", live_key="a:1", status=Status.DONE, **old)
    JobRun.objects.create(name="a", live_key="a", **old)
    assert housekeeping.rate_buckets_purge(now=now) == {"deleted": 1}
    assert housekeeping.job_runs_purge(now=now) == {"deleted": 1}
    assert JobRun.objects.get().status == Status.RUNNING


def test_a_limit_counts_within_its_window(now):
    hits = [rate_hit(key="a@b.example", limit=2, window=HOUR, now=now) for _ in range(3)]
    assert hits == [True, True, False]
    assert rate_hit(key="a@b.example", limit=2, window=HOUR, now=now + HOUR)
    assert rate_hit(key="another", limit=2, window=HOUR, now=now)


def test_a_counter_does_not_say_whom_it_counts(now):
    rate_hit(key="lena.vogt@posteo.example", limit=2, window=HOUR, now=now)
    assert "lena" not in RateBucket.objects.get().key
