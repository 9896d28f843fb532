"""A customer's own words are published as they wrote them, under the name and at the places that they agreed to, and
taken down at once when they say so. Nobody edits them.
"""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import override

from advocates.facts import text_check
from advocates.models import Consent, Contact, Moment, User
from advocates.services.audit import audit
from advocates.services.consents import consent_record, consent_withdraw
from advocates.services.moments import moment_record
from campaigns.errors import PlacesMissing
from campaigns.models import Campaign, Testimonial
from campaigns.selectors import company
from campaigns.services.messages import message_queue
from config.lib.states import move

Status = Testimonial.Status
SOURCE = "testimonial"
PORTAL = "portal"
TEXT_LENGTH, NAME_LENGTH, COMPANY_LENGTH = 1000, 80, 120


def testimonial_submit(
    *,
    contact: Contact,
    text: str,
    shown_name: str,
    shown_company: str,
    places: Sequence[str],
    language: str,
    consent_version: str,
    consent_text: str,
    now: datetime,
) -> Testimonial:
    """Keep the words, and with them the very text that was agreed to. Staff read them before anybody else does.

    Raises PlacesMissing and BadFact.
    """
    agreed = [place for place in Testimonial.Place.values if place in places]
    if not agreed:
        raise PlacesMissing
    with transaction.atomic():
        testimonial = Testimonial.objects.create(
            contact=contact,
            text=text_check(text, field="text", max_length=TEXT_LENGTH),
            shown_name=text_check(shown_name, field="shown_name", max_length=NAME_LENGTH),
            shown_company=text_check(shown_company, field="shown_company", max_length=COMPANY_LENGTH),
            places=agreed,
            language=language,
            consent_version=consent_version,
            consent_text=consent_text,
            consented_at=now,
        )
        consent_record(
            contact=contact,
            channel=Consent.Channel.PUBLISH,
            basis=Consent.Basis.OPT_IN,
            source=PORTAL,
            given_at=now,
            text_version=consent_version,
        )
    return testimonial


def testimonial_withdraw(*, testimonial: Testimonial, now: datetime) -> Testimonial:
    """The person takes their words back: they are gone from every page at once. Raises NotAllowed, Stale."""
    with transaction.atomic():
        before = move(testimonial, to=Status.WITHDRAWN, table=Testimonial.MOVES, withdrawn_at=now)
        consent_withdraw(
            contact=testimonial.contact,
            channel=Consent.Channel.PUBLISH,
            source=PORTAL,
            given_at=testimonial.consented_at,
            now=now,
        )
        audit(
            verb="testimonial.withdrawn",
            row=testimonial,
            by=PORTAL,
            before={"status": before},
            after={"status": testimonial.status},
        )
    return testimonial


def testimonial_publish(
    *, testimonial: Testimonial, actor: User, now: datetime, campaign: Campaign | None
) -> Testimonial:
    """Show it, in that campaign or in all; the person is told. Raises NotAllowed, Stale."""
    with transaction.atomic():
        _decide(testimonial, Status.APPROVED, actor, now, campaign=campaign)
        moment_record(
            contact=testimonial.contact,
            kind=Moment.Kind.TESTIMONIAL,
            source=SOURCE,
            event_id=testimonial.public_id,
            occurred_at=now,
            actor=actor,
            now=now,
        )
        with override(testimonial.contact.language or company().language):
            places = testimonial.place_words
        message_queue(
            mail="testimonial_published",
            key=f"testimonial:{testimonial.public_id}",
            values={"words": testimonial.text, "places": places, "link": f"{settings.SITE_URL}/portal/testimonial/"},
            contact=testimonial.contact,
            now=now,
        )
    return testimonial


def testimonial_decline(*, testimonial: Testimonial, actor: User, reason: str, now: datetime) -> Testimonial:
    """Do not show it, or no longer. Raises NotAllowed, Stale."""
    with transaction.atomic():
        _decide(testimonial, Status.DECLINED, actor, now, reason=reason, campaign=testimonial.campaign)
    return testimonial


def _decide(
    testimonial: Testimonial,
    to: str,
    actor: User,
    now: datetime,
    *,
    campaign: Campaign | None,
    reason: str = "",
) -> None:
    decided = {"decided_by": actor, "decided_at": now, "campaign": campaign}
    before = move(testimonial, to=to, table=Testimonial.MOVES, **decided)
    audit(
        verb=f"testimonial.{to}",
        row=testimonial,
        actor=actor,
        before={"status": before},
        after={"status": to},
        reason=reason,
    )
