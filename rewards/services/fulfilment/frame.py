"""What each benefit says of itself: how it is given, whether it can come back, and from where in the books."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from rewards.ledger.chart import AccountRef, personal
from rewards.models import Account, Reward, RewardEvent


def paid(reward: Reward) -> AccountRef:
    return personal(Account.Kind.PAID, reward)


def is_gone(reward: Reward, reason: str, now: datetime) -> bool:
    """What was given stays given."""
    return False


@dataclass(frozen=True, slots=True)
class Fulfilment:
    """`fulfil(reward, step, now)`: `step` is its approval; what was given at once is moved to *fulfilled*.

    `call_back(reward, reason, now)`: the sale went away after it was given. True when all of it really comes back.
    `stands_in`: where the books hold what was given, for when it comes back.

    What it has to wait for by itself stands in rewards/waiting.py.
    """

    fulfil: Callable[[Reward, RewardEvent, datetime], None]
    call_back: Callable[[Reward, str, datetime], bool] = is_gone
    stands_in: Callable[[Reward], AccountRef] = paid
