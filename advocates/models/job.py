from django.db import models
from django.utils.translation import gettext_lazy as _

from config.lib.states import TransitionTable, choices_check


class JobRunStatus(models.TextChoices):
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    ABANDONED = "abandoned", _("abandoned")


class JobRun(models.Model):
    """One run of a scheduled job. The running one holds the lease: `live_key` is the job's name, else its own."""

    Status = JobRunStatus

    MOVES = TransitionTable({Status.RUNNING: [Status.DONE, Status.FAILED, Status.ABANDONED]})

    name = models.CharField(_("job"), max_length=64)
    live_key = models.CharField(max_length=96, unique=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.RUNNING)
    lease_until = models.DateTimeField(_("lease until"))
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    result = models.JSONField(_("result"), default=dict, blank=True)
    error = models.TextField(_("error"), blank=True, default="")

    class Meta:
        verbose_name = _("job run")
        verbose_name_plural = _("job runs")
        constraints = [choices_check("status", JobRunStatus, name="job_run_status_known")]
        indexes = [models.Index(fields=["name", "-started_at"], name="job_run_newest")]

    def __str__(self) -> str:
        return self.name


class RateBucket(models.Model):
    """How often something happened in a window: a table, because a cache has no increment that all processes share."""

    key = models.CharField(max_length=128)
    window_start = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("rate counter")
        verbose_name_plural = _("rate counters")
        constraints = [models.UniqueConstraint(fields=["key", "window_start"], name="rate_bucket_once")]
        indexes = [models.Index(fields=["window_start"], name="rate_bucket_old")]

    def __str__(self) -> str:
        return self.key
