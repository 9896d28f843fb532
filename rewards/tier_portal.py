"""Tiers in the portal: where somebody stands, what that brings, and how far it is to the next."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.formats import localize
from django.utils.translation import gettext as _, ngettext

from advocates.models import Contact
from config.lib.rounding import BASIS_POINTS
from rewards.models import Tier
from rewards.services.tier_letters import ahead_words, benefit_lines
from rewards.tiers import Place, places_of, times


def tiers_panel(request: HttpRequest, contact: Contact) -> str:
    """For the portal's home; empty where no campaign of theirs has tiers."""
    places = places_of(contact)
    if not places:
        return ""
    campaigns = [place.campaign.pk for place in places]
    tiers = list(Tier.objects.filter(campaign__in=campaigns).order_by("from_confirmed"))
    shown = [_shown(place, [tier for tier in tiers if tier.campaign_id == place.campaign.pk]) for place in places]
    context = {"places": shown, "is_one": len(shown) == 1}
    return render_to_string("rewards/portal/tiers.html", context, request=request)


def _shown(place: Place, tiers: list[Tier]) -> dict[str, Any]:
    return {
        "campaign": place.campaign.name,
        "confirmed": ngettext("%(count)s confirmed friend", "%(count)s confirmed friends", place.confirmed)
        % {"count": place.confirmed},
        "ahead": ahead_words(place),
        "bar": _bar(place),
        "ladder": [_step(tier, place) for tier in tiers],
    }


def _bar(place: Place) -> dict[str, int] | None:
    """None at the top, and for who was moved down: their next friend brings them back."""
    if place.next is None or place.confirmed >= place.next.from_confirmed:
        return None
    return {"value": place.confirmed, "max": place.next.from_confirmed}


def _step(tier: Tier, place: Place) -> dict[str, Any]:
    since = ngettext("from %(count)s friend", "from %(count)s friends", tier.from_confirmed)
    return {
        "name": tier.name,
        "since": since % {"count": tier.from_confirmed} if tier.from_confirmed else _("from the beginning"),
        "times": localize(times(tier)) if tier.multiplier != BASIS_POINTS else "",
        "benefits": benefit_lines(tier),
        "is_theirs": tier == place.tier,
        "is_next": tier == place.next,
    }
