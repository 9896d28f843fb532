"""A sale goes away and another takes its place: what stands in the end is due once, to the cent."""

from datetime import datetime, timedelta

import pytest

from advocates.models import User
from advocates.services.contacts import ContactFacts
from campaigns.models import Campaign, Enrolment
from config.lib.money import Money
from referrals.models import Referral, ReferralEvent
from referrals.services.events import EventFacts, event_record, refund_record
from referrals.services.referrals import referral_review
from rewards.ledger.chart import personal
from rewards.ledger.check import ledger_problems
from rewards.ledger.post import post
from rewards.models import Account, Coupon, Evaluation, LimitUse, Reward
from rewards.services.evaluation import evaluate, rewards_evaluate
from rewards.services.maturing import rewards_mature
from rewards.services.moves import reward_move
from rewards.services.payouts import payout_run_approve, payout_run_export, payout_run_prepare
from rewards.services.rules import ConditionDraft, LimitDraft
from tests.cast import BEN, LENA, NOOR, SOFIA, YUKI, Person, contact_of
from tests.factories.campaigns import campaign_made
from tests.factories.payouts import account_given
from tests.factories.referrals import enrolled, referred
from tests.factories.rewards import balances, budget_of, friend_coupon, rule_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]

FIVE_PERCENT = {"calculator": "percent", "parameters": {"basis_points": 500}, "amounts": {}}


@pytest.fixture
def campaign(company: object) -> Campaign:
    return campaign_made()


@pytest.fixture
def enrolment(campaign: Campaign, now: datetime) -> Enrolment:
    return enrolled(campaign, now=now)


def bought(
    event_id: str, *, now: datetime, amount: int = 10_000, person: Person = BEN, kind: str = "purchase"
) -> ReferralEvent:
    facts = EventFacts(
        event_id=event_id,
        type=kind,
        occurred_at=now,
        friend=ContactFacts(email=person.email),
        amount=Money(amount, "USD") if amount else None,
    )
    event = event_record(facts=facts, source="shop", now=now).event
    rewards_evaluate(now)
    return event


def refunded(order: str, *, now: datetime, amount: int | None = None) -> None:
    money = Money(amount, "USD") if amount else None
    event_id = f"back-{order}-{amount}"
    refund_record(source="shop", event_id=event_id, refunds=order, amount=money, reason="", now=now)
    rewards_evaluate(now)


def standing() -> list[tuple[str, int]]:
    rewards = Reward.objects.exclude(status__in=["cancelled", "reversed"]).order_by("pk")
    return [(reward.slot.split(":")[-1], reward.amount - reward.taken_back) for reward in rewards]


# --- one slot, one sale after the other -------------------------------------------------------------------------------


def test_credit_that_was_taken_back_is_given_again_less_what_is_still_owed(
    campaign: Campaign, enrolment: Enrolment, now: datetime
) -> None:
    """20 given, 15 spent, the sale fails: 5 come back, 15 are to be netted. It completes: 15 are kept back, 5 given."""
    budget = budget_of(campaign, 2_000)
    rule_of(campaign, now=now, budget=budget, limits=[LimitDraft("rewards", "advocate", 1)])
    referred(enrolment, now=now)
    bought("order-1", now=now)
    spend(Reward.objects.get(), 1_500, now=now)
    refunded("order-1", now=now)
    assert balances() == {"receivable": -1_500, "paid": 1_500}
    bought("order-2", now=now)

    reward = Reward.objects.get()
    assert (reward.status, reward.amount, reward.taken_back) == ("fulfilled", 2_000, 0)
    assert balances() == {"funding": -2_000, "paid": 1_500, "credit": 500}
    assert LimitUse.objects.get(key__endswith=":all").used == 1
    assert budget.periods.get().used == 2_000
    assert ledger_problems() == []


def test_a_second_sale_pays_what_it_is_worth_itself(campaign: Campaign, enrolment: Enrolment, now: datetime) -> None:
    """5 % of 100, then of 60 after a refund, then nothing, then of 200: never more than the sale that stands gives."""
    rule_of(campaign, now=now, **FIVE_PERCENT)
    referred(enrolment, now=now)
    bought("order-1", now=now)
    refunded("order-1", now=now, amount=4_000)
    assert [amount for _slot, amount in standing()] == [300]
    bought("order-2", now=now, amount=20_000)
    assert [amount for _slot, amount in standing()] == [300]
    refunded("order-1", now=now)
    assert standing() == []
    bought("order-3", now=now, amount=20_000)
    assert [amount for _slot, amount in standing()] == [1_000]
    assert balances() == {"funding": -1_000, "credit": 1_000}


