"""An answer is a fact about the person; the latest of them decides their standing, in whatever order they come in."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from advocates.errors import BadScore, BadTime, EventIdReused, UnknownContact
from advocates.facts import NPS_SCORES, text_check
from advocates.models import Contact, ImportRun, NpsAnswer, User
from advocates.news import announce
from advocates.services.audit import audit
from config.lib.insert_once import insert_once
from config.lib.states import NotAllowed, Stale

Via = NpsAnswer.Via
COMMENT_LENGTH = 2000
# Other systems tell what is recent; a file or a person may know of earlier years.
OLDEST = {Via.API: timedelta(days=90)}
AHEAD = timedelta(minutes=5)


def nps_record(
    *,
    contact: Contact,
    score: int,
    via: str,
    source: str,
    event_id: str,
    occurred_at: datetime,
    now: datetime,
    comment: str = "",
    actor: User | None = None,
    import_run: ImportRun | None = None,
) -> tuple[NpsAnswer, bool]:
    """Keep one answer, once by (source, event_id): (row, is it new?). The latest one decides the standing.

    Raises BadScore, BadTime, BadFact (the comment), UnknownContact (erased) and EventIdReused.
    """
    _check(contact, score, via, occurred_at, now)
    words = text_check(comment, field="comment", max_length=COMMENT_LENGTH)
    with transaction.atomic():
        answer, is_new = insert_once(
            NpsAnswer,
            unique=["source", "event_id"],
            contact=contact,
            score=score,
            comment=words,
            via=via,
            source=source,
            event_id=event_id,
            occurred_at=occurred_at,
            recorded_by=actor,
            import_run=import_run,
        )
        if is_new:
            standing_set(contact=contact, score=score, at=occurred_at)
            announce(source="nps_answer", pk=answer.pk)
        elif not _is_same(answer, contact, score, words):
            raise EventIdReused(_("This id was used before, for another answer."))
    return answer, is_new


def nps_change(*, answer: NpsAnswer, score: int, comment: str, now: datetime) -> NpsAnswer:
    """The person thought again: what they say now is what they said, as of now. Raises BadScore, BadFact, Stale."""
    _check(answer.contact, score, answer.via, now, now)
    words = text_check(comment, field="comment", max_length=COMMENT_LENGTH)
    if (answer.score, answer.comment) == (score, words):
        return answer
    with transaction.atomic():
        said = NpsAnswer.objects.filter(pk=answer.pk, score=answer.score)
        if not said.update(score=score, comment=words, occurred_at=now, handled_at=None):
            raise Stale(_("This answer was changed a moment ago. Look at it again."))
        before, after = {"score": answer.score}, {"score": score}
        audit(verb="nps.changed", row=answer, by=answer.source, before=before, after=after)
        standing_set(contact=answer.contact, score=score, at=now)
        answer.score, answer.comment, answer.occurred_at, answer.handled_at = score, words, now, None
    return answer


def nps_of_facts(*, contact: Contact, score: int, at: datetime, source: str) -> NpsAnswer:
    """A score that came among other facts about a person (a file, another system) leaves an answer of its own.

    Once by person, moment and score; the standing is the caller's, who writes it with the other facts.
    """
    answer, _is_new = insert_once(NpsAnswer, unique=["source", "event_id"], **answer_values(contact, score, at, source))
    return answer


def answer_values(contact: Contact, score: int, at: datetime, source: str) -> Mapping[str, Any]:
    """The columns of such an answer: alike for one contact at a time and for whole files."""
    return {
        "contact": contact,
        "score": score,
        "via": Via.IMPORT,
        "source": source,
        "event_id": f"{contact.public_id}:{at:%Y%m%dT%H%M%S}:{score}",
        "occurred_at": at,
    }


def standing_set(*, contact: Contact, score: int, at: datetime) -> bool:
    """Push an answer down onto the contact, unless a later one stands there; whether it stands now.

    The row's own time is the judge: a late, older answer changes nothing, whoever writes first.
    """
    no_later = Q(nps_at=None) | Q(nps_at__lte=at)
    if not Contact.objects.filter(no_later, pk=contact.pk).update(nps_score=score, nps_at=at):
        return False
    contact.nps_score, contact.nps_at = score, at
    return True


def nps_handled(*, answer: NpsAnswer, actor: User, now: datetime) -> NpsAnswer:
    """Somebody got in touch with the person about it. Raises NotAllowed (there is nothing to answer) or Stale."""
    if not answer.waits_for_answer:
        raise NotAllowed(_("Nobody waits for an answer here."))
    with transaction.atomic():
        if not NpsAnswer.objects.filter(pk=answer.pk, handled_at=None).update(handled_at=now):
            raise Stale(_("Somebody changed this a moment ago. Look at it again before you go on."))
        audit(verb="nps.handled", row=answer, actor=actor)
        answer.handled_at = now
    return answer


def _check(contact: Contact, score: int, via: str, occurred_at: datetime, now: datetime) -> None:
    if contact.erased_at:
        raise UnknownContact
    if score not in NPS_SCORES:
        raise BadScore
    if occurred_at > now + AHEAD:
        raise BadTime(_("An answer cannot lie in the future."), field="occurred_at")
    if via in OLDEST and occurred_at < now - OLDEST[Via(via)]:
        raise BadTime(_("An answer lies at most 90 days back. Import older ones from a file."), field="occurred_at")


def _is_same(answer: NpsAnswer, contact: Contact, score: int, comment: str) -> bool:
    """The moment does not count: a sender that tries again may read its clock again."""
    owner = answer.contact
    is_theirs = contact.pk in (owner.pk, owner.merged_into_id)
    return is_theirs and (answer.score, answer.comment) == (score, comment)
