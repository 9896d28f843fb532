from datetime import timedelta

import pytest

from advocates.models import AuditEntry
from campaigns.models import OutboundMessage
from config.lib.money import Money
from config.lib.states import NotAllowed, Stale
from referrals.errors import AlreadyReviewed, CreditWindowOver, NothingToTakeBack, ReasonNeeded
from referrals.models import Referral
from referrals.services.referrals import (
    referral_assign,
    referral_move,
    referral_review,
    referral_take_back,
    referrals_expire,
)

pytestmark = pytest.mark.django_db
Status = Referral.Status


def fresh(referral: Referral) -> Referral:
    return Referral.objects.get(pk=referral.pk)


def moved(referral, to, *, maya, now, **how):
    referral_move(referral=fresh(referral), to=to, actor=maya, now=now, **how)
    return fresh(referral)


def test_from_new_to_won(ben, maya, now):
    moved(ben, "contacted", maya=maya, now=now)
    moved(ben, "qualified", maya=maya, now=now)
    won = moved(ben, "converted", maya=maya, now=now, deal=Money(120_000, "USD"))

    event = won.events.get(status_to="converted")
    assert (event.type, event.source, event.sequence, event.status_from) == ("purchase", "console", 1, "qualified")
    assert (event.amount, event.unit) == (120_000, "USD")
    assert (won.deal_amount, won.deal_unit, won.converted_at) == (120_000, "USD", now)


def test_every_step_says_who_and_from_where(ben, maya, now):
    moved(ben, "contacted", maya=maya, now=now, reason="Called at nine")

    event = ben.events.get(type="contacted")
    assert (event.actor, event.status_from, event.status_to) == (maya, "submitted", "contacted")
    assert event.reason == "Called at nine"
    assert AuditEntry.objects.get(verb="referral_contacted").after == {"status": "contacted"}


def test_winning_thanks_both_sides(ben, maya, now):
    moved(ben, "converted", maya=maya, now=now)

    mails = OutboundMessage.objects.filter(mail__in=["friend_welcome", "advocate_converted"])
    assert mails.count() == 2


def test_the_first_step_stops_the_clock_and_later_ones_do_not_move_it(ben, maya, now):
    first = moved(ben, "contacted", maya=maya, now=now).first_answered_at
    later = moved(ben, "qualified", maya=maya, now=now + timedelta(days=1)).first_answered_at

    assert first == later == now


def test_who_looked_at_an_older_state_is_told(ben, maya, now):
    moved(ben, "contacted", maya=maya, now=now)

    with pytest.raises(Stale):
        referral_move(referral=ben, to="qualified", actor=maya, now=now)
    with pytest.raises(Stale):
        referral_move(referral=fresh(ben), to="qualified", actor=maya, now=now, expected_status="submitted")


@pytest.mark.parametrize("to", ["submitted", "expired", "nonsense"])
def test_steps_that_no_hand_can_choose(ben, maya, now, to):
    with pytest.raises(NotAllowed):
        moved(ben, to, maya=maya, now=now)


def test_what_has_ended_is_not_moved_on(ben, maya, now):
    moved(ben, "lost", maya=maya, now=now, reason="Budget")

    with pytest.raises(NotAllowed):
        moved(ben, "contacted", maya=maya, now=now)


@pytest.mark.parametrize("to", ["lost", "rejected"])
def test_an_end_needs_its_reason(ben, maya, now, to):
    with pytest.raises(ReasonNeeded):
        moved(ben, to, maya=maya, now=now, reason="  ")


def test_a_rejected_referral_never_converts(ben, maya, now):
    moved(ben, "rejected", maya=maya, now=now, reason="Twice in the list")

    with pytest.raises(NotAllowed):
        moved(ben, "converted", maya=maya, now=now)


def test_a_lost_one_may_still_be_won_inside_the_credit_window(ben, maya, now):
    moved(ben, "lost", maya=maya, now=now, reason="Budget")

    assert moved(ben, "converted", maya=maya, now=now + timedelta(days=365)).status == "converted"


