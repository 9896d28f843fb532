"""A draw while somebody else draws, and while entries come in. Each race with its unguarded twin."""

from datetime import datetime, timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError

from advocates.models import User
from campaigns.models import Campaign
from config.lib.errors import DomainError
from rewards.contests import published, valid_people
from rewards.models import Contest, ContestWinner
from rewards.rules.lots import Prize, draw
from rewards.services import contest_entries, contests
from rewards.services.contest_entries import entry_add_free
from rewards.services.contests import contest_draw, contest_open, contest_save
from tests.cast import BEN, LENA, MEI, NOOR, SOFIA, contact_of
from tests.concurrency.race import meet, run_together
from tests.factories.campaigns import campaign_made

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("company")]

MEETING_SECONDS = 1.5
DAY = timedelta(days=1)


@pytest.fixture
def campaign(company: object) -> Campaign:
    return campaign_made()


@pytest.fixture
def contest(campaign: Campaign, ada: User, now: datetime) -> Contest:
    """Over since a moment, with three entries and one prize."""
    draft = Contest(
        campaign=campaign,
        key="spring",
        name="A week on the coast",
        starts_at=now - DAY,
        ends_at=now + DAY,
        prizes=[{"name": "A week on the coast", "count": 1}],
        free_entry_route="Send us a postcard.",
    )
    contest = contest_open(contest=contest_save(contest=draft, actor=ada), actor=ada, now=now)
    for person in (LENA, MEI, BEN):
        entry_add_free(contest=contest, contact=contact_of(person), actor=ada, now=now)
    return contest


def unlocked(pk: int) -> Contest:
    return Contest.objects.get(pk=pk)


def slowly(monkeypatch: pytest.MonkeyPatch, rivals: int) -> Barrier:
    """Whoever has read the entries waits until the rival has come as far, if it can."""
    read = Barrier(rivals)

    def people(contest: Contest) -> dict[int, int]:
        found = valid_people(contest)
        meet(read, seconds=MEETING_SECONDS)
        return found

    monkeypatch.setattr(contests, "valid_people", people)
    return read


def drawn_twice(contest: Contest, ada: User, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    slowly(monkeypatch, 2)
    work = partial(contest_draw, contest=contest, actor=ada, now=contest.ends_at)
    return [answer for answer in run_together(work, work) if isinstance(answer, Exception)]


def test_of_two_who_draw_one_wins_and_the_other_is_told(
    contest: Contest, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    (refusal,) = drawn_twice(contest, ada, monkeypatch)
    assert isinstance(refusal, DomainError)
    assert ContestWinner.objects.count() == 1


def test_twin_without_lock_and_conditional_move_is_stopped_by_the_database_only(
    contest: Contest, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def moved(row: Contest, *, to: str, table: object, **changes: Any) -> None:
        Contest.objects.filter(pk=row.pk).update(status=to, **changes)

    monkeypatch.setattr(contests, "contest_lock", unlocked)
    monkeypatch.setattr(contests, "move", moved)
    (refusal,) = drawn_twice(contest, ada, monkeypatch)
    assert isinstance(refusal, IntegrityError)


def entered_while_drawn(contest: Contest, ada: User, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Does what is published afterwards repeat the very draw that was held?"""
    read, entered = slowly(monkeypatch, 2), Barrier(2)
    held: list[dict[int, int]] = []
    reckon = draw

    def remembered(seed: str, people: dict[int, int], prizes: list[Prize], **limits: int) -> Any:
        held.append(people)
        meet(entered, seconds=MEETING_SECONDS)
        return reckon(seed, people, prizes, **limits)

    def enter() -> None:
        meet(read, seconds=MEETING_SECONDS)
        entry_add_free(contest=contest, contact=contact_of(NOOR), actor=ada, now=contest.ends_at - DAY)
        meet(entered, seconds=MEETING_SECONDS)

    monkeypatch.setattr(contests, "draw", remembered)
    run_together(partial(contest_draw, contest=contest, actor=ada, now=contest.ends_at), enter)
    contest.refresh_from_db()
    people = {line.number: line.person for line in published(contest) if line.is_valid}
    again = draw(contest.seed, people, [Prize("A week on the coast", 1)])
    assert again
    return people == held[0]


def test_nobody_enters_while_the_winners_are_drawn(
    contest: Contest, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert entered_while_drawn(contest, ada, monkeypatch)


def test_twin_without_the_lock_publishes_an_entry_that_was_not_drawn_from(
    contest: Contest, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contest_entries, "contest_lock", unlocked)
    monkeypatch.setattr(contests, "contest_lock", unlocked)
    assert not entered_while_drawn(contest, ada, monkeypatch)


def test_two_who_enter_at_once_have_two_numbers(contest: Contest, ada: User, now: datetime) -> None:
    works = [
        partial(entry_add_free, contest=contest, contact=contact_of(person), actor=ada, now=now)
        for person in (NOOR, SOFIA)
    ]
    assert not [answer for answer in run_together(*works) if isinstance(answer, Exception)]
    assert [line.number for line in published(contest)] == [1, 2, 3, 4, 5]


def test_twin_without_the_lock_gives_both_the_same_number(
    contest: Contest, ada: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, room = Barrier(2), contest_entries._room

    def slow_room(*where: Any) -> int | None:
        meet(looked, seconds=MEETING_SECONDS)
        return room(*where)

    monkeypatch.setattr(contest_entries, "contest_lock", unlocked)
    monkeypatch.setattr(contest_entries, "_room", slow_room)
    works = [
        partial(entry_add_free, contest=contest, contact=contact_of(person), actor=ada, now=now)
        for person in (NOOR, SOFIA)
    ]
    assert [answer for answer in run_together(*works) if isinstance(answer, IntegrityError)]
