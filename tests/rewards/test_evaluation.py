"""From what happened to what it earns: once, by the rules that stood, within limits and budgets."""

from datetime import datetime, timedelta

import pytest

from advocates.models import User
from advocates.services.contacts import ContactFacts
from campaigns.models import Campaign, OutboundMessage
from config.lib.money import Money
from referrals.models import Referral, ReferralEvent
from referrals.services.events import EventFacts, event_record, refund_record
from referrals.services.referrals import referral_move, referral_review, referral_take_back
from rewards.ledger.chart import personal
from rewards.ledger.check import ledger_problems
from rewards.ledger.post import post
from rewards.models import Account, BudgetPeriod, Evaluation, LimitUse, Reward
from rewards.services.evaluation import evaluate, rewards_evaluate
from rewards.services.maturing import rewards_mature
from rewards.services.moves import reward_move
from rewards.services.rewards import reward_approve, reward_decline
from rewards.services.rules import ConditionDraft, LimitDraft
from tests.cast import BEN, LENA, NOOR, SOFIA, YUKI, contact_of
from tests.factories.campaigns import campaign_made
from tests.factories.referrals import enrolled, referred
from tests.factories.rewards import balances, budget_of, rule_of, won

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]

FIRST_ONLY = ConditionDraft("first")


@pytest.fixture
def campaign(company: object) -> Campaign:
    return campaign_made()


def only_reward() -> Reward:
    return Reward.objects.get()


def purchase(referral: Referral, amount: int, *, now: datetime, event_id: str = "order-1") -> ReferralEvent:
    facts = EventFacts(
        event_id=event_id,
        type="purchase",
        occurred_at=now,
        friend=ContactFacts(email=BEN.email),
        amount=Money(amount, "USD"),
    )
    return event_record(facts=facts, source="shop", now=now).event


# --- once -------------------------------------------------------------------------------------------------------------


def test_a_friend_who_becomes_a_customer_earns_the_advocate_their_credit(campaign: Campaign, now: datetime) -> None:
    rule_of(campaign, now=now, conditions=[FIRST_ONLY])
    referral = referred(enrolled(campaign, now=now), now=now)
    won(referral, now=now)

    reward = only_reward()
    assert (reward.status, reward.amount, reward.unit) == ("fulfilled", 2_000, "USD")
    assert reward.contact == referral.advocate
    assert reward.slot == f"friend:{referral.friend.public_id}"
    assert [event.status_to for event in reward.events.order_by("pk")] == ["pending", "approved", "fulfilled"]
    assert balances() == {"funding": -2_000, "credit": 2_000}
    assert ledger_problems() == []


def test_an_event_that_is_evaluated_again_earns_nothing_more(campaign: Campaign, now: datetime) -> None:
    rule_of(campaign, now=now)
    event = won(referred(enrolled(campaign, now=now), now=now), now=now)

    assert evaluate(source="referral_event", source_id=event.pk, now=now) is None
    assert rewards_evaluate(now) == {"evaluated": 0, "failed": 0}
    assert Reward.objects.count() == 1


def test_the_sweep_finds_what_no_hint_announced(campaign: Campaign, now: datetime) -> None:
    rule_of(campaign, now=now)
    referral = referred(enrolled(campaign, now=now), now=now)
    won(referral, now=now)
    facts = ReferralEvent.objects.count() + 1  # the advocate enrolled, too
    assert Evaluation.objects.count() == facts


def test_one_broken_fact_does_not_keep_the_others_waiting(campaign: Campaign, now: datetime) -> None:
    rule = rule_of(campaign, now=now)
    enrolment = enrolled(campaign, now=now)
    other = campaign_made()
    broken = referred(enrolled(other, now=now), now=now, person=NOOR)
    rule_of(other, now=now, key="broken")
    type(rule).objects.filter(campaign=other).update(calculator="gone")
    won(broken, now=now)
    won(referred(enrolment, now=now), now=now)

    assert only_reward().campaign == campaign
    assert rewards_evaluate(now)["failed"] > 0


def test_the_trace_says_why_nothing_was_earned(campaign: Campaign, now: datetime) -> None:
    rule_of(campaign, now=now, conditions=[ConditionDraft("minimum_amount", {"amounts": {"USD": 20_000}})])
    event = won(referred(enrolled(campaign, now=now), now=now), now=now, deal=Money(19_999, "USD"))

    trace = Evaluation.objects.get(source="referral_event", source_id=event.pk).trace
    [step] = trace[0]["steps"]
    assert (step["code"], step["passed"]) == ("minimum_amount", False)
    assert not Reward.objects.exists()


