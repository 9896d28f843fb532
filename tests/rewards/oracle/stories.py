"""Random campaigns and what happens in them, for Hypothesis: plain dictionaries that nobody has to believe."""

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

ADVOCATES = ("lena", "mei")
FRIENDS = ("ben", "noor", "sofia", "yuki")
PRODUCTS = ("roof", "panel")
REGIONS = ("north", "south")
TYPES = ("purchase", "delivery")

CENTS = st.integers(1, 40).map(lambda tens: tens * 125)
USD = CENTS.map(lambda cents: {"USD": cents})
SMALL = st.integers(1, 4)


def condition(kind: str, **parameters: Any) -> Any:
    return st.fixed_dictionaries(
        {
            "group": st.sampled_from(["all", "all", "any", "not"]),
            "kind": st.just(kind),
            "parameters": st.fixed_dictionaries(parameters),
        }
    )


CONDITIONS = st.one_of(
    condition("first"),
    condition("nth", number=SMALL),
    condition("from_nth", number=SMALL),
    condition("minimum_amount", amounts=USD),
    condition("product", products=st.lists(st.sampled_from(PRODUCTS), min_size=1, max_size=2, unique=True)),
    condition("minimum_quantity", quantity=SMALL),
    condition("region", regions=st.lists(st.sampled_from(REGIONS), min_size=1, max_size=1)),
    condition("within_days", days=st.integers(1, 30)),
    condition("deadline", day=st.sampled_from(["2026-09-20", "2026-10-05"])),
    condition("events_at_least", type=st.sampled_from(TYPES), count=SMALL),
    condition("fact_at_least", name=st.just("agents"), value=SMALL),
    condition("fact_is", name=st.just("plan"), values=st.just(["plus"])),
)

CALCULATORS = st.one_of(
    st.tuples(st.just("fixed"), st.just({}), USD),
    st.tuples(st.just("fixed"), st.just({}), USD),
    st.tuples(
        st.just("percent"),
        st.fixed_dictionaries(
            {"basis_points": st.integers(1, 4_000)},
            optional={"floor": st.just({"USD": 300}), "ceiling": st.just({"USD": 900})},
        ),
        st.just({}),
    ),
    st.tuples(st.just("per_unit"), st.fixed_dictionaries({}, optional={"max_units": SMALL}), USD),
    st.tuples(
        st.just("per_unit"),
        st.fixed_dictionaries({"products": st.fixed_dictionaries({"roof": USD})}, optional={"max_units": SMALL}),
        st.just({}),
    ),
    st.tuples(
        st.just("by_product"),
        st.fixed_dictionaries({"products": st.fixed_dictionaries({"roof": USD, "panel": USD})}),
        st.just({}),
    ),
    st.tuples(
        st.just("by_region"), st.fixed_dictionaries({"regions": st.fixed_dictionaries({"north": USD})}), st.just({})
    ),
    st.tuples(
        st.just("steps"),
        st.sampled_from(
            [
                {"steps": {"2": 4_000, "3": 10_000}, "of": "amounts"},
                {"steps": {"1": 3_333, "4": 10_000}, "of": "amounts"},
            ]
        ),
        USD,
    ),
    st.tuples(
        st.just("milestones"),
        st.fixed_dictionaries({"milestones": st.fixed_dictionaries({"1": USD, "2": USD})}),
        st.just({}),
    ),
    st.tuples(st.just("tier_multiplier"), st.just({}), USD),
)


@st.composite
def limits(draw: Any, measures: tuple[str, ...]) -> dict[str, Any]:
    measure = draw(st.sampled_from(measures))
    window = draw(st.sampled_from(["event", "day", "month", "quarter", "year", "rolling", "rolling", "lifetime"]))
    over = draw(st.sampled_from(["skip", "partial", "wait"] if measure == "amount" else ["skip", "wait"]))
    value = draw(st.integers(5, 80).map(lambda n: n * 125) if measure == "amount" else SMALL)
    per = draw(
        st.sampled_from(["advocate", "campaign"] if measure == "friends" else ["advocate", "friend", "campaign"])
    )
    limit = {"measure": measure, "per": per, "window": window, "over": over, "value": value}
    return limit | ({"days": draw(st.integers(2, 12))} if window == "rolling" else {})


