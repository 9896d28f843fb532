"""Where a gift is sent. It is sealed as soon as it is known, and shown to nobody but who sends the parcel."""

import json
from dataclasses import asdict, dataclass, fields

from config.lib.signing import open_sealed, seal


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """`country`: two letters, as in ISO 3166."""

    name: str
    street: str
    city: str
    country: str
    postcode: str = ""
    more: str = ""


def address_made(**typed: str) -> PostalAddress:
    """Without the blanks that people leave at the ends."""
    return PostalAddress(**{part.name: " ".join(typed.get(part.name, "").split()) for part in fields(PostalAddress)})


def address_sealed(address: PostalAddress) -> str:
    return seal(json.dumps(asdict(address)))


def address_opened(sealed: str) -> PostalAddress | None:
    """None where it is blank: not asked for, or gone again."""
    return PostalAddress(**json.loads(open_sealed(sealed))) if sealed else None


def address_lines(address: PostalAddress) -> list[str]:
    """As they stand on a parcel."""
    place = " ".join(part for part in (address.postcode, address.city) if part)
    return [line for line in (address.name, address.street, address.more, place, address.country) if line]
