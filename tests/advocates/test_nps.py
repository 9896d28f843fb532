"""An answer counts once; the latest decides, in whatever order they come in."""

from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from django.urls import reverse

from advocates.errors import BadScore, BadTime, EventIdReused, UnknownContact
from advocates.models import AuditEntry, Contact, NpsAnswer
from advocates.nps import NpsFigures, nps_figures, nps_now_and_before
from advocates.selectors import nps_words
from advocates.services.nps import nps_change, nps_handled, nps_of_facts, nps_record
from config.lib import clock
from config.lib.states import NotAllowed
from tests.cast import LENA, OMAR, contact_of

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def lena(company):
    return contact_of(LENA)


@pytest.fixture
def root(client, django_user_model):
    user = django_user_model.objects.create_superuser("root@fernway.example", "a long pass phrase", name="Root")
    client.force_login(user)
    return user


def said(contact: Contact, score: int, at: datetime, **changes: Any) -> tuple[NpsAnswer, bool]:
    facts: dict[str, Any] = {
        "via": NpsAnswer.Via.SURVEY,
        "source": "survey",
        "event_id": f"{score}-{at:%Y%m%d}",
        "occurred_at": at,
        "now": at,
    }
    return nps_record(contact=contact, score=score, **(facts | changes))


def standing(contact: Contact) -> tuple[int | None, datetime | None]:
    contact.refresh_from_db()
    return contact.nps_score, contact.nps_at


def test_the_latest_answer_stands_in_whatever_order_they_arrive(lena, now):
    answers = [(3, now - 9 * DAY), (10, now - 5 * DAY), (7, now - 7 * DAY)]
    for number, order in enumerate(permutations(answers)):
        Contact.objects.update(nps_score=None, nps_at=None)
        for score, at in order:
            said(lena, score, at, event_id=f"{number}-{score}")
        assert standing(lena) == (10, now - 5 * DAY)


def test_the_same_id_is_the_same_answer(lena, now):
    first, is_new = said(lena, 9, now, comment="Good coffee")
    again, again_new = said(lena, 9, now + DAY, event_id=first.event_id, comment="Good coffee")
    assert (is_new, again_new, again.pk) == (True, False, first.pk)
    assert NpsAnswer.objects.count() == 1
    assert standing(lena) == (9, now)


@pytest.mark.parametrize("changes", [{"score": 2}, {"comment": "No."}, {"other": True}])
def test_the_same_id_for_something_else_is_refused(lena, now, changes):
    first, _new = said(lena, 9, now)
    contact = contact_of(OMAR) if changes.pop("other", False) else lena
    with pytest.raises(EventIdReused):
        said(contact, changes.pop("score", 9), now, event_id=first.event_id, **changes)
    assert standing(lena) == (9, now)


@pytest.mark.parametrize("score", [-1, 11])
def test_a_score_is_from_0_to_10(lena, now, score):
    with pytest.raises(BadScore):
        said(lena, score, now)


def test_an_answer_lies_in_the_past_and_not_too_far_for_other_systems(lena, now):
    with pytest.raises(BadTime):
        said(lena, 9, now + DAY, now=now)
    with pytest.raises(BadTime):
        said(lena, 9, now - 91 * DAY, now=now, via=NpsAnswer.Via.API)
    said(lena, 9, now - 90 * DAY, now=now, via=NpsAnswer.Via.API)
    said(lena, 8, now - 900 * DAY, now=now, via=NpsAnswer.Via.IMPORT)


def test_who_was_forgotten_answers_no_more(lena, now):
    lena.erased_at = now
    with pytest.raises(UnknownContact):
        said(lena, 9, now)


def test_thinking_again_changes_the_answer_as_of_now(lena, now):
    answer, _new = said(lena, 9, now, comment="Good")
    nps_change(answer=answer, score=4, comment="It broke.", now=now + DAY)
    assert NpsAnswer.objects.get().score == 4
    assert standing(lena) == (4, now + DAY)
    assert AuditEntry.objects.get(verb="nps.changed").after == {"score": 4}
    nps_change(answer=answer, score=4, comment="It broke.", now=now + 2 * DAY)
    assert standing(lena) == (4, now + DAY)


def test_a_changed_answer_does_not_overrule_a_later_one(lena, now):
    answer, _new = said(lena, 9, now)
    said(lena, 10, now + 3 * DAY)
    nps_change(answer=answer, score=1, comment="", now=now + DAY)
    assert standing(lena) == (10, now + 3 * DAY)


def test_a_score_among_other_facts_leaves_one_answer(lena, now):
    for _time in range(2):
        nps_of_facts(contact=lena, score=8, at=now, source="crm")
    answer = NpsAnswer.objects.get()
    assert (answer.score, answer.via, answer.source) == (8, NpsAnswer.Via.IMPORT, "crm")