def test_test_data_go_the_whole_way_and_cost_nothing(campaign: Campaign, now: datetime) -> None:
    budget = budget_of(campaign, 2_000)
    rule_of(campaign, now=now, budget=budget, limits=[LimitDraft("rewards", "advocate", 1)])
    Campaign.objects.filter(pk=campaign.pk).update(is_test=True)
    campaign.refresh_from_db()
    contact_of(LENA, is_test=True)
    won(referred(enrolled(campaign, now=now), now=now), now=now)

    assert (only_reward().status, only_reward().is_test) == ("fulfilled", True)
    assert balances() == {}
    assert not BudgetPeriod.objects.exists()
    assert not LimitUse.objects.exists()


# --- quotes -----------------------------------------------------------------------------------------------------------


def test_who_signed_up_under_a_rule_is_paid_by_it(campaign: Campaign, now: datetime) -> None:
    rule_of(campaign, now=now)
    enrolment = enrolled(campaign, now=now)
    early = referred(enrolment, now=now)
    rule_of(campaign, now=now + timedelta(days=101), amounts={"USD": 500})
    late = referred(enrolment, now=now + timedelta(days=2), person=NOOR)
    won(early, now=now + timedelta(days=3))
    won(late, now=now + timedelta(days=3))

    assert {reward.referral: (reward.amount, reward.rule.version) for reward in Reward.objects.all()} == {
        early: (2_000, 1),
        late: (500, 2),
    }


@pytest.mark.parametrize(
    ("amounts", "deal", "expected"),
    [
        ({"USD": 2_000, "EUR": 1_900}, Money(10_000, "EUR"), (1_900, "EUR")),
        ({"USD": 2_000}, Money(10_000, "EUR"), (2_000, "USD")),
        ({"JPY": 3_000}, Money(10_000, "EUR"), None),
    ],
    ids=["the sale's currency", "else the company's", "else a mismatch"],
)
def test_the_currency_is_chosen_and_never_converted(
    campaign: Campaign,
    now: datetime,
    amounts: dict[str, int],
    deal: Money,
    expected: tuple[int, str] | None,
) -> None:
    rule_of(campaign, now=now, amounts=amounts)
    event = won(referred(enrolled(campaign, now=now), now=now), now=now, deal=deal)

    reward = Reward.objects.first()
    assert ((reward.amount, reward.unit) if reward else None) == expected
    if expected is None:
        trace = Evaluation.objects.get(source="referral_event", source_id=event.pk).trace
        assert trace[0]["steps"][-1]["code"] == "currency_mismatch"


def test_the_purchase_that_brings_the_referral_about_does_not_make_the_friend_an_old_customer(
    campaign: Campaign, now: datetime
) -> None:
    rule_of(campaign, now=now, conditions=[ConditionDraft("friend_is_new")])
    facts = EventFacts(
        event_id="order-1",
        type="purchase",
        occurred_at=now - timedelta(hours=1),
        friend=ContactFacts(email=BEN.email),
        referral_code=enrolled(campaign, now=now).code,
        amount=Money(10_000, "USD"),
    )
    event_record(facts=facts, source="shop", now=now)
    rewards_evaluate(now)
    assert only_reward().status == "fulfilled"


# --- waiting ----------------------------------------------------------------------------------------------------------


def test_money_waits_fourteen_days_and_is_then_owed(campaign: Campaign, now: datetime) -> None:
    rule_of(campaign, now=now, benefit="cash", amounts={"EUR": 2_500}, hold_days=14)
    won(referred(enrolled(campaign, now=now), now=now), now=now, deal=Money(10_000, "EUR"))
    assert only_reward().pending_reasons == ["on_hold"]
    assert balances() == {"funding": -2_500, "reserved": 2_500}

    rewards_mature(now + timedelta(days=14, seconds=-1))
    assert only_reward().status == "pending"
    rewards_mature(now + timedelta(days=14))
    assert only_reward().status == "approved"
    assert balances() == {"funding": -2_500, "owed": 2_500}


def test_a_big_reward_waits_for_a_person(campaign: Campaign, now: datetime, mira: User) -> None:
    rule_of(campaign, now=now, approval_above=1_999)
    won(referred(enrolled(campaign, now=now), now=now), now=now)
    assert only_reward().pending_reasons == ["needs_approval"]

    reward_approve(reward=only_reward(), actor=mira, now=now)
    assert (only_reward().status, only_reward().approved_by) == ("fulfilled", mira)


