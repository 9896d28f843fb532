"""What people do with a referral: each step a conditional move under its lock, with its event and audit entry."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from advocates.models import User
from advocates.services.audit import audit
from config.lib.money import Money
from config.lib.states import NotAllowed, Stale, move
from referrals.errors import AlreadyReviewed, CreditWindowOver, NothingToTakeBack, ReasonNeeded
from referrals.locks import advocate_locked, referral_locked
from referrals.models import Referral, ReferralEvent
from referrals.services.conversions import WON, conversion_record, unconfirm
from referrals.services.facts import fact_of
from referrals.services.letters import tell_owner

Status = Referral.Status
NEEDS_REASON = (Status.LOST, Status.REJECTED)
# What a person may choose; *expired* is the clock's, and going back is referral_take_back's.
BY_HAND = (Status.CONTACTED, Status.QUALIFIED, Status.CONVERTED, Status.LOST, Status.REJECTED)
TAKE_BACK = {Status.CONVERTED: ReferralEvent.WON_TAKEN_BACK, Status.LOST: ReferralEvent.LOST_TAKEN_BACK}
EXPIRE_AT_ONCE = 500


def referral_move(
    *,
    referral: Referral,
    to: str,
    actor: User | None,
    now: datetime,
    expected_status: str = "",
    reason: str = "",
    deal: Money | None = None,
) -> ReferralEvent:
    """A step forward, or lost or rejected with its reason. *Won* is the campaign's first conversion event, with `deal`.

    `expected_status`: what the caller saw; by default what `referral` says. Raises Stale, NotAllowed, ReasonNeeded and
    CreditWindowOver.
    """
    if to not in BY_HAND:
        raise NotAllowed(_("This step cannot be chosen by hand."))
    if to in NEEDS_REASON and not reason.strip():
        raise ReasonNeeded(_("Say why, in a few words."))
    with transaction.atomic():
        locked = referral_locked(referral.pk)
        _check_fresh(locked, expected_status or referral.status)
        if to == WON:
            return _win(locked, actor=actor, reason=reason, deal=deal, now=now)
        if not locked.is_open:
            raise NotAllowed(_("It has ended. Take that back first."))
        return _step(locked, to=to, actor=actor, reason=reason, now=now)


def referral_take_back(*, referral: Referral, actor: User | None, reason: str, now: datetime) -> ReferralEvent:
    """*Won* or *lost* was a mistake: back to the step that stood before, and rewards of that sale go back too.

    Raises NothingToTakeBack, ReasonNeeded and Stale.
    """
    if not reason.strip():
        raise ReasonNeeded(_("Say why, in a few words."))
    with transaction.atomic():
        locked = referral_locked(referral.pk)
        _check_fresh(locked, referral.status)
        if locked.status not in TAKE_BACK:
            raise NothingToTakeBack(_("Only what was won or lost can be taken back."))
        ending = locked.events.filter(status_to=locked.status).latest("pk")
        back_to = locked.events.filter(status_to__in=Referral.OPEN).latest("pk").status_to
        advocate_locked(locked)
        cleared = {
            "lost_reason": "",
            "converted_at": None,
            "deal_amount": None,
            "deal_unit": "",
            "is_confirmed": False,
        }
        return _moved(
            locked,
            to=back_to,
            type=TAKE_BACK[Status(locked.status)],
            actor=actor,
            reason=reason,
            now=now,
            changes=cleared,
            takes_back=ending,
        )


def referral_assign(
    *, referral: Referral, owner: User | None, actor: User | None, now: datetime
) -> ReferralEvent | None:
    """Give the referral to a colleague, who is told by mail; None when it was theirs already."""
    with transaction.atomic():
        locked = referral_locked(referral.pk)
        if locked.owner_id == (owner.pk if owner else None):
            return None
        before, after = _id_of(locked.owner), _id_of(owner)
        Referral.objects.filter(pk=locked.pk).update(owner=owner, updated_at=now)
        event = fact_of(
            locked,
            type=ReferralEvent.OWNER_CHANGED,
            actor=actor,
            metadata={"from": before, "to": after},
            now=now,
        )
        audit(
            verb="referral_assigned",
            row=locked,
            actor=actor,
            before={"owner": before},
            after={"owner": after},
        )
        if owner and owner != actor:
            tell_owner(locked, owner=owner, now=now)
        return event


def referral_review(
    *, referral: Referral, honest: str, actor: User | None, reason: str, now: datetime
) -> ReferralEvent:
    """A person has looked: `honest` is Review.PASSED, or Review.REFUSED, which also rejects it while it is open.

    Raises AlreadyReviewed, Stale, and ReasonNeeded for a refusal without one.
    """
    if honest == Referral.Review.REFUSED and not reason.strip():
        raise ReasonNeeded(_("Say why, in a few words."))
    with transaction.atomic():
        locked = referral_locked(referral.pk)
        _check_review(locked, seen=referral.review, honest=honest)
        before = locked.review
        Referral.objects.filter(pk=locked.pk).update(review=honest, updated_at=now)
        locked.review = honest
        if honest == Referral.Review.REFUSED and locked.is_confirmed:
            advocate_locked(locked)
            unconfirm(locked)
        event = fact_of(
            locked,
            type=ReferralEvent.REVIEWED,
            actor=actor,
            reason=reason,
            metadata={"review": honest},
            now=now,
        )
        audit(
            verb="referral_reviewed",
            row=locked,
            actor=actor,
            before={"review": before},
            after={"review": honest},
            reason=reason,
        )
        if honest == Referral.Review.REFUSED and locked.is_open:
            _step(locked, to=Status.REJECTED, actor=actor, reason=reason, now=now)
        return event


def referrals_expire(now: datetime) -> dict[str, int]:
    """Close what can no longer convert: open referrals whose credit window is over."""
    due = Referral.objects.open().filter(credit_until__lt=now).order_by("credit_until")
    expired = 0
    for pk in due.values_list("pk", flat=True)[:EXPIRE_AT_ONCE]:
        with transaction.atomic():
            referral = referral_locked(pk)
            if referral.is_open:
                _step(referral, to=Status.EXPIRED, actor=None, reason="", now=now, source=ReferralEvent.CLOCK)
                expired += 1
    return {"expired": expired}


def _win(referral: Referral, *, actor: User | None, reason: str, deal: Money | None, now: datetime) -> ReferralEvent:
    Referral.MOVES.check(referral.status, WON)
    if not referral.may_convert(at=now):
        raise CreditWindowOver(_("The days in which a sale still counts are over for this referral."))
    _answer(referral, now)
    event, _is_new = conversion_record(
        referral=referral,
        source=ReferralEvent.CONSOLE,
        type=first_conversion_type(referral),
        contact=referral.friend,
        money=deal,
        occurred_at=now,
        actor=actor,
        reason=reason,
        is_test=referral.is_test,
        now=now,
    )
    return event


def first_conversion_type(referral: Referral) -> str:
    events: list[str] = referral.campaign.conversion_events
    return events[0] if events else WON


def _step(
    referral: Referral,
    *,
    to: str,
    actor: User | None,
    reason: str,
    now: datetime,
    source: str = ReferralEvent.CONSOLE,
) -> ReferralEvent:
    if to != Status.EXPIRED:
        _answer(referral, now)
    changes = {"lost_reason": reason[:500]} if to == Status.LOST else {}
    return _moved(referral, to=to, type=to, actor=actor, reason=reason, now=now, changes=changes, source=source)


def _moved(
    referral: Referral,
    *,
    to: str,
    type: str,  # noqa: A002 - the field's name
    actor: User | None,
    reason: str,
    now: datetime,
    changes: dict[str, Any],
    source: str = ReferralEvent.CONSOLE,
    takes_back: ReferralEvent | None = None,
) -> ReferralEvent:
    before = move(referral, to=to, table=Referral.MOVES, updated_at=now, **changes)
    audit(
        verb=f"referral_{type}",
        row=referral,
        actor=actor,
        by="" if actor else source,
        before={"status": before},
        after={"status": to},
        reason=reason,
    )
    return fact_of(
        referral,
        type=type,
        source=source,
        actor=actor,
        reason=reason[:500],
        status_from=before,
        status_to=to,
        takes_back=takes_back,
        now=now,
    )


def _answer(referral: Referral, now: datetime) -> None:
    """The first thing that a person does with a referral stops its clock."""
    Referral.objects.filter(pk=referral.pk, first_answered_at=None).update(first_answered_at=now)


def _check_fresh(locked: Referral, seen: str) -> None:
    if locked.status != seen:
        raise Stale(_("Somebody changed this a moment ago. Look at it again before you go on."))


def _check_review(locked: Referral, *, seen: str, honest: str) -> None:
    if locked.review != seen:
        raise Stale(_("Somebody changed this a moment ago. Look at it again before you go on."))
    if not Referral.REVIEWS.allows(locked.review, honest):
        raise AlreadyReviewed(_("This has been decided already."))


def _id_of(owner: User | None) -> str:
    return owner.public_id if owner else ""
