"""Who belongs to the inner circle: what the machine weighs, what people decide, and what is kept of both."""

from datetime import date, timedelta

import pytest
from django.utils import translation

from advocates.circle import SIGNALS, names_in, reasons_in_words
from advocates.circle_figures import acceptance, brought
from advocates.models import (
    AuditEntry,
    CircleChoice,
    CircleLevel,
    CircleSuggestion,
    Contact,
    CustomerScore,
    Moment,
    Suppression,
)
from advocates.services import circle_suggest as suggesting
from advocates.services.circle import (
    Decision,
    circle_choose,
    circle_choose_many,
    circle_level_set,
    circle_level_set_many,
    circle_remove_many,
)
from advocates.services.circle_suggest import circle_suggest
from advocates.services.suppression import suppression_add
from config.lib.states import NotAllowed
from tests.cast import AISHAH, BEN, INGRID, LENA, MEI, MINJUN, OMAR, SOFIA, contact_of

pytestmark = pytest.mark.django_db

Status = CircleChoice.Status
Relation = Contact.Relation


def promoter(person, now, score=10, purchases=5, **facts):
    return contact_of(person, nps_score=score, nps_at=now, purchases_count=purchases, **facts)


def choose(contact, status, actor, now, **said):
    return circle_choose(contact=contact, status=status, actor=actor, now=now, **said)


def said_of(contact):
    """Score and reasons in words of the open suggestion."""
    row = CircleSuggestion.objects.open().get(contact=contact)
    return row.score, [reason.words for reason in reasons_in_words(row.reasons, names_in(row.reasons))]


def suggested():
    return {row.contact for row in CircleSuggestion.objects.open()}


# --- signals ---


def one_score(contact, **values):
    quintiles = {"recency": 3, "frequency": 3, "value": 3}
    CustomerScore.objects.create(contact=contact, scored_at=contact.created_at, **quintiles | values)


def a_moment(contact, kind, at):
    Moment.objects.create(contact=contact, kind=kind, source="test", event_id=f"{kind}-{at}", occurred_at=at)


SIGNALS_TABLE = [
    ("promoter", {"nps_score": 10}, 40, "promoter since November 2026 (10 of 10)"),
    ("promoter", {"nps_score": 9}, 30, "promoter since November 2026 (9 of 10)"),
    ("promoter", {"nps_score": 8}, None, ""),
    ("purchases", {"purchases_count": 12}, 12, "12 purchases"),
    ("purchases", {"purchases_count": 1}, 1, "one purchase"),
    ("purchases", {"purchases_count": 400}, 20, "400 purchases"),
    ("loyal", {"customer_since": date(2021, 5, 3)}, 10, "customer since May 2021"),
    ("loyal", {"customer_since": date(2026, 9, 1)}, None, ""),
    ("business", {"relation": Relation.PARTNER}, 15, "knows the business: partner"),
    ("business", {"relation": Relation.INDUSTRY_LEADER}, 20, "knows the business: industry leader"),
    ("business", {"relation": Relation.LEAD}, None, ""),
]


@pytest.mark.parametrize(("name", "facts", "points", "words"), SIGNALS_TABLE)
def test_what_the_machine_reads_from_a_person(name, facts, points, words, now):
    facts = facts | ({"nps_at": now} if "nps_score" in facts else {})
    contact = Contact.objects.create(**facts)
    reading = SIGNALS[name].read([contact], now).get(contact.pk)
    assert (None if reading is None else reading.points) == points
    assert ("" if reading is None else SIGNALS[name].words(reading.values)) == words


def test_an_answer_older_than_a_year_counts_half_and_says_so(now):
    contact = Contact.objects.create(nps_score=10, nps_at=now - timedelta(days=400))
    reading = SIGNALS["promoter"].read([contact], now)[contact.pk]
    assert reading.points == 20
    assert SIGNALS["promoter"].words(reading.values) == (
        "promoter in October 2025 (10 of 10): over a year ago, counts half"
    )


def test_value_and_activity_come_from_the_scores(now):
    lena, mei = contact_of(LENA), contact_of(MEI)
    one_score(lena, value=5, alive_bp=9_234)
    one_score(mei, value=4, alive_bp=1_200)
    people = list(Contact.objects.select_related("score"))
    assert {pk: reading.points for pk, reading in SIGNALS["worth"].read(people, now).items()} == {lena.pk: 15}
    lively = SIGNALS["lively"].read(people, now)
    assert {pk: reading.points for pk, reading in lively.items()} == {lena.pk: 8, mei.pk: -10}
    assert SIGNALS["lively"].words(lively[lena.pk].values) == "chance to be still active 92 %"


def test_the_best_moment_of_the_last_year_counts(now):
    lena = contact_of(LENA)
    a_moment(lena, Moment.Kind.ISSUE_RESOLVED, now - timedelta(days=3))
    a_moment(lena, Moment.Kind.PUBLIC_PRAISE, now - timedelta(days=180))
    a_moment(lena, Moment.Kind.TESTIMONIAL, now - timedelta(days=500))
    reading = SIGNALS["moments"].read([lena], now)[lena.pk]
    assert (reading.points, SIGNALS["moments"].words(reading.values)) == (20, "praised us in public in May 2026")


