"""Campaigns on paper: the figures of the programmes, refunds, waiting, budgets. No database anywhere."""

import random
from datetime import date, timedelta
from typing import Any

import pytest

from rewards.errors import BadHistory
from rewards.play.counters import PlayCounters
from rewards.rules.facts import Tier
from rewards.rules.limits import MemoryCounters
from tests.rewards.play.table import BEGIN, Paper, rule

YEAR_LIMIT = {"measure": "amount", "per": "advocate", "window": "year", "over": "partial", "value": 50_000}


def test_t_mobile_pays_500_a_year_and_begins_again_on_1_january() -> None:
    paper = Paper([rule(benefit="cash", amounts={"USD": 5_000}, limits=[YEAR_LIMIT])], conversions=frozenset({"plan"}))
    for number in range(11):
        paper.tell("plan", f"friend-{number}", day=number)
    assert paper.left() == 50_000
    assert paper.refusals() == ["limit_reached"]
    paper.tell("plan", "friend-12", occurred_at=BEGIN.replace(year=2027, month=1, day=1))
    assert paper.left() == 55_000


def test_dropbox_holds_16000_mb_after_33_friends() -> None:
    limit = {"measure": "amount", "per": "advocate", "window": "lifetime", "over": "partial", "value": 16_000}
    both = [
        rule(trigger="signup", amounts={"MB": 500}, limits=[limit]),
        rule("friend", trigger="signup", recipient="friend", amounts={"MB": 500}),
    ]
    paper = Paper(both, conversions=frozenset({"signup"}))
    for number in range(33):
        paper.tell("signup", f"friend-{number}")
    assert (paper.left(), paper.left("friend-32")) == (16_000, 500)


@pytest.mark.parametrize(("product", "seats", "due"), [("plus", 12, 27_600), ("starter", 150, 80_000)])
def test_google_workspace_pays_by_the_seat_up_to_a_hundred(product: str, seats: int, due: int) -> None:
    products = {"starter": {"USD": 800}, "standard": {"USD": 1_500}, "plus": {"USD": 2_300}}
    parameters = {"products": products, "max_units": 100}
    paper = Paper(
        [rule(benefit="cash", calculator="per_unit", parameters=parameters)], conversions=frozenset({"started"})
    )
    paper.tell("started", items={product: seats})
    assert paper.left() == due


def test_tesla_pays_each_product_line() -> None:
    products = {"solar-roof": {"USD": 50_000}, "solar-panel": {"USD": 30_000}}
    paper = Paper([rule(trigger="purchase", calculator="by_product", parameters={"products": products})])
    paper.tell("purchase", items={"solar-roof": 1})
    paper.tell("purchase", items={"solar-panel": 14})
    assert paper.left() == 80_000


def test_swagbucks_pays_a_tenth_for_ever_rounded_to_cents() -> None:
    paper = Paper([rule(trigger="earning", calculator="percent", parameters={"basis_points": 1_000})])
    rewards = [paper.tell("earning", usd=amount)[0].left for amount in (1_000, 5, 3_333)]
    assert rewards == [100, 1, 333]


def test_xoxoday_lets_the_21st_wait_for_the_next_quarter() -> None:
    budget = {"name": "Gifts", "unit": "USD", "amount": 100_000, "period": "quarter"}
    paper = Paper([rule(amounts={"USD": 5_000}, budget="Gifts")], budgets=[budget])
    for number in range(21):
        paper.tell("purchase", f"friend-{number}", day=number)
    [waiting] = paper.game.waiting
    assert (paper.left(), waiting.waits, waiting.party.key) == (100_000, "budget_exhausted", "ada")
    paper.game.day_comes(date(2026, 3, 31))
    assert paper.game.waiting == [waiting]
    paper.game.day_comes(date(2026, 4, 1))
    assert (paper.game.waiting, waiting.out_on, paper.left()) == ([], date(2026, 4, 1), 105_000)


def test_loyalty_tiers_pay_by_the_tier_before_the_event() -> None:
    tiers = [Tier("bronze", 0), Tier("silver", 5, 12_500), Tier("gold", 10, 15_000)]
    paper = Paper([rule(calculator="tier_multiplier", amounts={"USD": 1_000})], tiers=tiers, quote_days=0)
    earned = [paper.tell("purchase", f"friend-{number}")[0].left for number in range(11)]
    assert earned == [1_000] * 5 + [1_250] * 5 + [1_500]


def test_morning_brew_gives_for_each_milestone_once() -> None:
    milestones = {"milestones": {"3": {"points": 30}, "5": {"points": 50}}}
    paper = Paper([rule(calculator="milestones", parameters=milestones)])
    for number in range(6):
        paper.tell("purchase", f"friend-{number}")
    assert [(reward.slot, reward.left) for reward in paper.game.rewards] == [("milestone:3", 30), ("milestone:5", 50)]


