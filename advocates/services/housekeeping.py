"""What counts or reports and is of no use later is thrown away; what happened never is."""

from datetime import datetime, timedelta

from advocates.models import JobRun, RateBucket

RATE_BUCKETS_KEPT = timedelta(days=2)
JOB_RUNS_KEPT = timedelta(days=30)


def rate_buckets_purge(*, now: datetime) -> dict[str, int]:
    """No limit looks further back than a day."""
    deleted, _by_model = RateBucket.objects.filter(window_start__lt=now - RATE_BUCKETS_KEPT).delete()
    return {"deleted": deleted}


def job_runs_purge(*, now: datetime) -> dict[str, int]:
    finished = JobRun.objects.filter(started_at__lt=now - JOB_RUNS_KEPT).exclude(status=JobRun.Status.RUNNING)
    deleted, _by_model = finished.delete()
    return {"deleted": deleted}
