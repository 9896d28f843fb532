"""Where somebody says what their reward is to be."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from campaigns.portal.shell import contact_of, portal_render, portal_required
from config.lib import clock
from config.lib.errors import DomainError
from config.lib.money import Money, money_words
from rewards.models import Reward
from rewards.services.choosing import reward_choose
from rewards.words.benefits import benefit_words, reward_words


@require_http_methods(["GET", "HEAD", "POST"])
@portal_required
def choose(request: HttpRequest, public_id: str) -> HttpResponse:
    """Their own only; what was chosen is carried out, so it is said once more what that is."""
    reward = Reward.objects.select_related("campaign").filter(public_id=public_id, contact=contact_of(request)).first()
    if reward is None or not reward.options:
        raise Http404
    if request.method == "POST":
        return _chosen(request, reward)
    context = {
        "reward": reward,
        "amount_words": money_words(Money(reward.amount, reward.unit)),
        "is_open": reward.status == Reward.Status.PENDING and not reward.chosen,
        "chosen_words": reward_words(reward) if reward.chosen else "",
        "options": [option_told(option) for option in reward.options],
    }
    return portal_render(request, "rewards/portal/choose.html", context)


def option_told(option: dict[str, Any]) -> dict[str, str]:
    """{key, name, what}: what it is and how much of it."""
    amount = money_words(Money(option["amount"], option["unit"]))
    return {"key": option["key"], "name": option["name"], "what": benefit_words(option["benefit"], amount)}


def _chosen(request: HttpRequest, reward: Reward) -> HttpResponse:
    try:
        chosen = reward_choose(reward=reward, option=request.POST.get("option", ""), now=clock.now(), by="portal")
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("rewards:choose", reward.public_id)
    messages.success(request, _("You have chosen: %(what)s.") % {"what": reward_words(chosen)})
    return redirect("rewards:wallet")
