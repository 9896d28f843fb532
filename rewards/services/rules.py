"""Rules change by a new version: whoever signed up under the old one is paid by the old one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from advocates.models import Segment, User
from advocates.segments.evaluate import segment_problems
from advocates.services.audit import audit
from campaigns.models import Campaign
from config.lib.errors import DomainError
from config.lib.insert_once import insert_once
from config.lib.money import Money
from config.lib.states import Stale
from config.lib.units import UnknownUnit, unit_get
from rewards.errors import BadRule
from rewards.models import Budget, Condition, Limit, RewardRule, RuleAmount
from rewards.rules.calculators import calculator_build
from rewards.rules.conditions import SEGMENT_CONDITIONS, condition_build
from rewards.rules.parameters import BadParameters
from rewards.rules.registry import may_serve, units_refused


@dataclass(frozen=True, slots=True)
class ConditionDraft:
    kind: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    group: str = Condition.Group.ALL


@dataclass(frozen=True, slots=True)
class LimitDraft:
    measure: str
    per: str
    value: int
    window: str = Limit.Window.LIFETIME
    over: str = Limit.Over.SKIP


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """A rule as somebody wants it. `amounts`: minor units by currency or unit (1000 percent is 10 %).

    `calculator`: "fixed", or "percent" with parameters {"basis_points", "floor"?, "ceiling"?}.
    """

    key: str
    trigger: str
    recipient: str
    benefit: str
    amounts: Mapping[str, int] = field(default_factory=dict)
    calculator: str = "fixed"
    parameters: Mapping[str, Any] = field(default_factory=dict)
    conditions: Sequence[ConditionDraft] = ()
    limits: Sequence[LimitDraft] = ()
    priority: int = 100
    exclusive_group: str = ""
    hold_days: int = 0
    expires_after_days: int | None = None
    approval_above: int | None = None
    budget: Budget | None = None


def rule_save(*, campaign: Campaign, draft: RuleDraft, actor: User | None, now: datetime) -> RewardRule:
    """The rule of that key from now on. One that nobody can have relied on is replaced, one in use is superseded.

    Raises BadRule with `reasons`, or Stale when somebody saves the same rule at this moment.
    """
    reasons = draft_problems(draft, campaign)
    if reasons:
        raise BadRule(" ".join(reasons), reasons=reasons)
    with transaction.atomic():
        old = RewardRule.objects.standing().filter(campaign=campaign, key=draft.key).first()
        if old and draft_of(old) == draft:
            return old
        rule = _replace(old, draft) if old and not is_in_use(old) else _supersede(campaign, old, draft, now)
        before = {"version": old.version} if old else {}
        audit(verb="rule_save", row=rule, actor=actor, before=before, after=_audited(draft, rule))
    return rule


def rule_retire(*, rule: RewardRule, actor: User | None, now: datetime) -> None:
    """From now on the rule pays nobody new; who signed up before is paid by it. Raises Stale."""
    with transaction.atomic():
        _end(rule, now)
        audit(verb="rule_retire", row=rule, actor=actor, before={"version": rule.version})


def is_in_use(rule: RewardRule) -> bool:
    """May somebody have relied on this version?"""
    was_public = rule.campaign.status not in (Campaign.Status.DRAFT, Campaign.Status.SCHEDULED)
    return was_public or rule.rewards.exists()


def draft_of(rule: RewardRule) -> RuleDraft:
    """The rule as a draft: to compare it, and to begin the next version from it."""
    return RuleDraft(
        key=rule.key,
        trigger=rule.trigger,
        recipient=rule.recipient,
        benefit=rule.benefit,
        amounts={row.unit: row.amount for row in rule.amounts.order_by("pk")},
        calculator=rule.calculator,
        parameters=rule.parameters,
        conditions=[ConditionDraft(row.kind, row.parameters, row.group) for row in rule.conditions.order_by("pk")],
        limits=[
            LimitDraft(row.measure, row.per, row.value, row.window, row.over) for row in rule.limits.order_by("pk")
        ],
        priority=rule.priority,
        exclusive_group=rule.exclusive_group,
        hold_days=rule.hold_days,
        expires_after_days=rule.expires_after_days,
        approval_above=rule.approval_above,
        budget=rule.budget,
    )


def draft_problems(draft: RuleDraft, campaign: Campaign) -> list[str]:
    """What makes no sense, in sentences; empty when the rule can be carried out."""
    return [*amount_problems(draft), *budget_problems(draft, campaign), *part_problems(draft)]


def amount_problems(draft: RuleDraft) -> list[str]:
    """What is wrong with the amounts per unit, as sentences; empty when they can be paid."""
    problems = []
    for unit, amount in draft.amounts.items():
        try:
            Money(amount, unit)
        except DomainError as refusal:
            problems.append(str(refusal))
    if refused := units_refused(draft.benefit, draft.amounts):
        problems.append(_("This reward cannot be given in %(units)s.") % {"units": ", ".join(refused)})
    if draft.calculator == "fixed" and not draft.amounts:
        problems.append(_("Say how much, in at least one currency."))
    return problems


def budget_problems(draft: RuleDraft, campaign: Campaign) -> list[str]:
    """Why this budget cannot pay for this rule, as sentences."""
    if draft.budget is None:
        return []
    if draft.budget.campaign_id != campaign.pk:
        return [_("The budget belongs to another campaign.")]
    if any(unit != draft.budget.unit for unit in draft.amounts):
        return [_("Each amount must be in the currency of the budget.")]
    return []


def part_problems(draft: RuleDraft) -> list[str]:
    """What is wrong with calculator, conditions and limits, as sentences."""
    problems = []
    if not may_serve(draft.calculator, draft.benefit):
        problems.append(_("This way to reckon does not fit this reward."))
    if draft.expires_after_days is not None and draft.benefit != RewardRule.Benefit.COUPON:
        problems.append(_("Only coupons run out."))
    if any(limit.over == Limit.Over.PARTIAL and limit.measure != Limit.Measure.AMOUNT for limit in draft.limits):
        problems.append(_("Only a limit of amounts can pay what is left."))
    try:
        calculator_build(draft.calculator, draft.parameters)
        for condition in draft.conditions:
            condition_build(condition.kind, condition.parameters)
            for unit in condition.parameters.get("amounts", {}):
                unit_get(unit)
            problems += _segment_problem(condition)
    except (BadParameters, UnknownUnit) as refusal:
        problems.append(_("A setting is not right: %(what)s") % {"what": refusal})
    return problems


def _segment_problem(condition: ConditionDraft) -> list[str]:
    if condition.kind not in SEGMENT_CONDITIONS:
        return []
    segment = Segment.objects.filter(public_id=condition.parameters["segment"], is_active=True).first()
    return segment_problems(segment) if segment else [_("Choose a segment that is in use.")]


def _supersede(campaign: Campaign, old: RewardRule | None, draft: RuleDraft, now: datetime) -> RewardRule:
    if old:
        _end(old, now)
    newest = RewardRule.objects.filter(campaign=campaign, key=draft.key).order_by("-version").first()
    version = newest.version + 1 if newest else 1
    rule, is_new = insert_once(
        RewardRule,
        unique=["campaign", "key", "version"],
        campaign=campaign,
        key=draft.key,
        version=version,
        valid_from=now,
        **_columns(draft),
    )
    if not is_new:
        raise Stale(_("Somebody saved this rule a moment ago. Look at it before you change it again."))
    return _parts_write(rule, draft)


def _replace(old: RewardRule, draft: RuleDraft) -> RewardRule:
    RewardRule.objects.filter(pk=old.pk).update(**_columns(draft))
    for parts in (old.amounts, old.conditions, old.limits):
        parts.all().delete()
    return _parts_write(RewardRule.objects.get(pk=old.pk), draft)


def _end(rule: RewardRule, now: datetime) -> None:
    if not RewardRule.objects.filter(pk=rule.pk, superseded_at=None).update(superseded_at=now):
        raise Stale(_("Somebody changed this rule a moment ago. Look at it before you change it again."))


def _columns(draft: RuleDraft) -> dict[str, Any]:
    return {
        "trigger": draft.trigger,
        "recipient": draft.recipient,
        "benefit": draft.benefit,
        "calculator": draft.calculator,
        "parameters": dict(draft.parameters),
        "priority": draft.priority,
        "exclusive_group": draft.exclusive_group,
        "hold_days": draft.hold_days,
        "expires_after_days": draft.expires_after_days,
        "approval_above": draft.approval_above,
        "budget": draft.budget,
    }


def _parts_write(rule: RewardRule, draft: RuleDraft) -> RewardRule:
    for unit, amount in draft.amounts.items():
        RuleAmount.objects.create(rule=rule, unit=unit, amount=amount)
    for condition in draft.conditions:
        Condition.objects.create(
            rule=rule, kind=condition.kind, parameters=dict(condition.parameters), group=condition.group
        )
    for limit in draft.limits:
        Limit.objects.create(
            rule=rule,
            measure=limit.measure,
            per=limit.per,
            window=limit.window,
            over=limit.over,
            value=limit.value,
        )
    return rule


def _audited(draft: RuleDraft, rule: RewardRule) -> dict[str, Any]:
    return {"version": rule.version, "amounts": dict(draft.amounts), "budget": rule.budget_id} | {
        name: getattr(draft, name) for name in ("trigger", "recipient", "benefit", "calculator", "hold_days")
    }
