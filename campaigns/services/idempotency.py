"""The same key and the same body give the first answer again; the unique key decides who was first."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from campaigns.errors import IdempotencyKeyReused, StillRunning
from campaigns.models import IdempotentAnswer
from config.lib.insert_once import insert_once

KEPT = timedelta(hours=72)
# A call that has not answered by then has died with its process: the next one may try.
RUNNING_AT_MOST = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Begun:
    """`is_replay`: the answer stands already and is given again; otherwise do the work, then call `answer_finish`."""

    answer: IdempotentAnswer
    is_replay: bool


def answer_begin(*, source: str, key: str, path: str, body_hash: str, now: datetime) -> Begun:
    """Claim this key for one call. To be committed before the work begins.

    Raises IdempotencyKeyReused (another path or body) or StillRunning (the first call has not answered yet).
    """
    answer, is_new = insert_once(
        IdempotentAnswer,
        unique=["source", "key"],
        source=source,
        key=key,
        path=path,
        body_hash=body_hash,
        created_at=now,
    )
    if is_new:
        return Begun(answer, is_replay=False)
    if (answer.path, answer.body_hash) != (path, body_hash):
        raise IdempotencyKeyReused(_("This Idempotency-Key was used for another request."))
    if answer.response_status is not None:
        return Begun(answer, is_replay=True)
    if not _taken_over(answer, now):
        raise StillRunning(_("The first request with this Idempotency-Key is still running."))
    return Begun(answer, is_replay=False)


def answer_finish(*, answer: IdempotentAnswer, status: int, body: str) -> None:
    """Keep the answer. Answers of 500 and above are not kept: `answer_drop` lets the caller try again."""
    IdempotentAnswer.objects.filter(pk=answer.pk).update(response_status=status, response_body=body)


def answer_drop(*, answer: IdempotentAnswer) -> None:
    """The work came to nothing: the same key may be used again at once."""
    IdempotentAnswer.objects.filter(pk=answer.pk, response_status=None).delete()


def answers_purge(now: datetime) -> dict[str, int]:
    """Answers may hold personal data: they go after 72 hours."""
    count, _by_model = IdempotentAnswer.objects.filter(created_at__lt=now - KEPT).delete()
    return {"deleted": count}


def _taken_over(answer: IdempotentAnswer, now: datetime) -> bool:
    if answer.created_at > now - RUNNING_AT_MOST:
        return False
    dead = IdempotentAnswer.objects.filter(pk=answer.pk, response_status=None, created_at=answer.created_at)
    return bool(dead.update(created_at=now))
