"""The one place that writes an event row, gives it its number and says that it waits."""

from datetime import datetime
from typing import Any

from campaigns.news import announce
from config.lib.ids import new_public_id
from config.lib.insert_once import insert_once
from referrals.models import Referral, ReferralEvent


def fact_record(
    *, source: str, now: datetime, event_id: str = "", occurred_at: datetime | None = None, **values: Any
) -> tuple[ReferralEvent, bool]:
    """Write an event once by (source, event_id) and announce it: (event, was it written now?).

    Without `event_id` it is a fact of our own and bears its public id. `values` are further fields of ReferralEvent.
    """
    public_id = new_public_id("evt")
    event, is_new = insert_once(
        ReferralEvent,
        unique=["source", "event_id"],
        public_id=public_id,
        source=source,
        event_id=event_id or public_id,
        occurred_at=occurred_at or now,
        recorded_at=now,
        **values,
    )
    if is_new:
        announce(source="referral_event", pk=event.pk)
    return event, is_new


def fact_of(referral: Referral, *, type: str, now: datetime, **values: Any) -> ReferralEvent:  # noqa: A002 - the field's name
    """A fact of our own about a referral whose lock is held."""
    event, _is_new = fact_record(
        type=type,
        now=now,
        contact=referral.friend,
        referral=referral,
        campaign=referral.campaign,
        sequence=next_number(referral, type=type),
        is_test=referral.is_test,
        **({"source": ReferralEvent.CONSOLE} | values),
    )
    return event


def next_number(referral: Referral, *, type: str) -> int:  # noqa: A002 - the field's name
    """The next event's number among the standing ones of that type. Right only under the referral's lock."""
    return 1 + ReferralEvent.objects.filter(referral=referral, type=type, evidence_for=None).standing().count()
