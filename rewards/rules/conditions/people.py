"""By who the advocate and the friend are."""

from dataclasses import dataclass
from typing import ClassVar

from rewards.rules.conditions.condition import Condition
from rewards.rules.facts import Facts, Party
from rewards.rules.parameters import Parameter
from rewards.rules.verdict import Verdict

NOBODY = Party("")
MAX_PURCHASES = 100_000


@dataclass(frozen=True, slots=True)
class AdvocateTier(Condition):
    """The advocate has one of these tiers, as it stood before the event. `tiers`: their short names."""

    kind: ClassVar[str] = "advocate_tier"
    parameters: ClassVar[tuple[Parameter, ...]] = (Parameter("tiers", "tiers"),)
    needs: ClassVar[tuple[str, ...]] = ("tier",)
    tiers: tuple[str, ...]

    def check(self, facts: Facts) -> Verdict:
        tier = facts.parties.get("advocate", NOBODY).tier
        key = tier.key if tier else ""
        return Verdict(self.kind, key in self.tiers, {"tier": key, "tiers": list(self.tiers)})


@dataclass(frozen=True, slots=True)
class AdvocateSegment(Condition):
    """The advocate is in that segment. `segment`: its public id."""

    kind: ClassVar[str] = "advocate_segment"
    parameters: ClassVar[tuple[Parameter, ...]] = (Parameter("segment", "segment"),)
    needs: ClassVar[tuple[str, ...]] = ("advocate",)
    segment: str

    def check(self, facts: Facts) -> Verdict:
        among = facts.parties.get("advocate", NOBODY).segments
        return Verdict(self.kind, self.segment in among, {"segment": self.segment})


@dataclass(frozen=True, slots=True)
class FriendSegment(Condition):
    """The friend is in that segment. `segment`: its public id."""

    kind: ClassVar[str] = "friend_segment"
    parameters: ClassVar[tuple[Parameter, ...]] = (Parameter("segment", "segment"),)
    needs: ClassVar[tuple[str, ...]] = ("friend",)
    segment: str

    def check(self, facts: Facts) -> Verdict:
        among = facts.parties.get("friend", NOBODY).segments
        return Verdict(self.kind, self.segment in among, {"segment": self.segment})


@dataclass(frozen=True, slots=True)
class CircleLevel(Condition):
    """The advocate stands at one of these levels of the inner circle."""

    kind: ClassVar[str] = "circle_level"
    parameters: ClassVar[tuple[Parameter, ...]] = (Parameter("levels", "levels"),)
    needs: ClassVar[tuple[str, ...]] = ("advocate",)
    levels: tuple[str, ...]

    def check(self, facts: Facts) -> Verdict:
        level = facts.parties.get("advocate", NOBODY).circle_level
        return Verdict(self.kind, level in self.levels, {"level": level, "levels": list(self.levels)})


@dataclass(frozen=True, slots=True)
class AdvocateRelation(Condition):
    """What the advocate is to the company: customer, employee, partner …"""

    kind: ClassVar[str] = "advocate_relation"
    parameters: ClassVar[tuple[Parameter, ...]] = (Parameter("relations", "relations"),)
    needs: ClassVar[tuple[str, ...]] = ("advocate",)
    relations: tuple[str, ...]

    def check(self, facts: Facts) -> Verdict:
        relation = facts.parties.get("advocate", NOBODY).relation
        return Verdict(self.kind, relation in self.relations, {"relation": relation, "relations": list(self.relations)})


@dataclass(frozen=True, slots=True)
class FriendRelation(Condition):
    """What the friend is to the company."""

    kind: ClassVar[str] = "friend_relation"
    parameters: ClassVar[tuple[Parameter, ...]] = (Parameter("relations", "relations"),)
    needs: ClassVar[tuple[str, ...]] = ("friend",)
    relations: tuple[str, ...]

    def check(self, facts: Facts) -> Verdict:
        relation = facts.parties.get("friend", NOBODY).relation
        return Verdict(self.kind, relation in self.relations, {"relation": relation, "relations": list(self.relations)})


@dataclass(frozen=True, slots=True)
class AdvocatePurchases(Condition):
    """The advocate has bought at least so often."""

    kind: ClassVar[str] = "advocate_purchases"
    parameters: ClassVar[tuple[Parameter, ...]] = (Parameter("count", "whole", high=MAX_PURCHASES),)
    needs: ClassVar[tuple[str, ...]] = ("advocate",)
    count: int

    def check(self, facts: Facts) -> Verdict:
        found = facts.parties.get("advocate", NOBODY).purchases
        return Verdict(self.kind, found >= self.count, {"found": found, "count": self.count})


@dataclass(frozen=True, slots=True)
class FriendIsNew(Condition):
    """The friend had bought nothing before they came in."""

    kind: ClassVar[str] = "friend_is_new"
    needs: ClassVar[tuple[str, ...]] = ("friend",)

    def check(self, facts: Facts) -> Verdict:
        return Verdict(self.kind, facts.friend_is_new)
