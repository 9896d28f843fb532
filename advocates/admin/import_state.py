"""How far an import is, in words and as a bar."""

from datetime import timedelta
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _, ngettext

from advocates.models import ImportRun

Status = ImportRun.Status
MINUTE = 60
MOVING = (Status.QUEUED, Status.RUNNING)
# Below, the time that is left is a guess that jumps.
TELLING = timedelta(seconds=2)


def state_of(run: ImportRun) -> dict[str, Any]:
    """`percent` is None until it is known how many rows there are."""
    return {
        "status": run.status,
        "is_moving": run.status in MOVING,
        "percent": _percent(run),
        "words": _words(run),
        "left": _left(run),
        "counts": counts_of(run),
    }


def counts_of(run: ImportRun) -> list[dict[str, Any]]:
    return [
        {"name": "created", "label": _("new"), "count": grouped(run.created_count), "is_some": run.created_count > 0},
        {
            "name": "updated",
            "label": _("brought up to date"),
            "count": grouped(run.updated_count),
            "is_some": run.updated_count > 0,
        },
        {
            "name": "merged",
            "label": _("joined with somebody known"),
            "count": grouped(run.merged_count),
            "is_some": run.merged_count > 0,
        },
        {
            "name": "unchanged",
            "label": _("as they were"),
            "count": grouped(run.unchanged_count),
            "is_some": run.unchanged_count > 0,
        },
        {
            "name": "refused",
            "label": _("refused"),
            "count": grouped(run.refused_count),
            "is_some": run.refused_count > 0,
        },
    ]


def grouped(count: int) -> str:
    return number_format(count, use_l10n=True, force_grouping=True)


def _percent(run: ImportRun) -> int | None:
    if run.status == Status.DONE:
        return 100
    if not run.rows_total:
        return None
    return min(100, 100 * run.rows_read // run.rows_total)


def _words(run: ImportRun) -> str:
    if run.rows_total is None:
        return _("The rows are counted.") if run.status == Status.RUNNING else ""
    return _("%(read)s of %(total)s rows") % {"read": grouped(run.rows_read), "total": grouped(run.rows_total)}


def _left(run: ImportRun) -> str:
    if run.status != Status.RUNNING or not run.rows_total or not run.rows_read or run.worked_for < TELLING:
        return ""
    seconds = int(run.worked_for.total_seconds() * (run.rows_total - run.rows_read) / run.rows_read)
    if seconds < MINUTE:
        return _("less than a minute left")
    minutes = -(-seconds // MINUTE)
    return ngettext("about %(count)s minute left", "about %(count)s minutes left", minutes) % {"count": minutes}
