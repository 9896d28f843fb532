"""Facts in, decisions out. Order: conditions, amount, then of an exclusive group the best. Limits come afterwards."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from rewards.rules.calculators import Offer
from rewards.rules.facts import Facts, Value
from rewards.rules.parameters import MAX_AMOUNT
from rewards.rules.registry import PERCENT
from rewards.rules.rule import Rule
from rewards.rules.verdict import Verdict

# More than the whole of a purchase cannot be let off; each entry of a contest is a row of its own.
MOST_BY_UNIT = {PERCENT: 10_000, "entry": 1_000}


class Decision(NamedTuple):
    """What one rule says about one event. `value` None: nothing, and the trace says why."""

    rule: Rule
    slot: str
    party_key: str
    value: Value | None
    trace: tuple[Verdict, ...]


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    values = dict(verdict.values)
    return {"code": verdict.code, "passed": verdict.passed, "values": values, "group": verdict.group}


def evaluate(rules: Iterable[Rule], facts: Facts) -> list[Decision]:
    """One decision for each rule that the event triggers, by priority, then key."""
    triggered = [rule for rule in rules if rule.trigger in facts.triggers]
    ordered = sorted(triggered, key=lambda rule: (rule.priority, rule.key))
    decisions = [decide(rule, facts) for rule in ordered]
    best = _best(decisions)
    return [_shut_out(decision, best) for decision in decisions]


def decide(rule: Rule, facts: Facts) -> Decision:
    """One rule alone: recipient, conditions, amount. A decision of 0 makes no reward."""
    party = facts.parties.get(rule.party)
    if party is None:
        return Decision(rule, rule.slot(facts), "", None, (Verdict("no_recipient", False),))
    passed, trace = _conditions(rule, facts)
    if not passed:
        return Decision(rule, rule.slot(facts), party.key, None, tuple(trace))
    reckoned = rule.calculator.calculate(Offer(rule.amounts, party, rule.budget_unit), facts)
    slot = reckoned.slot or rule.slot(facts)
    value, last = _due(reckoned.value)
    return Decision(rule, slot, party.key, value, (*trace, *reckoned.steps, *last))


def _conditions(rule: Rule, facts: Facts) -> tuple[bool, list[Verdict]]:
    """Ends after the first group that does not pass."""
    trace: list[Verdict] = []
    for group in rule.groups:
        passed, verdicts = group.check(facts)
        trace += verdicts
        if not passed:
            return False, trace
    return True, trace


def _due(value: Value | None) -> tuple[Value | None, list[Verdict]]:
    if value is None:
        return None, []
    if value.amount < 1:
        return None, [Verdict("nothing_due", False)]
    values = {"amount": value.amount, "unit": value.unit}
    if value.amount > MOST_BY_UNIT.get(value.unit, MAX_AMOUNT):
        return None, [Verdict("too_much", False, values)]
    return value, [Verdict("due", True, values)]


def _best(decisions: Iterable[Decision]) -> dict[tuple[str, str], Decision]:
    """By exclusive group and recipient: the highest amount in the unit of the first that pays; of equal ones the first.

    `decisions` by priority, then key.
    """
    best: dict[tuple[str, str], Decision] = {}
    for decision in decisions:
        if decision.value is None or not decision.rule.exclusive_group:
            continue
        leader = best.setdefault(_group(decision), decision)
        if leader.value and leader.value.unit == decision.value.unit and decision.value.amount > leader.value.amount:
            best[_group(decision)] = decision
    return best


def _shut_out(decision: Decision, best: dict[tuple[str, str], Decision]) -> Decision:
    leader = best.get(_group(decision))
    if decision.value is None or leader is None or leader is decision or leader.value is None:
        return decision
    paid = {"rule": leader.rule.key, "amount": leader.value.amount, "unit": leader.value.unit}
    values = {"group": decision.rule.exclusive_group} | paid
    return decision._replace(value=None, trace=(*decision.trace[:-1], Verdict("exclusive_group", False, values)))


def _group(decision: Decision) -> tuple[str, str]:
    return decision.rule.exclusive_group, decision.rule.recipient
