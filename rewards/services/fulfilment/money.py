"""Money waits for a payout run; account credit is given at once. Both are taken back in the books (take_backs.py)."""

from datetime import datetime

from rewards.models import Reward, RewardEvent
from rewards.services.books import book_credit, book_kept_back, book_owe, is_kept_back
from rewards.services.fulfilment.frame import Fulfilment
from rewards.services.letters import tell_fulfilled, tell_ready
from rewards.services.moves import reward_move


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


CASH = Fulfilment(_cash)
CREDIT = Fulfilment(_credit)