def test_a_declined_reward_gives_back_all_that_it_held(campaign: Campaign, now: datetime, mira: User) -> None:
    budget = budget_of(campaign, 2_000)
    limits = [LimitDraft("rewards", "advocate", 1), LimitDraft("friends", "advocate", 1)]
    rule_of(campaign, now=now, approval_above=0, budget=budget, limits=limits)
    won(referred(enrolled(campaign, now=now), now=now), now=now)
    reward_decline(reward=only_reward(), actor=mira, reason="Their own company", now=now)

    assert only_reward().status == "declined"
    assert balances() == {}
    assert BudgetPeriod.objects.get().used == 0
    assert {use.used for use in LimitUse.objects.all()} == {0}


def test_a_referral_under_review_pays_when_it_was_looked_at(campaign: Campaign, now: datetime, mira: User) -> None:
    rule_of(campaign, now=now)
    referral = referred(enrolled(campaign, now=now), now=now)
    Referral.objects.filter(pk=referral.pk).update(review=Referral.Review.HELD)
    won(referral, now=now)
    assert only_reward().pending_reasons == ["under_review"]

    referral.refresh_from_db()
    referral_review(referral=referral, honest=Referral.Review.PASSED, actor=mira, reason="", now=now)
    rewards_evaluate(now)
    assert only_reward().status == "fulfilled"


def test_a_dishonest_referral_pays_nothing(campaign: Campaign, now: datetime, mira: User) -> None:
    rule_of(campaign, now=now)
    referral = referred(enrolled(campaign, now=now), now=now)
    Referral.objects.filter(pk=referral.pk).update(review=Referral.Review.HELD)
    won(referral, now=now)
    referral.refresh_from_db()
    referral_review(referral=referral, honest=Referral.Review.REFUSED, actor=mira, reason="Same person", now=now)
    rewards_evaluate(now)

    assert only_reward().status == "cancelled"
    assert balances() == {}


# --- limits and budgets -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "earned"),
    [
        (LimitDraft("rewards", "advocate", 2), [2_000, 2_000]),
        (LimitDraft("friends", "advocate", 1), [2_000]),
        (LimitDraft("amount", "advocate", 5_000), [2_000, 2_000]),
        (LimitDraft("amount", "advocate", 5_000, over="partial"), [2_000, 2_000, 1_000]),
        (LimitDraft("rewards", "friend", 1), [2_000, 2_000, 2_000, 2_000]),
        (LimitDraft("amount", "campaign", 2_000, window="month"), [2_000]),
    ],
)
def test_limits_hold(campaign: Campaign, now: datetime, limit: LimitDraft, earned: list[int]) -> None:
    rule_of(campaign, now=now, limits=[limit])
    enrolment = enrolled(campaign, now=now)
    for person in (BEN, NOOR, SOFIA, YUKI):
        won(referred(enrolment, now=now, person=person), now=now)

    assert [reward.amount for reward in Reward.objects.order_by("pk")] == earned


def test_a_monthly_limit_begins_anew_with_the_month_of_the_campaigns_zone(campaign: Campaign, now: datetime) -> None:
    Campaign.objects.filter(pk=campaign.pk).update(time_zone="Asia/Seoul")
    rule_of(campaign, now=now, limits=[LimitDraft("rewards", "campaign", 1, window="month")])
    enrolment = enrolled(campaign, now=now)
    in_november = datetime.fromisoformat("2026-11-30T14:00:00+00:00")
    in_december = datetime.fromisoformat("2026-11-30T15:30:00+00:00")
    for person, moment in ((BEN, in_november), (NOOR, in_november), (SOFIA, in_december)):
        won(referred(enrolment, now=now, person=person), now=moment)

    assert list(Reward.objects.order_by("pk").values_list("referral__friend__details__name", flat=True)) == [
        BEN.name,
        SOFIA.name,
    ]