def test_doordash_pays_the_quote_in_steps_and_what_was_reached_by_the_deadline() -> None:
    steps = {"steps": {"50": 4_000, "100": 10_000}}
    within = {"kind": "within_days", "parameters": {"days": 30}}
    both = [
        rule(
            kind,
            recipient=kind,
            trigger="delivery",
            calculator="steps",
            parameters=steps,
            amounts={"USD": 100_000},
            conditions=[within],
        )
        for kind in ("advocate", "friend")
    ]
    paper = Paper(both, conversions=frozenset({"delivery"}))
    paper.tell("signup")
    for number in range(100):
        paper.tell("delivery", day=number / 4)
    assert (paper.left(), paper.left("ben")) == (100_000, 100_000)
    late = Paper(both, conversions=frozenset({"delivery"}))
    late.tell("signup")
    for number in range(100):
        late.tell("delivery", day=number / 2)
    assert (late.left(), late.left("ben")) == (40_000, 40_000)


# --- what goes back ---------------------------------------------------------------------------------------------------

PERCENT = rule(trigger="purchase", calculator="percent", parameters={"basis_points": 1_000, "floor": {"USD": 50}})
MINIMUM = {"kind": "minimum_amount", "parameters": {"amounts": {"USD": 5_000}}}

REFUNDS: list[tuple[str, dict[str, Any], list[int | None], int]] = [
    ("a part of it shrinks the reward", PERCENT, [4_000], 600),
    ("the rest takes all of it", PERCENT, [4_000, 6_000], 0),
    ("all at once takes all of it", PERCENT, [None], 0),
    ("below the minimum it is gone", PERCENT | {"conditions": [MINIMUM]}, [5_001], 0),
    ("at the minimum it stands", PERCENT | {"conditions": [MINIMUM]}, [5_000], 500),
    ("a fixed amount stands while something is left", rule(amounts={"USD": 2_000}), [9_999], 2_000),
]


@pytest.mark.parametrize(("_why", "paid_by", "refunds", "left"), REFUNDS, ids=[one[0] for one in REFUNDS])
def test_a_refund_decides_anew(_why: str, paid_by: dict[str, Any], refunds: list[int | None], left: int) -> None:
    paper = Paper([paid_by])
    paper.tell("purchase", usd=10_000)
    for amount in refunds:
        paper.tell("refund", refunds="e1", usd=amount)
    assert paper.left() == left


def test_a_sale_that_comes_about_after_all_earns_again_and_once() -> None:
    paper = Paper([rule(amounts={"USD": 2_000}, limits=[YEAR_LIMIT | {"value": 2_000}])])
    paper.tell("purchase", usd=10_000)
    paper.tell("refund", refunds="e1")
    assert paper.left() == 0
    paper.tell("purchase", usd=10_000)
    paper.tell("purchase", usd=10_000)
    assert paper.left() == 2_000


@pytest.mark.parametrize(
    ("refunds", "usd", "said"),
    [("e9", None, "no earlier event “e9”"), ("e1", 10_001, "More would come back"), ("e2", None, "taken back already")],
)
def test_a_refund_that_cannot_be_says_why(refunds: str, usd: int | None, said: str) -> None:
    paper = Paper([PERCENT])
    paper.tell("purchase", usd=10_000)
    paper.tell("purchase", usd=10_000)
    paper.tell("refund", refunds="e2")
    with pytest.raises(BadHistory, match=said):
        paper.tell("refund", refunds=refunds, usd=usd)


# --- limits that wait, and windows that roll --------------------------------------------------------------------------


def test_who_waits_goes_out_first_in_first_out_and_nobody_overtakes() -> None:
    limit = {"measure": "rewards", "per": "campaign", "window": "month", "over": "wait", "value": 2}
    paper = Paper([rule(amounts={"USD": 1_000}, limits=[limit])])
    for number in range(5):
        paper.tell("purchase", f"friend-{number}", advocate=f"advocate-{number}", day=number)
    assert [reward.party.key for reward in paper.game.waiting] == ["advocate-2", "advocate-3", "advocate-4"]
    paper.tell("refund", refunds="e1", day=5)
    paper.tell("purchase", "late", advocate="late", day=6)
    assert [reward.party.key for reward in paper.game.waiting] == ["advocate-3", "advocate-4", "late"]
    paper.game.day_comes(date(2026, 2, 1))
    assert [reward.party.key for reward in paper.game.waiting] == ["late"]


def test_no_so_many_days_in_a_row_pay_more_than_a_rolling_limit() -> None:
    limit = {"measure": "rewards", "per": "advocate", "window": "rolling", "days": 30, "value": 2}
    paper = Paper([rule(amounts={"USD": 1_000}, limits=[limit])])
    for number, day in enumerate((0, 10, 20, 30, 41)):
        paper.tell("purchase", f"friend-{number}", day=day)
    assert [reward.happening.key for reward in paper.game.rewards] == ["e1", "e2", "e4", "e5"]


def test_the_counters_of_a_long_history_answer_like_the_plain_ones() -> None:
    chance = random.Random(7)
    quick, plain = PlayCounters({}), MemoryCounters()
    for _round in range(500):
        queue = f"cam:rule:rewards:advocate:{chance.randint(1, 3)}:rolling.{chance.choice([7, 30])}"
        day = (BEGIN + timedelta(days=chance.randint(0, 40))).date()
        key = f"{queue}:{day}" + chance.choice(["", ":ben", ":noor"])
        for counters in (quick, plain):
            counters.add(key, 1)
        first, last = day - timedelta(days=5), day + timedelta(days=5)
        assert dict(quick.days_used(queue, first, last)) == dict(plain.days_used(queue, first, last))
