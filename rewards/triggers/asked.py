"""What rules ask about, so that nothing else is asked of the database."""

from collections.abc import Iterable
from dataclasses import dataclass

from rewards.rules.conditions import Condition
from rewards.rules.rule import Rule

TIER = frozenset({"advocate_tier", "tier_multiplier"})
BOUGHT = frozenset({"friend_is_new", "not_customer_for"})


@dataclass(frozen=True, slots=True)
class Asked:
    """`names`: kinds of conditions and names of calculators. `types`: of events that are counted. `charities`: short
    names of the good causes that are rewarded.
    """

    names: frozenset[str]
    demand: bool
    types: frozenset[str]
    advocate_segments: frozenset[str]
    friend_segments: frozenset[str]
    charities: frozenset[str] = frozenset()

    @property
    def tier(self) -> bool:
        return bool(self.names & TIER)

    @property
    def bought(self) -> bool:
        return bool(self.names & BOUGHT)

    @property
    def circle(self) -> bool:
        return "circle_level" in self.names


def asked_by(rules: Iterable[Rule]) -> Asked:
    rules = list(rules)
    conditions = [one for rule in rules for group in rule.groups for one in group.conditions]
    calculators = [rule.calculator for rule in rules]
    return Asked(
        names=frozenset({one.kind for one in conditions} | {one.name for one in calculators}),
        demand=any("demand" in (one.name, getattr(one, "of", "")) for one in calculators),
        types=_settings(conditions, "events_at_least", "type"),
        advocate_segments=_settings(conditions, "advocate_segment", "segment"),
        friend_segments=_settings(conditions, "friend_segment", "segment"),
        charities=frozenset(rule.charity for rule in rules if rule.recipient == "charity") - {""},
    )


def _settings(conditions: Iterable[Condition], kind: str, name: str) -> frozenset[str]:
    return frozenset(str(getattr(one, name)) for one in conditions if one.kind == kind)
