"""Limits that let wait: first in, first out, when a window begins or something comes back. Rows count like a dict."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from advocates.models import User
from campaigns.models import Campaign
from config.lib.money import Money
from referrals.models import Referral
from referrals.services.referrals import referral_take_back
from rewards.ledger.check import ledger_problems
from rewards.models import Evaluation, LimitUse, Reward
from rewards.rules.facts import Value
from rewards.rules.limits import Limit, MemoryCounters, Place, Taken, limits_give_back, limits_shrink, limits_take
from rewards.services.evaluation import rewards_evaluate
from rewards.services.limits import LimitRows
from rewards.services.maturing import rewards_mature
from rewards.services.rules import LimitDraft
from tests.cast import BEN, NOOR, SOFIA, YUKI
from tests.factories.campaigns import campaign_made
from tests.factories.referrals import enrolled, referred
from tests.factories.rewards import balances, budget_of, rule_of, won

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]

MONTHLY = LimitDraft("amount", "advocate", 4_000, window="month", over="wait")


@pytest.fixture
def campaign(company: object) -> Campaign:
    return campaign_made()


@pytest.fixture
def four(campaign: Campaign, now: datetime) -> list[Referral]:
    """Four friends of one advocate, and room for two of them a month."""
    rule_of(campaign, now=now, limits=[MONTHLY])
    enrolment = enrolled(campaign, now=now)
    friends = [referred(enrolment, now=now, person=person) for person in (BEN, NOOR, SOFIA, YUKI)]
    for minutes, referral in enumerate(friends):
        won(referral, now=now + timedelta(minutes=minutes))
    return friends


def statuses() -> list[str]:
    return list(Reward.objects.order_by("created_at", "pk").values_list("status", flat=True))


def test_what_a_limit_has_no_room_for_waits_for_the_next_window(four: list[Referral], now: datetime) -> None:
    assert statuses() == ["fulfilled", "fulfilled", "pending", "pending"]
    waiting = Reward.objects.get(referral=four[2])
    assert waiting.pending_reasons == ["limit_reached"]
    assert balances() == {"funding": -4_000, "credit": 4_000}
    entry = Evaluation.objects.get(pk=waiting.evaluation_id).trace[-1]
    assert (entry["outcome"], entry["reward"]) == ("waits", waiting.public_id)
    assert waiting.trace[-1]["code"] == "limit_waits"
    assert (waiting.trace[-1]["values"]["used"], waiting.trace[-1]["values"]["limit"]) == (4_000, 4_000)

    assert rewards_mature(now + timedelta(days=1))["let_in"] == 0
    assert rewards_mature(now + timedelta(days=31))["let_in"] == 2
    assert statuses() == ["fulfilled"] * 4
    assert ledger_problems() == []


def test_room_that_a_refund_leaves_goes_to_who_waits_longest(four: list[Referral], now: datetime, mira: User) -> None:
    later = now + timedelta(hours=1)
    first = Referral.objects.get(pk=four[0].pk)
    referral_take_back(referral=first, actor=mira, reason="A mistake", now=later)
    rewards_evaluate(later)
    assert rewards_mature(later)["let_in"] == 1
    assert Reward.objects.get(referral=four[2]).status == "fulfilled"
    assert Reward.objects.get(referral=four[3]).waits_for_limit


def test_who_comes_later_waits_behind(campaign: Campaign, now: datetime) -> None:
    """The first is too big for what is left; the second would fit, and stands behind it all the same."""
    limit = LimitDraft("amount", "campaign", 1_000, window="month", over="wait")
    rule_of(campaign, now=now, calculator="percent", parameters={"basis_points": 1_000}, amounts={}, limits=[limit])
    enrolment = enrolled(campaign, now=now)
    for minutes, (person, deal) in enumerate([(BEN, 6_000), (NOOR, 8_000), (SOFIA, 1_000)]):
        referral = referred(enrolment, now=now, person=person)
        won(referral, now=now + timedelta(minutes=minutes), deal=Money(deal, "USD"))
    assert statuses() == ["fulfilled", "pending", "pending"]
    rewards_mature(now + timedelta(days=31))
    assert statuses() == ["fulfilled"] * 3


def test_from_the_limit_into_the_line_for_the_budget(campaign: Campaign, now: datetime) -> None:
    budget = budget_of(campaign, 2_000)
    limit = LimitDraft("rewards", "campaign", 1, window="month", over="wait")
    rule_of(campaign, now=now, budget=budget, limits=[limit])
    enrolment = enrolled(campaign, now=now)
    for person in (BEN, NOOR):
        won(referred(enrolment, now=now, person=person), now=now)
    assert Reward.objects.order_by("pk")[1].pending_reasons == ["limit_reached"]

    rewards_mature(now + timedelta(days=31))
    assert Reward.objects.order_by("pk")[1].pending_reasons == ["budget_exhausted"]
    type(budget).objects.filter(pk=budget.pk).update(amount=4_000)
    rewards_mature(now + timedelta(days=32))
    assert statuses() == ["fulfilled", "fulfilled"]
    assert balances() == {"funding": -4_000, "credit": 4_000}


def test_who_waits_and_goes_away_leaves_nothing_behind(four: list[Referral], now: datetime, mira: User) -> None:
    referral_take_back(referral=Referral.objects.get(pk=four[2].pk), actor=mira, reason="A mistake", now=now)
    rewards_evaluate(now)
    gone = Reward.objects.get(referral=four[2])
    assert (gone.status, gone.waits_for_limit) == ("cancelled", "")
    assert rewards_mature(now + timedelta(days=31))["let_in"] == 1
    assert LimitUse.objects.filter(key__endswith=":2026-12").get().used == 2_000


def test_a_late_sale_falls_into_the_middle_of_others(campaign: Campaign, now: datetime) -> None:
    """Two in any ten days: on the 1st and the 12th there was room, on the 6th there is for one more, then for none."""
    rule_of(campaign, now=now, limits=[LimitDraft("rewards", "campaign", 2, window="rolling", days=10)])
    enrolment = enrolled(campaign, now=now - timedelta(days=30))
    earned = []
    for person, days in ((BEN, 20), (NOOR, 9), (SOFIA, 15), (YUKI, 14)):
        referral = referred(enrolment, now=now - timedelta(days=25), person=person)
        won(referral, now=now - timedelta(days=days))
        earned.append(Reward.objects.filter(referral=referral).exists())
    assert earned == [True, True, True, False]


# --- rows and the dict ------------------------------------------------------------------------------------------------

LIMITS = st.builds(
    lambda measure, window, over, value: Limit(
        measure, "advocate", window, "skip" if over == "partial" and measure != "amount" else over, value, 4
    ),
    st.sampled_from(["amount", "friends", "rewards"]),
    st.sampled_from(["day", "month", "lifetime", "rolling"]),
    st.sampled_from(["skip", "partial"]),
    st.integers(1, 12),
)
STEPS = st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9), st.integers(0, 2), st.integers(0, 9)), max_size=12)


@settings(suppress_health_check=list(HealthCheck), max_examples=25, deadline=None)
@given(limits=st.lists(LIMITS, min_size=1, max_size=2), steps=STEPS)
def test_rows_count_as_the_dict_does(limits: list[Limit], steps: list[tuple[int, int, int, int]]) -> None:
    LimitUse.objects.all().delete()
    rows, memory = LimitRows(), MemoryCounters()
    stand: list[Taken] = []
    for day, amount, friend, fate in steps:
        parties = {"advocate": "con_lena", "friend": f"con_{friend}"}
        place = Place("cmp_1", "credit", "USD", date(2026, 11, 26) + timedelta(days=day), parties)
        found = [limits_take(limits, value=Value(amount, "USD"), place=place, counters=one) for one in (rows, memory)]
        assert found[0] == found[1]
        stand += [found[0]] if found[0].uses else []
        if stand and fate < 3:
            uses = stand.pop(fate % len(stand)).uses
            for one in (rows, memory):
                left = limits_shrink(uses, amount=1, counters=one)
                limits_give_back(left, counters=one)
    used = dict(LimitUse.objects.exclude(used=0).values_list("key", "used"))
    assert used == {key: count for key, count in memory.counts.items() if count}