def test_money_that_was_paid_is_not_paid_again(
    campaign: Campaign, enrolment: Enrolment, now: datetime, tom: User, ada: User
) -> None:
    rule_of(campaign, now=now, benefit="cash", amounts={"USD": 2_000})
    referred(enrolment, now=now)
    account_given(contact_of(LENA), now=now)
    bought("order-1", now=now)
    run = payout_run_prepare(unit="USD", actor=tom, now=now)
    payout_run_approve(run=run, actor=ada, now=now)
    payout_run_export(run=run, actor=ada, now=now)
    refunded("order-1", now=now)
    bought("order-2", now=now)

    paid, again = Reward.objects.order_by("pk")
    assert paid.referral
    assert (paid.status, paid.slot) == ("processing", f"friend:{paid.referral.friend.public_id}|{paid.public_id}")
    assert (again.status, again.amount) == ("approved", 2_000)
    reward_move(reward=paid, to="fulfilled", now=now)
    rewards_mature(now)
    paid.refresh_from_db()
    assert paid.status == "reversed"
    assert balances() == {"funding": -2_000, "in_transit": 2_000, "owed": 2_000, "receivable": -2_000}
    assert ledger_problems() == []


def test_a_code_that_was_called_back_is_good_again(campaign: Campaign, enrolment: Enrolment, now: datetime) -> None:
    friend_coupon(campaign, now=now, trigger="converted")
    referred(enrolment, now=now)
    for order in ("order-1", "order-2"):
        bought(order, now=now)
        coupon = Coupon.objects.get()
        assert (Reward.objects.get().status, coupon.status) == ("fulfilled", "issued")
        refunded(order, now=now)
        coupon.refresh_from_db()
        assert (Reward.objects.get().status, coupon.status) == ("reversed", "void")


def spend(reward: Reward, amount: int, *, now: datetime) -> None:
    credit, paid = personal(Account.Kind.CREDIT, reward), personal(Account.Kind.PAID, reward)
    post(key="spent", debit=credit, credit=paid, amount=amount, reference="order", memo="spent", now=now)


# --- milestones and steps ---------------------------------------------------------------------------------------------


@pytest.fixture
def friends(campaign: Campaign, enrolment: Enrolment, now: datetime) -> list[Person]:
    milestones = {"milestones": {"2": {"USD": 1_000}, "3": {"USD": 5_000}}}
    rule_of(campaign, now=now, calculator="milestones", parameters=milestones, amounts={})
    people = [BEN, NOOR, SOFIA, YUKI]
    for person in people:
        referred(enrolment, now=now, person=person)
    return people


def test_milestones_fall_with_their_number_and_come_again(friends: list[Person], now: datetime) -> None:
    for number, person in enumerate(friends[:3]):
        bought(f"order-{number}", now=now, person=person)
    assert standing() == [("2", 1_000), ("3", 5_000)]
    refunded("order-0", now=now)
    assert standing() == [("2", 1_000)]
    refunded("order-1", now=now)
    assert standing() == []
    bought("order-8", now=now, person=friends[3])
    assert standing() == [("2", 1_000)]
    bought("order-9", now=now, person=friends[0])
    assert standing() == [("2", 1_000), ("3", 5_000)]
    assert balances() == {"funding": -6_000, "credit": 6_000}


def test_a_milestone_stands_when_others_have_come_in_its_makers_place(friends: list[Person], now: datetime) -> None:
    for number, person in enumerate(friends):
        bought(f"order-{number}", now=now, person=person)
    refunded("order-2", now=now)
    assert standing() == [("2", 1_000), ("3", 5_000)]


def test_steps_fall_with_their_number(campaign: Campaign, enrolment: Enrolment, now: datetime) -> None:
    steps = {"steps": {"2": 4_000, "3": 10_000}, "of": "amounts"}
    rule_of(campaign, now=now, trigger="delivery", calculator="steps", parameters=steps)
    referred(enrolment, now=now)
    for number in range(3):
        bought(f"way-{number}", now=now, amount=0, kind="delivery")
    assert standing() == [("2", 800), ("3", 1_200)]
    refunded("way-0", now=now)
    assert standing() == [("2", 800)]
    bought("way-9", now=now, amount=0, kind="delivery")
    assert standing() == [("2", 800), ("3", 1_200)]