def test_every_signal_has_words_for_what_it_keeps():
    assert all(str(signal.label) for signal in SIGNALS)


def test_a_signal_that_is_gone_is_passed_over_and_old_words_stand():
    kept = [{"signal": "gone", "points": 3, "values": {}}, "Met her at the fair"]
    assert [reason.words for reason in reasons_in_words(kept)] == ["Met her at the fair"]


# --- suggestions ---


def test_the_base_is_weighed_and_the_reasons_are_kept_without_words(now):
    lena = promoter(LENA, now, purchases=12, customer_since=date(2021, 5, 3))
    assert circle_suggest(now) == {"weighed": 1, "suggested": 1, "new": 1, "withdrawn": 0}
    assert said_of(lena) == (
        62,
        ["promoter since November 2026 (10 of 10)", "12 purchases", "customer since May 2021"],
    )
    kept = CircleSuggestion.objects.get().reasons
    assert kept[0] == {
        "signal": "promoter",
        "points": 40,
        "values": {"score": 10, "on": "2026-11-16", "is_old": False},
    }


def test_the_reasons_are_told_in_the_readers_language(now):
    contact_of(LENA, relation=Relation.PARTNER, nps_score=10, nps_at=now)
    circle_suggest(now)
    with translation.override("de"):
        _score, words = said_of(Contact.objects.get())
    assert "November 2026" in words[0]
    assert "10" in words[0]


def test_advocates_come_from_every_source(now):
    people = {
        promoter(LENA, now, relation=Relation.PAST_CUSTOMER),
        promoter(MEI, now, relation=Relation.LOST_LEAD, purchases=0),
        promoter(OMAR, now, relation=Relation.VENDOR, purchases=0),
        promoter(INGRID, now, relation=Relation.LEAD, purchases=0),
    }
    circle_suggest(now)
    assert suggested() == people


def test_who_is_not_suggested(now, maya):
    choose(promoter(INGRID, now), Status.DISMISSED, maya, now)
    promoter(MINJUN, now)
    suppression_add(address=MINJUN.email, scope=Suppression.Scope.ASKS, reason=Suppression.Reason.UNSUBSCRIBED, now=now)
    a_moment(promoter(MEI, now), Moment.Kind.COMPLAINT, now)
    contact_of(BEN, purchases_count=9)
    promoter(LENA, now, score=3, purchases=90)
    Contact.objects.filter(pk=promoter(SOFIA, now).pk).update(is_test=True)
    omar = promoter(OMAR, now)
    maya.contact = promoter(AISHAH, now)
    maya.save()
    circle_suggest(now)
    assert suggested() == {omar}


def test_somebody_without_an_address_is_suggested_all_the_same(now):
    contact = Contact.objects.create(nps_score=10, nps_at=now)
    circle_suggest(now)
    assert suggested() == {contact}


def test_weighing_again_changes_nothing(now):
    promoter(LENA, now)
    circle_suggest(now)
    before = list(CircleSuggestion.objects.values("pk", "public_id", "live_key", "score", "suggested_at"))
    outcome = circle_suggest(now + timedelta(hours=1))
    assert (outcome["new"], outcome["withdrawn"]) == (0, 0)
    assert list(CircleSuggestion.objects.values("pk", "public_id", "live_key", "score", "suggested_at")) == before


def test_who_no_longer_stands_out_is_withdrawn_and_comes_back_as_the_same_row(now):
    lena = promoter(LENA, now)
    circle_suggest(now)
    Contact.objects.filter(pk=lena.pk).update(nps_score=7)
    assert circle_suggest(now)["withdrawn"] == 1
    assert suggested() == set()
    Contact.objects.filter(pk=lena.pk).update(nps_score=10)
    circle_suggest(now)
    assert suggested() == {lena}
    assert CircleSuggestion.objects.count() == 1


def test_only_the_best_are_kept(now, monkeypatch):
    monkeypatch.setattr(suggesting, "KEPT", 2)
    monkeypatch.setattr(suggesting, "CHUNK", 1)
    promoter(LENA, now, score=9, purchases=2)
    mei = promoter(MEI, now, score=10, purchases=9)
    omar = promoter(OMAR, now, score=10, purchases=3)
    circle_suggest(now)
    assert suggested() == {mei, omar}


def test_many_are_weighed_in_as_many_queries_as_one(now, django_assert_max_num_queries):
    for person in (LENA, MEI, OMAR, INGRID):
        promoter(person, now)
    with django_assert_max_num_queries(24):
        assert circle_suggest(now)["suggested"] == 4


# --- decisions ---


def test_a_decision_is_a_persons_and_stands_in_the_trail(now, maya):
    lena = promoter(LENA, now)
    choice = choose(lena, Status.MEMBER, maya, now, note="Met her at the fair")
    again = choose(lena, Status.MEMBER, maya, now)
    assert (choice.chosen_by, again.note) == (maya, "Met her at the fair")
    assert AuditEntry.objects.get(verb="circle.member").after == {"status": "member"}


