"""What a campaign would pay an advocate for one more friend: the engine itself, on facts that are assumed.

Whatever a friend has yet to do is taken as done; what is known of the advocate decides as it will decide.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from advocates.errors import BadSegment
from advocates.models import Contact
from campaigns.models import Campaign
from campaigns.selectors import company
from rewards.models import RewardRule
from rewards.quotes import StoodRules, quote
from rewards.rules.engine import Decision, decide, evaluate
from rewards.rules.facts import Facts, Party, Value
from rewards.rules.rule import Group, Rule
from rewards.triggers.asked import asked_by
from rewards.triggers.knowing import filled
from rewards.triggers.occasion import Occasion, book_stamp, local_date, parties_of, people_now
from rewards.triggers.people import confirmed_friends

# These ask about the advocate, and have their answer before there is a friend.
OF_ADVOCATE = frozenset(
    {"advocate_tier", "advocate_segment", "circle_level", "advocate_relation", "advocate_purchases"}
)
# Rules by these pay an amount that is known before there is a sale.
KNOWN_BEFORE = frozenset({"fixed", "tier_multiplier", "by_region", "demand", "steps", "milestones"})
SOME_FRIEND = Party("friend")


@dataclass(frozen=True, slots=True)
class Assumed:
    """`value` None: the amount hangs on the sale, and the rule's own words tell it."""

    row: RewardRule
    rule: Rule
    facts: Facts
    decision: Decision
    value: Value | None


def assumed_for(*, campaign: Campaign, advocate: Contact, now: datetime) -> list[Assumed]:
    """By priority; rules that pay this advocate nothing are left out, and of an exclusive group all but the best."""
    stood = quote(campaign=campaign, at=now)
    rules = [as_assumed(rule) for rule in stood.rules if rule.recipient == "advocate"]
    if not rules:
        return []
    facts = _facts(campaign, advocate, rules, now)
    if facts is None:
        return []
    triggers = dict.fromkeys(rule.trigger for rule in sorted(rules, key=lambda rule: (rule.priority, rule.key)))
    return [found for trigger in triggers for found in _of_trigger(trigger, rules, stood, facts)]


def as_assumed(rule: Rule) -> Rule:
    """Without what hangs on the friend. One of several conditions may be met by the friend: then it is."""
    groups = []
    for group in rule.groups:
        known = tuple(one for one in group.conditions if one.kind in OF_ADVOCATE)
        if known and (group.mode != "any" or len(known) == len(group.conditions)):
            groups.append(Group(group.mode, known))
    return replace(rule, groups=tuple(groups), limits=())


def _of_trigger(trigger: str, rules: Sequence[Rule], stood: StoodRules, facts: Facts) -> list[Assumed]:
    facts = replace(facts, triggers=frozenset({trigger}), event_type=trigger)
    return [
        Assumed(stood.rows[decision.rule.key], decision.rule, facts, decision, _value(decision, facts))
        for decision in evaluate(rules, facts)
        if _pays(decision, facts)
    ]


def _pays(decision: Decision, facts: Facts) -> bool:
    if decision.value or _value(decision, facts):
        return True
    is_met = all(group.check(facts)[0] for group in decision.rule.groups)
    is_best = not any(step.code == "exclusive_group" for step in decision.trace)
    return is_met and is_best and decision.rule.calculator.name not in KNOWN_BEFORE


def _value(decision: Decision, facts: Facts) -> Value | None:
    """Of steps all together; of milestones the next one."""
    rule = decision.rule
    if rule.calculator.name == "steps":
        parts = [
            decide(rule, replace(facts, sequence=number)).value for number in getattr(rule.calculator, "steps", ())
        ]
        due = [part for part in parts if part]
        return Value(sum(part.amount for part in due), due[0].unit) if due else None
    return decision.value if rule.calculator.name in KNOWN_BEFORE else None


def _facts(campaign: Campaign, advocate: Contact, rules: Iterable[Rule], now: datetime) -> Facts | None:
    """None while a segment that these rules ask about has a problem: nothing is promised that nobody can answer for."""
    people = people_now({"advocate": advocate})
    facts = Facts(
        event_key="",
        campaign_key=campaign.public_id,
        triggers=frozenset(),
        local_date=local_date(now, campaign),
        parties={**parties_of(people), "friend": SOME_FRIEND},
        company_currency=company().currency,
        sequence=1,
        friend_is_new=True,
        days_since_signup=0,
        region=people["advocate"].region,
        confirmed=confirmed_friends(campaign, people["advocate"]) + 1,
    )
    occasion = Occasion(campaign, facts, people, now, now, is_test=False, stamp=book_stamp(campaign))
    try:
        return filled(occasion, asked_by(rules), now)
    except BadSegment:
        return None
