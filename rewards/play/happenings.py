"""What happened, as the rules see it, without a row."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from rewards.rules.facts import Item
from rewards.rules.tiers import Lowered


@dataclass(frozen=True, slots=True)
class Person:
    """`key`: their public id, or the name that a file gives them. `segments`: those only that the rules ask about.

    `lowered`: when, and how, they were moved down a tier for bringing nobody.
    """

    key: str
    name: str = ""
    currency: str = ""
    segments: frozenset[str] = frozenset()
    circle_level: str = ""
    relation: str = ""
    purchases: int = 0
    lowered: tuple[tuple[datetime, Lowered], ...] = ()

    def lowered_before(self, at: datetime) -> Lowered | None:
        return next((lowered for moved_at, lowered in reversed(self.lowered) if moved_at <= at), None)


@dataclass(frozen=True, slots=True)
class Promise:
    """What was quoted at sign-up. `until` None: it stands for good."""

    region: str = ""
    demand: Mapping[str, int] = field(default_factory=dict)
    tier: str = ""
    segments: frozenset[str] = frozenset()
    until: datetime | None = None

    def stands(self, made_at: datetime, at: datetime) -> bool:
        """A campaign that always pays what stands today keeps a promise that ends as it begins."""
        return self.until is None or (made_at < self.until and at <= self.until)


@dataclass(frozen=True, slots=True)
class Referred:
    """A friend and who recommended them. `last_bought`: before they came in, None for never."""

    key: str
    advocate: Person
    friend: Person
    signed_up_at: datetime
    is_new: bool = True
    last_bought: date | None = None
    promise: Promise | None = None


@dataclass(frozen=True, slots=True)
class Happening:
    """One event with what recording found out about it.

    `people` by kind where there is no referral. `step`: the status it brought about. `sequence`, `counts`, `confirmed`:
    as in Facts. `root`: of a refund or take-back, the event that rewards were earned by; `is_whole`: all of it.
    `is_proof`: it only proves a deal already won. `has_confirmed`: this very event confirmed the friend.
    `redeems`: it was paid with a coupon of ours.
    """

    key: str
    type: str
    occurred_at: datetime
    recorded_at: datetime
    referred: Referred | None = None
    people: Mapping[str, Person] = field(default_factory=dict)
    step: str = ""
    sequence: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    confirmed: int = 0
    has_confirmed: bool = False
    amount: int | None = None
    unit: str = ""
    items: tuple[Item, ...] = ()
    region: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    root: str = ""
    is_whole: bool = False
    is_proof: bool = False
    redeems: bool = False

    def parties(self) -> Mapping[str, Person]:
        if self.referred:
            return {"advocate": self.referred.advocate, "friend": self.referred.friend}
        return self.people

    def bare(self) -> "Happening":
        """To be remembered by the hundred thousand."""
        return replace(self, items=(), metadata={}, counts={})
