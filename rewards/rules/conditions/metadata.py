"""By the further facts that an event carries."""

from dataclasses import dataclass
from typing import ClassVar

from rewards.rules.conditions.condition import Condition
from rewards.rules.facts import Facts
from rewards.rules.parameters import MAX_AMOUNT, Parameter, as_text
from rewards.rules.verdict import Verdict


@dataclass(frozen=True, slots=True)
class FactAtLeast(Condition):
    """A further fact of the event is a number, and at least so much."""

    kind: ClassVar[str] = "fact_at_least"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("name", "name"),
        Parameter("value", "whole", low=-MAX_AMOUNT),
    )
    needs: ClassVar[tuple[str, ...]] = ("metadata",)
    name: str
    value: int

    def check(self, facts: Facts) -> Verdict:
        found = facts.metadata.get(self.name)
        if isinstance(found, bool) or not isinstance(found, int | float):
            return Verdict("no_number", False, {"name": self.name})
        return Verdict(self.kind, found >= self.value, {"name": self.name, "found": found, "value": self.value})


@dataclass(frozen=True, slots=True)
class FactIs(Condition):
    """A further fact of the event is one of these values, to the letter; 12 and "12" are one."""

    kind: ClassVar[str] = "fact_is"
    parameters: ClassVar[tuple[Parameter, ...]] = (Parameter("name", "name"), Parameter("values", "values"))
    needs: ClassVar[tuple[str, ...]] = ("metadata",)
    name: str
    values: tuple[str, ...]

    def check(self, facts: Facts) -> Verdict:
        found = as_text(facts.metadata.get(self.name, ""))
        # A list or an object is no value that somebody could have meant.
        shown = found if isinstance(found, str) else ""
        values = {"name": self.name, "found": shown, "values": list(self.values)}
        return Verdict(self.kind, shown in self.values, values)