def test_what_was_suggested_stays_on_record_with_who_decided(now, maya):
    lena = promoter(LENA, now)
    circle_suggest(now)
    choice = choose(lena, Status.MEMBER, maya, now)
    row = CircleSuggestion.objects.get()
    assert (row.decision, row.decided_by, row.decided_at) == (Status.MEMBER, maya, now)
    assert choice.reasons == row.reasons
    circle_suggest(now)
    assert suggested() == set()


def test_somebody_taken_out_may_come_back(now, maya):
    lena = promoter(LENA, now)
    for status in (Status.MEMBER, Status.REMOVED, Status.MEMBER):
        choose(lena, status, maya, now)
    assert list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True)) == [
        "circle.member",
        "circle.removed",
        "circle.member",
    ]


def test_nobody_is_taken_out_who_was_never_in(now, maya):
    with pytest.raises(NotAllowed):
        choose(promoter(LENA, now), Status.REMOVED, maya, now)


def test_later_comes_back_on_its_day(now, maya):
    lena = promoter(LENA, now)
    circle_suggest(now)
    day = now.date() + timedelta(days=7)
    choose(lena, Status.LATER, maya, now, remind_on=day, note="After the fair")
    assert suggested() == set()
    assert not CircleChoice.objects.due_again(on=day - timedelta(days=1)).exists()
    assert CircleChoice.objects.due_again(on=day).get().contact == lena


def test_later_needs_a_day_and_may_be_put_off_again(now, maya):
    lena = promoter(LENA, now)
    with pytest.raises(NotAllowed):
        choose(lena, Status.LATER, maya, now)
    for days in (7, 30):
        choose(lena, Status.LATER, maya, now, remind_on=now.date() + timedelta(days=days))
    choice = choose(lena, Status.MEMBER, maya, now)
    assert choice.remind_on is None
    assert AuditEntry.objects.filter(verb="circle.later").count() == 2


def test_the_level_belongs_to_members(now, maya):
    near, far = CircleLevel.objects.create(name="Near", rank=1), CircleLevel.objects.create(name="Far", rank=2)
    lena = promoter(LENA, now)
    choose(lena, Status.MEMBER, maya, now, level=far)
    circle_level_set(contact=lena, level=near, actor=maya, note="Spoke for us")
    assert CircleChoice.objects.get().level == near
    assert AuditEntry.objects.get(verb="circle.level").before == {"level": far.pk}
    assert choose(lena, Status.REMOVED, maya, now, note="Moved").level is None
    with pytest.raises(NotAllowed):
        circle_level_set(contact=lena, level=near, actor=maya)


def test_many_are_decided_about_and_who_was_decided_about_meanwhile_is_left_out(now, maya, mira):
    lena, mei, omar = (promoter(person, now) for person in (LENA, MEI, OMAR))
    circle_suggest(now)
    choose(mei, Status.DISMISSED, mira, now)
    choose(omar, Status.LATER, mira, now, remind_on=now.date())
    ids = [contact.public_id for contact in (lena, mei, omar)]
    outcome = circle_choose_many(ids=ids, decision=Decision(Status.MEMBER), actor=maya, now=now)
    assert (outcome.done, outcome.left_out) == ([lena, omar], [mei])
    assert CircleChoice.objects.get(contact=mei).chosen_by == mira


def test_levels_and_leaving_hold_for_those_who_are_in(now, maya):
    level = CircleLevel.objects.create(name="Near", rank=1)
    lena, mei = promoter(LENA, now), promoter(MEI, now)
    choose(lena, Status.MEMBER, maya, now)
    ids = [lena.public_id, mei.public_id]
    outcome = circle_level_set_many(ids=ids, level=level, actor=maya, note="")
    assert (outcome.done, outcome.left_out) == ([lena], [mei])
    outcome = circle_remove_many(ids=ids, actor=maya, note="Season over", now=now)
    assert (outcome.done, outcome.left_out) == ([lena], [mei])


# --- figures ---


def test_how_many_of_the_suggested_were_taken_in_and_by_which_reason(now, maya):
    lena, mei = promoter(LENA, now), promoter(MEI, now, purchases=0)
    promoter(OMAR, now)
    circle_suggest(now)
    choose(lena, Status.MEMBER, maya, now)
    choose(mei, Status.DISMISSED, maya, now)
    total, by_signal = acceptance()
    assert (total.decided, total.taken, total.percent) == (2, 1, 50)
    assert {str(one.label): (one.taken, one.decided) for one in by_signal} == {
        "would recommend us": (1, 2),
        "bought": (1, 1),
    }


def test_what_the_chosen_brought_is_nothing_before_anybody_did(now, maya):
    choose(promoter(LENA, now), Status.MEMBER, maya, now)
    assert {row["chosen"].total for row in brought()} == {0}
    assert {row["chosen"].people for row in brought()} == {1}
