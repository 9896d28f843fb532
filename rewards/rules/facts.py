from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Value:
    """Whole minor units of a currency or named unit (config.lib.units)."""

    amount: int
    unit: str


@dataclass(frozen=True, slots=True)
class Tier:
    """What an advocate has reached by confirmed friends; `rank` grows with it. `multiplier` in basis points."""

    key: str
    rank: int
    multiplier: int = 10_000


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody a rule may reward. `key`: their public id. `currency`: the one they buy in, "" when unknown.

    `segments`: public ids, of those segments only that the rules at hand ask about. `purchases`: how often they bought.
    """

    key: str
    currency: str = ""
    segments: frozenset[str] = frozenset()
    tier: Tier | None = None
    circle_level: str = ""
    relation: str = ""
    purchases: int = 0


@dataclass(frozen=True, slots=True)
class Item:
    """One line of what was bought. `amount` in minor units of the event's currency, None when it was not told."""

    product: str = ""
    quantity: int = 1
    amount: int | None = None
    sku: str = ""


def item_of(line: Mapping[str, object]) -> Item:
    """A line of an event as it was told."""
    quantity, amount = line.get("quantity", 1), line.get("amount")
    return Item(
        product=str(line.get("product") or ""),
        quantity=quantity if isinstance(quantity, int) else 1,
        amount=amount if isinstance(amount, int) else None,
        sku=str(line.get("sku") or ""),
    )


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules may know of one event.

    `parties` by kind of recipient. `triggers`: the event's type and the step it brought about. `sequence`: its number
    among the standing events of `event_type` in the referral, 0 when it stands no more. `value`: of the sale, less what
    was refunded. `local_date`: the day it happened in the campaign's zone. `days_since_signup`: None without a
    referral. `counts`: standing events of the referral by type, this one included, in the order of recording.
    `confirmed`: the advocate's confirmed friends in the campaign, with this event. `region`, `demand` (minor units by
    currency): the promised ones while the promise stands, else today's. `friend_last_bought`: before they came in,
    None for never. `draw`: a number drawn for this event, the same at each look.
    """

    event_key: str
    campaign_key: str
    triggers: frozenset[str]
    local_date: date
    parties: Mapping[str, Party] = field(default_factory=dict)
    company_currency: str = ""
    value: Value | None = None
    event_type: str = ""
    sequence: int = 0
    friend_is_new: bool = False
    days_since_signup: int | None = None
    items: tuple[Item, ...] = ()
    region: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    confirmed: int = 0
    friend_last_bought: date | None = None
    demand: Mapping[str, int] = field(default_factory=dict)
    draw: int = 0
