from argparse import ArgumentParser
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from advocates.errors import UnknownJob
from advocates.models import JobRun
from advocates.services.jobs import job_run
from config.lib import clock
from config.schedule import JobState, job_states

LINE = "{:<24} {:<10} {:<10} {:<17} {:<17} {}"


class Command(BaseCommand):
    help = "Lists the scheduled jobs, or runs one now in this process."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("list", help="every job with its last run, how late it is and its next run")
        actions.add_parser("run", help="one round of a job, now").add_argument("name")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["action"] == "list":
            self._list()
        else:
            self._run(options["name"])

    def _list(self) -> None:
        self.stdout.write(LINE.format("job", "every", "status", "last run, UTC", "next run, UTC", "late by"))
        for state in job_states(now=clock.now()):
            self.stdout.write(_line(state).rstrip())

    def _run(self, name: str) -> None:
        try:
            run = job_run(name=name)
        except UnknownJob as refusal:
            raise CommandError(str(refusal)) from refusal
        if run.status == JobRun.Status.FAILED:
            raise CommandError(f"{name} failed:\n{run.error}")
        if run.status == JobRun.Status.RUNNING:
            raise CommandError(f"{name} is running since {_minute(run.started_at)} UTC; nothing was done.")
        counts = ", ".join(f"{key} {value}" for key, value in run.result.items())
        self.stdout.write(f"{name}: {counts or 'nothing to do'}")


def _line(state: JobState) -> str:
    return LINE.format(
        state.job.name,
        _span(state.every) if state.every else "off",
        state.last.get_status_display() if state.last else "–",
        _minute(state.last.started_at) if state.last else "never",
        _minute(state.next_at) if state.next_at else "–",
        _span(state.lag) if state.lag else "",
    )


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _span(span: timedelta) -> str:
    """The largest unit that says it without a rest, or seconds."""
    seconds = int(span.total_seconds())
    for size, sign in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds // size} {sign}"
    return f"{seconds} s"
