"""By what a person is recognised, worked out from text alone: no tables, no network.

Two keys for an e-mail address. `value` says whose mailbox it is by the provider's own rules; `strict` is for fraud
only, since elsewhere than at Gmail a plus may well be part of another person's address.
"""

import re
import unicodedata
from dataclasses import dataclass

import phonenumbers
from disposable_email_domains import blocklist
from django.utils.translation import gettext_lazy as _
from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, ValidatedEmail, validate_email

from advocates.errors import BadEmail, BadPhone
from advocates.mail_providers import mailbox

# What most addresses are, and what no check could find fault with: an eighth of the time of the whole check.
PLAIN = re.compile(
    r"(?=[^@]{1,64}@.{4,180}\Z)([a-zA-Z0-9_+-]+(?:\.[a-zA-Z0-9_+-]+)*)@"
    r"((?:(?!..--)[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)+[a-zA-Z]{2,62})\Z"
)


@dataclass(frozen=True, slots=True)
class EmailKey:
    """`shown` is the address as the person writes it, and the one that mails go to."""

    value: str
    strict: str
    shown: str


@dataclass(frozen=True, slots=True)
class PhoneKey:
    """`value` is E.164 (with `;ext=` where there is an extension), `shown` the international notation."""

    value: str
    shown: str


def email_key(address: str) -> EmailKey:
    """Raises BadEmail for anything but one bare address of a domain that can receive mail."""
    plain = PLAIN.match(address.strip())
    if plain and not _is_special(plain[2]):
        domain = plain[2].lower()
        return _email_key(plain[1].lower(), domain, shown=f"{plain[1]}@{domain}")
    checked = _checked(unicodedata.normalize("NFKC", address).strip())
    return _email_key(_lowered(checked.local_part), str(checked.ascii_domain).lower(), shown=checked.normalized)


def external_key(number: str) -> str:
    """A customer number in one width and without blanks around it; upper and lower case stay two numbers."""
    return unicodedata.normalize("NFKC", number).strip()


def phone_key(number: str, *, country: str = "") -> PhoneKey:
    """`country`: ISO 3166 code for numbers written without +. Raises BadPhone."""
    try:
        parsed = phonenumbers.parse(number, country.upper() or None)
    except phonenumbers.NumberParseException as error:
        raise BadPhone(_("This phone number cannot be read. Begin it with + and the country code.")) from error
    # Possible, not valid: the list of ranges in use is always older than the newest of them.
    if not phonenumbers.is_possible_number(parsed):
        raise BadPhone(_("This phone number is too short or too long."))
    value = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    if parsed.extension:
        value = f"{value};ext={parsed.extension}"
    return PhoneKey(value=value, shown=phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


def is_disposable(address: str) -> bool:
    """Whether the domain, or one above it, hands out mailboxes for minutes. Raises BadEmail."""
    labels = email_key(address).value.rpartition("@")[2].split(".")
    return any(".".join(labels[start:]) in blocklist for start in range(len(labels) - 1))


def _email_key(local: str, domain: str, *, shown: str) -> EmailKey:
    name, home = mailbox(local, domain)
    bare = name.partition("+")[0] or name
    return EmailKey(value=f"{name}@{home}", strict=f"{bare}@{home}", shown=shown)


def _is_special(domain: str) -> bool:
    """Names that are set apart (localhost, test, …): the whole check decides."""
    lowered = domain.lower()
    return any(lowered == name or lowered.endswith(f".{name}") for name in SPECIAL_USE_DOMAIN_NAMES)


def _checked(address: str) -> ValidatedEmail:
    try:
        return validate_email(address, check_deliverability=False)
    except EmailNotValidError as error:
        raise BadEmail(_("This is not an e-mail address that mail can reach.")) from error


def _lowered(local: str) -> str:
    # Lower case may leave the normal form, as with İ.
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", local).lower())
