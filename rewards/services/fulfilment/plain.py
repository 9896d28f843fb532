"""The company's own: free months, upgrades, services. Given at once; who has one already gets the next one after it."""

from datetime import datetime, timedelta

from config.lib.months import months_later
from rewards.models import Reward, RewardEvent
from rewards.services.books import book_give
from rewards.services.fulfilment.frame import Fulfilment
from rewards.services.letters import tell_given
from rewards.services.moves import reward_move, reward_note

LAST_DAY = timedelta(days=36_500)


def _service(reward: Reward, step: RewardEvent, now: datetime) -> None:
    book_give(reward=reward, step=step, now=now)
    reward_move(reward=reward, to=Reward.Status.FULFILLED, now=now, fulfilled_at=now)
    tell_given(reward=reward, now=now)


def _period(reward: Reward, step: RewardEvent, now: datetime) -> None:
    """Booked first: that holds the person's account, so that two at once stand one after the other."""
    book_give(reward=reward, step=step, now=now)
    begins = _free_from(reward, now)
    ends = period_end(reward.unit, reward.amount, begins)
    reward_move(
        reward=reward,
        to=Reward.Status.FULFILLED,
        now=now,
        fulfilled_at=now,
        starts_at=begins,
        ends_at=ends,
        warned_at=None,
    )
    tell_given(reward=reward, now=now)


def period_end(unit: str, amount: int, begins: datetime) -> datetime:
    """So many days later, or so many months on the same day, else on the month's last."""
    if unit == "month":
        return months_later(begins, amount)
    return begins + min(timedelta(days=min(amount, LAST_DAY.days)), LAST_DAY)


def _free_from(reward: Reward, now: datetime) -> datetime:
    """Now, or when the last one of the same name ends."""
    before = Reward.objects.filter(
        contact=reward.contact,
        benefit=reward.benefit,
        benefit_settings__name=reward.benefit_settings.get("name", ""),
        status=Reward.Status.FULFILLED,
        is_test=reward.is_test,
        ends_at__gt=now,
    )
    ends = before.exclude(pk=reward.pk).order_by("-ends_at").values_list("ends_at", flat=True).first()
    return ends or now


def _period_called_back(reward: Reward, reason: str, now: datetime) -> bool:
    """One that has not begun comes back whole; one that runs ends now, and what was enjoyed of it stays given."""
    if reward.starts_at and reward.starts_at > now:
        return True
    if reward.starts_at and reward.starts_at < now and reward.ends_at and reward.ends_at > now:
        Reward.objects.filter(pk=reward.pk).update(ends_at=now)
        reward.ends_at = now
        reward_note(reward=reward, now=now, reason=reason)
    return False


SERVICE = Fulfilment(_service)
PERIOD = Fulfilment(_period, _period_called_back)
