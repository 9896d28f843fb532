"""What may be said about a person, checked by the columns that will keep it: alike on both databases, before a
write (SQLite takes ten characters into five and NUL bytes; PostgreSQL raises).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import available_timezones

from babel.core import Locale
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from advocates.errors import BadFact
from advocates.models import Contact, ContactDetails
from config.lib.money import Money

CONTACT_FACTS = (
    "relation",
    "language",
    "time_zone",
    "country",
    "region",
    "customer_since",
    "purchases_count",
)
DETAIL_FACTS = ("name", "public_name", "company")
NPS_SCORES = range(11)


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """What another system or a form says about a person. Empty and None mean *not given* and overwrite nothing."""

    external_id: str = ""
    email: str = ""
    phone: str = ""
    name: str = ""
    public_name: str = ""
    company: str = ""
    language: str = ""
    time_zone: str = ""
    country: str = ""
    region: str = ""
    relation: str = ""
    customer_since: date | None = None
    purchases_count: int | None = None
    lifetime_value: Money | None = None
    nps_score: int | None = None
    nps_at: datetime | None = None
    metadata: Mapping[str, Any] | None = None
    is_test: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """Columns to set: of the contact, and of its details."""

    contact: dict[str, Any]
    details: dict[str, Any]


def facts_check(facts: ContactFacts) -> Checked:
    """The facts that were given, as the columns take them. Raises BadFact with `field`."""
    if facts.time_zone and facts.time_zone not in available_timezones():
        raise BadFact(_("This time zone is not known. Europe/Berlin would be one."), field="time_zone")
    if facts.country and facts.country not in Locale("en").territories:
        raise BadFact(_("A country is given by its two capital letters, such as DE."), field="country")
    if facts.nps_score is not None and facts.nps_score not in NPS_SCORES:
        raise BadFact(_("A score is a whole number from 0 to 10."), field="nps_score")
    if facts.metadata and "\\u0000" in json.dumps(facts.metadata):
        raise BadFact(_("There is a NUL character in this text."), field="metadata")
    contact = _cleaned(Contact, facts, CONTACT_FACTS)
    if facts.lifetime_value is not None:
        contact |= {
            "lifetime_amount": facts.lifetime_value.amount,
            "lifetime_unit": facts.lifetime_value.unit,
        }
    return Checked(contact=contact, details=_cleaned(ContactDetails, facts, DETAIL_FACTS))


def text_check(value: str, *, field: str, max_length: int) -> str:
    """The text without blanks around it. Raises BadFact for NUL and for what is too long."""
    if "\0" in value:
        raise BadFact(_("There is a NUL character in this text."), field=field)
    stripped = value.strip()
    if len(stripped) > max_length:
        raise BadFact(_("This is longer than %(limit)s characters.") % {"limit": max_length}, field=field)
    return stripped


def _cleaned(model: type[models.Model], facts: ContactFacts, names: tuple[str, ...]) -> dict[str, Any]:
    given = {name: getattr(facts, name) for name in names if getattr(facts, name) not in ("", None)}
    return {name: _clean(model, name, value) for name, value in given.items()}


def _clean(model: type[models.Model], name: str, value: Any) -> Any:
    field: Any = model._meta.get_field(name)
    if isinstance(value, str):
        value = text_check(value, field=name, max_length=field.max_length)
    try:
        return field.clean(value, None)
    except ValidationError as error:
        raise BadFact(" ".join(error.messages), field=name) from error
