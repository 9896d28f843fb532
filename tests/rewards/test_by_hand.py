"""Given and corrected by hand: with a reason, by two people where the company wants that, and always in the books."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from advocates.models import AuditEntry, Contact, User
from campaigns.models import Campaign, Company
from config.lib.states import NotAllowed, Stale
from referrals.models import Referral
from referrals.services.referrals import referral_take_back
from rewards.errors import BadByHand, FourEyes, OwnReward, TooMuch
from rewards.ledger.check import ledger_problems
from rewards.models import ByHand, MoneyPolicy, Reward, RewardRule, Transfer
from rewards.quotes import quote
from rewards.services.by_hand import by_hand_agree, by_hand_ask, by_hand_refuse
from rewards.services.by_hand_wishes import Wish
from rewards.services.evaluation import rewards_evaluate
from rewards.services.write_offs import debts_write_off
from tests.cast import LENA, contact_of
from tests.factories.campaigns import campaign_made
from tests.factories.payouts import balances, owes_back
from tests.factories.referrals import enrolled, referred
from tests.factories.rewards import balances as all_balances, rule_of, won

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


@pytest.fixture
def lena(db: None) -> Contact:
    return contact_of(LENA)


@pytest.fixture
def campaign(company: object) -> Campaign:
    """The company wants a second person above 50 USD."""
    Company.objects.update(currency="USD", four_eyes="above", four_eyes_amount=5_000)
    return campaign_made()


@pytest.fixture
def wish(campaign: Campaign, lena: Contact) -> Wish:
    return Wish("grant", campaign, lena, 6_000, "USD", "Her friend came by phone", benefit="credit")


def of(wish: Wish, **changes: Any) -> Wish:
    return replace(wish, **changes)


# --- four eyes --------------------------------------------------------------------------------------------------------


def test_above_the_companys_amount_a_second_person_agrees(
    wish: Wish, lena: Contact, tom: User, ada: User, now: datetime
) -> None:
    change = by_hand_ask(wish=wish, actor=tom, now=now)
    assert (change.status, Reward.objects.count(), balances(lena, "USD")) == ("waiting", 0, {})
    with pytest.raises(FourEyes):
        by_hand_agree(change=ByHand.objects.get(), actor=tom, now=now)

    by_hand_agree(change=ByHand.objects.get(), actor=ada, now=now)
    reward = Reward.objects.get()
    assert (reward.status, reward.contact, reward.amount, reward.changes_by_hand) == ("fulfilled", lena, 6_000, change)
    assert balances(lena, "USD") == {"credit": 6_000}
    assert [step.reason for step in reward.events.order_by("pk")] == ["by hand", "", ""]
    assert ledger_problems() == []
    with pytest.raises(NotAllowed):
        by_hand_agree(change=ByHand.objects.get(), actor=ada, now=now)
    assert set(AuditEntry.objects.filter(model="rewards.byhand").values_list("verb", "actor")) == {
        ("by_hand_ask", tom.pk),
        ("by_hand_done", ada.pk),
    }


def test_two_who_agree_at_once_give_it_once(wish: Wish, tom: User, ada: User, mira: User, now: datetime) -> None:
    by_hand_ask(wish=wish, actor=tom, now=now)
    read_by_both = [ByHand.objects.get(), ByHand.objects.get()]
    by_hand_agree(change=read_by_both[0], actor=ada, now=now)
    with pytest.raises(Stale):
        by_hand_agree(change=read_by_both[1], actor=mira, now=now)
    assert Reward.objects.count() == 1


def test_up_to_it_one_person_is_enough_and_the_database_holds_the_rest(wish: Wish, tom: User, now: datetime) -> None:
    assert by_hand_ask(wish=of(wish, amount=5_000), actor=tom, now=now).status == "done"
    assert by_hand_ask(wish=of(wish, unit="EUR", amount=1), actor=tom, now=now).status == "waiting"
    waiting = ByHand.objects.filter(status="waiting")
    with pytest.raises(IntegrityError, match="by_hand_four_eyes"), transaction.atomic():
        waiting.update(status="done", decided_by=F("asked_by"), decided_at=now)
    Company.objects.update(four_eyes="never")
    assert by_hand_ask(wish=wish, actor=tom, now=now).status == "done"
    Company.objects.update(four_eyes="always")
    assert by_hand_ask(wish=of(wish, amount=1), actor=tom, now=now).status == "waiting"


def test_nobody_gives_to_themselves_or_agrees_to_it(
    wish: Wish, lena: Contact, tom: User, ada: User, now: datetime
) -> None:
    tom.contact = ada.contact = lena
    with pytest.raises(OwnReward):
        by_hand_ask(wish=wish, actor=tom, now=now)
    tom.contact = None
    change = by_hand_ask(wish=wish, actor=tom, now=now)
    with pytest.raises(OwnReward):
        by_hand_agree(change=change, actor=ada, now=now)


def test_refused_nothing_happens(wish: Wish, lena: Contact, tom: User, now: datetime) -> None:
    change = by_hand_ask(wish=wish, actor=tom, now=now)
    with pytest.raises(NotAllowed):
        by_hand_refuse(change=change, actor=tom, reason=" ", now=now)
    by_hand_refuse(change=change, actor=tom, reason="My mistake", now=now)
    assert (ByHand.objects.get().status, Reward.objects.count(), balances(lena, "USD")) == ("refused", 0, {})


# --- what can be given ------------------------------------------------------------------------------------------------


def test_its_rule_never_stood_and_each_kind_of_thing_has_one(
    wish: Wish, campaign: Campaign, tom: User, now: datetime
) -> None:
    Company.objects.update(four_eyes="never")
    for benefit in ("credit", "cash", "credit"):
        by_hand_ask(wish=of(wish, benefit=benefit), actor=tom, now=now)
    by_hand_ask(
        wish=of(wish, benefit="service", unit="piece", amount=1, benefit_settings={"name": "A check"}),
        actor=tom,
        now=now,
    )
    rules = RewardRule.objects.filter(campaign=campaign).order_by("version")
    assert [rule.benefit for rule in rules] == ["credit", "cash", "service"]
    assert quote(campaign=campaign, at=now).rules == ()
    assert Reward.objects.filter(rule__in=rules).count() == 4
    assert ledger_problems() == []


def test_what_cannot_be_asked_for_is_said_in_sentences(
    wish: Wish, campaign: Campaign, lena: Contact, tom: User, now: datetime
) -> None:
    stranger = referred(
        enrolled(campaign, now=now, person=replace(LENA, external_id="X", email="x@x.example")), now=now
    )
    wrong = [
        of(wish, reason=" "),
        of(wish, amount=0),
        of(wish, unit="dollars"),
        of(wish, benefit="cash", unit="month"),
        of(wish, benefit="coupon"),
        of(wish, benefit="service", unit="piece"),
        of(wish, kind="credit_more", unit="percent"),
        of(wish, referral=stranger),
    ]
    for one in wrong:
        with pytest.raises(BadByHand):
            by_hand_ask(wish=one, actor=tom, now=now)
    assert not ByHand.objects.exists()


def test_it_stands_when_the_friend_is_given_to_somebody_else_and_falls_with_a_dishonest_referral(
    wish: Wish, campaign: Campaign, lena: Contact, tom: User, now: datetime
) -> None:
    Company.objects.update(four_eyes="never")
    referral = referred(enrolled(campaign, now=now), now=now)
    change = by_hand_ask(wish=of(wish, referral=referral), actor=tom, now=now)
    rewards_evaluate(now)
    assert change.reward
    assert change.reward.referral == referral
    Referral.objects.filter(pk=referral.pk).update(review="refused")
    referral.events.create(
        source="console", event_id="r1", type="reviewed", contact=referral.friend, occurred_at=now, recorded_at=now
    )
    rewards_evaluate(now)
    assert (Reward.objects.get().status, balances(lena, "USD")) == ("reversed", {})


# --- account credit ---------------------------------------------------------------------------------------------------


def test_account_credit_is_added_and_taken_away_as_far_as_there_is_some(
    wish: Wish, lena: Contact, tom: User, now: datetime
) -> None:
    more, less = of(wish, kind="credit_more", benefit=""), of(wish, kind="credit_less", benefit="")
    by_hand_ask(wish=of(more, amount=3_000), actor=tom, now=now)
    assert balances(lena, "USD") == {"credit": 3_000}
    by_hand_ask(wish=of(less, amount=1_000), actor=tom, now=now)
    assert balances(lena, "USD") == {"credit": 2_000}
    with pytest.raises(TooMuch):
        by_hand_ask(wish=of(less, amount=2_001), actor=tom, now=now)
    assert ByHand.objects.count() == 2
    assert all_balances() == {"funding": -2_000, "credit": 2_000}


def test_what_was_spent_meanwhile_is_not_taken_away(
    wish: Wish, lena: Contact, tom: User, ada: User, now: datetime
) -> None:
    Company.objects.update(four_eyes="never")
    by_hand_ask(wish=of(wish, kind="credit_more"), actor=tom, now=now)
    Company.objects.update(four_eyes="always")
    waiting = by_hand_ask(wish=of(wish, kind="credit_less"), actor=tom, now=now)
    Company.objects.update(four_eyes="never")
    by_hand_ask(wish=of(wish, kind="credit_less", amount=1), actor=tom, now=now)
    with pytest.raises(TooMuch):
        by_hand_agree(change=waiting, actor=ada, now=now)
    assert ByHand.objects.get(pk=waiting.pk).status == "waiting"
    assert balances(lena, "USD") == {"credit": 5_999}


# --- debts ------------------------------------------------------------------------------------------------------------


def test_a_debt_is_written_off_and_no_more_than_it(wish: Wish, lena: Contact, tom: User, now: datetime) -> None:
    owes_back(lena, 4_000, "USD", now=now)
    write_off = of(wish, kind="write_off", benefit="")
    with pytest.raises(TooMuch):
        by_hand_ask(wish=of(write_off, amount=4_001), actor=tom, now=now)
    by_hand_ask(wish=of(write_off, amount=2_500), actor=tom, now=now)
    assert balances(lena, "USD") == {"receivable": -1_500}
    by_hand_ask(wish=of(write_off, amount=1_500), actor=tom, now=now)
    assert balances(lena, "USD") == {}
    lost = Transfer.objects.filter(credit__kind="written_off")
    assert sum(transfer.amount for transfer in lost) == 4_000
    assert ledger_problems() == []


def test_beyond_the_floor_a_debt_is_written_off_when_it_comes_about(
    campaign: Campaign, lena: Contact, mira: User, now: datetime
) -> None:
    MoneyPolicy.objects.create(debt_floor={"USD": 500})
    rule_of(campaign, now=now)
    referral = referred(enrolled(campaign, now=now), now=now)
    won(referral, now=now)
    by_hand = Wish("credit_less", campaign, lena, 2_000, "USD", "Spent", benefit="")
    by_hand_ask(wish=by_hand, actor=mira, now=now)
    referral_take_back(referral=Referral.objects.get(), actor=mira, reason="A mistake", now=now)
    rewards_evaluate(now)
    assert balances(lena, "USD") == {"receivable": -500}
    cut = ByHand.objects.get(kind="write_off")
    assert (cut.amount, cut.status, cut.asked_by, cut.decided_by) == (1_500, "done", None, None)
    assert ledger_problems() == []


def test_old_debts_are_written_off_where_the_company_says_so(campaign: Campaign, lena: Contact, now: datetime) -> None:
    owes_back(lena, 700, "USD", now=now - timedelta(days=400))
    owes_back(lena, 300, "USD", now=now - timedelta(days=10))
    assert debts_write_off(now) == {"written_off": 0}
    MoneyPolicy.objects.create(write_off_months=12)
    assert debts_write_off(now) == {"written_off": 1}
    assert balances(lena, "USD") == {"receivable": -300}
    assert debts_write_off(now) == {"written_off": 0}
    assert ByHand.objects.get().amount == 700


def test_what_is_given_by_hand_goes_the_way_of_its_kind(wish: Wish, tom: User, now: datetime) -> None:
    """An upgrade runs from now on; a gift waits, as any other, while there is nothing in the catalogue."""
    Company.objects.update(four_eyes="never")
    plan = of(wish, benefit="upgrade", unit="day", amount=30, benefit_settings={"name": "Pro"})
    for each in (plan, of(wish, benefit="gift_card"), of(wish, benefit="merchandise", unit="piece", amount=1)):
        by_hand_ask(wish=each, actor=tom, now=now)
    upgrade, card, gift = Reward.objects.order_by("pk")
    assert (upgrade.status, upgrade.ends_at) == ("fulfilled", now + timedelta(days=30))
    assert (card.pending_reasons, gift.pending_reasons) == (["out_of_stock"], ["out_of_stock"])
    assert ledger_problems() == []
