"""A decision becomes a reward: its slot, its limits, its budget, its row, its place in the books."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from config.lib.insert_once import insert_once
from config.lib.states import Stale
from referrals.models import ReferralEvent
from rewards.locks import reward_lock
from rewards.models import BudgetPeriod, Evaluation, Reward, RewardEvent, RewardRule
from rewards.rules.conditions import Verdict
from rewards.rules.engine import Decision, verdict_json
from rewards.rules.facts import Value
from rewards.selectors import pending_reasons
from rewards.services.books import book_reserve
from rewards.services.budgets import budget_reserve
from rewards.services.letters import tell_earned
from rewards.services.limits import Uses, limits_take
from rewards.services.moves import reward_move, reward_note
from rewards.services.rewards import reward_settle
from rewards.services.take_backs import SOURCE, reward_reduce, still_due
from rewards.triggers import Occasion, local_date

SLOT = ("campaign", "rule_key", "recipient_kind", "party_key", "slot")


@dataclass(frozen=True, slots=True)
class Claim:
    """A decision that has its limits. `uses`: what it took of them. `former`: the cancelled reward that it revives."""

    decision: Decision
    row: RewardRule
    value: Value
    uses: Uses
    steps: list[Verdict]
    former: Reward | None


def claim_make(
    *, decision: Decision, row: RewardRule, occasion: Occasion, now: datetime
) -> tuple[Claim | None, list[Verdict]]:
    """Take the limits of a decision that pays: (the claim, or None; the whole trace of the rule)."""
    steps = list(decision.trace)
    if decision.value is None:
        return None, steps
    former = _former(decision, occasion, now)
    if former and former.status != Reward.Status.CANCELLED:
        return None, [*steps, Verdict("already_rewarded", False, {"reward": former.public_id})]
    value, uses, refusal = limits_take(decision=decision, facts=occasion.facts, is_test=occasion.is_test)
    if value is None or refusal:
        return None, steps + ([refusal] if refusal else [])
    if value != decision.value:
        steps.append(Verdict("limit_partial", True, {"amount": value.amount, "unit": value.unit}))
    return Claim(decision, row, value, uses, steps, former), steps


def claim_fund(*, claim: Claim, occasion: Occasion) -> BudgetPeriod | None:
    """Set its money aside; None without a budget, when it has no room, or when others have waited longer for it."""
    budget = claim.row.budget
    if budget is None or occasion.is_test:
        return None
    if Reward.objects.waiting_for_budget().filter(rule__budget=budget).exists():
        return None
    day = local_date(occasion.occurred_at, occasion.campaign)
    return budget_reserve(budget=budget, amount=claim.value.amount, day=day)


def reward_write(
    *, claim: Claim, period: BudgetPeriod | None, occasion: Occasion, evaluation: Evaluation, now: datetime
) -> Reward:
    """Insert the reward, or revive the one that was cancelled, and carry it as far as it goes now.

    Raises Stale when another event took the slot at this very moment: the sweep looks again.
    """
    values = _values(claim, occasion, evaluation, period)
    reward, step = _revived(claim.former, values, now) if claim.former else _inserted(claim, occasion, values, now)
    book_reserve(reward=reward, step=step, now=now)
    reasons = pending_reasons(reward, now)
    reward_settle(reward=reward, now=now)
    if reasons and reward.benefit != RewardRule.Benefit.COUPON:
        tell_earned(reward=reward, now=now)
    return reward


def _former(decision: Decision, occasion: Occasion, now: datetime) -> Reward | None:
    """The reward of this slot, brought up to date: its own sale may have gone away, and its take-back still wait."""
    found = Reward.objects.filter(**_slot(decision, occasion)).only("pk").first()
    if found is None:
        return None
    former = reward_lock(found.pk)
    if former.evaluation.source == SOURCE:
        event = ReferralEvent.objects.get(pk=former.evaluation.source_id)
        reward_reduce(reward=former, to_amount=still_due(former, event), reason="superseded", now=now)
    return former


def _slot(decision: Decision, occasion: Occasion) -> dict[str, Any]:
    return {
        "campaign": occasion.campaign,
        "rule_key": decision.rule.key,
        "recipient_kind": decision.rule.recipient,
        "party_key": decision.party_key,
        "slot": decision.slot,
    }


def _values(claim: Claim, occasion: Occasion, evaluation: Evaluation, period: BudgetPeriod | None) -> dict[str, Any]:
    row = claim.row
    return {
        "rule": row,
        "contact": occasion.people.get(row.recipient),
        "referral": occasion.referral,
        "evaluation": evaluation,
        "benefit": row.benefit,
        "amount": claim.value.amount,
        "unit": claim.value.unit,
        "budget_period": period,
        "limit_uses": claim.uses,
        "trace": [verdict_json(step) for step in claim.steps],
        "eligible_at": occasion.occurred_at + timedelta(days=row.hold_days),
        "is_test": occasion.is_test,
    }


def _inserted(claim: Claim, occasion: Occasion, values: dict[str, Any], now: datetime) -> tuple[Reward, RewardEvent]:
    reward, is_new = insert_once(
        Reward,
        unique=SLOT,
        **_slot(claim.decision, occasion),
        **values,
        status=Reward.Status.PENDING,
        created_at=now,
    )
    if not is_new:
        raise Stale(_("This was rewarded a moment ago."))
    return reward, reward_note(reward=reward, now=now, reason="earned", status_from="")


def _revived(former: Reward, values: dict[str, Any], now: datetime) -> tuple[Reward, RewardEvent]:
    step = reward_move(reward=former, to=Reward.Status.PENDING, now=now, reason="revived", approved_by=None, **values)
    return former, step
