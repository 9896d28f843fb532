from collections.abc import Mapping
from dataclasses import dataclass

from rewards.rules.calculators import Calculator
from rewards.rules.conditions import Condition
from rewards.rules.facts import Facts
from rewards.rules.limits import Limit
from rewards.rules.verdict import Verdict

# The trigger of a rule that stands for what colleagues give by hand: nothing sets it off.
BY_HAND = "by_hand"

# What happens once to a friend is paid once for a friend; whatever else happens, once for each event.
ONCE_FOR_A_FRIEND = frozenset({"claimed", "contacted", "qualified", "converted"})


def charity_party(key: str) -> str:
    return f"charity:{key}"


@dataclass(frozen=True, slots=True)
class Group:
    """`mode`: all, any or not (none of them)."""

    mode: str
    conditions: tuple[Condition, ...]

    def check(self, facts: Facts) -> tuple[bool, list[Verdict]]:
        """All are asked, so that all reasons are known. A currency that is not stated passes nowhere, nor in `not`."""
        verdicts = [condition.check(facts) for condition in self.conditions]
        if self.mode == "all":
            return all(verdict.passed for verdict in verdicts), verdicts
        verdicts = [verdict._replace(group=self.mode) for verdict in verdicts]
        if self.mode == "any":
            return any(verdict.passed for verdict in verdicts), verdicts
        return not any(verdict.passed or verdict.code == "currency_mismatch" for verdict in verdicts), verdicts


@dataclass(frozen=True, slots=True)
class Rule:
    """One version of a rule. `amounts` in minor units by currency or unit; `budget_unit` "" without a budget.

    `once_per`: "" leaves it to the trigger; event, friend, or party (whoever is rewarded). `charity`: the short name of
    the good cause that a donation goes to.
    """

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
    once_per: str = ""
    charity: str = ""

    @property
    def party(self) -> str:
        """Under which name the facts know who is rewarded: there are many good causes, and the rule says which."""
        return charity_party(self.charity) if self.recipient == "charity" else self.recipient

    def slot(self, facts: Facts) -> str:
        """For what this rule pays once, where its calculator does not know better."""
        friend = facts.parties.get("friend")
        once_per = self.once_per or ("friend" if self.trigger in ONCE_FOR_A_FRIEND else "event")
        if once_per == "party":
            return "party"
        if once_per == "friend" and friend:
            return f"friend:{friend.key}"
        return f"event:{facts.event_key}"
