from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from campaigns.models import Campaign
from campaigns.selectors import copy_for
from config.lib import clock
from referrals.selectors import open_campaigns
from referrals.views.door import asked_language


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The open campaigns, or the one there is."""
    campaigns = open_campaigns(now=clock.now())
    if len(campaigns) == 1:
        return redirect("referrals:landing", slug=campaigns[0].slug)
    language = asked_language(request)
    return render(request, "referrals/home.html", {"campaigns": [_card(each, language) for each in campaigns]})


def _card(campaign: Campaign, language: str) -> dict[str, Any]:
    copy = copy_for(campaign, language)
    return {
        "name": campaign.name,
        "headline": copy.headline,
        "intro": copy.intro,
        "friend_offer": copy.friend_offer,
        "advocate_offer": copy.advocate_offer,
        "url": reverse("referrals:landing", args=[campaign.slug]),
        "join_url": reverse("campaigns:portal_sign_in"),
    }
