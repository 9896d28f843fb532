from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AdvocatesConfig(AppConfig):
    name = "advocates"
    verbose_name = _("Advocates")

    def ready(self) -> None:
        from django.db.backends.signals import connection_created

        from advocates import circle, guards, jobs
        from advocates.circle_signals import CIRCLE_SIGNALS
        from advocates.models import AuditEntry
        from advocates.services import housekeeping

        connection_created.connect(guards.refuse_deletes)
        guards.guards_register(*guards.append_only_but(AuditEntry, blankable="reason"))

        for signal in CIRCLE_SIGNALS:
            circle.SIGNALS.register(signal.name, signal)

        jobs.job_register(
            jobs.Job(
                "rate_buckets_purge",
                lambda now: housekeeping.rate_buckets_purge(now=now),
                timedelta(hours=6),
                "Counters of limits that no window reaches any more. Late costs only space.",
            )
        )
        jobs.job_register(
            jobs.Job(
                "job_runs_purge",
                lambda now: housekeeping.job_runs_purge(now=now),
                timedelta(days=1),
                "Finished runs older than thirty days. Late costs only space.",
            )
        )
