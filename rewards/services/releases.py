"""An event of the friend releases what waits for it; gone again, it releases nothing."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from referrals.models import Referral, ReferralEvent
from rewards.locks import rewards_lock
from rewards.models import Reward
from rewards.models.reward import RewardQuerySet
from rewards.quotes import waited_for
from rewards.release import has_followed, names_of
from rewards.services.moves import reward_note
from rewards.services.rewards import reward_settle
from rewards.services.take_backs import SOURCE, reward_reduce, with_rows
from rewards.standing import root, standing
from rewards.triggers import Occasion

RELEASED, NOT_RELEASED = "released", "not released any more"
ENDED = (Reward.Status.CANCELLED, Reward.Status.REVERSED)


def rewards_release(*, occasion: Occasion, now: datetime) -> QuerySet[ReferralEvent]:
    """Release what has waited for this event. The caller holds the referral.

    Answers with the events whose rewards had ended because the releasing event was taken back: they may earn anew.
    """
    referral, event = occasion.referral, occasion.event
    names = _waited(occasion, [event]) if event and not occasion.left.is_gone else frozenset()
    if not names or referral is None:
        return ReferralEvent.objects.none()
    waiting = _of(referral, names).filter(released_at=None)
    for reward in rewards_lock(waiting.filter(status=Reward.Status.PENDING)):
        _release(reward, now)
    ended = waiting.filter(status__in=ENDED, evaluation__source=SOURCE)
    events = referral.events.filter(pk__in=ended.values("evaluation__source_id"))
    # Not what releases itself: two of these would look at each other for ever.
    every = waited_for(campaign=occasion.campaign, stamp=occasion.stamp)
    return events.exclude(type__in=every).exclude(status_to__in=every)


def rewards_hold_again(*, occasion: Occasion, now: datetime) -> None:
    """An event was taken back. What it had released waits again; what was approved or received is called back."""
    event, referral = occasion.event, occasion.referral
    if event is None or referral is None:
        return
    gone = [one for one in (event.takes_back, root(event)) if one and standing(one).is_gone]
    names = [name for name in _waited(occasion, gone) if not has_followed(name, referral)]
    if not names:
        return
    for reward in rewards_lock(_of(referral, names).exclude(released_at=None)):
        Reward.objects.filter(pk=reward.pk).update(released_at=None)
        reward.released_at = None
        if reward.status == Reward.Status.PENDING:
            reward_note(reward=reward, now=now, reason=NOT_RELEASED)
            reward_settle(reward=reward, now=now)
        else:
            reward_reduce(reward=reward, to_amount=0, reason=NOT_RELEASED, now=now)


def _waited(occasion: Occasion, events: Iterable[ReferralEvent]) -> frozenset[str]:
    """Names of these events for which some version of a rule waits; costs no statement."""
    waited = waited_for(campaign=occasion.campaign, stamp=occasion.stamp)
    return waited & {name for event in events for name in names_of(event)} if waited else waited


def _of(referral: Referral, names: Iterable[str]) -> RewardQuerySet:
    return with_rows(Reward.objects.filter(referral=referral, rule__release_on__in=names))


def _release(reward: Reward, now: datetime) -> None:
    Reward.objects.filter(pk=reward.pk).update(released_at=now)
    reward.released_at = now
    reward_note(reward=reward, now=now, reason=RELEASED)
    reward_settle(reward=reward, now=now)
