from django.utils.translation import gettext as _

from advocates.admin.person import PersonFigure
from advocates.models import Contact
from rewards.tiers import place_words, places_of


def tier_figures(contact: Contact) -> list[PersonFigure]:
    """A figure for each campaign with tiers: the tier, and how far it is to the next."""
    return [
        PersonFigure(
            _("Tier"), place.tier.name if place.tier else "–", f"{place_words(place)} · {place.campaign.name}", ""
        )
        for place in places_of(contact)
    ]
