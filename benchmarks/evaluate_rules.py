"""The pure rule engine on ten rules, against a loop that calls as many functions and does nothing else."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from benchmarks.bench import Bench
from benchmarks.harness import Comparison, Figure, Sample, Scale, WrongResult, compare
from benchmarks.meter import Meter
from rewards.rules.calculators import calculator_build
from rewards.rules.conditions import condition_build
from rewards.rules.engine import evaluate
from rewards.rules.facts import Facts, Item, Party, Tier, Value
from rewards.rules.rule import Group, Rule
from rewards.rules.verdict import Verdict

EVENTS = {Scale.QUICK: 3_000, Scale.FULL: 20_000}
GOAL_MICROSECONDS = 200
FACTS = Facts(
    event_key="evt_1",
    campaign_key="cam_1",
    triggers=frozenset({"purchase", "converted"}),
    local_date=date(2026, 11, 16),
    parties={"advocate": Party("con_lena", "USD", tier=Tier("gold", 10, 12_500)), "friend": Party("con_ben")},
    company_currency="USD",
    value=Value(12_345, "USD"),
    event_type="purchase",
    sequence=1,
    friend_is_new=True,
    days_since_signup=3,
    items=(Item("plus", 12), Item("desk", 1)),
    region="north",
    metadata={"agents": 3},
    counts={"purchase": 1},
    confirmed=5,
    demand={"USD": 100_000},
    draw=7,
)
CONDITIONS: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("minimum_amount", {"amounts": {"USD": 5_000}}),
    ("within_days", {"days": 90}),
    ("product", {"products": ["plus", "standard"]}),
    ("fact_at_least", {"name": "agents", "value": 3}),
)
# Each way to reckon, with what it comes to.
CALCULATORS: tuple[tuple[str, Mapping[str, Any], int], ...] = (
    ("fixed", {}, 2_000),
    ("percent", {"basis_points": 1_000, "floor": {"USD": 500}, "ceiling": {"USD": 5_000}}, 1_235),
    ("per_unit", {"products": {"plus": {"USD": 2_300}, "desk": {"USD": 100}}, "max_units": 12}, 27_600),
    ("by_product", {"products": {"plus": {"USD": 300}, "desk": {"USD": 500}}}, 800),
    ("by_region", {"regions": {"north": {"USD": 900}}}, 900),
    ("demand", {}, 100_000),
    ("milestones", {"milestones": {"5": {"USD": 2_500}, "10": {"USD": 5_000}}}, 2_500),
    ("steps", {"steps": {"1": 4_000, "2": 10_000}}, 800),
    ("tier_multiplier", {}, 2_500),
    ("weighted_draw", {"prizes": [{"weight": 8, "amount": 100, "unit": "USD"}]}, 100),
)
CALLS = len(CALCULATORS) * len(CONDITIONS)
COMPARISON = Comparison(
    name="evaluate_rules",
    floor=f"an empty loop of {CALLS} calls, one for each condition, each answering with a ready verdict",
    goal=f"under {GOAL_MICROSECONDS} µs an event (reported)",
)
READY = Verdict("first", True)


def evaluate_rules(bench: Bench) -> Figure:
    """Ten rules, each of another calculator. All pass and pay, which is the longest way through."""
    group = Group("all", tuple(condition_build(kind, parameters) for kind, parameters in CONDITIONS))
    rules = [_rule(place, name, settings, group) for place, (name, settings, _due) in enumerate(CALCULATORS)]
    due = [decision.value for decision in evaluate(rules, FACTS)]
    if due != [Value(due, "USD") for _name, _settings, due in CALCULATORS]:
        raise WrongResult(f"ten rules came to {due}")
    return compare(
        COMPARISON,
        floor=lambda: _timed(_floor, bench),
        ours=lambda: _timed(lambda: evaluate(rules, FACTS), bench),
        scale=bench.scale,
        details=lambda: {"rules": len(rules), "conditions": CALLS},
    )


def _rule(place: int, name: str, settings: Mapping[str, Any], group: Group) -> Rule:
    return Rule(
        key=f"rule-{place}",
        version=1,
        trigger="purchase",
        recipient="advocate",
        benefit="credit",
        calculator=calculator_build(name, settings),
        amounts={"USD": 2_000},
        groups=(group,),
        priority=place,
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
