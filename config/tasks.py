from celery import shared_task

from advocates.services.jobs import job_run

RUN_JOB = "config.tasks.run_job"


@shared_task(name=RUN_JOB)
def run_job(*, name: str) -> None:
    """The one task behind every row of the schedule. What it did stands in its JobRun."""
    job_run(name=name)