@st.composite
def rules(draw: Any, number: int) -> dict[str, Any]:
    calculator, parameters, amounts = draw(CALCULATORS)
    recipient = "advocate" if calculator in ("milestones",) else draw(st.sampled_from(["advocate", "friend"]))
    trigger = draw(st.sampled_from((*TYPES, "converted")))
    if calculator == "steps":
        trigger = "delivery"
    if calculator == "milestones":
        trigger = "converted"
    own_slot = calculator in ("steps", "milestones")
    return {
        "key": f"rule-{number}",
        "trigger": trigger,
        "recipient": recipient,
        "benefit": draw(st.sampled_from(["cash", "credit"])),
        "calculator": calculator,
        "parameters": parameters,
        "amounts": amounts,
        "conditions": draw(st.lists(CONDITIONS, max_size=2)) if not own_slot else [],
        "limits": draw(
            st.lists(limits(("amount", "friends", "rewards")), max_size=2, unique_by=lambda one: one["measure"])
        ),
        "priority": draw(st.sampled_from([100, 100, 50])),
        "exclusive_group": draw(st.sampled_from(["", "", "best"])),
        "once_per": "" if own_slot else draw(st.sampled_from(["", "", "event", "friend", "party"])),
    }


@dataclass(frozen=True)
class Story:
    rules: tuple[dict[str, Any], ...]
    steps: tuple[tuple[str, dict[str, Any]], ...]
    quoted: bool


@st.composite
def stories(draw: Any) -> Story:
    chosen = tuple(draw(rules(number)) for number in range(draw(st.integers(1, 3))))
    steps: list[tuple[str, dict[str, Any]]] = []
    joined: dict[str, int] = {}
    happened: list[dict[str, Any]] = []
    day = 0
    for place in range(draw(st.integers(3, 12))):
        day += draw(st.sampled_from([0, 0, 1, 2, 5, 14]))
        strangers = [friend for friend in FRIENDS if friend not in joined]
        open_events = [event for event in happened if event["open"]]
        kinds = ["event"] * 3 * bool(joined) + ["sign_up"] * bool(strangers) + ["refund"] * bool(open_events)
        kind = draw(st.sampled_from(kinds))
        if kind == "sign_up":
            friend = strangers[0]
            joined[friend] = day
            steps.append((kind, {"friend": friend, "advocate": draw(st.sampled_from(ADVOCATES)), "day": day}))
        elif kind == "event":
            event = _event(draw, f"e{place}", joined, day)
            happened.append({"id": event["id"], "left": event["amount"], "open": True})
            steps.append((kind, event))
        else:
            event = draw(st.sampled_from(open_events))
            part = draw(st.sampled_from([None, None, 1, 2])) if event["left"] else None
            amount = None if part is None else max(1, event["left"] * part // 3)
            event["left"] = (event["left"] or 0) - (amount or 0)
            event["open"] = amount is not None and event["left"] > 0
            steps.append((kind, {"of": event["id"], "amount": amount, "day": day}))
    return Story(chosen, tuple(steps), draw(st.booleans()))


def _event(draw: Any, name: str, joined: dict[str, int], day: int) -> dict[str, Any]:
    friend = draw(st.sampled_from(sorted(joined)))
    return {
        "id": name,
        "friend": friend,
        "type": draw(st.sampled_from(TYPES)),
        "day": day,
        # Some come late, but none before the friend has signed up.
        "occurred": max(joined[friend], day - draw(st.sampled_from([0, 0, 0, 3, 10]))),
        "amount": draw(st.one_of(st.none(), st.integers(1, 12_000), CENTS)),
        "items": draw(
            st.lists(
                st.fixed_dictionaries({"product": st.sampled_from(PRODUCTS), "quantity": st.integers(1, 3)}),
                min_size=1,
                max_size=2,
                unique_by=lambda item: item["product"],
            )
        ),
        "region": draw(st.sampled_from(["", *REGIONS])),
        "facts": draw(st.fixed_dictionaries({"agents": SMALL}, optional={"plan": st.sampled_from(["plus", "basic"])})),
    }
