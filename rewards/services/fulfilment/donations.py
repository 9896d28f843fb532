"""A donation: given at once, in the books; the money is sent together with others' (services/causes.py)."""

from datetime import datetime

from rewards.ledger.chart import AccountRef
from rewards.ledger.post import account_get
from rewards.locks import account_lock
from rewards.models import Account, Reward, RewardEvent
from rewards.selectors import is_booked
from rewards.services.books import book_give
from rewards.services.fulfilment.frame import Fulfilment
from rewards.services.letters import tell_given
from rewards.services.moves import reward_move


def donated(reward: Reward) -> AccountRef:
    """What was given to the good cause and is not sent yet."""
    return AccountRef(Account.Kind.DONATED, reward.charity.public_id if reward.charity else "", reward.unit)


def _donation(reward: Reward, step: RewardEvent, now: datetime) -> None:
    book_give(reward=reward, step=step, now=now, to=donated(reward))
    reward_move(reward=reward, to=Reward.Status.FULFILLED, now=now, fulfilled_at=now)
    if reward.contact:
        tell_given(reward=reward, now=now)


def _called_back(reward: Reward, reason: str, now: datetime) -> bool:
    """Only what was not sent yet comes back; nobody asks a good cause to return a gift."""
    if not is_booked(reward):
        return True
    return account_lock(account_get(donated(reward)).pk).balance >= reward.amount - reward.taken_back


DONATION = Fulfilment(_donation, _called_back, stands_in=donated)
