"""Two counts of one segment at once: each coming and going once. The twin without the lock shows the race."""

from datetime import datetime, timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest

from advocates.models import Contact, Segment, SegmentEvent, SegmentMember
from advocates.services import segment_refresh as refreshing
from advocates.services.segment_refresh import segment_refresh
from tests.advocates.segment_people import person, segment_made
from tests.concurrency.race import meet, run_together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

PEOPLE = 20


def two_counts(now: datetime, monkeypatch: pytest.MonkeyPatch) -> Segment:
    """Everybody is in; then nobody is, and two counts find it out at the same moment."""
    for number in range(PEOPLE):
        person(f"Person {number}", country="DE")
    segment = segment_made("Germans", ("country", "is", "DE"), now=now)
    segment_refresh(segment=segment, now=now)
    Contact.objects.update(country="AT")
    both, run = Barrier(2), refreshing._run

    def slowly(sql: str, params: list[Any]) -> int:
        done = run(sql, params)
        if "'left'" in sql and sql.startswith("INSERT"):
            meet(both, seconds=1)
        return done

    monkeypatch.setattr(refreshing, "_run", slowly)
    counts = [partial(segment_refresh, segment=segment, now=now + timedelta(minutes=n)) for n in (1, 2)]
    outcomes = run_together(*counts)
    assert not [one for one in outcomes if isinstance(one, Exception)]
    return segment


def left(segment: Segment) -> int:
    return SegmentEvent.objects.filter(segment=segment, kind="left").count()


def test_two_counts_at_once_see_each_person_leave_once(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    segment = two_counts(now, monkeypatch)
    assert left(segment) == PEOPLE
    assert not SegmentMember.objects.exists()


def test_twin_without_the_lock_sees_people_leave_twice(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refreshing, "segment_lock", lambda pk: Segment.objects.get(pk=pk))
    assert left(two_counts(now, monkeypatch)) > PEOPLE


def test_two_first_counts_at_once_see_each_person_join_once(now: datetime) -> None:
    for number in range(PEOPLE):
        person(f"Person {number}", country="DE")
    segment = segment_made("Germans", ("country", "is", "DE"), now=now)
    counts = [partial(segment_refresh, segment=segment, now=now + timedelta(minutes=n)) for n in range(4)]
    assert sum(one.joined for one in run_together(*counts)) == PEOPLE
    assert SegmentEvent.objects.filter(kind="joined").count() == PEOPLE == SegmentMember.objects.count()
