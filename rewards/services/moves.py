"""Every step of a reward leaves a row and an audit entry. Payouts use this door too."""

from datetime import datetime
from typing import Any

from advocates.models import User
from advocates.services.audit import audit
from config.lib.states import move
from rewards.models import Reward, RewardEvent


def reward_move(
    *, reward: Reward, to: str, now: datetime, actor: User | None = None, reason: str = "", **changes: Any
) -> RewardEvent:
    """Move a reward, with `changes` in the same UPDATE. Runs in the caller's transaction.

    Raises NotAllowed or Stale (config.lib.states). Whoever leaves *pending* has no reason to wait any more.
    """
    if to != Reward.Status.PENDING:
        changes = {"pending_reasons": [], "waits_for_limit": ""} | changes
    old = move(reward, to=to, table=Reward.MOVES, **changes)
    audit(
        verb=f"reward_{to}",
        row=reward,
        actor=actor,
        by="" if actor else "engine",
        before={"status": old},
        after={"status": to, "amount": reward.amount, "unit": reward.unit},
        reason=reason,
    )
    return reward_note(reward=reward, now=now, actor=actor, reason=reason, status_from=old)


def reward_note(
    *,
    reward: Reward,
    now: datetime,
    actor: User | None = None,
    reason: str = "",
    status_from: str | None = None,
) -> RewardEvent:
    """A step in the story of a reward; without `status_from` it stays in the state in which it is."""
    return RewardEvent.objects.create(
        reward=reward,
        status_from=reward.status if status_from is None else status_from,
        status_to=reward.status,
        reason=reason[:500],
        actor=actor,
        occurred_at=now,
    )
