"""What a month costs, in one sentence: coupons by the share that is used, months from what somebody expects."""

from datetime import date

import pytest

from rewards.play.cost import Cost, TooLittle
from rewards.play.outlook import Assumptions, Prices, cost_sentence, outlook_assumed, outlook_of
from rewards.play.report import sums_words
from rewards.play.setting import drafted_rules
from rewards.play.totals import Entry, totals_of
from rewards.rule_files import rules_of
from tests.rewards.play.table import CAMPAIGN, rule, setting

PRICES = Prices(share=2_500, sale=8_000, unit="USD")


@pytest.mark.parametrize(
    ("amount", "unit", "benefit", "cost"),
    [
        (2_000, "USD", "credit", (2_000, "USD")),
        (1_000, "percent", "coupon", (200, "USD")),  # a tenth of 80 dollars, used by every fourth
        (1_500, "EUR", "coupon", (375, "EUR")),
        (500, "MB", "credit", (500, "MB")),
    ],
)
def test_a_reward_costs_what_it_is_and_a_coupon_what_is_used_of_it(
    amount: int, unit: str, benefit: str, cost: tuple[int, str]
) -> None:
    assert PRICES.priced(Entry("a", "friend", "con_1", unit, amount, date(2026, 1, 1)), benefit) == cost


def test_only_whole_months_are_counted_those_without_anything_too() -> None:
    rules = drafted_rules(rules_of({"rules": [rule("a", amounts={"USD": 2_000})]}, campaign=CAMPAIGN).rules)
    entries = [
        Entry("a", "advocate", "ada", "USD", 2_000, date(2026, month, 3), friend=f"{month}-{number}")
        for month in (1, 2, 4, 5)
        for number in range(10)
    ]
    outlook = outlook_of(entries, rules=rules, prices=PRICES, first=date(2026, 1, 2), last=date(2026, 5, 30))
    assert outlook.months["USD"] == {"2026-02": 20_000, "2026-03": 0, "2026-04": 20_000}
    assert outlook.costs["USD"] == TooLittle(friends=20, months=3)

    whole = outlook_of(entries, rules=rules, prices=PRICES, first=date(2026, 1, 1), last=date(2026, 5, 31))
    assert isinstance(whole.costs["USD"], Cost)
    assert whole.costs["USD"].mean == 16_000


def test_what_is_expected_of_a_month_meets_the_limits_of_the_rules() -> None:
    limit = {"measure": "rewards", "per": "advocate", "window": "month", "value": 1}
    assumed = Assumptions(friends=40, buyers=5_000, sale=8_000, unit="USD", spread=5_000)
    free, limited = (
        outlook_assumed(
            setting(),
            drafted_rules(rules_of({"rules": [rule(amounts={"USD": 1_000}, limits=limits)]}, campaign=CAMPAIGN).rules),
            assumed,
        ).costs["USD"]
        for limits in ([], [limit])
    )
    assert isinstance(free, Cost)
    assert isinstance(limited, Cost)
    assert free.low < 20_000 < free.high  # half of forty friends, ten dollars each
    assert 13_000 < limited.mean < 17_000 < free.mean  # of two friends one at most


def test_the_sentence_says_two_figures_or_that_too_little_is_known() -> None:
    said = cost_sentence(Cost("USD", 318_749, 262_000, 391_000))
    assert said == "About $3,200.00 a month, between $2,600.00 and $3,900.00 in four months of five."
    assert cost_sentence(TooLittle(3, 1)) == "Too little is known: 3 friends have cost something so far."


def test_percentages_off_are_counted_and_not_added_up() -> None:
    entries = [Entry("a", "friend", f"con_{number}", "percent", 1_000, date(2026, 1, 1)) for number in range(12)]
    totals = totals_of([*entries, Entry("b", "advocate", "con_1", "USD", 2_000, date(2026, 1, 1))])
    assert totals.by_month == {("2026-01", "percent"): 12, ("2026-01", "USD"): 2_000}
    assert sums_words(totals.by_unit) == "$20.00 · 12 percentages off"
