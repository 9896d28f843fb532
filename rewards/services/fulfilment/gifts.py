"""Gift cards, things and surprises: picked or drawn first, then given or sent. What was sent stays given."""

from datetime import datetime

from rewards.models import Reward, RewardEvent
from rewards.services.fulfilment.frame import Fulfilment
from rewards.services.gift_giving import gift_fulfil


def _gift(reward: Reward, step: RewardEvent, now: datetime) -> None:
    gift_fulfil(reward=reward, step=step, now=now)


GIFT = Fulfilment(_gift)
