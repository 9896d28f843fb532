"""Answers that arrive at the same moment: the latest stands, and one survey link is one answer."""

from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q

from advocates.models import Contact, Moment, NpsAnswer
from advocates.services import nps
from advocates.services.moments import complaint_open, complaint_settle, moment_record
from advocates.services.nps import nps_record
from campaigns.models import NpsSurvey, OutboundMessage, SurveyInvitation
from campaigns.services import surveys
from campaigns.services.surveys import survey_answer, surveys_send
from config.lib.states import NotAllowed
from tests.cast import LENA, contact_of
from tests.concurrency.race import meet, run_together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

DAY = timedelta(days=1)


@pytest.fixture
def lena(company: Any) -> Contact:
    return contact_of(LENA, purchases_count=2)


def answers_at_once(lena: Contact, now: datetime) -> tuple[int | None, datetime | None]:
    """An answer of today and one of last week come in together; what stands afterwards."""
    facts = [(9, now), (2, now - 7 * DAY)]
    run_together(
        *(
            lambda score=score, at=at: nps_record(
                contact=Contact.objects.get(pk=lena.pk),
                score=score,
                via=NpsAnswer.Via.API,
                source="shop",
                event_id=str(score),
                occurred_at=at,
                now=now,
            )
            for score, at in facts
        )
    )
    lena.refresh_from_db()
    assert NpsAnswer.objects.count() == 2
    return lena.nps_score, lena.nps_at


def test_a_late_older_answer_never_stands_however_they_meet(lena: Contact, now: datetime) -> None:
    for _time in range(5):
        assert answers_at_once(lena, now) == (9, now)
        NpsAnswer.objects.all().delete()
        Contact.objects.update(nps_score=None, nps_at=None)


def test_twin_looking_before_writing_lets_the_older_one_stand(
    lena: Contact, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = Barrier(2)

    def look_then_write(*, contact: Contact, score: int, at: datetime) -> bool:
        standing = Contact.objects.get(pk=contact.pk)
        meet(looked, seconds=10)
        if standing.nps_at and standing.nps_at > at:
            return False
        with connection.cursor() as cursor:  # the older one is the slower one
            cursor.execute("SELECT pg_sleep(%s)", [0.5 if score == 2 else 0])
        Contact.objects.filter(pk=contact.pk).update(nps_score=score, nps_at=at)
        return True

    monkeypatch.setattr(nps, "standing_set", look_then_write)
    assert answers_at_once(lena, now) == (2, now - 7 * DAY)


def test_one_answer_sent_six_times_is_one(lena: Contact, now: datetime) -> None:
    def record() -> bool:
        return nps_record(contact=lena, score=9, via="api", source="shop", event_id="1", occurred_at=now, now=now)[1]

    assert sorted(run_together(*[record] * 6)) == [False] * 5 + [True]
    assert NpsAnswer.objects.count() == 1


def test_one_link_answered_twice_at_once_is_one_answer(lena: Contact, now: datetime) -> None:
    survey = NpsSurvey.objects.create(name="S", status="active")
    invitation = SurveyInvitation.objects.create(survey=survey, contact=lena, invited_at=now)

    def answer(score: int) -> int:
        mine = SurveyInvitation.objects.select_related("contact__merged_into").get(pk=invitation.pk)
        return survey_answer(invitation=mine, score=score, comment="", now=now).answer.score

    outcomes = run_together(*(lambda score=score: answer(score) for score in (3, 9)))
    assert sorted(outcomes) == [3, 9]
    said = NpsAnswer.objects.get()
    lena.refresh_from_db()
    assert lena.nps_score == said.score


def asked_at_once(now: datetime) -> int:
    NpsSurvey.objects.create(name="A", status="active")
    NpsSurvey.objects.create(name="B", status="active")
    run_together(*[lambda: surveys_send(now)] * 3)
    return OutboundMessage.objects.count()


def test_three_senders_ask_a_person_once(lena: Contact, now: datetime) -> None:
    assert asked_at_once(now) == 1


def test_twin_looking_at_the_rest_before_asking_asks_twice(
    lena: Contact, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = Barrier(3)

    def look_then_ask(*, survey: NpsSurvey, contact: Contact, now: datetime) -> bool:
        rests = Contact.objects.get(pk=contact.pk).last_asked_at is not None
        meet(looked, seconds=10)
        Contact.objects.filter(pk=contact.pk).update(last_asked_at=None if not rests else now)
        return False if rests else surveys_ask(survey=survey, contact=contact, now=now)

    surveys_ask = surveys.survey_ask
    monkeypatch.setattr(surveys, "_rested", lambda now: Q())
    monkeypatch.setattr(surveys, "survey_ask", look_then_ask)
    assert asked_at_once(now) > 1


def test_complaint_and_solution_arriving_together_leave_nothing_open(lena: Contact, now: datetime) -> None:
    def told(kind: str, at: datetime) -> None:
        moment_record(contact=lena, kind=kind, source="desk", event_id=kind, occurred_at=at, now=now)

    for _time in range(5):
        run_together(lambda: told("complaint", now - DAY), lambda: told("issue_resolved", now))
        assert not Moment.objects.filter(kind="complaint", resolved_at=None).exists()
        Moment.objects.all().delete()


def test_a_complaint_is_settled_by_one_of_two_colleagues(lena: Contact, now: datetime, maya: Any, mira: Any) -> None:
    complaint_open(contact=lena, note="", actor=maya, now=now)
    outcomes = run_together(
        *(lambda who=who: complaint_settle(contact=lena, actor=who, now=now) for who in (maya, mira))
    )
    assert sorted(map(str, map(type, outcomes))) == sorted(map(str, [int, NotAllowed]))
