from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rewards.rules.calculators import Offer
from rewards.rules.conditions import Verdict
from rewards.rules.facts import Facts, Party, Value
from rewards.rules.rule import Rule


@dataclass(frozen=True, slots=True)
class Decision:
    """What one rule says about one event. `value` None: nothing, and the last verdict of the trace says why."""

    rule: Rule
    slot: str
    party_key: str
    value: Value | None
    trace: tuple[Verdict, ...]


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    return {"code": verdict.code, "passed": verdict.passed, "values": dict(verdict.values)}


def evaluate(rules: Iterable[Rule], facts: Facts) -> list[Decision]:
    """One decision for each rule that the event triggers; of an exclusive group the first that pays, by priority."""
    paid_groups: set[tuple[str, str]] = set()
    decisions: list[Decision] = []
    for rule in sorted(rules, key=lambda rule: (rule.priority, rule.key)):
        if rule.trigger not in facts.triggers:
            continue
        group = (rule.exclusive_group, rule.recipient)
        decision = _shut_out(rule, facts) if group in paid_groups else decide(rule, facts)
        if decision.value and rule.exclusive_group:
            paid_groups.add(group)
        decisions.append(decision)
    return decisions


def decide(rule: Rule, facts: Facts) -> Decision:
    """One rule alone: recipient, conditions, amount. A decision of 0 makes no reward."""
    party = facts.parties.get(rule.recipient)
    if party is None:
        return _decision(rule, facts, party, None, [Verdict("no_recipient", False)])
    passed, trace = _conditions(rule, facts)
    if not passed:
        return _decision(rule, facts, party, None, trace)
    outcome = rule.calculator.calculate(Offer(rule.amounts, party, rule.budget_unit), facts)
    if isinstance(outcome, Verdict):
        return _decision(rule, facts, party, None, [*trace, outcome])
    if outcome.amount < 1:
        return _decision(rule, facts, party, None, [*trace, Verdict("nothing_due", False)])
    due = Verdict("due", True, {"amount": outcome.amount, "unit": outcome.unit})
    return _decision(rule, facts, party, outcome, [*trace, due])


def _conditions(rule: Rule, facts: Facts) -> tuple[bool, list[Verdict]]:
    trace: list[Verdict] = []
    for group in rule.groups:
        passed, verdicts = group.check(facts)
        trace += verdicts
        if not passed:
            return False, trace
    return True, trace


def _shut_out(rule: Rule, facts: Facts) -> Decision:
    values: Mapping[str, Any] = {"group": rule.exclusive_group}
    party = facts.parties.get(rule.recipient)
    return _decision(rule, facts, party, None, [Verdict("exclusive_group", False, values)])


def _decision(rule: Rule, facts: Facts, party: Party | None, value: Value | None, trace: list[Verdict]) -> Decision:
    return Decision(rule, rule.slot(facts), party.key if party else "", value, tuple(trace))
