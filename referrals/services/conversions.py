"""One way to *won*, for the console's word and for another system's event alike."""

from datetime import datetime
from typing import Any

from advocates.models import User
from advocates.services.audit import audit
from config.lib.money import Money
from config.lib.states import move
from referrals.models import Referral, ReferralEvent
from referrals.services.facts import fact_record, next_number
from referrals.services.letters import tell_conversion

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
    before = referral.status
    event, is_new = fact_record(
        source=source,
        type=type,
        referral=referral,
        campaign=referral.campaign,
        sequence=next_number(referral, type=type),
        amount=money.amount if money else None,
        unit=money.unit if money else "",
        status_from=before,
        status_to=WON,
        actor=actor,
        occurred_at=occurred_at,
        now=now,
        **fact,
    )
    if not is_new:
        return event, False
    deal = {"deal_amount": money.amount, "deal_unit": money.unit} if money else {}
    move(
        referral,
        to=WON,
        table=Referral.MOVES,
        converted_at=occurred_at,
        updated_at=now,
        lost_reason="",
        **deal,
    )
    audit(
        verb="referral_won",
        row=referral,
        actor=actor,
        by=source,
        before={"status": before},
        after={"status": WON},
    )
    tell_conversion(referral, now=now)
    return event, True
