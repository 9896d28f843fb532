"""Somebody called and said what they would like: staff choose for them, and the story says who did."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _, gettext_lazy

from advocates.admin.base import Verb, staff_of
from config.lib import clock
from config.lib.money import Money, money_words
from rewards.models import Reward
from rewards.services.choosing import reward_choose
from rewards.words.benefits import benefit_words, reward_words


def option_words(option: dict[str, Any]) -> str:
    """'Free months (4 months free of charge)'."""
    what = benefit_words(option["benefit"], money_words(Money(option["amount"], option["unit"])))
    return f"{option['name']} ({what})"


def form_for(reward: Reward) -> type[forms.Form]:
    class ChooseForm(forms.Form):
        option = forms.ChoiceField(
            label=_("What they would like"),
            choices=[(option["key"], option_words(option)) for option in reward.options],
        )

    return ChooseForm


def confirm_choose(reward: Reward) -> str:
    return _("You choose for %(person)s, as they told you. It is chosen once, and carried out.") % {
        "person": reward.contact
    }


def run_choose(request: HttpRequest, reward: Reward, cleaned: dict[str, Any]) -> str:
    chosen = reward_choose(reward=reward, option=cleaned["option"], actor=staff_of(request), now=clock.now())
    return _("Chosen: %(what)s.") % {"what": reward_words(chosen)}


CHOOSE: Verb[Reward] = Verb(
    name="choose",
    label=gettext_lazy("Choose for the person"),
    permission="rewards.change_reward",
    run=run_choose,
    allowed=lambda reward: reward.status == Reward.Status.PENDING and bool(reward.options) and not reward.chosen,
    form_for=form_for,
    confirm=confirm_choose,
    icon="gift",
)
