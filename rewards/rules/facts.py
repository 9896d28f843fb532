from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Value:
    """Whole minor units of a currency or named unit (config.lib.units)."""

    amount: int
    unit: str


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody a rule may reward. `key`: their public id. `currency`: the one they buy in, "" when unknown."""

    key: str
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules may know of one event.

    `parties` by kind of recipient. `triggers`: the event's type and the step it brought about. `sequence`: its number
    among the standing events of its type, 0 when it stands no more. `value`: of the sale, less what was refunded.
    `local_date`: the day it happened in the campaign's zone. `days_since_signup`: None without a referral.
    `advocate_segments`, `friend_segments`: public ids, of those segments only that the rules at hand ask about.
    """

    event_key: str
    campaign_key: str
    triggers: frozenset[str]
    local_date: date
    parties: Mapping[str, Party] = field(default_factory=dict)
    company_currency: str = ""
    value: Value | None = None
    sequence: int = 0
    friend_is_new: bool = False
    days_since_signup: int | None = None
    advocate_segments: frozenset[str] = frozenset()
    friend_segments: frozenset[str] = frozenset()
