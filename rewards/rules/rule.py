from collections.abc import Mapping
from dataclasses import dataclass

from rewards.rules.calculators import Calculator
from rewards.rules.conditions import Condition, Verdict
from rewards.rules.facts import Facts
from rewards.rules.limits import Limit

# What happens once to a friend is paid once for a friend; whatever else happens, once for each event.
ONCE_FOR_A_FRIEND = frozenset({"claimed", "contacted", "qualified", "converted"})


@dataclass(frozen=True, slots=True)
class Group:
    """`mode`: all, any or not (none of them)."""

    mode: str
    conditions: tuple[Condition, ...]

    def check(self, facts: Facts) -> tuple[bool, list[Verdict]]:
        verdicts = [condition.check(facts) for condition in self.conditions]
        passed = [verdict.passed for verdict in verdicts]
        if self.mode == "any":
            return any(passed), verdicts
        return (all(passed) if self.mode == "all" else not any(passed)), verdicts


@dataclass(frozen=True, slots=True)
class Rule:
    """One version of a rule. `amounts` in minor units by currency or unit; `budget_unit` "" without a budget."""

    key: str
    version: int
    trigger: str
    recipient: str
    benefit: str
    calculator: Calculator
    amounts: Mapping[str, int]
    groups: tuple[Group, ...] = ()
    limits: tuple[Limit, ...] = ()
    priority: int = 100
    exclusive_group: str = ""
    budget_unit: str = ""

    def slot(self, facts: Facts) -> str:
        """For what this rule pays once."""
        friend = facts.parties.get("friend")
        if self.trigger in ONCE_FOR_A_FRIEND and friend:
            return f"friend:{friend.key}"
        return f"event:{facts.event_key}"
