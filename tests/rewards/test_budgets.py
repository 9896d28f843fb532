"""Budgets by period: never overspent, who waits goes out in order, and somebody is told in time."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from advocates.models import User
from campaigns.models import Campaign, OutboundMessage
from config.lib.money import Money
from referrals.models import Referral
from referrals.services.referrals import referral_take_back
from rewards.ledger.check import ledger_problems
from rewards.models import Budget, BudgetPeriod, Reward
from rewards.pacing import paced_one
from rewards.services.budgets import budget_save
from rewards.services.evaluation import rewards_evaluate
from rewards.services.maturing import rewards_mature
from rewards.services.pacing import budget_warn, budgets_watch
from rewards.words import waiting_words
from tests.cast import BEN, LENA, MEI, NOOR, OMAR, SOFIA, Person
from tests.factories.campaigns import campaign_made
from tests.factories.referrals import enrolled, referred
from tests.factories.rewards import balances, budget_of, rule_of, won

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]

NEXT_QUARTER = timedelta(days=46)  # 1 January 2027
FIRST_OF_JANUARY = "1 Jan 2027"


@pytest.fixture
def campaign(company: object, mira: User) -> Campaign:
    return campaign_made(default_owner=mira)


def friend(number: int) -> Person:
    return Person(f"Friend {number}", f"friend{number}@mail.example")


def budget_now(budget: Budget, now: datetime) -> tuple[str, int]:
    period = BudgetPeriod.objects.filter(budget=budget).latest("pk")
    return period.period_key, period.used


def test_xoxoday_the_21st_waits_for_the_next_quarter_and_goes_out_when_it_begins(
    campaign: Campaign, now: datetime
) -> None:
    """Budget 1,000, rewards of 50: 20 go out, the 21st waits and says so."""
    budget = budget_of(campaign, 100_000, period="quarter")
    rule_of(campaign, now=now, amounts={"USD": 5_000}, budget=budget)
    advocates = [enrolled(campaign, now=now, person=person) for person in (LENA, MEI, OMAR)]
    for number in range(1, 24):
        won(referred(advocates[number % 3], now=now, person=friend(number)), now=now + timedelta(minutes=number))
    assert Reward.objects.filter(status="fulfilled").count() == 20
    waiting = list(Reward.objects.waiting_for_budget())
    assert [reward.pending_reasons for reward in waiting] == [["budget_exhausted"]] * 3
    assert waiting_words(waiting[0]).startswith("It stands in line")
    assert "New room comes on 1 " in waiting_words(waiting[0])
    assert balances() == {"funding": -100_000, "credit": 100_000}

    found = paced_one(budget, now)
    assert (found.pace.is_used_up, found.pace.waiting, found.waiting_amount) == (True, 3, 15_000)
    assert budgets_watch(now) == {"warned": 1}
    assert budgets_watch(now + timedelta(days=1)) == {"warned": 0}
    [mail] = OutboundMessage.objects.filter(mail="budget_runs_out")
    assert mail.to_address == "mira@fernway.example"
    assert FIRST_OF_JANUARY in " ".join(mail.text.split())
    assert "3 rewards of $150.00 stand in line." in mail.text

    # Room for one more: it goes to who waits longest, and to nobody who comes later.
    assert rewards_mature(now + timedelta(days=45))["funded"] == 0
    Budget.objects.filter(pk=budget.pk).update(amount=105_000)
    assert rewards_mature(now + timedelta(days=45))["funded"] == 1
    assert list(Reward.objects.waiting_for_budget()) == waiting[1:]
    assert rewards_mature(now + NEXT_QUARTER)["funded"] == 2
    assert [reward.pk for reward in Reward.objects.filter(fulfilled_at=now + NEXT_QUARTER).order_by("created_at")] == [
        reward.pk for reward in waiting[1:]
    ]
    assert budget_now(budget, now) == ("2027-Q1", 10_000)
    assert ledger_problems() == []


@pytest.mark.parametrize(
    ("cycle", "days", "key"),
    [("month", 15, "2026-12"), ("year", 46, "2027"), ("lifetime", 400, "all")],
)
def test_each_cycle_turns_on_its_own_day(campaign: Campaign, now: datetime, cycle: str, days: int, key: str) -> None:
    budget = budget_of(campaign, 3_000, period=cycle)
    rule_of(campaign, now=now, budget=budget)
    lena = enrolled(campaign, now=now)
    for person in (BEN, NOOR):
        won(referred(lena, now=now, person=person), now=now)
    assert rewards_mature(now + timedelta(days=days - 1))["funded"] == 0
    turned = rewards_mature(now + timedelta(days=days))["funded"]
    assert turned == (cycle != "lifetime")
    assert budget_now(budget, now) == (key, 2_000)


def test_who_comes_later_stands_behind_even_with_a_smaller_reward(campaign: Campaign, now: datetime) -> None:
    """30.00 of 50.00 are used: 40.00 waits, so 10.00 that would fit waits behind it; a refund lets both in."""
    budget = budget_of(campaign, 5_000, period="quarter")
    rule_of(campaign, now=now, calculator="percent", parameters={"basis_points": 10_000}, amounts={}, budget=budget)
    lena = enrolled(campaign, now=now)
    for minutes, (person, deal) in enumerate([(BEN, 3_000), (NOOR, 4_000), (SOFIA, 1_000)]):
        won(referred(lena, now=now, person=person), now=now + timedelta(minutes=minutes), deal=Money(deal, "USD"))
    assert list(Reward.objects.order_by("pk").values_list("status", flat=True)) == ["fulfilled", "pending", "pending"]
    later = now + timedelta(hours=1)
    first = Referral.objects.get(friend__details__name=BEN.name)
    referral_take_back(referral=first, actor=campaign.default_owner, reason="A mistake", now=later)
    rewards_evaluate(later)
    assert rewards_mature(later)["funded"] == 2
    assert budget_now(budget, later) == ("2026-Q4", 5_000)


def test_a_raised_amount_is_a_new_matter(campaign: Campaign, now: datetime) -> None:
    budget = budget_of(campaign, 2_000, period="month")
    rule_of(campaign, now=now, budget=budget)
    lena = enrolled(campaign, now=now)
    won(referred(lena, now=now), now=now)
    found = paced_one(budget, now)
    assert budget_warn(found=found, now=now)
    assert not budget_warn(found=found, now=now), "two at once: the other one has told it"
    budget.amount = 4_000
    budget_save(budget=budget, actor=None)
    assert budgets_watch(now) == {"warned": 0}, "2,000 of 4,000 in 16 of 30 days last"
    won(referred(lena, now=now, person=NOOR), now=now)
    assert budgets_watch(now) == {"warned": 1}
    assert OutboundMessage.objects.filter(mail="budget_runs_out").count() == 2


def test_a_reward_bigger_than_the_budget_is_told_as_well(campaign: Campaign, now: datetime) -> None:
    budget = budget_of(campaign, 1_000, period="month")
    rule_of(campaign, now=now, budget=budget)
    won(referred(enrolled(campaign, now=now), now=now), now=now)
    assert not BudgetPeriod.objects.exists()
    assert budgets_watch(now) == {"warned": 1}
    assert BudgetPeriod.objects.get().used == 0


def test_the_page_of_a_budget_says_how_it_goes_on(client: Client, ada: User, campaign: Campaign, now: datetime) -> None:
    budget = budget_of(campaign, 3_000, period="quarter")
    rule_of(campaign, now=now, budget=budget)
    lena = enrolled(campaign, now=now)
    for person in (BEN, NOOR):
        won(referred(lena, now=now, person=person), now=now)
    client.force_login(ada)
    page = client.get(reverse("admin:rewards_budget_change", args=[budget.pk])).content.decode()
    assert "$20.00 of $30.00 are used, 66 %." in page
    assert "1 reward of $20.00 stands in line." in page
    assert "used up" in client.get(reverse("admin:rewards_budget_changelist")).content.decode()
    assert "All" in client.get(reverse("admin:index")).content.decode()