# --- once, whatever is looked at again --------------------------------------------------------------------------------


def test_all_events_told_and_looked_at_again_change_nothing(
    campaign: Campaign, enrolment: Enrolment, now: datetime
) -> None:
    rule_of(campaign, now=now, conditions=[ConditionDraft("first")])
    rule_of(campaign, now=now, key="each", trigger="purchase", recipient="friend", **FIVE_PERCENT)
    for person in (BEN, NOOR):
        referred(enrolment, now=now, person=person)
        bought(f"order-{person.name}", now=now, person=person)
    refunded(f"order-{NOOR.name}", now=now, amount=5_000)
    before = list(Reward.objects.order_by("pk").values_list("slot", "status", "amount", "taken_back"))
    booked = balances()

    # As if nobody had ever looked: under another name, the evaluations stand in nobody's way.
    Evaluation.objects.filter(source="referral_event").update(source="once")
    for event in ReferralEvent.objects.order_by("-pk"):
        evaluate(source="referral_event", source_id=event.pk, now=now)
    for person in (BEN, NOOR):
        bought(f"order-{person.name}", now=now, person=person)
    assert list(Reward.objects.order_by("pk").values_list("slot", "status", "amount", "taken_back")) == before
    assert balances() == booked


def test_a_superseded_rule_pays_no_friend_again(campaign: Campaign, enrolment: Enrolment, now: datetime) -> None:
    rule_of(campaign, now=now, trigger="purchase", once_per="friend")
    referred(enrolment, now=now)
    bought("order-1", now=now)
    Referral.objects.update(submitted_at=now + timedelta(hours=1))
    rule_of(campaign, now=now + timedelta(days=101), trigger="purchase", once_per="friend", amounts={"USD": 900})
    bought("order-2", now=now + timedelta(days=2))
    assert Reward.objects.get().rule.version == 1


def test_a_refused_referral_earns_nothing_by_what_is_looked_at_late(
    campaign: Campaign, enrolment: Enrolment, now: datetime, mira: User
) -> None:
    rule_of(campaign, now=now)
    referral = referred(enrolment, now=now)
    Referral.objects.filter(pk=referral.pk).update(review=Referral.Review.HELD)
    facts = EventFacts(
        event_id="order-1",
        type="purchase",
        occurred_at=now,
        friend=ContactFacts(email=BEN.email),
        amount=Money(1, "USD"),
    )
    event = event_record(facts=facts, source="shop", now=now).event
    referral.refresh_from_db()
    referral_review(referral=referral, honest=Referral.Review.REFUSED, actor=mira, reason="Same", now=now)
    review = referral.events.latest("pk")
    for one in (review, event):
        evaluate(source="referral_event", source_id=one.pk, now=now)
    assert not Reward.objects.exists()


def test_a_trace_names_rule_party_slot_and_what_came_of_it(
    campaign: Campaign, enrolment: Enrolment, now: datetime
) -> None:
    rule_of(campaign, now=now, limits=[LimitDraft("rewards", "advocate", 1)])
    for person in (BEN, NOOR):
        referred(enrolment, now=now, person=person)
        bought(f"order-{person.name}", now=now, person=person)
    latest = Referral.objects.latest("pk")
    traces = [one.trace[-1] for one in Evaluation.objects.order_by("pk") if one.trace]
    earned, refused = [entry for entry in traces if "rule" in entry]
    reward = Reward.objects.get()
    named = {"rule": "advocate-credit", "version": 1, "recipient": "advocate", "party": reward.party_key}
    assert earned | named | {"slot": reward.slot, "outcome": "rewarded", "reward": reward.public_id} == earned
    assert (refused["outcome"], refused["reward"], refused["slot"]) == (
        "nothing",
        None,
        f"friend:{latest.friend.public_id}",
    )
    last = refused["steps"][-1]
    assert (last["code"], last["group"]) == ("limit_reached", "all")
    assert (last["values"]["limit"], last["values"]["used"], last["values"]["window"]) == (1, 1, "lifetime")
