"""An entry into a contest: given when the contest takes it; what it waits for stands in rewards/waiting.py."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.translation import gettext_noop

from rewards.contests import contest_named
from rewards.models import Reward, RewardEvent, RewardRule
from rewards.services.books import book_give, book_release, holding_account
from rewards.services.budgets import budget_release
from rewards.services.contest_entries import contests_hold, entries_earn, entries_take_back
from rewards.services.fulfilment.frame import Fulfilment
from rewards.services.letters import tell_given
from rewards.services.limits import limits_give_back
from rewards.services.moves import reward_move

OVER = gettext_noop("the contest is over")


def earned_at(reward: Reward) -> datetime:
    """When it happened: the waiting time counts from there."""
    return reward.eligible_at - timedelta(days=reward.rule.hold_days)


def _entry(reward: Reward, step: RewardEvent, now: datetime) -> None:
    """An entry for each that was earned. Where the contest is over there is nothing left to enter."""
    contest = contest_named(reward.benefit_settings.get("contest", ""), campaign_id=reward.campaign_id)
    key = f"{reward.public_id}:{step.pk}"
    entries = contest and entries_earn(
        contest_id=contest.pk, reward=reward, earned_at=earned_at(reward), key=key, now=now
    )
    if entries is None:
        _miss(reward, now)
        return
    book_give(reward=reward, step=step, now=now)
    reward_move(reward=reward, to=Reward.Status.FULFILLED, now=now, fulfilled_at=now)
    tell_given(reward=reward, now=now)


def _miss(reward: Reward, now: datetime) -> None:
    """It came too late: limits, budget and books get back what it held."""
    limits_give_back(uses=reward.limit_uses)
    if reward.budget_period:
        budget_release(period=reward.budget_period, amount=reward.amount)
    held_in = holding_account(reward)
    ended = reward_move(
        reward=reward, to=Reward.Status.EXPIRED, now=now, reason=OVER, limit_uses=[], budget_period=None
    )
    if held_in:
        book_release(reward=reward, step=ended, held_in=held_in, amount=reward.amount, now=now)


def _called_back(reward: Reward, reason: str, now: datetime) -> bool:
    return entries_take_back(reward=reward)


def entries_hold(rules: Iterable[RewardRule]) -> None:
    """The contests of all entries that an event gives by these rules: held before any account is."""
    entering = [rule for rule in rules if rule.benefit == RewardRule.Benefit.ENTRY]
    found = [contest_named(rule.benefit_settings.get("contest", ""), campaign_id=rule.campaign_id) for rule in entering]
    contests_hold(contest.pk for contest in found if contest)


ENTRY = Fulfilment(_entry, _called_back)
