"""A decision becomes a reward: its slot, its limits, its budget, its row, its place in the books."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.lib.insert_once import insert_once
from config.lib.states import Stale
from referrals.models import ReferralEvent
from rewards.causes import charity_of
from rewards.locks import rewards_lock
from rewards.models import BudgetPeriod, Evaluation, PayoutLine, Reward, RewardEvent, RewardRule
from rewards.release import is_released
from rewards.rules.benefits.choice import most_of, options_frozen
from rewards.rules.engine import Decision, verdict_json
from rewards.rules.facts import Value
from rewards.rules.limits import limits_take, place_of
from rewards.rules.verdict import Verdict
from rewards.selectors import pending_reasons
from rewards.services.books import book_reserve
from rewards.services.budgets import budget_take
from rewards.services.letters import tell_earned
from rewards.services.limits import LimitRows, Uses, limits_give_back
from rewards.services.moves import reward_move, reward_note
from rewards.services.rewards import reward_settle
from rewards.services.take_backs import SOURCE, reward_reduce, still_due, with_rows
from rewards.standing import Reached, reached
from rewards.triggers import Occasion, local_date

SLOT = ("campaign", "rule_key", "recipient_kind", "party_key", "slot")
Status = Reward.Status
# Their money is on its way: what becomes of it is seen once that is through.
UNDER_WAY = (Status.PROCESSING, Status.FAILED)
# By rule, recipient, party and slot.
Formers = dict[tuple[str, str, str, str], Reward]


@dataclass(frozen=True, slots=True)
class Claim:
    """A decision that has its limits, or waits for one (`waits_for`). `uses`: what it took of them.

    `former`: the reward that stood in its slot and stands no more.
    """

    decision: Decision
    row: RewardRule
    value: Value
    uses: Uses
    steps: list[Verdict]
    waits_for: str
    former: Reward | None


def formers_lock(*, decisions: Iterable[Decision], occasion: Occasion, now: datetime) -> Formers:
    """What was rewarded in these slots before, held and up to date: the take-back of its sale may still wait."""
    slots = Q()
    for decision in decisions:
        if decision.value:
            slots |= Q(**slot_of(decision, occasion))
    if not slots:
        return {}
    formers = rewards_lock(with_rows(Reward.objects.filter(slots)))
    for former in formers:
        _bring_up_to_date(former, now)
    return {(one.rule_key, one.recipient_kind, one.party_key, one.slot): one for one in formers}


def claim_make(
    *, decision: Decision, row: RewardRule, occasion: Occasion, formers: Formers
) -> tuple[Claim | None, list[Verdict]]:
    """Take the limits of a decision that pays: (the claim, or None; the whole trace of the rule)."""
    steps = list(decision.trace)
    if decision.value is None:
        return None, steps
    short = _falls_short(decision, occasion)
    if short:
        return None, [*steps, short]
    former = formers.get((decision.rule.key, decision.rule.recipient, decision.party_key, decision.slot))
    if former and not _stands_no_more(former):
        return None, [*steps, Verdict("already_rewarded", False, {"reward": former.public_id})]
    if occasion.is_test:
        return Claim(decision, row, decision.value, [], steps, "", former), steps
    if former:
        _hand_limits_over(former)
    place = place_of(occasion.facts, rule_key=decision.rule.key, unit=decision.value.unit)
    taken = limits_take(decision.rule.limits, value=decision.value, place=place, counters=LimitRows())
    steps += taken.verdicts
    if taken.value is None:
        return None, steps
    return Claim(decision, row, taken.value, list(taken.uses), steps, taken.waits_for, former), steps


def claim_fund(*, claim: Claim, cycle: str, occasion: Occasion) -> BudgetPeriod | None:
    """Set its money aside; None without a budget, when it has no room, or when others have waited longer for it."""
    budget_id = claim.row.budget_id
    if budget_id is None or occasion.is_test or claim.waits_for:
        return None
    day = local_date(occasion.occurred_at, occasion.campaign)
    return budget_take(budget_id=budget_id, cycle=cycle, amount=claim.value.amount, day=day)


def reward_write(
    *, claim: Claim, period: BudgetPeriod | None, occasion: Occasion, evaluation: Evaluation, now: datetime
) -> Reward:
    """Insert the reward, or revive the one that stood there before, and carry it as far as it goes now.

    Raises Stale when another event took the slot at this very moment: the sweep looks again.
    """
    values = values_of(claim, occasion, evaluation, period)
    former = claim.former
    if former and _was_paid_out(former):
        _step_aside(former)
        former = None
    reward, step = _revived(former, values, now) if former else _inserted(claim, occasion, values, now)
    book_reserve(reward=reward, step=step, now=now)
    reasons = pending_reasons(reward, now)
    reward_settle(reward=reward, now=now)
    if reasons and reward.benefit != RewardRule.Benefit.COUPON:
        tell_earned(reward=reward, now=now)
    return reward


# --- what stood there before ------------------------------------------------------------------------------------------


def _bring_up_to_date(former: Reward, now: datetime) -> None:
    if former.evaluation.source == SOURCE:
        event = ReferralEvent.objects.get(pk=former.evaluation.source_id)
        reward_reduce(reward=former, to_amount=still_due(former, event), reason="superseded", now=now)


def _stands_no_more(former: Reward) -> bool:
    """Cancelled, taken back, or about to be as soon as its payment is through."""
    if former.status in UNDER_WAY and former.recheck_at and former.evaluation.source == SOURCE:
        return still_due(former, ReferralEvent.objects.get(pk=former.evaluation.source_id)) == 0
    return former.status in (Status.CANCELLED, Status.REVERSED)


def _was_paid_out(former: Reward) -> bool:
    """A payment pays for one life of a reward: what is earned anew is a row of its own, and the debt is netted."""
    return former.status in UNDER_WAY or PayoutLine.objects.standing().filter(reward=former).exists()


def _step_aside(former: Reward) -> None:
    former.slot = f"{former.slot}|{former.public_id}"  # see has_stepped_aside
    Reward.objects.filter(pk=former.pk).update(slot=former.slot)


def _hand_limits_over(former: Reward) -> None:
    """One that is still being paid makes room for the one that takes its place."""
    if former.limit_uses:
        limits_give_back(uses=former.limit_uses)
        former.limit_uses = []
        Reward.objects.filter(pk=former.pk).update(limit_uses=[])


def _falls_short(decision: Decision, occasion: Occasion) -> Verdict | None:
    """What the number in the slot counts may have become less since the event was recorded."""
    if occasion.event is None or occasion.referral is None:
        return None
    count: Reached | None = reached(decision.slot, occasion.event, occasion.referral)
    if count is None or count.is_enough:
        return None
    return Verdict("count_fell", False, {"needed": count.needed, "standing": count.standing})


# --- the row ----------------------------------------------------------------------------------------------------------


def slot_of(decision: Decision, occasion: Occasion) -> dict[str, Any]:
    return {
        "campaign": occasion.campaign,
        "rule_key": decision.rule.key,
        "recipient_kind": decision.rule.recipient,
        "party_key": decision.party_key,
        "slot": decision.slot,
    }


def values_of(claim: Claim, occasion: Occasion, evaluation: Evaluation, period: BudgetPeriod | None) -> dict[str, Any]:
    row = claim.row
    return {
        "rule": row,
        "contact": occasion.people.get(row.recipient),
        "referral": occasion.referral,
        "evaluation": evaluation,
        "benefit": row.benefit,
        "charity": charity_of(row),
        "benefit_settings": row.benefit_settings,
        "options": _options(claim),
        "amount": claim.value.amount,
        "unit": claim.value.unit,
        "budget_period": period,
        "limit_uses": claim.uses,
        "waits_for_limit": claim.waits_for,
        "trace": [verdict_json(step) for step in claim.steps],
        "eligible_at": occasion.occurred_at + timedelta(days=row.hold_days),
        "released_at": evaluation.evaluated_at if is_released(row, occasion.referral) else None,
        "expires_at": None,
        "warned_at": None,
        "is_test": occasion.is_test,
    }


def _options(claim: Claim) -> list[dict[str, Any]]:
    """What there is to choose from; where a limit left a part only, nothing of it is worth more than that part."""
    row, value = claim.row, claim.value
    if row.benefit != RewardRule.Benefit.CHOICE:
        return []
    frozen = options_frozen(row.benefit_settings, amount=value.amount, unit=value.unit)
    if claim.decision.value == value:
        return frozen
    return [option | {"amount": most_of(option, value)} for option in frozen]


def _inserted(claim: Claim, occasion: Occasion, values: dict[str, Any], now: datetime) -> tuple[Reward, RewardEvent]:
    reward, is_new = insert_once(
        Reward,
        unique=SLOT,
        **slot_of(claim.decision, occasion),
        **values,
        status=Status.PENDING,
        created_at=now,
    )
    if not is_new:
        raise Stale(_("This was rewarded a moment ago."))
    return reward, reward_note(reward=reward, now=now, reason="earned", status_from="")


def _revived(former: Reward, values: dict[str, Any], now: datetime) -> tuple[Reward, RewardEvent]:
    """As if it had not been before: it is earned now, and what was taken back of it stands on its own in the books."""
    anew: dict[str, Any] = {"approved_by": None, "taken_back": 0, "fulfilled_at": None, "recheck_at": None}
    anew |= {"chosen": "", "warned_at": None, "starts_at": None, "ends_at": None}
    anew["created_at"] = now
    step = reward_move(reward=former, to=Status.PENDING, now=now, reason="revived", **(anew | values))
    return former, step
