"""Upgrades and free months end on their day. Their person is told before, so that nothing stops unannounced."""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import QuerySet

from rewards.locks import reward_lock
from rewards.models import Reward, RewardRule
from rewards.policy import money_policy
from rewards.services.letters import tell_ends

log = structlog.get_logger(__name__)

PERIODS = (RewardRule.Benefit.FREE_MONTHS, RewardRule.Benefit.UPGRADE)
PAGE = 500


def periods_tend(now: datetime) -> dict[str, int]:
    """One round of the sweep: those who are told that theirs ends soon."""
    return {"told": sum(_told(pk, now) for pk in _ending(now))}


def period_end_tell(*, reward_id: int, now: datetime) -> bool:
    """Tell the person, once. False: it goes on with the next one, is over, or they know."""
    with transaction.atomic():
        reward = reward_lock(reward_id)
        if reward.warned_at or reward.status != Reward.Status.FULFILLED or not reward.ends_at or reward.ends_at <= now:
            return False
        Reward.objects.filter(pk=reward.pk).update(warned_at=now)
        if following(reward).exists():
            return False
        tell_ends(reward=reward, now=now)
    return True


def following(reward: Reward) -> QuerySet[Reward]:
    """Those of the same name that begin when this one ends, or later."""
    same = Reward.objects.filter(
        contact=reward.contact,
        benefit=reward.benefit,
        benefit_settings__name=reward.benefit_settings.get("name", ""),
        status=Reward.Status.FULFILLED,
        starts_at__gte=reward.ends_at,
    )
    return same.exclude(pk=reward.pk)


def _ending(now: datetime) -> list[int]:
    """The soonest first; of a short one in its second half, so that it is not announced with its end."""
    soon = now + timedelta(days=money_policy().warn_days)
    ending = Reward.objects.filter(
        status=Reward.Status.FULFILLED, benefit__in=PERIODS, warned_at=None, ends_at__gt=now, ends_at__lte=soon
    )
    rows = ending.order_by("ends_at").values_list("pk", "starts_at", "ends_at")[:PAGE]
    return [pk for pk, starts, ends in rows if starts and ends and now >= starts + (ends - starts) / 2]


def _told(pk: int, now: datetime) -> bool:
    try:
        return period_end_tell(reward_id=pk, now=now)
    except Exception as error:  # noqa: BLE001 - it is met again in the next round and keeps no other waiting
        # Its kind only: the message of an error may quote an address.
        log.error("period_end_failed", id=pk, error=type(error).__name__)  # noqa: TRY400
        return False
