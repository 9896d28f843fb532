"""What is given. The rule says how much; the settings of its benefit say what exactly."""

from collections.abc import Mapping
from typing import Any

from rewards.rules.benefits.benefit import ANYBODY, CURRENCY, NAMED, PEOPLE, Benefit
from rewards.rules.benefits.choice import Choice
from rewards.rules.benefits.gifts import GIFT_CARD, MERCHANDISE, MYSTERY
from rewards.rules.benefits.money import CASH, COUPON, CREDIT, DONATION
from rewards.rules.benefits.plain import ENTRY, FREE_MONTHS, SERVICE, UPGRADE
from rewards.rules.parameters import BadParameters

# What a choice may be among: everything but another choice.
SINGLE: dict[str, Benefit] = {
    "cash": CASH,
    "credit": CREDIT,
    "coupon": COUPON,
    "gift_card": GIFT_CARD,
    "free_months": FREE_MONTHS,
    "service": SERVICE,
    "upgrade": UPGRADE,
    "merchandise": MERCHANDISE,
    "mystery": MYSTERY,
    "entry": ENTRY,
    "donation": DONATION,
}

BENEFITS: Mapping[str, Benefit] = SINGLE | {"choice": Choice(among=SINGLE)}


def benefit_read(name: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of the benefit of that name, checked. Raises BadParameters, also for a name that is not known."""
    if name not in BENEFITS:
        raise BadParameters("benefit", "unknown")
    return BENEFITS[name].read(settings)


__all__ = [
    "ANYBODY",
    "BENEFITS",
    "CURRENCY",
    "NAMED",
    "PEOPLE",
    "SINGLE",
    "Benefit",
    "benefit_read",
]
