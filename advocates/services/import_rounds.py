"""Imports in the background: the oldest that waits, for as long as a round may take, and on in the next one."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from advocates.imports.plan import open_plan
from advocates.imports.run import RefusedRows, import_table
from advocates.models import ImportRun
from advocates.services.import_files import file_of, refused_file_begin
from advocates.services.imports import import_finish, import_hold, import_release, import_take
from config.lib import clock
from config.lib.errors import DomainError

log = structlog.get_logger(__name__)

# Well below the lease of the job, and short enough that other jobs get their turn on a small machine.
ROUND = timedelta(minutes=4)
JOB_LEASE = timedelta(minutes=6)


def imports_run(*, now: datetime) -> dict[str, int]:
    """Work on imports until the round is over or none waits. An import that fails says so itself."""
    ends_at, runs, rows = now + ROUND, 0, 0
    while (at := clock.now()) < ends_at and (run := import_take(now=at)):
        before = run.rows_read
        _round(run, until=ends_at)
        runs, rows = runs + 1, rows + run.rows_read - before
    return {"runs": runs, "rows": rows}


def _round(run: ImportRun, *, until: datetime) -> None:
    try:
        _count(run)
        _write(run, until=until)
    except DomainError as refusal:
        import_finish(run=run, now=clock.now(), error=str(refusal))
    except Exception as error:  # noqa: BLE001 - whatever it is, the run says so and the next one is taken
        # Without its message: it may quote an address.
        log.error("import_failed", run=run.public_id, error=type(error).__name__)  # noqa: TRY400
        import_finish(run=run, now=clock.now(), error=type(error).__name__)
    finally:
        import_release(run=run)


def _count(run: ImportRun) -> None:
    """How many rows there are. Reading all of them finds a damaged file before the first row is written."""
    if run.rows_total is not None:
        return
    with open_plan(file_of(run), run=run, chosen=run.mapping, now=clock.now()) as plan:
        run.rows_total = sum(1 for _row in plan.table.rows)
    ImportRun.objects.filter(pk=run.pk).update(rows_total=run.rows_total)


def _write(run: ImportRun, *, until: datetime) -> None:
    with open_plan(file_of(run), run=run, chosen=run.mapping, now=run.started_at) as plan:
        path = refused_file_begin(run)
        with RefusedRows(path, plan.table.header, is_resumed=run.refused_count > 0) as refused:
            import_table(
                table=plan.table,
                how=plan.how,
                run=run,
                refused=refused,
                progress=lambda _run: None,
                is_dry=False,
                keep_going=_keep_going(until),
            )


def _keep_going(until: datetime) -> Callable[[ImportRun], bool]:
    last = time.monotonic()

    def keep_going(run: ImportRun) -> bool:
        nonlocal last
        worked, last = timedelta(seconds=time.monotonic() - last), time.monotonic()
        now = clock.now()
        return now < until and import_hold(run=run, now=now, worked=worked)

    return keep_going
