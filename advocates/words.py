"""The words that tell who somebody is, to look for in files that have no columns of ours."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

import phonenumbers

from advocates.models import Contact, ContactDetails, ContactKey

# Between the digits of a phone number people write blanks, dots, dashes, slashes and brackets.
GAP = r"[ \u00a0\-./()]{0,3}"
# A short word is everybody's; so is a name of one part in letters that part with blanks.
SHORTEST = 5
SHORTEST_IDEOGRAPHS = 2


@dataclass(frozen=True, slots=True)
class Words:
    pattern: re.Pattern[str] | None

    def are_in(self, text: str) -> bool:
        return bool(self.pattern and self.pattern.search(_plain(text)))


def words_of(contacts: Iterable[Contact]) -> Words:
    """Names, addresses and phone numbers of these contacts, in any case, width and spacing."""
    found: set[str] = set()
    for contact in contacts:
        for key in ContactKey.objects.filter(contact=contact):
            found |= {_number(key.value)} if key.kind == key.Kind.PHONE else _texts(key.shown, key.value)
        for details in ContactDetails.objects.filter(contact=contact):
            found |= _texts(details.name)
    found.discard("")
    return Words(re.compile("|".join(sorted(found))) if found else None)


def _texts(*texts: str) -> set[str]:
    return {r"\s+".join(map(re.escape, text.split())) for text in map(_plain, texts) if _tells(text)}


def _tells(text: str) -> bool:
    if "@" in text:
        return True
    if any(character > "\u2e80" for character in text):
        return len(text) >= SHORTEST_IDEOGRAPHS
    return len(text) >= SHORTEST and " " in text.strip()


def _number(value: str) -> str:
    try:
        national = phonenumbers.parse(value.partition(";")[0]).national_number
    except phonenumbers.NumberParseException:
        return ""
    return GAP.join(str(national))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