def test_after_the_credit_window_nothing_is_won(ben, maya, now):
    with pytest.raises(CreditWindowOver):
        moved(ben, "converted", maya=maya, now=now + timedelta(days=365, seconds=1))


def test_won_taken_back_stands_where_it_stood(ben, maya, now):
    moved(ben, "contacted", maya=maya, now=now)
    won = moved(ben, "converted", maya=maya, now=now, deal=Money(500, "USD"))

    event = referral_take_back(referral=won, actor=maya, reason="Wrong row", now=now)

    after = fresh(ben)
    assert after.status == "contacted"
    assert not after.converted_at
    assert not after.deal_unit
    assert event.type == "won_taken_back"
    assert event.takes_back == won.events.get(status_to="converted")


def test_the_next_sale_is_the_first_again(ben, maya, now):
    won = moved(ben, "converted", maya=maya, now=now)
    referral_take_back(referral=won, actor=maya, reason="Wrong row", now=now)

    again = moved(ben, "converted", maya=maya, now=now)

    assert again.events.filter(status_to="converted").latest("pk").sequence == 1


def test_lost_taken_back_stands_where_it_stood(ben, maya, now):
    moved(ben, "qualified", maya=maya, now=now)
    lost = moved(ben, "lost", maya=maya, now=now, reason="Budget")

    event = referral_take_back(referral=lost, actor=maya, reason="They called back", now=now)

    assert (fresh(ben).status, fresh(ben).lost_reason, event.type) == ("qualified", "", "lost_taken_back")


def test_won_after_lost_goes_back_to_the_open_step(ben, maya, now):
    moved(ben, "contacted", maya=maya, now=now)
    moved(ben, "lost", maya=maya, now=now, reason="Budget")
    won = moved(ben, "converted", maya=maya, now=now)

    referral_take_back(referral=won, actor=maya, reason="Wrong row", now=now)

    assert fresh(ben).status == "contacted"


def test_only_an_end_can_be_taken_back(ben, maya, now):
    with pytest.raises(NothingToTakeBack):
        referral_take_back(referral=ben, actor=maya, reason="Oops", now=now)


def test_handing_over_tells_the_colleague(ben, maya, sam, now):
    event = referral_assign(referral=ben, owner=sam, actor=maya, now=now)

    assert fresh(ben).owner == sam
    assert event
    assert event.metadata == {"from": maya.public_id, "to": sam.public_id}
    assert OutboundMessage.objects.filter(mail="new_referral", to_address=sam.email).count() == 1


def test_handing_over_to_whoever_has_it_changes_nothing(ben, maya, now):
    assert referral_assign(referral=ben, owner=maya, actor=maya, now=now) is None


def test_a_person_decides_about_what_is_held(ben, maya, now):
    Referral.objects.update(review=Referral.Review.HELD)

    event = referral_review(referral=fresh(ben), honest=Referral.Review.PASSED, actor=maya, reason="", now=now)

    assert (fresh(ben).review, event.metadata) == ("passed", {"review": "passed"})


def test_not_honest_rejects_it(ben, maya, now):
    referral_review(referral=ben, honest=Referral.Review.REFUSED, actor=maya, reason="Same person", now=now)

    assert (fresh(ben).review, fresh(ben).status) == ("refused", "rejected")
    with pytest.raises(AlreadyReviewed):
        referral_review(referral=fresh(ben), honest=Referral.Review.PASSED, actor=maya, reason="", now=now)


def test_what_can_no_longer_convert_expires(ben, now):
    assert referrals_expire(now + timedelta(days=365)) == {"expired": 0}
    assert referrals_expire(now + timedelta(days=365, seconds=1)) == {"expired": 1}
    assert fresh(ben).status == "expired"
    assert ben.events.get(type="expired").source == "clock"
    assert fresh(ben).first_answered_at is None
