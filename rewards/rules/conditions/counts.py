"""By the number of an event. Numbers are given when events are recorded, so two at once are never both the first."""

from dataclasses import dataclass
from typing import ClassVar

from rewards.rules.conditions.condition import Condition
from rewards.rules.facts import Facts
from rewards.rules.parameters import Parameter
from rewards.rules.verdict import Verdict

MAX_COUNT = 100_000


@dataclass(frozen=True, slots=True)
class First(Condition):
    """The first standing event of its type in the referral, by the order in which they were recorded."""

    kind: ClassVar[str] = "first"
    needs: ClassVar[tuple[str, ...]] = ("sequence",)

    def check(self, facts: Facts) -> Verdict:
        return Verdict(self.kind, facts.sequence == 1, {"sequence": facts.sequence})


@dataclass(frozen=True, slots=True)
class Nth(Condition):
    """Exactly that standing event of its type in the referral."""

    kind: ClassVar[str] = "nth"
    parameters: ClassVar[tuple[Parameter, ...]] = (Parameter("number", "whole", high=MAX_COUNT),)
    needs: ClassVar[tuple[str, ...]] = ("sequence",)
    number: int

    def check(self, facts: Facts) -> Verdict:
        values = {"sequence": facts.sequence, "number": self.number}
        return Verdict(self.kind, facts.sequence == self.number, values)


@dataclass(frozen=True, slots=True)
class FromNth(Condition):
    """That standing event of its type in the referral, or a later one."""

    kind: ClassVar[str] = "from_nth"
    parameters: ClassVar[tuple[Parameter, ...]] = (Parameter("number", "whole", high=MAX_COUNT),)
    needs: ClassVar[tuple[str, ...]] = ("sequence",)
    number: int

    def check(self, facts: Facts) -> Verdict:
        values = {"sequence": facts.sequence, "number": self.number}
        return Verdict(self.kind, facts.sequence >= self.number, values)


@dataclass(frozen=True, slots=True)
class EventsAtLeast(Condition):
    """The referral has at least so many standing events of a type, this one included."""

    kind: ClassVar[str] = "events_at_least"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("type", "event_type"),
        Parameter("count", "whole", high=MAX_COUNT),
    )
    needs: ClassVar[tuple[str, ...]] = ("referral",)
    type: str
    count: int

    def check(self, facts: Facts) -> Verdict:
        found = facts.counts.get(self.type, 0)
        return Verdict(self.kind, found >= self.count, {"type": self.type, "found": found, "count": self.count})
