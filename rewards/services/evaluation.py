"""From a fact to what it earns, in one transaction, once.

Evaluation row → facts → pure rules → limits → budget → reward by its slot → books. Another transaction than the fact's:
a broken rule or a contended budget never refuses a fact.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from config.lib.insert_once import insert_once
from config.lib.states import Stale
from config.lib.together import Together
from referrals.models import Referral, ReferralEvent
from rewards.coupon_pools import coupon_code_of
from rewards.errors import (
    CouponCurrency,
    CouponExpired,
    CouponMinimumNotReached,
    CouponNotFirstOrder,
    CouponNotValid,
    CouponProductMissing,
    CouponUsed,
)
from rewards.models import Evaluation
from rewards.quotes import StoodRules
from rewards.rules.engine import Decision, evaluate as rules_evaluate, verdict_json
from rewards.rules.verdict import Verdict
from rewards.selectors import waits_for_budget
from rewards.services.coupons import coupon_refuse
from rewards.services.earning import Claim, claim_fund, claim_make, formers_lock, reward_write
from rewards.services.fulfilment.contests import entries_hold
from rewards.services.granting import Grant, grant, grants_write, is_grantable
from rewards.services.redeeming import coupon_use
from rewards.services.releases import rewards_hold_again, rewards_release
from rewards.services.take_backs import (
    SOURCE,
    is_refused,
    rewards_reassign,
    rewards_review,
    rewards_take_back,
)
from rewards.services.tier_moves import tiers_follow
from rewards.standing import standing
from rewards.triggers import EVENT_SOURCES, Occasion, known

log = structlog.get_logger(__name__)

# More than a broken rule of one campaign is likely to leave behind: the facts behind those are still reached.
PAGE = 10_000
LOOK_AGAIN = (ReferralEvent.JOINED, ReferralEvent.REASSIGNED)
# The shop has let it off all the same: the sale is a fact, and the trace says why the coupon did not count.
REFUSED = (
    CouponCurrency,
    CouponExpired,
    CouponMinimumNotReached,
    CouponNotFirstOrder,
    CouponNotValid,
    CouponProductMissing,
    CouponUsed,
)
Trace = list[dict[str, Any]]


def rewards_evaluate(now: datetime) -> dict[str, int]:
    """The sweep: facts without an evaluation, whatever became of the hint. One that fails is met again next time."""
    counts = {"evaluated": 0, "failed": 0}
    for name, source in EVENT_SOURCES.items():
        looked_at = Evaluation.objects.filter(source=name, source_id=OuterRef("pk"))
        waiting = source.rows().filter(~Exists(looked_at)).order_by("pk")
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
        occasion = _evaluate(evaluation, now)
        if occasion:
            tiers_follow(occasion=occasion, now=now)
    return evaluation


def _evaluate(evaluation: Evaluation, now: datetime) -> Occasion | None:
    """Raises Stale when another event took a slot at this very moment: the sweep looks again."""
    occasion = EVENT_SOURCES[evaluation.source].load(evaluation.source_id)
    batch = Together()
    evaluation.trace = _look(occasion, evaluation, batch, now) if occasion else [_step("no_campaign", passed=False)]
    batch.update(Evaluation.objects.filter(pk=evaluation.pk), trace=evaluation.trace)
    try:
        batch.run()
    except IntegrityError as error:
        raise Stale(_("This was rewarded a moment ago.")) from error
    return occasion


def _look(occasion: Occasion, evaluation: Evaluation, batch: Together, now: datetime) -> Trace:
    if occasion.referral and is_refused(occasion.referral):
        return [*_undo(occasion, now), _step("referral_refused", passed=False)]
    # What was promised is kept before anything that happened earlier is looked at again.
    occasion, stood = known(occasion, now)
    trace = _undo(occasion, now)
    decisions = rules_evaluate(stood.rules, occasion.facts)
    return trace + _earn(decisions, stood, occasion, evaluation, batch, now) + _coupon(occasion, now)


def _earn(
    decisions: Sequence[Decision],
    stood: StoodRules,
    occasion: Occasion,
    evaluation: Evaluation,
    batch: Together,
    now: datetime,
) -> Trace:
    """Locks in the order of rewards/locks.py: former rewards, limits by rule, all budgets, then the first account."""
    formers = formers_lock(decisions=decisions, occasion=occasion, now=now)
    claims: list[tuple[Claim, dict[str, Any]]] = []
    trace: Trace = []
    for decision in sorted(decisions, key=lambda decision: decision.rule.key):
        row = stood.rows[decision.rule.key]
        claim, steps = claim_make(decision=decision, row=row, occasion=occasion, formers=formers)
        trace.append(_entry(decision, steps))
        claims += [(claim, trace[-1])] if claim else []
    claims.sort(key=lambda entry: (entry[0].row.budget_id or 0, entry[0].row.key))
    periods = [
        claim_fund(claim=claim, cycle=stood.cycles[claim.row.key], occasion=occasion) for claim, _entry in claims
    ]
    entries_hold(claim.row for claim, _entry in claims)
    grants: list[Grant] = []
    for (claim, entry), period in zip(claims, periods, strict=True):
        made = None
        if is_grantable(claim, occasion):
            made = grant(claim=claim, period=period, occasion=occasion, evaluation=evaluation, now=now)
        grants += [made] if made else []
        reward = (
            made.reward
            if made
            else reward_write(claim=claim, period=period, occasion=occasion, evaluation=evaluation, now=now)
        )
        waits = reward.waits_for_limit or waits_for_budget(reward)
        entry |= {"outcome": "waits" if waits else "rewarded", "reward": reward.public_id}
    grants_write(grants=grants, batch=batch, now=now)
    return trace


def _entry(decision: Decision, steps: Iterable[Verdict]) -> dict[str, Any]:
    return {
        "rule": decision.rule.key,
        "version": decision.rule.version,
        "recipient": decision.rule.recipient,
        "party": decision.party_key,
        "slot": decision.slot,
        "outcome": "nothing",
        "reward": None,
        "steps": [verdict_json(step) for step in steps],
    }


# --- what an event undoes or uses -------------------------------------------------------------------------------------


def _undo(occasion: Occasion, now: datetime) -> Trace:
    event, referral = occasion.event, occasion.referral
    if event is None:
        return []
    if event.takes_back_id:
        rewards_take_back(event=event, now=now)
        rewards_hold_again(occasion=occasion, now=now)
        return [_step("taken_back", passed=True)]
    if referral and (event.type == ReferralEvent.REVIEWED or event.status_to == Referral.Status.REJECTED):
        rewards_review(referral=referral, now=now)
    if event.type == ReferralEvent.JOINED:
        _look_again(ReferralEvent.objects.filter(public_id__in=event.metadata.get("events", [])), now)
    if referral and event.type == ReferralEvent.REASSIGNED:
        rewards_reassign(referral=referral, now=now)
        # Not at what itself looks again: two of these would go round in circles.
        _look_again(referral.events.exclude(type__in=LOOK_AGAIN), now)
    _look_again(rewards_release(occasion=occasion, now=now), now)
    return []


def _look_again(events: QuerySet[ReferralEvent], now: datetime) -> None:
    """Facts that mean something else by now. Those that nobody has looked at yet are met in their turn."""
    looked_at = Evaluation.objects.filter(source=SOURCE, source_id__in=events.values("pk"))
    for evaluation in looked_at.order_by("source_id"):
        _evaluate(evaluation, now)


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
        coupon_use(code=coupon_code_of(event), event=event, now=now)
    except REFUSED as refusal:
        return [_step("coupon_not_valid", passed=False, why=refusal.code)]
    return [_step("coupon_used", passed=True)]


def _step(code: str, *, passed: bool, **values: Any) -> dict[str, Any]:
    return {"steps": [verdict_json(Verdict(code, passed, values))]}
