"""Tells people that they reached a tier, or were moved down: each in their own language."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _, ngettext, override

from campaigns.services.messages import message_queue
from rewards.models import Tier, TierMove
from rewards.services.letters import language_of
from rewards.tier_mails import TIER_LOWERED, TIER_REACHED
from rewards.tiers import Place


def tell_reached(*, move: TierMove, place: Place, now: datetime) -> None:
    """At most once a month for each tier: a sale may go back and come again."""
    contact, campaign, tier = move.enrolment.contact, place.campaign, move.tier_to
    if tier is None:
        return
    with override(language_of(contact, campaign)):
        values = {"benefits": benefits_words(tier), "ahead": ahead_words(place)}
    message_queue(
        mail=TIER_REACHED.name,
        key=f"{TIER_REACHED.name}:{move.enrolment.public_id}:{tier.key}:{now:%Y-%m}",
        values=_common(move, place) | values,
        contact=contact,
        campaign=campaign,
        now=now,
    )


def tell_lowered(*, move: TierMove, place: Place, now: datetime) -> None:
    contact, campaign = move.enrolment.contact, place.campaign
    with override(language_of(contact, campaign)):
        name = move.tier_to.name if move.tier_to else _("no tier")
        values = {"ahead": ahead_words(place), "tier_name": name}
    message_queue(
        mail=TIER_LOWERED.name,
        key=f"{TIER_LOWERED.name}:{move.enrolment.public_id}:{move.key}",
        values=_common(move, place) | values,
        contact=contact,
        campaign=campaign,
        now=now,
    )


def ahead_words(place: Place) -> str:
    """'2 more friends bring you to Gold.'"""
    if place.next is None:
        return _("It is the highest there is.")
    words = ngettext(
        "%(count)s more friend brings you to %(tier)s.", "%(count)s more friends bring you to %(tier)s.", place.missing
    )
    return words % {"count": place.missing, "tier": place.next.name}


def benefits_words(tier: Tier) -> str:
    """A list in Markdown; empty where nothing is said."""
    lines = benefit_lines(tier)
    if not lines:
        return ""
    return "\n".join([_("This is what it brings:"), "", *(f"- {line}" for line in lines)])


def benefit_lines(tier: Tier) -> list[str]:
    return [line.strip() for line in tier.benefits.splitlines() if line.strip()]


def _common(move: TierMove, place: Place) -> dict[str, str]:
    return {
        "tier_name": move.tier_to.name if move.tier_to else "",
        "campaign_name": place.campaign.name,
        "portal_url": f"{settings.SITE_URL}/portal/",
    }
