"""Account numbers by ISO 13616: a country, two check digits, and the length that the country registered."""

from django.utils.translation import gettext_lazy as _

from rewards.errors import BadIban

# Country by length, from the IBAN registry that SWIFT keeps for ISO 13616 (release 99).
COUNTRIES_BY_LENGTH = {
    15: "NO",
    16: "BE",
    18: "DK FI FK FO GL NL SD",
    19: "MK SI",
    20: "AT BA EE KZ LT LU MN XK",
    21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA",
    23: "AE GI IL IQ OM SO TL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG",
    25: "LY PT ST",
    26: "IS TR",
    27: "BI DJ FR GR IT MC MR SM",
    28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
    29: "BR EG PS QA UA",
    30: "JO KW MU YE",
    31: "MT SC",
    32: "LC",
    33: "RU",
}
LENGTHS = {country: length for length, countries in COUNTRIES_BY_LENGTH.items() for country in countries.split()}
CHECKSUM_REST = 1


def iban_normalise(typed: str) -> str:
    """The account number as banks exchange it: upper case, no blanks. Raises BadIban with what is wrong."""
    iban = "".join(typed.split()).replace("-", "").upper()
    if not (iban.isascii() and iban.isalnum()):
        raise BadIban(_("An IBAN has letters and digits only."))
    length = LENGTHS.get(iban[:2])
    if length is None:
        raise BadIban(_("An IBAN begins with the two letters of a country that uses it, such as DE or NO."))
    if len(iban) != length:
        raise BadIban(
            _("An IBAN from %(country)s has %(length)d characters; this one has %(found)d.")
            % {"country": iban[:2], "length": length, "found": len(iban)}
        )
    if not iban[2:4].isdigit() or checksum_rest(iban) != CHECKSUM_REST:
        raise BadIban(_("A character of this IBAN is wrong or two stand the wrong way round. Please compare it again."))
    return iban


def checksum_rest(iban: str) -> int:
    """ISO 7064 MOD 97-10: the first four characters go to the end, letters count as 10 to 35; 1 is right."""
    return int("".join(str(int(character, 36)) for character in iban[4:] + iban[:4])) % 97


def iban_masked(iban: str) -> str:
    """What staff see: the country and the last four characters."""
    return f"{iban[:2]} •••• {iban[-4:]}"
