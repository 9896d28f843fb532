"""Saving, counting, coming and going, and why somebody is in."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from advocates.errors import BadSegment, SegmentInUse
from advocates.models import AuditEntry, Contact, Segment, SegmentEvent, SegmentMember, User
from advocates.segments.evaluate import segment_contacts
from advocates.segments.figures import lately, weeks_of
from advocates.segments.membership import segments_among, segments_of
from advocates.services import segment_refresh as refreshing
from advocates.services.segment_refresh import Refreshed, segment_refresh, segments_refresh
from advocates.services.segments import (
    ConditionDraft,
    SegmentDraft,
    draft_of,
    segment_restore,
    segment_retire,
    segment_save,
)
from tests.advocates.segment_people import ago, moment_of, names_in, person, segment_made

pytestmark = pytest.mark.django_db


def germans(now: datetime) -> Segment:
    return segment_made("Germans", ("country", "is", "DE"), now=now)


def story(segment: Segment) -> list[tuple[str, str]]:
    events = SegmentEvent.objects.filter(segment=segment).order_by("occurred_at", "pk")
    return [(event.contact.details.name, event.kind) for event in events.select_related("contact__details")]


# --- saving ---


def test_a_segment_is_saved_with_its_lines_and_a_trace_without_typed_texts(mira: User, now: datetime) -> None:
    draft = SegmentDraft(
        "Regulars",
        [ConditionDraft("purchases", "at_least", 3), ConditionDraft("region", "is", "Lena Vogt's village", "any")],
        "For the spring",
    )
    segment = segment_save(draft=draft, actor=mira, now=now)
    assert draft_of(segment) == draft
    entry = AuditEntry.objects.get(verb="segment.saved")
    assert entry.actor == mira
    assert entry.after["conditions"][0] == {
        "group": "all",
        "field": "purchases",
        "operator": "at_least",
        "value": 3,
    }
    assert "Lena" not in str(entry.after)


def test_saving_what_stands_already_is_nothing_and_a_change_is_counted_again(mira: User, now: datetime) -> None:
    segment = germans(now)
    segment_refresh(segment=segment, now=now)
    segment = segment_save(draft=draft_of(segment), actor=mira, now=now, segment=segment)
    assert segment.refreshed_at == now
    changed = SegmentDraft("Austrians", [ConditionDraft("country", "is", "AT")])
    segment = segment_save(draft=changed, actor=mira, now=now, segment=segment)
    assert segment.refreshed_at is None
    assert AuditEntry.objects.filter(verb="segment.saved").count() == 2


REFUSED = [
    (SegmentDraft("", [ConditionDraft("country", "is", "DE")]), "Give it a name."),
    (SegmentDraft("Germans", [ConditionDraft("country", "is", "AT")]), "There is a segment of this name already."),
    (SegmentDraft("Nothing", []), "It asks for nothing yet: nobody is in it."),
    (SegmentDraft("Much", [ConditionDraft("country", "is", "AT")] * 31), "A segment asks for at most 30 things."),
    (SegmentDraft("Odd", [ConditionDraft("shoe_size", "is", "AT")]), "“shoe_size” can no longer be asked about."),
]


@pytest.mark.parametrize(("draft", "reason"), REFUSED)
def test_what_cannot_be_asked_is_not_saved(draft: SegmentDraft, reason: str, now: datetime) -> None:
    germans(now)
    with pytest.raises(BadSegment) as refusal:
        segment_save(draft=draft, actor=None, now=now)
    assert refusal.value.extra["reasons"] == [reason]
    assert Segment.objects.count() == 1


def test_segments_that_ask_about_each_other_in_a_circle_are_refused(now: datetime) -> None:
    first = germans(now)
    second = segment_made("Second", ("segment", "is", first.public_id), now=now)
    third = segment_made("Third", ("segment", "is_not", second.public_id), now=now)
    for named in (first, second, third):
        draft = SegmentDraft("Germans", [ConditionDraft("segment", "is", named.public_id)])
        with pytest.raises(BadSegment, match=r"asks about itself|has a problem itself"):
            segment_save(draft=draft, actor=None, now=now, segment=first)


# --- counting ---


def test_joining_and_leaving_are_kept(now: datetime) -> None:
    lena, _omar = person("Lena", country="DE"), person("Omar", country="US")
    segment = germans(now)
    assert segment_refresh(segment=segment, now=now) == Refreshed(members=1, joined=1, left=0)
    Contact.objects.filter(pk=lena.pk).update(country="AT")
    person("Mei", country="DE")
    assert segment_refresh(segment=segment, now=now + timedelta(days=1)) == Refreshed(members=1, joined=1, left=1)
    Contact.objects.filter(pk=lena.pk).update(country="DE")
    assert segment_refresh(segment=segment, now=now + timedelta(days=2)) == Refreshed(members=2, joined=1, left=0)
    assert story(segment) == [("Lena", "joined"), ("Lena", "left"), ("Mei", "joined"), ("Lena", "joined")]
    segment.refresh_from_db()
    assert (segment.members_count, segment.refreshed_at) == (2, now + timedelta(days=2))


def test_counting_again_changes_nothing(now: datetime) -> None:
    person("Lena", country="DE")
    segment = germans(now)
    segment_refresh(segment=segment, now=now)
    for moment in (now, now + timedelta(minutes=1)):
        assert segment_refresh(segment=segment, now=moment) == Refreshed(members=1, joined=0, left=0)
    assert story(segment) == [("Lena", "joined")]
    assert SegmentMember.objects.get().joined_at == now


def test_it_is_counted_range_by_range(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refreshing, "RANGE", 2)
    people = [person(f"Person {number}", country="DE") for number in range(7)]
    segment = germans(now)
    assert segment_refresh(segment=segment, now=now).joined == 7
    Contact.objects.filter(pk__in=[one.pk for one in people[:3]]).update(country="")
    assert segment_refresh(segment=segment, now=now + timedelta(days=1)) == Refreshed(members=4, joined=0, left=3)


def test_the_number_of_queries_does_not_grow_with_the_people(now: datetime, django_assert_num_queries: Any) -> None:
    counted = []
    for number in range(2):
        for one in range(3 + 20 * number):
            person(f"{number} {one}", country="DE")
        segment = segment_made(f"Germans {number}", ("country", "is", "DE"), now=now)
        with django_assert_num_queries(15, exact=False) as captured:
            segment_refresh(segment=segment, now=now)
        counted.append(len(captured))
    assert counted[0] == counted[1]


def test_who_is_merged_away_or_forgotten_leaves(now: datetime) -> None:
    lena, mei = person("Lena", country="DE"), person("Mei", country="DE")
    segment = germans(now)
    segment_refresh(segment=segment, now=now)
    Contact.objects.filter(pk=mei.pk).update(merged_into=lena)
    assert segment_refresh(segment=segment, now=now).left == 1


def test_a_segment_with_a_problem_loses_everybody(now: datetime) -> None:
    person("Lena", country="DE")
    segment = germans(now)
    segment_refresh(segment=segment, now=now)
    segment.conditions.update(field="gone")
    assert segment_refresh(segment=segment, now=now) == Refreshed(members=0, joined=0, left=1)


def test_the_job_counts_what_is_due_and_nothing_else(now: datetime) -> None:
    person("Lena", country="DE")
    fresh, stale = germans(now), segment_made("Others", ("country", "is_not", "DE"), now=now)
    resting = segment_made("Resting", ("country", "is", "DE"), now=now)
    segment_refresh(segment=fresh, now=now - timedelta(minutes=5))
    segment_refresh(segment=stale, now=now - timedelta(minutes=11))
    segment_retire(segment=resting, actor=None, now=now)
    assert segments_refresh(now) == {"segments": 1, "joined": 0, "left": 0}
    assert segments_refresh(now)["segments"] == 0


# --- rest ---


def test_a_segment_at_rest_has_nobody_and_comes_back(mira: User, now: datetime) -> None:
    person("Lena", country="DE")
    segment = germans(now)
    segment_refresh(segment=segment, now=now)
    segment_retire(segment=segment, actor=mira, now=now)
    segment.refresh_from_db()
    assert (segment.is_active, segment.members_count) == (False, 0)
    assert not segment_contacts(segment, now).exists()
    assert story(segment) == [("Lena", "joined"), ("Lena", "left")]
    segment_restore(segment=segment, actor=mira)
    segment.refresh_from_db()
    assert names_in(segment, now) == {"Lena"}
    verbs = AuditEntry.objects.filter(actor=mira).order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["segment.retired", "segment.restored"]


def test_a_segment_that_another_asks_about_is_not_put_to_rest(now: datetime) -> None:
    segment = germans(now)
    segment_made("Buyers", ("segment", "is", segment.public_id), now=now)
    with pytest.raises(SegmentInUse) as refusal:
        segment_retire(segment=segment, actor=None, now=now)
    assert refusal.value.extra["reasons"] == ["Segment: Buyers"]


# --- one person ---


def test_a_person_is_told_in_which_segments_and_why(now: datetime) -> None:
    lena = person("Lena", country="DE", purchases_count=12, nps_score=10, nps_at=ago(now, 10))
    moment_of(lena, "milestone", ago(now, 3))
    segment = segment_made(
        "Best",
        ("purchases", "at_least", 3),
        ("nps", "is", "promoter"),
        ("country", "is", "US", "any"),
        ("moment_milestone", "within", 30, "any"),
        ("last_asked", "within", 180, "not"),
        now=now,
    )
    segment_made("Americans", ("country", "is", "US"), now=now)
    segment_refresh(segment=segment, now=ago(now, 1))
    [membership] = segments_of(lena, now)
    assert (membership.segment, membership.since) == (segment, ago(now, 1))
    assert [(why.phrase, why.told, why.group) for why in membership.why] == [
        ("Purchases: at least 3", "12", "all"),
        ("NPS: promoter (9 or 10)", "10 of 10, answered on 6 Nov 2026", "all"),
        ("Moment: reached a milestone: in the last 30 days", "", "any"),
        ("Last asked: in the last 180 days", "never", "not"),
    ]


def test_what_is_true_now_counts_and_not_the_last_count(now: datetime) -> None:
    lena = person("Lena", country="DE")
    segment = germans(now)
    assert [one.since for one in segments_of(lena, now)] == [None]
    segment_refresh(segment=segment, now=now)
    Contact.objects.filter(pk=lena.pk).update(country="AT")
    assert segments_of(lena, now) == []


def test_asking_about_one_person_takes_as_many_queries_for_many_segments(
    now: datetime, django_assert_num_queries: Any
) -> None:
    lena = person("Lena", country="DE")
    for number in range(8):
        segment_made(f"Segment {number}", ("country", "is", "DE"), ("purchases", "at_least", number), now=now)
    with django_assert_num_queries(5):
        assert len(segments_of(lena, now)) == 1


def test_somebody_gone_is_in_no_segment(now: datetime) -> None:
    gone = person("Gone", country="DE", erased_at=now)
    assert segments_among(gone, [germans(now)], now) == []


# --- figures ---


def test_comings_and_goings_are_told_by_week(now: datetime) -> None:
    lena = person("Lena", country="DE")
    segment = germans(now)
    segment_refresh(segment=segment, now=ago(now, 21))
    Contact.objects.filter(pk=lena.pk).update(country="")
    segment_refresh(segment=segment, now=ago(now, 1))
    told = [(week.joined, week.left) for week in weeks_of(segment, now)]
    assert (len(told), told[-4], told[-2]) == (12, (1, 0), (0, 1))
    assert lately([segment], now) == {segment.pk: (0, 1)}


def test_why_is_told_in_the_readers_language(now: datetime) -> None:
    lena = person("Lena", country="DE")
    germans(now)
    with translation.override("de"):
        [membership] = segments_of(lena, now)
        assert membership.why[0].told == "Deutschland"