class TestWords:
    @pytest.mark.parametrize(
        ("score", "word"),
        [(0, "detractor"), (6, "detractor"), (7, "passive"), (8, "passive"), (9, "promoter"), (10, "promoter")],
    )
    def test_every_score_has_a_standing(self, lena, now, score, word):
        said(lena, score, now)
        lena.refresh_from_db()
        words = nps_words(lena, now)
        assert (words.standing, words.is_old) == (word, False)
        assert str(words.words) == f"{score} · {word}"

    def test_after_a_year_it_is_said_to_be_old(self, lena, now):
        said(lena, 9, now)
        lena.refresh_from_db()
        assert not nps_words(lena, now + 365 * DAY).is_old
        assert nps_words(lena, now + 366 * DAY).is_old
        assert "older than a year" in str(nps_words(lena, now + 366 * DAY).words)

    def test_nobody_asked_is_unknown(self, lena, now):
        assert nps_words(lena, now).standing == "unknown"


class TestFigures:
    def test_the_score_is_promoters_less_detractors(self, lena, now):
        for number, score in enumerate([10, 9, 9, 8, 7, 3]):
            said(lena, score, now, event_id=str(number))
        figures = nps_figures(NpsAnswer.objects.all())
        assert figures == NpsFigures(promoters=3, passives=2, detractors=1)
        assert figures.score == 33

    def test_no_answer_is_no_score(self):
        assert NpsFigures().score is None

    def test_a_test_contact_stands_in_no_figure(self, lena, now):
        Contact.objects.update(is_test=True)
        said(lena, 10, now)
        assert nps_figures(NpsAnswer.objects.all()).count == 0

    def test_the_period_before_stands_beside_it(self, lena, now):
        said(lena, 10, now - 3 * DAY)
        said(lena, 0, now - 100 * DAY)
        said(lena, 5, now - 300 * DAY)
        latest, before = nps_now_and_before(now)
        assert (latest.score, before.score, before.count) == (100, -100, 1)


class TestWaiting:
    def test_a_detractor_with_a_comment_waits_for_a_word(self, lena, now, maya):
        answer, _new = said(lena, 2, now, comment="It leaks.")
        said(lena, 2, now - DAY)
        said(lena, 9, now - 2 * DAY, comment="Lovely.")
        assert list(NpsAnswer.objects.to_answer()) == [answer]
        nps_handled(answer=answer, actor=maya, now=now)
        assert not NpsAnswer.objects.to_answer().exists()
        assert AuditEntry.objects.filter(verb="nps.handled", actor=maya).exists()
        with pytest.raises(NotAllowed):
            nps_handled(answer=answer, actor=maya, now=now)


class TestConsole:
    def test_the_list_shows_the_figure_and_who_waits(self, client, root, lena):
        today = clock.now()
        said(lena, 2, today, comment="It leaks.")
        text = client.get(reverse("admin:advocates_npsanswer_changelist")).text
        assert "−100" in text
        assert "1 person wrote what is wrong" in text
        for query in ("standing=detractor", "waiting=yes", "via__exact=survey"):
            assert "It leaks." in client.get(reverse("admin:advocates_npsanswer_changelist") + f"?{query}").text
        assert "It leaks." not in client.get(reverse("admin:advocates_npsanswer_changelist") + "?standing=passive").text

    def test_staff_say_that_they_got_in_touch(self, client, root, lena, now):
        answer, _new = said(lena, 2, now, comment="It leaks.")
        page = reverse("admin:advocates_npsanswer_change", args=[answer.pk])
        assert "We got in touch" in client.get(page).text
        client.post(reverse("admin:advocates_npsanswer_verb", args=[answer.pk, "handled"]))
        answer.refresh_from_db()
        assert answer.handled_at
        assert "We got in touch" not in client.get(page).text

    def test_an_old_answer_is_said_to_be_old_in_the_list_and_on_the_page(self, client, root, lena):
        said(lena, 9, clock.now() - 400 * DAY)
        lists = reverse("admin:advocates_contact_changelist"), reverse("admin:advocates_contact_change", args=[lena.pk])
        for page in lists:
            assert "9 · promoter, older than a year" in client.get(page).text

    def test_staff_note_an_answer_on_the_persons_page(self, client, root, lena):
        form = {"score": "9", "comment": "Told me at the fair"}
        client.post(reverse("admin:advocates_contact_verb", args=[lena.pk, "note-answer"]), form)
        answer = NpsAnswer.objects.get()
        assert (answer.score, answer.via, answer.recorded_by) == (9, NpsAnswer.Via.STAFF, root)
        lena.refresh_from_db()
        assert lena.nps_standing == "promoter"
        assert "Told me at the fair" in client.get(reverse("admin:advocates_contact_change", args=[lena.pk])).text
