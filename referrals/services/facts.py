"""The one place that writes an event row, gives it its number and says that it waits."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from campaigns.news import announce
from config.lib.ids import new_public_id
from config.lib.insert_once import insert_once
from referrals.models import Referral, ReferralEvent
from referrals.models.event import ReferralEventQuerySet

ONCE = ["source", "event_id"]


def fact_record(
    *,
    source: str,
    now: datetime,
    event_id: str = "",
    public_id: str = "",
    occurred_at: datetime | None = None,
    **values: Any,
) -> tuple[ReferralEvent, bool]:
    """Write an event once by (source, event_id) and announce it: (event, was it written now?).

    Without `event_id` it is a fact of our own and bears its public id. `values` are further fields of ReferralEvent.
    """
    public_id = public_id or new_public_id("evt")
    if values.get("referral"):
        values.setdefault("confirmed_count", confirmed_friends(values["referral"]))
    event, is_new = insert_once(
        ReferralEvent,
        unique=ONCE,
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
    return 1 + numbered(referral.pk, type=type).count()


def numbered(referral: int, *, type: str) -> ReferralEventQuerySet:  # noqa: A002 - the field's name
    """The standing events of that type that bear a number."""
    return ReferralEvent.objects.filter(referral=referral, type=type, evidence_for=None).standing()


def won_by_hand(referral: int) -> ReferralEventQuerySet:
    """The console's *won* that no sale has proved yet."""
    by_hand = ReferralEvent.objects.filter(source=ReferralEvent.CONSOLE, status_to=Referral.Status.CONVERTED)
    return by_hand.filter(referral=referral, evidence=None).standing().order_by("pk")


def confirmed_friends(referral: Referral) -> int:
    """How many friends of this advocate are confirmed in the campaign. Exact under the lock of the enrolment."""
    return confirmed(referral.campaign_id, referral.advocate_id, is_test=referral.is_test).count()


def confirmed(campaign: Any, advocate: Any, *, is_test: Any) -> QuerySet[Referral]:
    """Those referrals of an advocate; each value may be a column of an outer query."""
    return Referral.objects.filter(campaign=campaign, advocate=advocate, is_confirmed=True, is_test=is_test)
