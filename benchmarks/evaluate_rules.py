"""The pure rule engine on ten rules, against a loop that calls as many functions and does nothing else."""

from collections.abc import Callable
from datetime import date

from benchmarks.bench import Bench
from benchmarks.harness import Comparison, Figure, Sample, Scale, WrongResult, compare
from benchmarks.meter import Meter
from rewards.rules.calculators import Percent
from rewards.rules.conditions import First, FriendIsNew, MinimumAmount, Verdict, WithinDays
from rewards.rules.engine import evaluate
from rewards.rules.facts import Facts, Party, Value
from rewards.rules.rule import Group, Rule

EVENTS = {Scale.QUICK: 3_000, Scale.FULL: 20_000}
RULES = 10
GOAL_MICROSECONDS = 200
CONDITIONS = (First(), FriendIsNew(), MinimumAmount({"USD": 5_000}), WithinDays(90))
CALLS = RULES * len(CONDITIONS)
COMPARISON = Comparison(
    name="evaluate_rules",
    floor=f"an empty loop of {CALLS} calls, one for each condition, each answering with a ready verdict",
    goal=f"under {GOAL_MICROSECONDS} µs an event (reported)",
)
FACTS = Facts(
    event_key="evt_1",
    campaign_key="cam_1",
    triggers=frozenset({"purchase", "converted"}),
    local_date=date(2026, 11, 16),
    parties={"advocate": Party("con_lena", "USD"), "friend": Party("con_ben")},
    company_currency="USD",
    value=Value(12_345, "USD"),
    sequence=1,
    friend_is_new=True,
    days_since_signup=3,
)
READY = Verdict("first", True)


def evaluate_rules(bench: Bench) -> Figure:
    rules = [_rule(number) for number in range(RULES)]
    due = [decision.value for decision in evaluate(rules, FACTS)]
    if due != [Value(1_235, "USD")] * RULES:
        raise WrongResult(f"10 % of 123.45 came to {due}")
    return compare(
        COMPARISON,
        floor=lambda: _timed(_floor, bench),
        ours=lambda: _timed(lambda: evaluate(rules, FACTS), bench),
        scale=bench.scale,
        details=lambda: {"rules": RULES, "conditions": CALLS},
    )


def _rule(number: int) -> Rule:
    """Each passes and pays, which is the longest way through."""
    return Rule(
        key=f"rule-{number}",
        version=1,
        trigger="purchase",
        recipient="advocate",
        benefit="credit",
        calculator=Percent(1_000),
        amounts={},
        groups=(Group("all", CONDITIONS),),
        priority=number,
    )


def _floor() -> None:
    for _condition in range(CALLS):
        _ready(FACTS)


def _ready(_facts: Facts) -> Verdict:
    return READY


def _timed(work: Callable[[], object], bench: Bench) -> Sample:
    with Meter([]).running() as spent:
        for _event in range(EVENTS[bench.scale]):
            work()
    return Sample(EVENTS[bench.scale], spent)
