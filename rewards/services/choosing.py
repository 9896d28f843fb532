"""A reward that is one of several things becomes what its person says. Once: what was chosen is carried out."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from advocates.models import User
from advocates.services.audit import audit
from rewards.causes import charity_of
from rewards.errors import AlreadyChosen, NothingToChoose, OwnReward, UnknownOption
from rewards.locks import reward_lock
from rewards.models import Reward
from rewards.services.books import book_release, book_reserve, holding_account
from rewards.services.budgets import budget_release
from rewards.services.limits import limits_shrink
from rewards.services.moves import reward_note
from rewards.services.rewards import reward_settle

Option = Mapping[str, Any]


def reward_choose(*, reward: Reward, option: str, now: datetime, actor: User | None = None, by: str = "") -> Reward:
    """`option`: the key of one of the reward's options. `actor`: staff who choose for the person, as they said;
    `by`: the way when it was not staff ("portal", the name of an API key).

    Raises AlreadyChosen, NothingToChoose (it is no choice, or not to be had any more), UnknownOption, OwnReward.
    """
    with transaction.atomic():
        reward = reward_lock(reward.pk)
        chosen = _option_of(reward, option)
        if actor and actor.contact_id is not None and actor.contact_id == reward.contact_id:
            raise OwnReward(_("This reward is your own. Choose it on your page, not in the console."))
        before = {"benefit": reward.benefit, "amount": reward.amount, "unit": reward.unit}
        _become(reward, chosen, actor=actor, now=now)
        audit(
            verb="reward_choose",
            row=reward,
            actor=actor,
            by=by,
            before=before,
            after={"option": option, "benefit": reward.benefit, "amount": reward.amount, "unit": reward.unit},
        )
        reward_settle(reward=reward, now=now)
    return reward


def _option_of(reward: Reward, key: str) -> Option:
    if reward.chosen:
        raise AlreadyChosen(_("This has been chosen. What was chosen is on its way."))
    if reward.status != Reward.Status.PENDING or not reward.options:
        raise NothingToChoose(_("There is nothing to choose here, or not any more."))
    found: Option | None = next((option for option in reward.options if option["key"] == key), None)
    if found is None:
        raise UnknownOption(_("Choose one of those that are offered."))
    return found


def _become(reward: Reward, option: Option, *, actor: User | None, now: datetime) -> None:
    """From now on it is that; what was set aside for it is set aside for what it is now."""
    held_in, held = holding_account(reward), reward.amount
    amount = _covered(reward, option)
    is_other = (amount, option["unit"]) != (reward.amount, reward.unit)
    changes: dict[str, Any] = {
        "chosen": option["key"],
        "benefit": option["benefit"],
        "benefit_settings": option["settings"],
        "amount": amount,
        "unit": option["unit"],
    }
    # Whoever comes second finds that something was chosen.
    if not Reward.objects.filter(pk=reward.pk, status=reward.status, chosen="").update(**changes):
        raise AlreadyChosen(_("This has been chosen. What was chosen is on its way."))
    step = reward_note(reward=reward, now=now, actor=actor, reason=f"chosen: {option['name']}")
    if is_other:
        _free(reward, amount, option["unit"])
    if is_other and held_in:
        book_release(reward=reward, step=step, held_in=held_in, amount=held, now=now)
    for name, value in changes.items():
        setattr(reward, name, value)
    if charity := charity_of(reward):
        Reward.objects.filter(pk=reward.pk).update(charity=charity)
        reward.charity = charity
    if is_other and held_in:
        book_reserve(reward=reward, step=step, now=now)


def _covered(reward: Reward, option: Option) -> int:
    """Never more than the budget set aside for it."""
    if reward.budget_period and option["unit"] == reward.unit:
        return min(reward.amount, int(option["amount"]))
    return int(option["amount"])


def _free(reward: Reward, amount: int, unit: str) -> None:
    """Of limits and budget, what it does not need any more."""
    if unit != reward.unit or amount > reward.amount:
        return
    if reward.budget_period:
        budget_release(period=reward.budget_period, amount=reward.amount - amount)
    reward.limit_uses = limits_shrink(uses=reward.limit_uses, amount=amount)
    Reward.objects.filter(pk=reward.pk).update(limit_uses=reward.limit_uses)
