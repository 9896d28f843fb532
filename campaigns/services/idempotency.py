"""The same key and the same body give the first answer again; the unique key decides who was first.

An answer is written in the transaction of what it tells of: a call that dies leaves neither. Of two at once the second
waits for the first, finds its row, and takes back what it did itself.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from campaigns.errors import IdempotencyKeyReused
from campaigns.models import IdempotentAnswer
from config.lib.insert_once import insert_once

KEPT = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class Call:
    """`key` is unique for its source; under it stands this path and body, and no other."""

    source: str
    key: str
    path: str
    body_hash: str


def answer_find(call: Call) -> IdempotentAnswer | None:
    """What was answered to that call before. Raises IdempotencyKeyReused (another path or body)."""
    answered = IdempotentAnswer.objects.exclude(response_status=None)
    answer = answered.filter(source=call.source, key=call.key).first()
    if answer and (answer.path, answer.body_hash) != (call.path, call.body_hash):
        raise IdempotencyKeyReused(_("This Idempotency-Key was used for another request."))
    return answer


def answer_keep(call: Call, *, status: int, body: str, now: datetime) -> bool:
    """Keep the answer. False: an earlier one stands, so that this call has to be undone."""
    said = {
        "path": call.path,
        "body_hash": call.body_hash,
        "response_status": status,
        "response_body": body,
        "created_at": now,
    }
    answer, is_new = insert_once(IdempotentAnswer, unique=["source", "key"], source=call.source, key=call.key, **said)
    # Earlier versions wrote the row before the work: one without an answer is of a call that died.
    return is_new or bool(IdempotentAnswer.objects.filter(pk=answer.pk, response_status=None).update(**said))


def answers_purge(now: datetime) -> dict[str, int]:
    """Answers may hold personal data: they go after 72 hours."""
    count, _by_model = IdempotentAnswer.objects.filter(created_at__lt=now - KEPT).delete()
    return {"deleted": count}
