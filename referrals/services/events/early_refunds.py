"""A refund may be told before its sale. It is kept for as long as a sale may still arrive, and applied when it does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from config.lib.errors import DomainError
from config.lib.insert_once import insert_once
from config.lib.money import CurrencyMismatch, Money
from referrals.errors import EventIdReused, RefundTooLarge, UnknownEvent
from referrals.models import EarlyRefund, ReferralEvent
from referrals.services.events.facts import OLDEST, Recorded
from referrals.services.events.refunds import refund_record

MISSED = "no_sale"
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Waits:
    """A refund whose sale is not known yet. `duplicate`: it had been told before."""

    refund: EarlyRefund
    duplicate: bool


@dataclass(frozen=True, slots=True)
class Refund:
    """What another system tells of a sale, of the same source, that went back."""

    source: str
    event_id: str
    refunds: str
    amount: Money | None
    reason: str
    is_test: bool


def refund_tell(
    *,
    source: str,
    event_id: str,
    refunds: str,
    amount: Money | None,
    reason: str,
    now: datetime,
    is_test: bool = False,
) -> Recorded | Waits:
    """Another system says that a sale went back, wholly or in part, before or after it says that it was.

    Raises RefundTooLarge, CurrencyMismatch and EventIdReused.
    """
    asked = Refund(source, event_id, refunds, amount, reason[:500], is_test)
    try:
        return _refund(asked, now=now)
    except UnknownEvent:
        return _wait(asked, now)


def refunds_waiting(*, source: str, event_id: str) -> list[EarlyRefund]:
    """Refunds that wait for the sale of that id. Raises EventIdReused where it is the id of such a refund itself."""
    either = Q(event_id=event_id) | Q(refunds=event_id)
    found = list(EarlyRefund.objects.filter(either, source=source, settled_at=None).order_by("pk"))
    if any(early.event_id == event_id for early in found):
        raise EventIdReused(_("This event id was used before, for something else."))
    return found


def refunds_settle(waiting: Sequence[EarlyRefund], *, now: datetime) -> None:
    """Apply refunds whose sale has arrived. One that cannot be is marked with what stands against it."""
    for early in waiting:
        try:
            with transaction.atomic():
                _apply(early, now)
        except (RefundTooLarge, CurrencyMismatch, EventIdReused) as refusal:
            _settled(early, now, refused=refusal)
        else:
            _settled(early, now)


def early_refunds_settle(now: datetime) -> dict[str, int]:
    """The sweep: a sale and its refund that were told at the same moment, and refunds that no sale followed."""
    waiting = EarlyRefund.objects.filter(settled_at=None).order_by("pk")
    sale = ReferralEvent.objects.filter(source=OuterRef("source"), event_id=OuterRef("refunds"))
    known = list(waiting.filter(Exists(sale.exclude(type__in=ReferralEvent.OWN_TYPES)))[:AT_ONCE])
    refunds_settle(known, now=now)
    over = waiting.filter(recorded_at__lt=now - OLDEST)
    return {"settled": len(known), "missed": over.update(settled_at=now, refused=MISSED, reason="")}


def _wait(asked: Refund, now: datetime) -> Waits:
    if ReferralEvent.objects.filter(source=asked.source, event_id=asked.event_id).exists():
        raise EventIdReused(_("This event id was used before, for something else."))
    with transaction.atomic():
        early, is_new = insert_once(
            EarlyRefund,
            unique=["source", "event_id"],
            source=asked.source,
            event_id=asked.event_id,
            refunds=asked.refunds,
            amount=asked.amount.amount if asked.amount else None,
            unit=asked.amount.unit if asked.amount else "",
            reason=asked.reason,
            is_test=asked.is_test,
            recorded_at=now,
        )
    if (early.refunds, _money(early)) != (asked.refunds, asked.amount):
        raise EventIdReused(_("This event id was used before, for something else."))
    return Waits(early, duplicate=not is_new)


def _apply(early: EarlyRefund, now: datetime) -> None:
    asked = Refund(early.source, early.event_id, early.refunds, _money(early), early.reason, early.is_test)
    _refund(asked, now=now, public_id=early.public_id, occurred_at=early.recorded_at)


def _refund(asked: Refund, *, now: datetime, public_id: str = "", occurred_at: datetime | None = None) -> Recorded:
    return refund_record(
        source=asked.source,
        event_id=asked.event_id,
        refunds=asked.refunds,
        amount=asked.amount,
        reason=asked.reason,
        is_test=asked.is_test,
        public_id=public_id,
        occurred_at=occurred_at,
        now=now,
    )


def _money(early: EarlyRefund) -> Money | None:
    return None if early.amount is None else Money(early.amount, early.unit)


def _settled(early: EarlyRefund, now: datetime, *, refused: DomainError | None = None) -> None:
    """The reason may name somebody; from here on it stands with the event, where it can be forgotten."""
    early.settled_at, early.reason = now, ""
    early.refused = str(refused.code) if refused else ""
    early.save(update_fields=["settled_at", "reason", "refused"])
