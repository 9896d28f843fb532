"""What fits what, in tables, so that nonsense cannot be said.

A trigger knows some facts; a recipient, a condition, a calculator and a limit need some. What is needed and not known
at that moment could never be answered.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from rewards.rules.benefits import ANYBODY, BENEFITS, SINGLE
from rewards.rules.benefits.choice import options_refused
from rewards.rules.calculators import CALCULATORS
from rewards.rules.conditions import CONDITIONS

PERCENT = "percent"

# --- what is known when ----------------------------------------------------------------------------------------------

PERSON = frozenset({"advocate", "tier", "metadata", "region"})
REFERRAL = PERSON | {"friend", "referral", "demand"}
SALE = REFERRAL | {"sequence", "sale", "items", "confirmed"}
EVENT = SALE | {"repeats"}

# Any other trigger is an event of that name, which knows everything.
KNOWN: Mapping[str, frozenset[str]] = {
    "enrolled": PERSON,
    "shared": PERSON,
    "nps_answered": PERSON,
    "claimed": REFERRAL,
    "contacted": REFERRAL,
    "qualified": REFERRAL,
    "converted": SALE,
}

# They undo or annotate: nothing is earned by them.
NO_TRIGGERS = frozenset(
    {"refund", "won_taken_back", "lost_taken_back", "reviewed", "owner_changed", "claim_refused", "rejected"}
)

RECIPIENT_NEEDS: Mapping[str, tuple[str, ...]] = {"advocate": ("advocate",), "friend": ("friend",)}
PER_NEEDS: Mapping[str, tuple[str, ...]] = {"advocate": ("advocate",), "friend": ("friend",)}
MEASURE_NEEDS: Mapping[str, tuple[str, ...]] = {"friends": ("friend",)}
# A later step is one of the friend.
RELEASE_NEEDS = ("friend",)
ONCE_NEEDS: Mapping[str, tuple[str, ...]] = {"friend": ("friend",)}

# --- what serves what -------------------------------------------------------------------------------------------------

ANYTHING = frozenset(BENEFITS)
# What may be a share of something, or given bit by bit.
MONEY = frozenset(name for name, benefit in BENEFITS.items() if benefit.is_divisible)
BENEFITS_BY_CALCULATOR: Mapping[str, frozenset[str]] = {
    "fixed": ANYTHING,
    # A coupon of 10 % is a fixed 10 % of whatever is bought with it.
    "percent": MONEY,
    "per_unit": ANYTHING,
    "by_product": ANYTHING,
    "by_region": ANYTHING,
    "demand": ANYTHING,
    "milestones": ANYTHING,
    # A code cannot be paid out bit by bit.
    "steps": MONEY,
    "tier_multiplier": ANYTHING,
    "weighted_draw": ANYTHING,
}
# Ten per cent for each of twelve pieces are not 120 per cent of anything.
CALCULATORS_OF_PERCENT = frozenset({"fixed", "by_region", "milestones", "tier_multiplier", "weighted_draw"})


def may_serve(calculator: str, benefit: str) -> bool:
    return benefit in BENEFITS_BY_CALCULATOR.get(calculator, frozenset())


def units_refused(benefit: str, units: Iterable[str], settings: Mapping[str, Any] | None = None) -> list[str]:
    """Those of the units in which this benefit cannot be given; of a choice, none of its options that say no other."""
    if benefit not in BENEFITS:
        return []
    units = list(units)
    refused = BENEFITS[benefit].units_refused(units)
    return refused or options_refused(settings or {}, units, SINGLE)


# --- nonsense ---------------------------------------------------------------------------------------------------------


class SaidCondition(Protocol):
    @property
    def kind(self) -> str: ...


class SaidLimit(Protocol):
    @property
    def measure(self) -> str: ...
    @property
    def per(self) -> str: ...
    @property
    def window(self) -> str: ...
    @property
    def over(self) -> str: ...
    @property
    def days(self) -> int | None: ...


class Said(Protocol):
    """A rule as somebody wants it."""

    @property
    def trigger(self) -> str: ...
    @property
    def recipient(self) -> str: ...
    @property
    def benefit(self) -> str: ...
    @property
    def calculator(self) -> str: ...
    @property
    def once_per(self) -> str: ...
    @property
    def release_on(self) -> str: ...
    @property
    def conditions(self) -> Sequence[SaidCondition]: ...
    @property
    def limits(self) -> Sequence[SaidLimit]: ...


def nonsense(said: Said, units: Iterable[str] = ()) -> list[str]:
    """Why this cannot be meant, as codes; empty when it makes sense. `units`: what its amounts are stated in."""
    units = frozenset(units)
    pairs = [code for code, does_clash in CLASHES.items() if does_clash(said, units)]
    return pairs + [f"no_{fact}" for fact in facts_missing(said)]


def facts_missing(said: Said) -> list[str]:
    """What the rule needs and its trigger does not know: "sale", "friend" …"""
    needed = {*RECIPIENT_NEEDS.get(said.recipient, ()), *ONCE_NEEDS.get(said.once_per, ())}
    needed |= set(RELEASE_NEEDS) if said.release_on else set()
    needed |= set(CALCULATORS[said.calculator].needs) if said.calculator in CALCULATORS else set()
    for condition in said.conditions:
        needed |= set(CONDITIONS[condition.kind].needs) if condition.kind in CONDITIONS else set()
    for limit in said.limits:
        needed |= {*PER_NEEDS.get(limit.per, ()), *MEASURE_NEEDS.get(limit.measure, ())}
    return sorted(needed - KNOWN.get(said.trigger, EVENT))


Clash = Callable[[Said, frozenset[str]], bool]


def _any_limit(clashes: Callable[[SaidLimit], bool]) -> Clash:
    return lambda said, _units: any(clashes(limit) for limit in said.limits)


CLASHES: Mapping[str, Clash] = {
    "trigger_undoes": lambda said, _units: said.trigger in NO_TRIGGERS,
    "recipient_unfit": lambda said, _units: (
        said.benefit in BENEFITS
        and said.recipient in ANYBODY
        and said.recipient not in BENEFITS[said.benefit].recipients
    ),
    "calculator_unfit": lambda said, _units: not may_serve(said.calculator, said.benefit),
    "percent_unfit": lambda said, units: PERCENT in units and said.calculator not in CALCULATORS_OF_PERCENT,
    "once_by_itself": lambda said, _units: (
        bool(said.once_per) and said.calculator in CALCULATORS and CALCULATORS[said.calculator].has_slot
    ),
    "friends_per_friend": _any_limit(lambda limit: (limit.measure, limit.per) == ("friends", "friend")),
    "partial_of_no_amount": _any_limit(lambda limit: limit.over == "partial" and limit.measure != "amount"),
    "days_missing": _any_limit(lambda limit: limit.window == "rolling" and not limit.days),
    "days_unused": _any_limit(lambda limit: limit.window != "rolling" and limit.days is not None),
    "percent_limited": lambda said, units: PERCENT in units and any(limit.measure == "amount" for limit in said.limits),
}
