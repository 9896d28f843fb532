from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django_stubs_ext import StrOrPromise

from referrals.models import Referral

# Mention Me publishes 34 for "possible" and 67 for "likely"; neither refuses, both wait for a person.
HOLD_FROM = 34
LIKELY = 67


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule noticed. `detail` holds counts and kinds, never an address or a name."""

    points: int
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FraudRule:
    """`look(referral)` reads and answers; `words` say to staff what was noticed."""

    name: str
    words: StrOrPromise
    look: Callable[[Referral], Finding | None]
