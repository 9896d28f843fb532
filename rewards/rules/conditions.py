"""Each condition answers with a code and values, so that staff and advocates can read why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from rewards.rules.facts import Facts
from rewards.rules.parameters import BadParameters, amounts, named, whole


@dataclass(frozen=True, slots=True)
class Verdict:
    code: str
    passed: bool
    values: Mapping[str, Any] = field(default_factory=dict)


class Condition(Protocol):
    kind: ClassVar[str]

    def check(self, facts: Facts) -> Verdict: ...


@dataclass(frozen=True, slots=True)
class First:
    """The first standing event of its type in the referral, by the order in which they were recorded."""

    kind: ClassVar[str] = "first"

    def check(self, facts: Facts) -> Verdict:
        return Verdict(self.kind, facts.sequence == 1, {"sequence": facts.sequence})


@dataclass(frozen=True, slots=True)
class MinimumAmount:
    """The sale is worth at least so much, inclusive. `amounts`: minor units by currency."""

    kind: ClassVar[str] = "minimum_amount"
    amounts: Mapping[str, int]

    def __post_init__(self) -> None:
        amounts("amounts", self.amounts)

    def check(self, facts: Facts) -> Verdict:
        if facts.value is None:
            return Verdict("no_amount", False)
        minimum = self.amounts.get(facts.value.unit)
        if minimum is None:
            return Verdict("currency_mismatch", False, {"unit": facts.value.unit})
        values = {"amount": facts.value.amount, "minimum": minimum, "unit": facts.value.unit}
        return Verdict(self.kind, facts.value.amount >= minimum, values)


@dataclass(frozen=True, slots=True)
class FriendIsNew:
    """The friend had bought nothing before they came in."""

    kind: ClassVar[str] = "friend_is_new"

    def check(self, facts: Facts) -> Verdict:
        return Verdict(self.kind, facts.friend_is_new)


@dataclass(frozen=True, slots=True)
class WithinDays:
    """At most so many days after the friend came in, the last day included."""

    kind: ClassVar[str] = "within_days"
    days: int

    def __post_init__(self) -> None:
        whole("days", self.days, high=3650)

    def check(self, facts: Facts) -> Verdict:
        if facts.days_since_signup is None:
            return Verdict("no_referral", False)
        values = {"days": facts.days_since_signup, "limit": self.days}
        return Verdict(self.kind, facts.days_since_signup <= self.days, values)


@dataclass(frozen=True, slots=True)
class AdvocateSegment:
    """The advocate is in that segment when the event is evaluated. `segment`: its public id."""

    kind: ClassVar[str] = "advocate_segment"
    segment: str

    def __post_init__(self) -> None:
        named("segment", self.segment)

    def check(self, facts: Facts) -> Verdict:
        return Verdict(self.kind, self.segment in facts.advocate_segments, {"segment": self.segment})


@dataclass(frozen=True, slots=True)
class FriendSegment:
    """The friend is in that segment when the event is evaluated. `segment`: its public id."""

    kind: ClassVar[str] = "friend_segment"
    segment: str

    def __post_init__(self) -> None:
        named("segment", self.segment)

    def check(self, facts: Facts) -> Verdict:
        return Verdict(self.kind, self.segment in facts.friend_segments, {"segment": self.segment})


SEGMENT_CONDITIONS = frozenset({AdvocateSegment.kind, FriendSegment.kind})

CONDITIONS: Mapping[str, type[Condition]] = {
    condition.kind: condition
    for condition in (First, MinimumAmount, FriendIsNew, WithinDays, AdvocateSegment, FriendSegment)
}


def condition_build(kind: str, parameters: Mapping[str, Any]) -> Condition:
    """The condition of that kind. Raises BadParameters, also for a kind or a parameter that is not known."""
    if kind not in CONDITIONS:
        raise BadParameters("kind", "unknown")
    try:
        return CONDITIONS[kind](**parameters)
    except TypeError as error:
        raise BadParameters(kind, "unknown_parameter") from error
