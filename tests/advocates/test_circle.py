from datetime import date

import pytest

from advocates.circle import suggestions
from advocates.models import AuditEntry, CircleChoice, Suppression
from advocates.services.circle import circle_choose
from advocates.services.suppression import suppression_add
from config.lib.money import Money
from config.lib.states import NotAllowed
from tests.cast import INGRID, LENA, MEI, MINJUN, OMAR, contact_of

pytestmark = pytest.mark.django_db

Status = CircleChoice.Status


def promoter(person, now, score=10, purchases=5):
    return contact_of(person, nps_score=score, nps_at=now, purchases_count=purchases)


def choose(contact, status, actor, now, note=""):
    return circle_choose(contact=contact, status=status, actor=actor, reasons=["Bought 5 times"], note=note, now=now)


def test_promoters_who_bought_are_suggested_with_reasons_in_words(now):
    lena = contact_of(
        LENA,
        nps_score=10,
        nps_at=now,
        purchases_count=12,
        customer_since=date(2021, 5, 3),
        lifetime_value=Money(480_00, "EUR"),
    )
    [suggestion] = suggestions()
    assert suggestion.contact == lena
    assert suggestion.reasons == [
        "Would recommend us: 10 of 10, answered on 16 Nov 2026",
        "Bought 12 times",
        "Customer since 3 May 2021",
        "Bought for €480.00 in all",
    ]


def test_who_is_not_suggested(now, maya):
    promoter(LENA, now, score=8)
    promoter(MEI, now, purchases=0)
    choose(promoter(INGRID, now), Status.DISMISSED, maya, now)
    promoter(MINJUN, now)
    suppression_add(address=MINJUN.email, scope=Suppression.Scope.ASKS, reason=Suppression.Reason.UNSUBSCRIBED, now=now)
    omar = promoter(OMAR, now)
    assert [suggestion.contact for suggestion in suggestions()] == [omar]


def test_the_most_promising_come_first_and_no_more_than_wanted(now):
    promoter(LENA, now, score=9, purchases=2)
    mei = promoter(MEI, now, score=10, purchases=9)
    omar = promoter(OMAR, now, score=10, purchases=3)
    assert [suggestion.contact for suggestion in suggestions(limit=2)] == [mei, omar]


def test_the_list_takes_as_many_queries_for_many_as_for_one(now, django_assert_max_num_queries):
    for person in (LENA, MEI, OMAR, INGRID):
        promoter(person, now)
    with django_assert_max_num_queries(3):
        assert len(suggestions()) == 4


def test_a_decision_is_a_persons_and_stands_in_the_trail(now, maya):
    lena = promoter(LENA, now)
    choice = choose(lena, Status.MEMBER, maya, now, note="Met her at the fair")
    again = choose(lena, Status.MEMBER, maya, now)
    assert (choice.chosen_by, again.note) == (maya, "Met her at the fair")
    assert AuditEntry.objects.get(verb="circle.member").after == {"status": "member"}


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
