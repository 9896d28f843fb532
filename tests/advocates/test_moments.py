"""Moments come once; an open complaint stands until somebody settles it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from advocates.errors import BadTime, EventIdReused, UnknownMomentKind
from advocates.models import AuditEntry, Contact, Moment
from advocates.selectors import open_complaint, without_open_complaint
from advocates.services.moments import complaint_open, complaint_settle, moment_record, moment_settle
from config.lib.states import NotAllowed
from tests.cast import LENA, OMAR, contact_of

pytestmark = pytest.mark.django_db

Kind = Moment.Kind
DAY = timedelta(days=1)


@pytest.fixture
def lena(company):
    return contact_of(LENA)


@pytest.fixture
def root(client, django_user_model):
    user = django_user_model.objects.create_superuser("root@fernway.example", "a long pass phrase", name="Root")
    client.force_login(user)
    return user


def told(contact: Contact, kind: str, at: datetime, **changes: Any) -> tuple[Moment, bool]:
    facts: dict[str, Any] = {"source": "desk", "event_id": f"{kind}-{at:%Y%m%d%H}", "occurred_at": at, "now": at}
    return moment_record(contact=contact, kind=kind, **(facts | changes))


def test_a_moment_comes_once(lena, now):
    first, is_new = told(lena, Kind.MILESTONE, now, note="100 cups")
    again, again_new = told(lena, Kind.MILESTONE, now)
    assert (is_new, again_new, again.pk) == (True, False, first.pk)


def test_the_same_id_for_something_else_is_refused(lena, now):
    told(lena, Kind.MILESTONE, now, event_id="1")
    with pytest.raises(EventIdReused):
        told(lena, Kind.PURCHASE, now, event_id="1")
    with pytest.raises(EventIdReused):
        told(contact_of(OMAR), Kind.MILESTONE, now, event_id="1")


def test_an_unknown_kind_and_the_future_are_refused(lena, now):
    with pytest.raises(UnknownMomentKind):
        told(lena, "sunshine", now)
    with pytest.raises(BadTime):
        told(lena, Kind.MILESTONE, now + DAY, now=now)


def test_who_complained_is_left_out_until_it_is_settled(lena, now, maya):
    omar = contact_of(OMAR)
    assert open_complaint(lena) is None
    complaint = complaint_open(contact=lena, note="It leaks.", actor=maya, now=now)
    assert open_complaint(lena) == complaint
    assert list(without_open_complaint(Contact.objects.all())) == [omar]
    assert complaint_settle(contact=lena, actor=maya, note="Sent a new one.", now=now + DAY) == 1
    assert open_complaint(lena) is None
    complaint.refresh_from_db()
    assert complaint.resolved_at == now + DAY
    verbs = AuditEntry.objects.filter(verb__startswith="complaint").values_list("verb", flat=True)
    assert sorted(verbs) == ["complaint.opened", "complaint.settled"]
    with pytest.raises(NotAllowed):
        complaint_settle(contact=lena, actor=maya, now=now)
    with pytest.raises(NotAllowed):
        moment_settle(moment=complaint, actor=maya, now=now)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_source_settles_its_own_complaint_in_whichever_order_they_arrive(lena, now, order):
    facts = [(Kind.COMPLAINT, now - 2 * DAY), (Kind.ISSUE_RESOLVED, now - DAY)]
    for place in order:
        kind, at = facts[place]
        told(lena, kind, at, now=now)
    assert open_complaint(lena) is None


def test_a_solved_issue_settles_neither_later_complaints_nor_those_of_others(lena, now, maya):
    by_staff = complaint_open(contact=lena, note="", actor=maya, now=now - 3 * DAY)
    told(lena, Kind.COMPLAINT, now)
    told(lena, Kind.COMPLAINT, now - 3 * DAY, source="shop")
    told(lena, Kind.ISSUE_RESOLVED, now - DAY, now=now)
    assert Moment.objects.filter(kind=Kind.COMPLAINT, resolved_at=None).count() == 3
    assert open_complaint(lena) in (by_staff, Moment.objects.get(source="shop"))


def test_only_complaints_are_settled(lena, now):
    moment, _new = told(lena, Kind.MILESTONE, now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Moment.objects.filter(pk=moment.pk).update(resolved_at=now)


class TestConsole:
    def test_staff_note_a_moment_a_complaint_and_its_end(self, client, root, lena):
        page = reverse("admin:advocates_contact_change", args=[lena.pk])

        def do(name: str, **form: str) -> None:
            client.post(reverse("admin:advocates_contact_verb", args=[lena.pk, name]), form)

        do("note-moment", kind=Kind.PUBLIC_PRAISE, note="Wrote about us")
        do("note-moment", kind=Kind.COMPLAINT)
        assert list(Moment.objects.values_list("kind", flat=True)) == [Kind.PUBLIC_PRAISE]
        do("note-complaint", reason="It leaks.")
        assert open_complaint(lena)
        text = client.get(page).text
        for words in ("Wrote about us", "It leaks.", "complaint, open", "Not asked for anything until it is settled."):
            assert words in text
        do("settle-complaint")
        assert open_complaint(lena) is None
        text = client.get(page).text
        assert "complaint, settled" in text
        assert "Not asked for anything" not in text

    def test_the_list_shows_open_complaints(self, client, root, lena, maya, now):
        complaint = complaint_open(contact=lena, note="It leaks.", actor=maya, now=now)
        told(lena, Kind.MILESTONE, now, note="100 cups")
        listing = reverse("admin:advocates_moment_changelist")
        assert "100 cups" in client.get(listing).text
        assert "100 cups" not in client.get(f"{listing}?open=yes").text
        page = reverse("admin:advocates_moment_change", args=[complaint.pk])
        assert "Complaint settled" in client.get(page).text
        client.post(reverse("admin:advocates_moment_verb", args=[complaint.pk, "settle"]), {"reason": "Mended"})
        assert "It leaks." not in client.get(f"{listing}?open=yes").text
