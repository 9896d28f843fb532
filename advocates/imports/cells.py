"""What a cell says, as a value. Each raises RowRefused with a sentence for whoever mends the file."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from advocates.errors import RowRefused
from config.lib.money import MAX_AMOUNT, Money
from config.lib.units import unit_get

_NUMBER = re.compile(r"[0-9]{1,13}")
_DECIMAL = re.compile(r"-?[0-9]{1,13}([.,][0-9]{1,6})?")
_GERMAN_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")

_LANGUAGES = {code: code for code, _label in settings.LANGUAGES} | {"zh": "zh-hans", "no": "nb", "nn": "nb"}
_LANGUAGES |= {"english": "en", "german": "de", "deutsch": "de", "chinese": "zh-hans", "malay": "ms"}
_LANGUAGES |= {"norwegian": "nb", "korean": "ko"}


def whole_number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise RowRefused(_("“%(text)s” is not a whole number.") % {"text": text[:40]})
    return int(text)


def moment(text: str) -> datetime:
    """`2026-03-01`, `20260301`, `2026-03-01T09:30Z` or `1.3.2026`; without a zone it is UTC."""
    german = _GERMAN_DAY.fullmatch(text)
    iso = "{2}-{1:0>2}-{0:0>2}".format(*german.groups()) if german else text
    try:
        found = datetime.fromisoformat(iso)
    except ValueError as error:
        raise RowRefused(_("“%(text)s” is not a date. Write it as 2026-03-01.") % {"text": text[:40]}) from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


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
