"""An event once more, as it was when it earned a reward: a refund takes back a part of the sale, nobody's tier."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from referrals.models import ReferralEvent
from rewards.models import Reward
from rewards.quotes import rule_version
from rewards.rules.facts import Facts, Party, Tier
from rewards.rules.rule import Rule
from rewards.triggers.asked import Asked, asked_by
from rewards.triggers.knowing import filled
from rewards.triggers.referral_events import occasion_of

Step = Mapping[str, Any]


def facts_again(*, reward: Reward, event: ReferralEvent) -> tuple[Rule, Facts]:
    """(the reward's own version of its rule, the event as it was then less what was refunded since).

    How people stood is read from the reward's own trace; what that does not tell is asked anew, and may raise
    BadSegment.
    """
    occasion = occasion_of(event, reward.referral, reward.campaign)
    rule = rule_version(campaign=reward.campaign, rule_id=reward.rule_id, stamp=occasion.stamp)
    facts = filled(occasion, _untold(asked_by([rule]), reward.trace), reward.created_at)
    # A good cause that may be given to no more keeps what it was given before.
    facts = replace(
        facts, parties={**facts.parties, rule.party: facts.parties.get(rule.party, Party(reward.party_key))}
    )
    for step in reward.trace:
        if step.get("code") in THEN:
            facts = THEN[step["code"]](facts, step)
    return rule, facts


def _untold(asked: Asked, trace: Iterable[Step]) -> Asked:
    """What the rule asks about and the trace does not tell."""
    told = {str(step.get("code")) for step in trace}
    told |= {"tier_multiplier"} if told & {"tier_times", "no_tier"} else set()
    segments = {step["values"].get("segment") for step in trace if step.get("code") in SEGMENTS}
    return replace(
        asked,
        names=asked.names - told,
        types=asked.types - {step["values"].get("type") for step in trace if step.get("code") == "events_at_least"},
        demand=asked.demand and "demand_amount" not in told,
        advocate_segments=asked.advocate_segments - segments,
        friend_segments=asked.friend_segments - segments,
    )


# --- how it stood then ------------------------------------------------------------------------------------------------

SEGMENTS = frozenset({"advocate_segment", "friend_segment"})


def _party(facts: Facts, kind: str, **values: Any) -> Facts:
    party = facts.parties.get(kind, Party(""))
    return replace(facts, parties={**facts.parties, kind: replace(party, **values)})


def _segment(kind: str) -> Callable[[Facts, Step], Facts]:
    def then(facts: Facts, step: Step) -> Facts:
        """Also who was not in it then, and is now."""
        segments, named = facts.parties.get(kind, Party("")).segments, {step["values"]["segment"]}
        return _party(facts, kind, segments=segments | named if step["passed"] else segments - named)

    return then


def _value(kind: str, name: str, told: str) -> Callable[[Facts, Step], Facts]:
    return lambda facts, step: _party(facts, kind, **{name: step["values"][told]})


def _tier(facts: Facts, step: Step) -> Facts:
    key, multiplier = step["values"].get("tier", ""), step["values"].get("multiplier")
    known = facts.parties.get("advocate", Party("")).tier
    times = multiplier or (known.multiplier if known and known.key == key else Tier("", 0).multiplier)
    return _party(facts, "advocate", tier=Tier(key, 0, times) if key else None)


def _new(facts: Facts, step: Step) -> Facts:
    return replace(facts, friend_is_new=step["passed"])


def _bought(facts: Facts, step: Step) -> Facts:
    day = step["values"].get("last_bought")
    return replace(facts, friend_last_bought=date.fromisoformat(day) if day else None)


def _count(facts: Facts, step: Step) -> Facts:
    values = step["values"]
    return replace(facts, counts={**facts.counts, values["type"]: values["found"]})


def _demand(facts: Facts, step: Step) -> Facts:
    return replace(facts, demand={step["values"]["unit"]: step["values"]["amount"]})


def _lot(facts: Facts, step: Step) -> Facts:
    return replace(facts, draw=step["values"]["lot"])


# By the code of a step in the trace.
THEN: Mapping[str, Callable[[Facts, Step], Facts]] = {
    "advocate_segment": _segment("advocate"),
    "friend_segment": _segment("friend"),
    "advocate_tier": _tier,
    "tier_times": _tier,
    "no_tier": _tier,
    "circle_level": _value("advocate", "circle_level", "level"),
    "advocate_relation": _value("advocate", "relation", "relation"),
    "friend_relation": _value("friend", "relation", "relation"),
    "advocate_purchases": _value("advocate", "purchases", "found"),
    "friend_is_new": _new,
    "not_customer_for": _bought,
    "events_at_least": _count,
    "demand_amount": _demand,
    "prize_drawn": _lot,
}
