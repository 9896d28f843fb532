"""One way to *won*, for the console's word and for another system's event alike, and one way out of *confirmed*."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from advocates.models import User
from advocates.services.audit import audit_entry
from config.lib.money import Money
from config.lib.states import Stale
from config.lib.together import Changed, Together
from referrals.locks import advocate_locked
from referrals.models import Referral, ReferralEvent
from referrals.services.facts import confirmed_friends, fact_record, next_number
from referrals.services.letters import Addresses, tell_conversion

WON = Referral.Status.CONVERTED


def conversion_record(
    *,
    referral: Referral,
    source: str,
    type: str,  # noqa: A002 - the field's name
    money: Money | None,
    occurred_at: datetime,
    now: datetime,
    actor: User | None = None,
    **fact: Any,
) -> tuple[ReferralEvent, bool]:
    """Write the converting event and move the referral, whose lock is held: (event, is it new?)."""
    advocate_locked(referral)
    event, is_new = fact_record(
        source=source,
        type=type,
        referral=referral,
        campaign=referral.campaign,
        sequence=next_number(referral, type=type),
        confirmed_count=confirmed_friends(referral) + 1,
        amount=money.amount if money else None,
        unit=money.unit if money else "",
        status_from=referral.status,
        status_to=WON,
        actor=actor,
        occurred_at=occurred_at,
        now=now,
        **fact,
    )
    if is_new:
        _win(referral, event, actor=actor, now=now)
    return event, is_new


def conversion_join(*, referral: Referral, event: ReferralEvent, now: datetime) -> None:
    """The same for an event that had been recorded before the referral came into being."""
    advocate_locked(referral)
    event.sequence = next_number(referral, type=event.type)
    event.confirmed_count = confirmed_friends(referral) + 1
    event.status_from, event.status_to = referral.status, WON
    event.save(update_fields=["sequence", "confirmed_count", "status_from", "status_to"])
    _win(referral, event, actor=None, now=now)


def confirmation_end(*, referral: Referral, event: ReferralEvent) -> None:
    """The sale that won the referral may be gone with `event`: then it is confirmed no more, until the next one.

    It stays won, as the story has it. The referral's lock is held.
    """
    if not referral.is_confirmed or _winner_stands(referral):
        return
    advocate_locked(referral)
    unconfirm(referral)
    event.confirmed_count = confirmed_friends(referral)
    event.save(update_fields=["confirmed_count"])


def unconfirm(referral: Referral) -> None:
    Referral.objects.filter(pk=referral.pk).update(is_confirmed=False)
    referral.is_confirmed = False


def _winner_stands(referral: Referral) -> bool:
    won = referral.events.filter(status_to=WON).order_by("-pk").first()
    return won is not None and ReferralEvent.objects.filter(pk=won.pk).standing().exists()


def _win(referral: Referral, event: ReferralEvent, *, actor: User | None, now: datetime) -> None:
    writes = Together()
    moved = conversion_add(referral=referral, event=event, actor=actor, writes=writes, now=now)
    writes.run()
    moved_check(moved)


def conversion_add(
    *,
    referral: Referral,
    event: ReferralEvent,
    writes: Together,
    actor: User | None = None,
    addresses: Addresses | None = None,
    now: datetime,
) -> Changed:
    """What the event makes of the referral, whose lock and whose advocate's are held, written with other rows.

    `moved_check` afterwards: it has to have changed one row.
    """
    before, values = referral.status, _won(event, now)
    here = Referral.objects.filter(pk=referral.pk, status=before)
    if before == WON:
        # The sale that won it went back; this one stands in its place.
        here = here.filter(is_confirmed=False)
    else:
        Referral.MOVES.check(before, WON)
    moved = writes.update(here, **values)
    for name, value in values.items():
        setattr(referral, name, value)
    entry = audit_entry(
        verb="referral_won",
        row=referral,
        actor=actor,
        by=event.source,
        before={"status": before},
        after={"status": WON},
    )
    writes.insert(entry)
    tell_conversion(referral, writes=writes, addresses=addresses, now=now)
    return moved


def moved_check(moved: Changed) -> None:
    """Raises Stale."""
    if not moved.count:
        raise Stale(_("Somebody changed this a moment ago. Look at it again before you go on."))


def _won(event: ReferralEvent, now: datetime) -> dict[str, Any]:
    return {
        "status": WON,
        "converted_at": event.occurred_at,
        "deal_amount": event.amount,
        "deal_unit": event.unit,
        "lost_reason": "",
        "is_confirmed": True,
        "updated_at": now,
    }
