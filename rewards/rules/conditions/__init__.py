"""Each condition answers with a code and values, so that staff and advocates can read why."""

from collections.abc import Mapping
from typing import Any

from rewards.rules.conditions.condition import Condition
from rewards.rules.conditions.counts import EventsAtLeast, First, FromNth, Nth
from rewards.rules.conditions.days import Deadline, NotCustomerFor, WithinDays
from rewards.rules.conditions.metadata import FactAtLeast, FactIs
from rewards.rules.conditions.people import (
    AdvocatePurchases,
    AdvocateRelation,
    AdvocateSegment,
    AdvocateTier,
    CircleLevel,
    FriendIsNew,
    FriendRelation,
    FriendSegment,
)
from rewards.rules.conditions.sale import MinimumAmount, MinimumQuantity, Product, Region
from rewards.rules.parameters import BadParameters, read
from rewards.rules.verdict import Verdict

CONDITIONS: Mapping[str, type[Condition]] = {
    "first": First,
    "nth": Nth,
    "from_nth": FromNth,
    "minimum_amount": MinimumAmount,
    "product": Product,
    "minimum_quantity": MinimumQuantity,
    "region": Region,
    "within_days": WithinDays,
    "deadline": Deadline,
    "events_at_least": EventsAtLeast,
    "fact_at_least": FactAtLeast,
    "fact_is": FactIs,
    "advocate_tier": AdvocateTier,
    "advocate_segment": AdvocateSegment,
    "circle_level": CircleLevel,
    "advocate_relation": AdvocateRelation,
    "advocate_purchases": AdvocatePurchases,
    "friend_is_new": FriendIsNew,
    "not_customer_for": NotCustomerFor,
    "friend_segment": FriendSegment,
    "friend_relation": FriendRelation,
}

SEGMENT_CONDITIONS = frozenset(
    kind
    for kind, condition in CONDITIONS.items()
    if any(parameter.shape == "segment" for parameter in condition.parameters)
)


def condition_build(kind: str, parameters: Mapping[str, Any]) -> Condition:
    """The condition of that kind. Raises BadParameters, also for a kind or a parameter that is not known."""
    if kind not in CONDITIONS:
        raise BadParameters("kind", "unknown")
    condition = CONDITIONS[kind]
    return condition(**read(kind, condition.parameters, parameters))


__all__ = [
    "CONDITIONS",
    "SEGMENT_CONDITIONS",
    "AdvocateSegment",
    "Condition",
    "First",
    "FriendIsNew",
    "FriendSegment",
    "MinimumAmount",
    "Verdict",
    "WithinDays",
    "condition_build",
]
