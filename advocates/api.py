from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status

from advocates.customer_base.figures import purchase_figures
from advocates.errors import UnknownContact
from advocates.facts import ContactFacts
from advocates.models import Contact, CustomerScore
from advocates.selectors import contact_email, contact_phone, display_name, external_ids, nps_words
from advocates.services.contacts import ContactRef, contact_find, contact_upsert
from config.lib import clock
from config.lib.registry import Registry
from config.lib.schemas import (
    PROBLEM_CODES,
    Body,
    Count,
    Day,
    Key,
    Metadata,
    MoneyIn,
    Problem,
    ShortText,
    Text,
    Value,
    Yes,
    caller,
    value_out,
)

router = Router(tags=["contacts"])

# The short name of a person's tier: rewards know.
TIERS: Registry[Callable[[Contact], str | None]] = Registry("tier of a person")


class ContactRefIn(Body):
    """Whom you mean: one of the three is enough; of several, the customer number decides."""

    id: Key | None = None
    external_id: Key | None = None
    email: Text | None = None

    def ref(self) -> ContactRef:
        return ContactRef(id=self.id or "", external_id=self.external_id or "", email=self.email or "")


class ContactIn(Body):
    external_id: Key | None = None
    email: Text | None = None
    phone: ShortText | None = None
    name: Text | None = None
    company: Text | None = None
    language: ShortText | None = None
    timezone: ShortText | None = None
    country: ShortText | None = None
    region: ShortText | None = None
    relation: ShortText | None = None
    customer_since: Day | None = None
    purchases_count: Count | None = None
    lifetime_value: MoneyIn | None = None
    metadata: Metadata | None = None
    test: Yes = False

    def facts(self, *, is_test: bool) -> ContactFacts:
        given: dict[str, Any] = self.model_dump(exclude_none=True, exclude={"timezone", "lifetime_value", "test"})
        return ContactFacts(
            **given,
            time_zone=self.timezone or "",
            lifetime_value=self.lifetime_value.money() if self.lifetime_value else None,
            is_test=self.test or is_test,
        )


class NpsOut(Schema):
    """`is_old`: older than a year, and no reason for anything any more."""

    standing: str
    score: int | None
    at: str | None
    is_old: bool


class CurrencyOut(Schema):
    """In minor units: what was bought, what of it came back, what is left."""

    currency: str
    bought: int
    returned: int
    kept: int


class PurchasesOut(Schema):
    """Of what is known one by one and still counts. `returned_bp`: the part of all purchases that came back, wholly or
    not, in basis points.
    """

    count: int
    first_at: str | None
    last_at: str | None
    days_between: int | None
    returned_bp: int | None
    values: list[CurrencyOut]


class ScoreOut(Schema):
    """Quintiles among all customers, 5 is the best fifth. What is expected within a year is in thousandths of a
    purchase, the chance to be still active in basis points; both null until a model is fitted.
    """

    recency: int
    frequency: int
    value: int
    expected_milli: int | None
    alive_bp: int | None
    at: str


class SegmentOut(Schema):
    """As last counted, at most some minutes ago; what a segment decides is asked at that moment."""

    id: str
    name: str
    since: str


class ContactOut(Schema):
    id: str
    external_ids: dict[str, str]
    email: str
    phone: str
    name: str
    company: str
    language: str
    timezone: str
    country: str
    region: str
    relation: str
    customer_since: str | None
    purchases_count: int
    lifetime_value: Value | None
    purchases: PurchasesOut
    score: ScoreOut | None
    nps: NpsOut
    tier: str | None
    segments: list[SegmentOut]
    metadata: dict[str, Any]
    test: bool


@router.post(
    "/contacts",
    response={200: ContactOut, 201: ContactOut, PROBLEM_CODES: Problem},
    operation_id="contact_upsert",
)
def contact_post(request: HttpRequest, body: ContactIn) -> Status[ContactOut]:
    """Make a contact, or bring up to date the one that has this customer number or address."""
    system, now = caller(request), clock.now()
    upserted = contact_upsert(facts=body.facts(is_test=system.is_test), source=system.source, now=now)
    return Status(201 if upserted.outcome == "created" else 200, contact_out(upserted.contact, now=now))


@router.get(
    "/contacts/{slug:contact_id}",
    response={200: ContactOut, PROBLEM_CODES: Problem},
    operation_id="contact_get",
)
def contact_get(request: HttpRequest, contact_id: str) -> ContactOut:
    contact = contact_find(ref=ContactRef(id=contact_id), source=caller(request).source)
    if contact is None:
        raise UnknownContact
    return contact_out(contact, now=clock.now())


def contact_to_write(request: HttpRequest, contact_id: str) -> Contact:
    """Raises UnknownContact; a key for tests finds nobody real to note things of, to take out or to forget."""
    system = caller(request)
    contact = contact_find(ref=ContactRef(id=contact_id), source=system.source)
    if contact is None or (system.is_test and not contact.is_test):
        raise UnknownContact
    return contact


def contact_out(contact: Contact, *, now: datetime) -> ContactOut:
    details = getattr(contact, "details", None)
    return ContactOut(
        id=contact.public_id,
        external_ids=external_ids(contact),
        email=contact_email(contact),
        phone=contact_phone(contact),
        name=display_name(contact),
        company=details.company if details else "",
        language=contact.language,
        timezone=contact.time_zone,
        country=contact.country,
        region=contact.region,
        relation=contact.relation,
        customer_since=contact.customer_since.isoformat() if contact.customer_since else None,
        purchases_count=contact.purchases_count,
        lifetime_value=value_out(contact.lifetime_amount, contact.lifetime_unit) if contact.lifetime_unit else None,
        purchases=purchases_out(contact, now=now),
        score=score_out(contact),
        nps=nps_out(contact, now=now),
        tier=next((tier for tell in TIERS if (tier := tell(contact))), None),
        segments=segments_out(contact),
        metadata=contact.metadata,
        test=contact.is_test,
    )


def purchases_out(contact: Contact, *, now: datetime) -> PurchasesOut:
    figures = purchase_figures(contact, today=now.date())
    return PurchasesOut(
        count=figures.count,
        first_at=figures.first_at.isoformat() if figures.first_at else None,
        last_at=figures.last_at.isoformat() if figures.last_at else None,
        days_between=figures.days_between,
        returned_bp=figures.returned_bp,
        values=[
            CurrencyOut(currency=value.unit, bought=value.bought, returned=value.returned, kept=value.kept)
            for value in figures.values
        ],
    )


def score_out(contact: Contact) -> ScoreOut | None:
    score: CustomerScore | None = getattr(contact, "score", None)
    if score is None:
        return None
    return ScoreOut(
        recency=score.recency,
        frequency=score.frequency,
        value=score.value,
        expected_milli=score.expected_milli,
        alive_bp=score.alive_bp,
        at=score.scored_at.isoformat(),
    )


def nps_out(contact: Contact, *, now: datetime) -> NpsOut:
    said = nps_words(contact, now)
    at = said.at.isoformat() if said.at else None
    return NpsOut(standing=said.standing, score=said.score, at=at, is_old=said.is_old)


def segments_out(contact: Contact) -> list[SegmentOut]:
    members = contact.segments.select_related("segment").order_by("segment__name")
    return [
        SegmentOut(id=row.segment.public_id, name=row.segment.name, since=row.joined_at.isoformat()) for row in members
    ]
