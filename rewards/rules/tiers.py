"""How many friends count for a tier: all that are confirmed, until somebody is moved down for bringing none."""

from dataclasses import dataclass

BELOW_ALL = -1


@dataclass(frozen=True, slots=True)
class Lowered:
    """Somebody was moved down when `confirmed` friends stood, to the tier that begins at `rank` of them."""

    confirmed: int
    rank: int = BELOW_ALL


def counted(confirmed: int, lowered: Lowered | None) -> int:
    """The next confirmed friend brings back all that was reached before."""
    if lowered is None or confirmed > lowered.confirmed:
        return confirmed
    return min(confirmed, lowered.rank)
