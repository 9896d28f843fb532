"""What another system says has happened, and what of it may not differ when it says so again."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from advocates.services.contacts import ContactFacts
from config.lib.ids import code_normalise
from config.lib.money import BadAmount, Money
from referrals.errors import BadEventType, BadTime
from referrals.models import ReferralEvent

PURCHASE = "purchase"
TYPE = re.compile(r"[a-z][a-z0-9_.-]{0,63}")
OLDEST = timedelta(days=90)
# Clocks of other systems run ahead now and then.
AHEAD = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class EventFacts:
    """`event_id` is the source's own; `campaign` a slug; `items` a list of {sku, product, quantity, amount}."""

    event_id: str
    type: str
    occurred_at: datetime
    friend: ContactFacts | None = None
    campaign: str = ""
    referral_code: str = ""
    coupon: str = ""
    amount: Money | None = None
    items: Sequence[Mapping[str, Any]] = ()
    region: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recorded:
    """`duplicate`: this id had been recorded before, with the same content."""

    event: ReferralEvent
    duplicate: bool


def event_check(facts: EventFacts, *, now: datetime) -> None:
    """Raises BadEventType, BadTime or BadAmount."""
    if not TYPE.fullmatch(facts.type) or facts.type in ReferralEvent.OWN_TYPES:
        raise BadEventType(_("This type of event cannot be sent. Use a plain word such as “purchase”."))
    if not now - OLDEST <= facts.occurred_at <= now + AHEAD:
        raise BadTime(_("An event lies at most 90 days back, and not in the future."))
    if facts.amount and facts.amount.amount < 0:
        raise BadAmount(_("The amount of an event is not negative; send a refund instead."))


def body_hash(facts: EventFacts) -> str:
    """Of type, amount, currency, items, campaign, code and coupon. The person is compared as a person, not as text."""
    body = {
        "type": facts.type,
        "amount": facts.amount.amount if facts.amount else None,
        "unit": facts.amount.unit if facts.amount else "",
        "items": [dict(item) for item in facts.items],
        "campaign": facts.campaign,
        "code": code_normalise(facts.referral_code),
        "coupon": code_normalise(facts.coupon),
    }
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
