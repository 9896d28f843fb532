from datetime import datetime

from rewards.ledger.chart import reserved
from rewards.models import Reward, RewardEvent
from rewards.services.coupons import coupon_issue, coupon_void
from rewards.services.fulfilment.frame import Fulfilment
from rewards.services.moves import reward_move
from rewards.services.redeeming import coupon_settle


def _coupon(reward: Reward, _step: RewardEvent, now: datetime) -> None:
    """The code is the reward; what a fixed one costs stays set aside until it is used."""
    reward_move(reward=reward, to=Reward.Status.FULFILLED, now=now, fulfilled_at=now)
    coupon_settle(coupon=coupon_issue(reward=reward, now=now), now=now)


def _call_back(reward: Reward, reason: str, now: datetime) -> bool:
    """A code that was used has done its work; one that was not is void, and what it held is free again."""
    return coupon_void(reward=reward, reason=reason)


COUPON = Fulfilment(_coupon, _call_back, stands_in=reserved)
