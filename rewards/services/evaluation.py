"""From a fact to what it earns, in one transaction, once.

Evaluation row → facts → pure rules → limits → budget → reward by its slot → books. Another transaction than the fact's:
a broken rule or a contended budget never refuses a fact.
"""

from datetime import datetime
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef

from config.lib.insert_once import insert_once
from referrals.models import Referral, ReferralEvent
from rewards.errors import CouponExpired, CouponNotValid, CouponUsed
from rewards.models import Evaluation
from rewards.quotes import quote
from rewards.rules.conditions import Verdict
from rewards.rules.engine import evaluate as rules_evaluate, verdict_json
from rewards.services.coupons import coupon_refuse, coupon_use
from rewards.services.earning import Claim, claim_fund, claim_make, reward_write
from rewards.services.take_backs import rewards_review, rewards_take_back
from rewards.standing import standing
from rewards.triggers import EVENT_SOURCES, Occasion, with_segments

log = structlog.get_logger(__name__)

# More than a broken rule of one campaign is likely to leave behind: the facts behind those are still reached.
PAGE = 10_000
Trace = list[dict[str, Any]]


def rewards_evaluate(now: datetime) -> dict[str, int]:
    """The sweep: facts without an evaluation, whatever became of the hint. One that fails is met again next time."""
    counts = {"evaluated": 0, "failed": 0}
    for name, source in EVENT_SOURCES.items():
        looked_at = Evaluation.objects.filter(source=name, source_id=OuterRef("pk"))
        waiting = source.model._default_manager.filter(~Exists(looked_at)).order_by("pk")
        for pk in waiting.values_list("pk", flat=True)[:PAGE]:
            try:
                counts["evaluated"] += evaluate(source=name, source_id=pk, now=now) is not None
            except Exception as error:  # noqa: BLE001 - one broken rule must not keep all other facts waiting
                # Its kind only: the message of an error may quote an address.
                log.error("evaluation_failed", source=name, source_id=pk, error=type(error).__name__)  # noqa: TRY400
                counts["failed"] += 1
    return counts


def evaluate(*, source: str, source_id: int, now: datetime) -> Evaluation | None:
    """What the fact earns; None when somebody has evaluated it. Raises DoesNotExist for a fact that is not there."""
    with transaction.atomic():
        evaluation, is_new = insert_once(
            Evaluation, unique=["source", "source_id"], source=source, source_id=source_id, evaluated_at=now
        )
        if not is_new:
            return None
        occasion = EVENT_SOURCES[source].load(source_id)
        evaluation.trace = _look(occasion, evaluation, now) if occasion else [_step("no_campaign", passed=False)]
        Evaluation.objects.filter(pk=evaluation.pk).update(trace=evaluation.trace)
    return evaluation


def _look(occasion: Occasion, evaluation: Evaluation, now: datetime) -> Trace:
    trace = _undo(occasion, now)
    stood = quote(campaign=occasion.campaign, at=occasion.rules_at)
    occasion = with_segments(occasion, stood.rows.values(), now)
    decisions = rules_evaluate(stood.rules, occasion.facts)
    claims: list[Claim] = []
    # By rule, so that two evaluations take their limits in the same order.
    for decision in sorted(decisions, key=lambda decision: decision.rule.key):
        claim, steps = claim_make(decision=decision, row=stood.rows[decision.rule.key], occasion=occasion, now=now)
        claims += [claim] if claim else []
        rule = {"rule": decision.rule.key, "version": decision.rule.version}
        trace.append(rule | {"steps": [verdict_json(step) for step in steps]})
    # All budgets before the first account, see rewards/locks.py.
    claims.sort(key=lambda claim: (claim.row.budget_id or 0, claim.row.key))
    periods = [claim_fund(claim=claim, occasion=occasion) for claim in claims]
    for claim, period in zip(claims, periods, strict=True):
        reward_write(claim=claim, period=period, occasion=occasion, evaluation=evaluation, now=now)
    return trace + _coupon(occasion, now)


# --- what an event undoes or uses -------------------------------------------------------------------------------------


def _undo(occasion: Occasion, now: datetime) -> Trace:
    event, referral = occasion.event, occasion.referral
    if event is None:
        return []
    if event.takes_back_id:
        rewards_take_back(event=event, now=now)
        return [_step("taken_back", passed=True)]
    if referral and (event.type == ReferralEvent.REVIEWED or event.status_to == Referral.Status.REJECTED):
        rewards_review(referral=referral, now=now)
    return []


def _coupon(occasion: Occasion, now: datetime) -> Trace:
    event = occasion.event
    if event is None:
        return []
    if event.type == ReferralEvent.CLAIM_REFUSED:
        refused = coupon_refuse(occasion=occasion, event=event, now=now)
        return [_step("coupon_void", passed=False)] if refused else []
    if not event.coupon_code or standing(event).is_gone:
        return []
    try:
        coupon_use(code=event.coupon_code, event=event, now=now)
    except (CouponNotValid, CouponExpired, CouponUsed) as refusal:
        return [_step("coupon_not_valid", passed=False, why=refusal.code)]
    return [_step("coupon_used", passed=True)]


def _step(code: str, *, passed: bool, **values: Any) -> dict[str, Any]:
    return {"steps": [verdict_json(Verdict(code, passed, values))]}