def test_what_the_budget_cannot_hold_waits_in_line(campaign: Campaign, now: datetime, mira: User) -> None:
    budget = budget_of(campaign, 2_000)
    rule_of(campaign, now=now, budget=budget, hold_days=14)
    enrolment = enrolled(campaign, now=now)
    first, second, third = (referred(enrolment, now=now, person=person) for person in (BEN, NOOR, SOFIA))
    for minutes, referral in enumerate((first, second, third)):
        won(referral, now=now + timedelta(minutes=minutes))

    assert [reward.pending_reasons for reward in Reward.objects.order_by("pk")] == [
        ["on_hold"],
        ["on_hold", "budget_exhausted"],
        ["on_hold", "budget_exhausted"],
    ]
    assert balances() == {"funding": -2_000, "reserved": 2_000}

    referral_take_back(referral=Referral.objects.get(pk=first.pk), actor=mira, reason="A mistake", now=now)
    rewards_evaluate(now)
    rewards_mature(now + timedelta(hours=1))
    assert {reward.referral: reward.status for reward in Reward.objects.all()} == {
        first: "cancelled",
        second: "pending",
        third: "pending",
    }
    assert Reward.objects.get(referral=second).pending_reasons == ["on_hold"]
    assert Reward.objects.get(referral=third).pending_reasons == ["on_hold", "budget_exhausted"]
    assert balances() == {"funding": -2_000, "reserved": 2_000}


def test_who_comes_later_does_not_jump_the_line(campaign: Campaign, now: datetime) -> None:
    budget = budget_of(campaign, 1_000)
    rule_of(campaign, now=now, budget=budget)
    enrolment = enrolled(campaign, now=now)
    won(referred(enrolment, now=now), now=now)
    type(budget).objects.filter(pk=budget.pk).update(amount=2_000)
    won(referred(enrolment, now=now, person=NOOR), now=now + timedelta(minutes=1))
    rewards_mature(now + timedelta(hours=1))

    assert [reward.status for reward in Reward.objects.order_by("pk")] == ["fulfilled", "pending"]


def test_each_rule_draws_on_its_own_budget(campaign: Campaign, now: datetime) -> None:
    small, large = budget_of(campaign, 100, name="Small"), budget_of(campaign, 5_000, name="Large")
    rule_of(campaign, now=now, budget=small)
    rule_of(campaign, now=now, budget=large, key="friend-credit", recipient="friend")
    won(referred(enrolled(campaign, now=now), now=now), now=now)

    assert {reward.recipient_kind: reward.status for reward in Reward.objects.all()} == {
        "advocate": "pending",
        "friend": "fulfilled",
    }
    type(small).objects.filter(pk=small.pk).update(amount=2_000)
    assert rewards_mature(now)["funded"] == 1
    assert balances() == {"funding": -4_000, "credit": 4_000}


def test_a_reward_that_cannot_go_on_keeps_no_other_waiting(campaign: Campaign, now: datetime) -> None:
    rule_of(campaign, now=now, benefit="cash", hold_days=14)
    enrolment = enrolled(campaign, now=now)
    for person in (BEN, NOOR):
        won(referred(enrolment, now=now, person=person), now=now)
    stuck = Reward.objects.order_by("pk")[0]
    Reward.objects.filter(pk=stuck.pk).update(amount=10**9)  # more than was set aside for it

    assert rewards_mature(now + timedelta(days=15))["matured"] == 1
    assert sorted(Reward.objects.values_list("status", flat=True)) == ["approved", "pending"]


# --- back -------------------------------------------------------------------------------------------------------------


def test_a_refund_before_payment_cancels(campaign: Campaign, now: datetime) -> None:
    rule_of(campaign, now=now, hold_days=14)
    referral = referred(enrolled(campaign, now=now), now=now)
    purchase(referral, 10_000, now=now)
    rewards_evaluate(now)
    refund_record(source="shop", event_id="r-1", refunds="order-1", amount=None, reason="", now=now)
    rewards_evaluate(now)

    assert only_reward().status == "cancelled"
    assert balances() == {}


def test_a_partial_refund_shrinks_a_share_of_the_sale(campaign: Campaign, now: datetime) -> None:
    rule_of(campaign, now=now, calculator="percent", parameters={"basis_points": 500}, amounts={}, hold_days=14)
    referral = referred(enrolled(campaign, now=now), now=now)
    purchase(referral, 10_000, now=now)
    rewards_evaluate(now)
    assert only_reward().amount == 500
    refund_record(source="shop", event_id="r-1", refunds="order-1", amount=Money(4_000, "USD"), reason="", now=now)
    rewards_evaluate(now)

    assert (only_reward().status, only_reward().amount) == ("pending", 300)
    assert balances() == {"funding": -300, "reserved": 300}


