"""What can be asked about who somebody is, where they live, and whether we may write to them."""

from collections.abc import Callable, Sequence
from datetime import datetime

from babel.core import Locale
from django.conf import settings
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext as _, gettext_lazy, to_locale

from advocates.models import Consent, Contact, ContactKey
from advocates.segments.build import (
    ASKS,
    PERSON,
    UNKNOWN,
    column_choice,
    column_since,
    days_field,
    flag_field,
    rows_of,
    text_field,
)
from advocates.segments.registry import Choice


def relations() -> Sequence[Choice]:
    return Contact.Relation.choices


def languages() -> Sequence[Choice]:
    return [*settings.LANGUAGES, (UNKNOWN, _("not known"))]


def countries() -> Sequence[Choice]:
    """By name in the reader's language; only real ones, which have two letters."""
    names = Locale.parse(to_locale(get_language() or "en")).territories
    real = [(code, name) for code, name in names.items() if len(code) == 2 and code.isalpha() and code != "ZZ"]
    return [*sorted(real, key=lambda choice: choice[1]), (UNKNOWN, _("not known"))]


def country_words(contact: Contact) -> str:
    return str(dict(countries()).get(contact.country or UNKNOWN, contact.country))


def day_words(column: str) -> Callable[[Contact], str]:
    def words(contact: Contact) -> str:
        at = getattr(contact, column)
        return date_format(at) if at else _("never")

    return words


def is_customer(_now: datetime) -> Q:
    return Q(purchases_count__gt=0) | Q(customer_since__isnull=False)


def has_email(_now: datetime) -> Q:
    return Q(rows_of(ContactKey.objects.filter(kind=ContactKey.Kind.EMAIL)))


def may_be_mailed(now: datetime) -> Q:
    """An address, and a basis to write to it. Who has unsubscribed is known by a keyed hash only: asks look it up."""
    consents = Consent.objects.filter(channel=Consent.Channel.EMAIL)
    standing = Q(rows_of(consents.filter(withdrawn_at=None)))
    withdrawn = Q(rows_of(consents.filter(withdrawn_at__isnull=False)))
    return has_email(now) & (standing | (is_customer(now) & ~withdrawn))


def may_be_phoned(_now: datetime) -> Q:
    phones = ContactKey.objects.filter(kind=ContactKey.Kind.PHONE)
    consents = Consent.objects.filter(channel=Consent.Channel.PHONE, withdrawn_at=None)
    return Q(rows_of(phones)) & Q(rows_of(consents))


PEOPLE_FIELDS = (
    column_choice(
        "relation",
        gettext_lazy("Relation"),
        PERSON,
        relations,
        "relation",
        lambda contact: contact.get_relation_display(),
    ),
    flag_field(
        "is_customer",
        gettext_lazy("Customer"),
        PERSON,
        (gettext_lazy("is a customer"), gettext_lazy("is not a customer")),
        is_customer,
    ),
    days_field(
        "customer_since",
        gettext_lazy("Customer since"),
        PERSON,
        column_since("customer_since"),
        day_words("customer_since"),
    ),
    days_field("known_since", gettext_lazy("Known since"), PERSON, column_since("created_at"), day_words("created_at")),
    column_choice("country", gettext_lazy("Country"), PERSON, countries, "country", country_words),
    text_field("region", gettext_lazy("Region"), PERSON, "region", lambda contact: contact.region),
    column_choice(
        "language",
        gettext_lazy("Language"),
        PERSON,
        languages,
        "language",
        lambda contact: str(dict(languages()).get(contact.language or UNKNOWN, "")),
    ),
    text_field("company", gettext_lazy("Company"), PERSON, "details__company"),
    flag_field(
        "is_test",
        gettext_lazy("Test data"),
        PERSON,
        (gettext_lazy("is a test person"), gettext_lazy("is not a test person")),
        lambda _now: Q(is_test=True),
    ),
    flag_field(
        "has_email",
        gettext_lazy("E-mail address"),
        ASKS,
        (gettext_lazy("has an e-mail address"), gettext_lazy("has no e-mail address")),
        has_email,
    ),
    flag_field(
        "may_be_mailed",
        gettext_lazy("May be mailed"),
        ASKS,
        (gettext_lazy("may be mailed"), gettext_lazy("may not be mailed")),
        may_be_mailed,
    ),
    flag_field(
        "may_be_phoned",
        gettext_lazy("May be phoned"),
        ASKS,
        (gettext_lazy("may be phoned"), gettext_lazy("may not be phoned")),
        may_be_phoned,
    ),
    days_field(
        "last_asked",
        gettext_lazy("Last asked"),
        ASKS,
        column_since("last_asked_at"),
        day_words("last_asked_at"),
    ),
)
