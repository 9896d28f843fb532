"""What an approved reward becomes. Money waits for a payout run; the rest is given at once."""

from collections.abc import Callable, Mapping
from datetime import datetime

from rewards.models import Reward, RewardEvent, RewardRule
from rewards.services.books import book_credit, book_kept_back, book_owe, is_kept_back
from rewards.services.coupons import coupon_issue
from rewards.services.letters import tell_fulfilled, tell_ready
from rewards.services.moves import reward_move

Benefit = RewardRule.Benefit


def reward_fulfil(*, reward: Reward, step: RewardEvent, now: datetime) -> None:
    """Carry out an approved reward; `step` is its approval."""
    FULFILMENTS[reward.benefit](reward, step, now)


def _cash(reward: Reward, step: RewardEvent, now: datetime) -> None:
    """It waits for a payout, unless the person has to give back as much: then both are settled."""
    book_owe(reward=reward, step=step, now=now)
    if is_kept_back(reward):
        netted = reward_move(reward=reward, to=Reward.Status.FULFILLED, now=now, reason="kept back", fulfilled_at=now)
        book_kept_back(reward=reward, step=netted, now=now)
        return
    tell_ready(reward=reward, now=now)


def _credit(reward: Reward, _step: RewardEvent, now: datetime) -> None:
    given = reward_move(reward=reward, to=Reward.Status.FULFILLED, now=now, fulfilled_at=now)
    book_credit(reward=reward, step=given, now=now)
    tell_fulfilled(reward=reward, now=now)


def _coupon(reward: Reward, _step: RewardEvent, now: datetime) -> None:
    """The code is the reward; what a fixed one costs stays set aside until it is used."""
    reward_move(reward=reward, to=Reward.Status.FULFILLED, now=now, fulfilled_at=now)
    coupon_issue(reward=reward, now=now)


FULFILMENTS: Mapping[str, Callable[[Reward, RewardEvent, datetime], None]] = {
    Benefit.CASH: _cash,
    Benefit.CREDIT: _credit,
    Benefit.COUPON: _coupon,
}
