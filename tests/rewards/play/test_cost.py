"""The interval holds what it says: on made-up months a next month lies in it about four times of five."""

import random

import pytest

from rewards.play.cost import Cost, TooLittle, month_cost, poisson, rounded


def months_made(chance: random.Random, *, count: int, friends: float, varies: float, typical: int) -> list[list[int]]:
    """Months of a campaign: `varies` is how much the mean itself moves from month to month."""
    made = []
    for _month in range(count):
        mean = friends * chance.gammavariate(1 / varies**2, varies**2) if varies else friends
        made.append([round(typical * chance.lognormvariate(0, 0.6)) for _friend in range(poisson(mean, chance))])
    return made


@pytest.mark.parametrize(("count", "friends", "varies"), [(12, 20, 0), (12, 8, 0.3), (6, 30, 0.2), (4, 12, 0)])
def test_the_next_month_lies_in_the_interval_about_four_times_of_five(
    count: int, friends: float, varies: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rewards.play.cost.ROUNDS", 200)
    chance = random.Random(f"{count} {friends} {varies}")
    inside, rounds = 0, 100
    for _round in range(rounds):
        *past, following = months_made(chance, count=count + 1, friends=friends, varies=varies, typical=2_000)
        cost = month_cost(past, unit="USD")
        assert isinstance(cost, Cost)
        inside += cost.low <= sum(following) <= cost.high
    assert 0.68 <= inside / rounds <= 0.90


def test_the_same_past_gives_the_same_sentence() -> None:
    past = months_made(random.Random(1), count=12, friends=20, varies=0.2, typical=2_000)
    assert month_cost(past, unit="USD") == month_cost(past, unit="USD")


def test_a_fixed_reward_costs_what_its_friends_cost() -> None:
    cost = month_cost([[2_000] * 10] * 12, unit="USD")
    assert isinstance(cost, Cost)
    assert (cost.mean, cost.low < 20_000 < cost.high) == (20_000, True)


@pytest.mark.parametrize("past", [[], [[2_000] * 50], [[2_000] * 3, [], []], [[2_000] * 20] * 3])
def test_too_little_is_said_to_be_too_little(past: list[list[int]]) -> None:
    assert isinstance(month_cost(past, unit="USD"), TooLittle)


@pytest.mark.parametrize(("amount", "said"), [(0, 0), (7, 7), (99, 99), (123, 120), (318_749, 320_000)])
def test_two_figures_are_told(amount: int, said: int) -> None:
    assert rounded(amount) == said
