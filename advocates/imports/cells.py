"""What a cell says, as a value. Each raises RowRefused with a sentence for whoever mends the file."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from zoneinfo import available_timezones

from babel.core import Locale
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from advocates.errors import RowRefused
from advocates.models import Contact, Purchase
from config.lib.money import MAX_AMOUNT, Money
from config.lib.units import unit_get

_NUMBER = re.compile(r"[0-9]{1,13}")
_DECIMAL = re.compile(r"-?[0-9]{1,13}([.,][0-9]{1,6})?")
_GERMAN_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")

# `2026-03-01 09:30:00 -0400`, as shops write it; Python wants the zone without the blank.
_ZONE = re.compile(r" (UTC|[+-]\d\d:?\d\d)$")

_LANGUAGES = {code: code for code, _label in settings.LANGUAGES} | {"zh": "zh-hans", "no": "nb", "nn": "nb"}
_LANGUAGES |= {"english": "en", "german": "de", "deutsch": "de", "chinese": "zh-hans", "malay": "ms"}
_LANGUAGES |= {"norwegian": "nb", "korean": "ko"}

COUNTRY_LENGTH = 2
_YES = {"yes", "y", "true", "1", "x", "subscribed", "ja", "ya", "是", "예"}
_NO = {
    "no",
    "n",
    "false",
    "0",
    "",
    "unsubscribed",
    "not subscribed",
    "not_subscribed",
    "nein",
    "nei",
    "tidak",
    "否",
    "아니요",
}
_UNPAID = {"pending", "authorized", "unpaid", "expired", "partially_paid", "open", "draft"}
_PURCHASE_STATES = {state: state for state in Purchase.Status.values} | {
    "paid": Purchase.Status.COMPLETE,
    "completed": Purchase.Status.COMPLETE,
    "fulfilled": Purchase.Status.COMPLETE,
    "partially_returned": Purchase.Status.PART_RETURNED,
    "partially_refunded": Purchase.Status.PART_RETURNED,
    "refunded": Purchase.Status.RETURNED,
    "voided": Purchase.Status.CANCELLED,
    "canceled": Purchase.Status.CANCELLED,
    "storniert": Purchase.Status.CANCELLED,
}
_RELATIONS = {value.replace("_", " "): value for value in Contact.Relation.values} | {
    # The lifecycle stages of HubSpot.
    "subscriber": Contact.Relation.OTHER,
    "marketing qualified lead": Contact.Relation.LEAD,
    "marketingqualifiedlead": Contact.Relation.LEAD,
    "sales qualified lead": Contact.Relation.LEAD,
    "salesqualifiedlead": Contact.Relation.LEAD,
    "opportunity": Contact.Relation.LEAD,
    "evangelist": Contact.Relation.CUSTOMER,
    "former customer": Contact.Relation.PAST_CUSTOMER,
    "open lead": Contact.Relation.LEAD,
    "prospect": Contact.Relation.LEAD,
    "kunde": Contact.Relation.CUSTOMER,
    "supplier": Contact.Relation.VENDOR,
}


def whole_number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise RowRefused(_("“%(text)s” is not a whole number.") % {"text": text[:40]})
    return int(text)


def moment(text: str) -> datetime:
    """`2026-03-01`, `20260301`, `2026-03-01T09:30Z` or `1.3.2026`; without a zone it is UTC."""
    german = _GERMAN_DAY.fullmatch(text)
    iso = "{2}-{1:0>2}-{0:0>2}".format(*german.groups()) if german else _ZONE.sub(r"\1", text).replace("UTC", "Z")
    try:
        found = datetime.fromisoformat(iso)
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        found.astimezone(UTC)  # the first and the last day of all times have none in UTC
    except (ValueError, OverflowError) as error:
        raise RowRefused(_("“%(text)s” is not a date. Write it as 2026-03-01.") % {"text": text[:40]}) from error
    return found


def day(text: str) -> date:
    return moment(text).date()


def money(text: str, *, unit: str) -> Money:
    """`11.77` or `11,77` in units of the currency. Thousands are not set apart: `1,234` could be either."""
    if not _DECIMAL.fullmatch(text):
        raise RowRefused(_("“%(text)s” is not an amount. Write it as 1234.56.") % {"text": text[:40]})
    exact = Decimal(text.replace(",", ".")).scaleb(unit_get(unit).scale)
    if exact != int(exact):
        raise RowRefused(_("“%(text)s” has more decimal places than %(unit)s.") % {"text": text[:40], "unit": unit})
    if abs(exact) > MAX_AMOUNT:
        raise RowRefused(_("“%(text)s” is more than can be reckoned with here.") % {"text": text[:40]})
    return Money(int(exact), unit)


def language(text: str) -> str:
    """`de`, `de-AT`, `German`: one of the languages that we speak, else none, and then the campaign's own is used."""
    plain = text.casefold().replace("_", "-")
    return _LANGUAGES.get(plain) or _LANGUAGES.get(plain.partition("-")[0], "")


def relation(text: str) -> str:
    """What somebody is to us, in our own words or those of other systems (a lifecycle stage, a kind of contact)."""
    found = _RELATIONS.get(text.casefold().replace("_", " ").replace("-", " "))
    if not found:
        raise RowRefused(
            _("“%(text)s” is no relation known here. There are: %(relations)s.")
            % {"text": text[:40], "relations": ", ".join(Contact.Relation.values)}
        )
    return found


def yes_no(text: str) -> bool:
    plain = text.casefold()
    if plain not in _YES | _NO:
        raise RowRefused(_("“%(text)s” is neither yes nor no.") % {"text": text[:40]})
    return plain in _YES


def purchase_status(text: str) -> str:
    """How a sale stands. Raises RowRefused for one that is not paid: it is none yet."""
    plain = text.casefold().replace(" ", "_")
    if plain in _UNPAID:
        raise RowRefused(_("This order is not paid (%(text)s). Import it again when it is.") % {"text": text[:40]})
    if plain not in _PURCHASE_STATES:
        raise RowRefused(
            _("“%(text)s” is no state of a sale known here. There are: %(states)s.")
            % {"text": text[:40], "states": ", ".join(Purchase.Status.values)}
        )
    return _PURCHASE_STATES[plain]


def country(text: str) -> str:
    """`DE`, `de`, `Germany` or `Deutschland` → `DE`; what is none of them is judged by whoever keeps it."""
    is_code = len(text) == COUNTRY_LENGTH and text.isascii()
    return text.upper() if is_code else _countries().get(text.casefold(), text.upper())


def time_zone(text: str) -> str:
    """`Europe/Berlin`, also as HubSpot writes it: `europe_slash_berlin`."""
    return _time_zones().get(text.casefold().replace("_slash_", "/").replace(" ", "_"), text)


@cache
def _countries() -> dict[str, str]:
    """Name → code, in the languages that we speak; English decides where one name is two countries."""
    names: dict[str, str] = {}
    for code, _label in settings.LANGUAGES:
        locale = Locale.parse(code.replace("-", "_"), resolve_likely_subtags=True)
        for territory, name in locale.territories.items():
            if territory.isalpha():
                names.setdefault(name.casefold(), territory)
    return names


@cache
def _time_zones() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones()}
