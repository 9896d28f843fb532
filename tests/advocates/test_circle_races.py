"""Two people decide about one person at once, or one while the machine weighs: real threads on PostgreSQL."""

import time
from threading import Barrier

import pytest

from advocates.models import CircleChoice, CircleSuggestion, Contact
from advocates.services import circle, circle_suggest as suggesting
from advocates.services.circle import Decision, circle_choose, circle_choose_many
from advocates.services.circle_suggest import circle_suggest
from config.lib.many import insert_many
from tests.cast import LENA, contact_of
from tests.concurrency.race import meet, run_together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

Status = CircleChoice.Status
WAIT = 1.0


@pytest.fixture
def lena(now):
    return contact_of(LENA, nps_score=10, nps_at=now, purchases_count=7)


def look_only(*, ids):
    """What a lock is not."""
    return list(Contact.objects.filter(pk__in=ids).order_by("pk"))


def decide_at_once(monkeypatch, lena, maya, mira, now):
    """One takes in, the other dismisses; both have looked before either writes, if nothing keeps them apart."""
    looked, decide = Barrier(2), circle._decide

    def slowly(contact, decision, *rest):
        meet(looked, seconds=WAIT)
        # The one that would overwrite comes last.
        time.sleep(0.3 if decision.status == Status.MEMBER else 0)
        return decide(contact, decision, *rest)

    monkeypatch.setattr(circle, "_decide", slowly)

    def choosing(status, actor):
        return lambda: circle_choose_many(ids=[lena.public_id], decision=Decision(status), actor=actor, now=now)

    outcomes = run_together(choosing(Status.MEMBER, maya), choosing(Status.DISMISSED, mira))
    return [len(outcome.done) for outcome in outcomes]


def test_of_two_who_decide_at_once_one_is_told(monkeypatch, lena, maya, mira, now):
    assert sum(decide_at_once(monkeypatch, lena, maya, mira, now)) == 1


def test_without_the_lock_the_second_overwrites_the_first_unsaid(monkeypatch, lena, maya, mira, now):
    monkeypatch.setattr(circle, "contacts_lock", look_only)
    assert sum(decide_at_once(monkeypatch, lena, maya, mira, now)) == 2


def weigh_while_somebody_decides(monkeypatch, lena, maya, now):
    """The machine has seen that nobody decided, and has not written yet."""
    weighed = Barrier(2)

    def slowly(rows, **how):
        meet(weighed, seconds=WAIT)
        time.sleep(0.5)
        return insert_many(rows, **how)

    monkeypatch.setattr(suggesting, "insert_many", slowly)

    def dismissing():
        meet(weighed, seconds=WAIT * 5)
        circle_choose(contact=lena, status=Status.DISMISSED, actor=maya, now=now)

    run_together(lambda: circle_suggest(now), dismissing)
    return CircleSuggestion.objects.open().count()


def test_who_is_decided_about_while_the_machine_weighs_is_not_put_forward(monkeypatch, lena, maya, now):
    assert weigh_while_somebody_decides(monkeypatch, lena, maya, now) == 0
    assert CircleSuggestion.objects.get().decision == Status.DISMISSED


def test_without_the_lock_somebody_dismissed_is_put_forward(monkeypatch, lena, maya, now):
    monkeypatch.setattr(suggesting, "contacts_lock", look_only)
    assert weigh_while_somebody_decides(monkeypatch, lena, maya, now) == 1
