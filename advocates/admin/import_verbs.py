"""What staff do with an import that is under way or over."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _, gettext_lazy as _lazy

from advocates.admin.base import Verb, staff_of
from advocates.admin.import_state import grouped
from advocates.models import ImportRun
from advocates.services.import_undo import import_undo
from advocates.services.imports import import_cancel, import_pause, import_resume
from config.lib import clock

Status = ImportRun.Status
CHANGE = "advocates.change_importrun"


def pause(request: HttpRequest, run: ImportRun, said: dict[str, Any]) -> str:
    import_pause(run=run, actor=staff_of(request))
    return _("It stops after the rows in hand and waits.")


def resume(request: HttpRequest, run: ImportRun, said: dict[str, Any]) -> str:
    import_resume(run=run, actor=staff_of(request))
    return _("It goes on within seconds, after the last row that was read.")


def cancel(request: HttpRequest, run: ImportRun, said: dict[str, Any]) -> str:
    import_cancel(run=run, actor=staff_of(request), now=clock.now())
    return _("No more rows are written. What is written stays until you take the import back.")


def undo(request: HttpRequest, run: ImportRun, said: dict[str, Any]) -> str:
    undone = import_undo(run=run, actor=staff_of(request), now=clock.now())
    return _("Taken back: %(people)s people are gone, %(restored)s are as they were before.") % {
        "people": grouped(undone.people),
        "restored": grouped(undone.restored),
    }


def _undo_sentence(run: ImportRun) -> str:
    return _(
        "%(created)s new rows are deleted and %(changed)s that were changed are put back as they were, except for what "
        "somebody changed since. If anything depends on them by now, a referral or a mail, nothing is taken back and "
        "you are told what it is."
    ) % {"created": grouped(run.created_count), "changed": grouped(run.updated_count + run.merged_count)}


def _is_written(run: ImportRun) -> bool:
    ended = (Status.DONE, Status.FAILED, Status.CANCELLED)
    return run.status in ended and run.created_count + run.updated_count + run.merged_count > 0


def _cancel_sentence(run: ImportRun) -> str:
    return _(
        "The rest of the file is not read. The %(rows)s rows that were read stay as they are; taking the import back "
        "is a step of its own."
    ) % {"rows": grouped(run.rows_read)}


def _is_ours(run: ImportRun) -> bool:
    """A command reads a file where it is: only who started it can stop it."""
    return bool(run.path)


IMPORT_VERBS: tuple[Verb[ImportRun], ...] = (
    Verb(
        name="resume",
        label=_lazy("Go on"),
        permission=CHANGE,
        run=resume,
        allowed=lambda run: _is_ours(run) and run.status in (Status.PAUSED, Status.FAILED),
        tone="primary",
        icon="play",
    ),
    Verb(
        name="pause",
        label=_lazy("Pause"),
        permission=CHANGE,
        run=pause,
        allowed=lambda run: _is_ours(run) and run.status in (Status.QUEUED, Status.RUNNING),
        icon="pause",
    ),
    Verb(
        name="cancel",
        label=_lazy("Cancel the import"),
        permission=CHANGE,
        run=cancel,
        allowed=lambda run: _is_ours(run) and run.status in (Status.QUEUED, Status.RUNNING, Status.PAUSED),
        confirm=_cancel_sentence,
        tone="danger",
        icon="x",
    ),
    Verb(
        name="undo",
        label=_lazy("Take the import back"),
        permission=CHANGE,
        run=undo,
        allowed=_is_written,
        confirm=_undo_sentence,
        tone="danger",
        icon="undo-2",
    ),
)