def test_a_refund_that_is_evaluated_before_its_sale_comes_to_the_same(campaign: Campaign, now: datetime) -> None:
    rule_of(campaign, now=now, calculator="percent", parameters={"basis_points": 500}, amounts={}, hold_days=14)
    referral = referred(enrolled(campaign, now=now), now=now)
    sale = purchase(referral, 10_000, now=now)
    refund = refund_record(
        source="shop", event_id="r-1", refunds="order-1", amount=Money(4_000, "USD"), reason="", now=now
    ).event
    evaluate(source="referral_event", source_id=refund.pk, now=now)
    evaluate(source="referral_event", source_id=sale.pk, now=now)

    assert (only_reward().status, only_reward().amount) == ("pending", 300)


def test_a_refund_after_the_credit_was_given_takes_it_back_and_the_rest_is_owed(
    campaign: Campaign, now: datetime
) -> None:
    rule_of(campaign, now=now)
    referral = referred(enrolled(campaign, now=now), now=now)
    purchase(referral, 10_000, now=now)
    rewards_evaluate(now)
    spend_credit(only_reward(), 1_500, now=now)
    refund_record(source="shop", event_id="r-1", refunds="order-1", amount=None, reason="", now=now)
    rewards_evaluate(now)

    assert (only_reward().status, only_reward().taken_back) == ("reversed", 2_000)
    assert balances() == {"receivable": -1_500, "paid": 1_500}
    assert ledger_problems() == []


def spend_credit(reward: Reward, amount: int, *, now: datetime) -> None:
    post(
        key="spent",
        debit=personal(Account.Kind.CREDIT, reward),
        credit=personal(Account.Kind.PAID, reward),
        amount=amount,
        reference="order",
        memo="spent",
        now=now,
    )


def test_while_it_is_being_paid_a_refund_waits(campaign: Campaign, now: datetime) -> None:
    rule_of(campaign, now=now, benefit="cash")
    referral = referred(enrolled(campaign, now=now), now=now)
    purchase(referral, 10_000, now=now)
    rewards_evaluate(now)
    reward_move(reward=only_reward(), to="processing", now=now)
    refund_record(source="shop", event_id="r-1", refunds="order-1", amount=None, reason="", now=now)
    rewards_evaluate(now)
    assert only_reward().status == "processing"

    reward_move(reward=only_reward(), to="fulfilled", now=now)
    rewards_mature(now)
    assert (only_reward().status, only_reward().recheck_at) == ("reversed", None)
    assert balances() == {"owed": 2_000, "receivable": -2_000}


def test_a_sale_that_is_won_again_revives_what_it_had_earned(campaign: Campaign, now: datetime, mira: User) -> None:
    rule_of(campaign, now=now, hold_days=14, limits=[LimitDraft("rewards", "advocate", 1)])
    referral = referred(enrolled(campaign, now=now), now=now)
    won(referral, now=now)
    referral.refresh_from_db()
    referral_take_back(referral=referral, actor=mira, reason="Wrong person", now=now)
    rewards_evaluate(now)
    assert only_reward().status == "cancelled"
    won(referral, now=now + timedelta(days=1))

    assert only_reward().status == "pending"
    assert only_reward().eligible_at == now + timedelta(days=15)
    assert balances() == {"funding": -2_000, "reserved": 2_000}
    assert LimitUse.objects.get().used == 1


def test_a_take_back_that_is_evaluated_last_does_not_hit_the_second_sale(
    campaign: Campaign, now: datetime, mira: User
) -> None:
    rule_of(campaign, now=now, hold_days=14)
    referral = referred(enrolled(campaign, now=now), now=now)
    won(referral, now=now)
    referral.refresh_from_db()
    back = referral_take_back(referral=referral, actor=mira, reason="Wrong person", now=now)
    referral.refresh_from_db()
    again = referral_move(referral=referral, to="converted", actor=mira, now=now, deal=Money(10_000, "USD"))
    for event in (again, back):
        evaluate(source="referral_event", source_id=event.pk, now=now)

    assert only_reward().status == "pending"
    assert only_reward().evaluation.source_id == again.pk


# --- mails ------------------------------------------------------------------------------------------------------------


def test_the_advocate_is_told_the_amount_and_the_date(campaign: Campaign, now: datetime) -> None:
    rule_of(campaign, now=now, benefit="cash", hold_days=14)
    won(referred(enrolled(campaign, now=now), now=now), now=now)
    rewards_mature(now + timedelta(days=14))

    mails = dict(OutboundMessage.objects.filter(mail__startswith="reward_").values_list("mail", "text"))
    assert set(mails) == {"reward_earned", "reward_ready"}
    assert "30. November 2026" in mails["reward_earned"]
    assert "20,00" in mails["reward_ready"]
