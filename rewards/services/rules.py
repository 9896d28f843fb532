"""Rules change by a new version: whoever signed up under the old one is paid by the old one."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from advocates.models import User
from advocates.services.audit import audit
from campaigns.models import Campaign
from config.lib.insert_once import insert_once
from config.lib.states import Stale
from rewards.errors import BadRule
from rewards.models import Condition, Limit, RewardRule, RuleAmount
from rewards.services.rule_drafts import ConditionDraft, LimitDraft, RuleDraft, draft_of, is_same
from rewards.services.rule_problems import amount_problems, budget_problems, draft_problems, part_problems
from rewards.services.rulebook import rulebook_turn

__all__ = [
    "ConditionDraft",
    "LimitDraft",
    "RuleDraft",
    "amount_problems",
    "budget_problems",
    "draft_of",
    "draft_problems",
    "is_in_use",
    "part_problems",
    "rule_retire",
    "rule_save",
]


def rule_save(*, campaign: Campaign, draft: RuleDraft, actor: User | None, now: datetime) -> RewardRule:
    """The rule of that key from now on. One that nobody can have relied on is replaced, one in use is superseded.

    Raises BadRule with `reasons`, or Stale when somebody saves the same rule at this moment.
    """
    reasons = draft_problems(draft, campaign)
    if reasons:
        raise BadRule(" ".join(reasons), reasons=reasons)
    with transaction.atomic():
        old = RewardRule.objects.standing().filter(campaign=campaign, key=draft.key).first()
        if old and is_same(draft_of(old), draft):
            return old
        rule = _replace(old, draft) if old and not is_in_use(old) else _supersede(campaign, old, draft, now)
        before = {"version": old.version} if old else {}
        audit(verb="rule_save", row=rule, actor=actor, before=before, after=_audited(draft, rule))
        rulebook_turn(campaign=campaign)
    return rule


def rule_retire(*, rule: RewardRule, actor: User | None, now: datetime) -> None:
    """From now on the rule pays nobody new; who signed up before is paid by it. Raises Stale."""
    with transaction.atomic():
        _end(rule, now)
        audit(verb="rule_retire", row=rule, actor=actor, before={"version": rule.version})
        rulebook_turn(campaign=rule.campaign)


def is_in_use(rule: RewardRule) -> bool:
    """May somebody have relied on this version?"""
    was_public = rule.campaign.status not in (Campaign.Status.DRAFT, Campaign.Status.SCHEDULED)
    return was_public or rule.rewards.exists()


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
        "benefit_settings": dict(draft.benefit_settings),
        "release_on": draft.release_on,
        "calculator": draft.calculator,
        "parameters": dict(draft.parameters),
        "priority": draft.priority,
        "exclusive_group": draft.exclusive_group,
        "once_per": draft.once_per,
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
            days=limit.days,
        )
    return rule


def _audited(draft: RuleDraft, rule: RewardRule) -> dict[str, Any]:
    return {"version": rule.version, "amounts": dict(draft.amounts), "budget": rule.budget_id} | {
        name: getattr(draft, name)
        for name in ("trigger", "recipient", "benefit", "calculator", "once_per", "hold_days", "release_on")
    }
