"""What an approved reward becomes. Money waits for a payout run; the rest is given at once."""

from collections.abc import Mapping
from datetime import datetime

from rewards.models import Reward, RewardEvent, RewardRule
from rewards.services.fulfilment.contests import ENTRY
from rewards.services.fulfilment.coupons import COUPON
from rewards.services.fulfilment.donations import DONATION
from rewards.services.fulfilment.frame import Fulfilment
from rewards.services.fulfilment.gifts import GIFT
from rewards.services.fulfilment.money import CASH, CREDIT
from rewards.services.fulfilment.plain import PERIOD, SERVICE

Benefit = RewardRule.Benefit

# A choice is never carried out itself: once it is made, the reward is what was chosen.
FULFILMENTS: Mapping[str, Fulfilment] = {
    Benefit.CASH: CASH,
    Benefit.CREDIT: CREDIT,
    Benefit.COUPON: COUPON,
    Benefit.GIFT_CARD: GIFT,
    Benefit.MERCHANDISE: GIFT,
    Benefit.MYSTERY: GIFT,
    Benefit.FREE_MONTHS: PERIOD,
    Benefit.SERVICE: SERVICE,
    Benefit.UPGRADE: PERIOD,
    Benefit.ENTRY: ENTRY,
    Benefit.DONATION: DONATION,
}


def reward_fulfil(*, reward: Reward, step: RewardEvent, now: datetime) -> None:
    """Carry out an approved reward; `step` is its approval."""
    FULFILMENTS[reward.benefit].fulfil(reward, step, now)


def reward_call_back(*, reward: Reward, reason: str, now: datetime) -> bool:
    """What was given is wanted back. False: it has done its work, and stays where it is."""
    return FULFILMENTS[reward.benefit].call_back(reward, reason, now)
