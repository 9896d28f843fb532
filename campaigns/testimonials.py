"""Which of our customers' words may stand on a page."""

from django.db.models import Exists, OuterRef, Q

from advocates.models import Consent
from campaigns.models import Campaign, Testimonial

SHOWN = 3
LOOKED_AT = 50


def published(campaign: Campaign, language: str, *, place: str = Testimonial.Place.WEBSITE) -> list[Testimonial]:
    """The newest three for that campaign in that language, agreed to for that place, the consent still standing."""
    consent = Consent.objects.filter(
        contact=OuterRef("contact"),
        channel=Consent.Channel.PUBLISH,
        given_at=OuterRef("consented_at"),
        withdrawn_at=None,
    )
    approved = Testimonial.objects.filter(
        Exists(consent),
        Q(campaign=None) | Q(campaign=campaign),
        status=Testimonial.Status.APPROVED,
        language=language,
        contact__erased_at=None,
    )
    # SQLite cannot ask whether a JSON list holds a word.
    newest = approved.order_by("-decided_at", "-pk")[:LOOKED_AT]
    return [testimonial for testimonial in newest if place in testimonial.places][:SHOWN]


def quotes(campaign: Campaign, language: str) -> list[dict[str, str]]:
    """As a landing page shows them: plain words, which its template escapes."""
    return [{"text": said.text, "who": said.signature} for said in published(campaign, language)]
