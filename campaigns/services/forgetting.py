"""What somebody wrote about, and to, a person who asked to be forgotten."""

import json
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from campaigns.models import Enrolment, EnrolmentEvent, IdempotentAnswer, MessageEvent, OutboundMessage
from campaigns.services.enrolments import enrolment_event
from config.lib.states import Stale, move

ERASED = "–"
GONE = 410


def messages_forget(messages: QuerySet[OutboundMessage], *, is_addressee: bool, now: datetime) -> int:
    """Nothing of the text stays; what waits is not sent. `is_addressee`: the address was the person's own."""
    for message in messages.filter(status=OutboundMessage.Status.QUEUED):
        try:
            move(message, to=OutboundMessage.Status.STOPPED, table=OutboundMessage.MOVES, error="erased")
        except Stale:  # being sent at this moment; should it come back, it is stopped for want of a text
            continue
        MessageEvent.objects.create(message=message, kind=MessageEvent.Kind.HELD, occurred_at=now, detail="erased")
    address = {"to_address": ""} if is_addressee else {}
    return messages.update(subject=ERASED, text="", html="", headers={}, **address)


def answers_forget(words: Iterable[str]) -> int:
    """Answers of the API that hold one of these are answered 410 from now on, as long as they would be repeated."""
    spelt = {spelling for word in words if word for spelling in (word, json.dumps(word)[1:-1])}
    if not spelt:
        return 0
    said = Q()
    for spelling in spelt:
        said |= Q(response_body__icontains=spelling)
    gone = {"title": "Gone", "status": GONE, "code": "erased", "detail": "The person asked to be forgotten."}
    answered = IdempotentAnswer.objects.filter(said, response_status__isnull=False)
    return answered.update(response_status=GONE, response_body=json.dumps(gone))


def enrolments_close(enrolments: QuerySet[Enrolment], *, now: datetime) -> int:
    """Links lead to the friendly page from now on. What friends have earned stays."""
    closed = 0
    for enrolment in enrolments.filter(status=Enrolment.Status.ACTIVE).select_related("campaign", "contact"):
        try:
            move(enrolment, to=Enrolment.Status.DISABLED, table=Enrolment.MOVES)
        except Stale:
            continue
        enrolment_event(enrolment=enrolment, type=EnrolmentEvent.Type.DISABLED, now=now)
        closed += 1
    return closed
