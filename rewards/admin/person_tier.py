from django.utils.translation import gettext as _

from advocates.admin.person import PersonFigure, PersonStep
from advocates.models import Contact
from rewards.admin.tier_moves import is_up, why_moved
from rewards.models import TierMove
from rewards.tiers import place_words, places_of


def tier_figures(contact: Contact) -> list[PersonFigure]:
    """A figure for each campaign with tiers: the tier, and how far it is to the next."""
    return [
        PersonFigure(
            _("Tier"), place.tier.name if place.tier else "–", f"{place_words(place)} · {place.campaign.name}", ""
        )
        for place in places_of(contact)
    ]


def tier_story(contact: Contact, limit: int) -> list[PersonStep]:
    """Each tier that they came to, up or down."""
    moves = TierMove.objects.filter(enrolment__contact=contact).order_by("-pk")
    return [_step(move) for move in moves.select_related("tier_from", "tier_to", "enrolment__campaign")[:limit]]


def _step(move: TierMove) -> PersonStep:
    names = {
        "tier": move.tier_to.name if move.tier_to else _("no tier"),
        "campaign": move.enrolment.campaign.name,
    }
    title = _("Came to the tier %(tier)s of “%(campaign)s”") % names
    return PersonStep(move.occurred_at, "orbit", title, why_moved(move), tone="success" if is_up(move) else "warning")
