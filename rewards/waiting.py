"""What a reward has to wait for because of what it is: a choice, an address, stock. Asked each time; it only reads.

Benefits that are not here wait for nothing of their own.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from rewards.catalogue import gift_reasons
from rewards.contests import contest_named
from rewards.coupon_pools import is_out_of_codes
from rewards.models import Contest, Reward, RewardRule

Reason = Reward.PendingReason
Benefit = RewardRule.Benefit


def _choice(reward: Reward, now: datetime) -> list[str]:
    """Once it is made, the reward is what was chosen, and waits for what that waits for."""
    return [Reason.AWAITING_CHOICE]


def _entry(reward: Reward, now: datetime) -> list[str]:
    """A contest that is not open yet has no entries to give."""
    contest = contest_named(reward.benefit_settings.get("contest", ""), campaign_id=reward.campaign_id)
    return [Reason.OUT_OF_STOCK] if contest and contest.status == Contest.Status.DRAFT else []


def _code(reward: Reward, now: datetime) -> list[str]:
    """Until somebody uploads more."""
    return [Reason.OUT_OF_STOCK] if is_out_of_codes(reward) else []


WAITS: Mapping[str, Callable[[Reward, datetime], Sequence[str]]] = {
    Benefit.CHOICE: _choice,
    Benefit.COUPON: _code,
    Benefit.ENTRY: _entry,
    Benefit.GIFT_CARD: gift_reasons,
    Benefit.MERCHANDISE: gift_reasons,
    Benefit.MYSTERY: gift_reasons,
}


def own_reasons(reward: Reward, now: datetime) -> Sequence[str]:
    """Of *awaiting choice*, *awaiting address*, *out of stock*; empty for most."""
    waits = WAITS.get(reward.benefit)
    return waits(reward, now) if waits else []
