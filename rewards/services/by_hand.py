"""What a colleague gives or corrects by hand: asked for with a reason, agreed to by a second person, then carried out.

The company's policy of four eyes is copied onto the request, and the database holds it.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _, gettext_noop

from advocates.models import Contact, User
from advocates.services.audit import audit
from advocates.standing import standing
from campaigns.selectors import company
from config.lib.states import NotAllowed, move
from rewards.errors import BadByHand, FourEyes, Overdrawn, OwnReward, TooMuch
from rewards.ledger.chart import AccountRef
from rewards.ledger.post import account_get, post
from rewards.models import Account, ByHand
from rewards.services.by_hand_grants import by_hand_grant
from rewards.services.by_hand_wishes import Wish, wish_problems, wish_settings
from rewards.services.write_offs import debt_of, debt_write_off

Kind, Status = ByHand.Kind, ByHand.Status
FOUR_EYES_CONSTRAINT = "by_hand_four_eyes"


def by_hand_ask(*, wish: Wish, actor: User, now: datetime) -> ByHand:
    """Ask for it; carried out at once where the company wants no second person for as much.

    Raises BadByHand with `reasons`, OwnReward, or TooMuch when there is less to take away or to write off.
    """
    problems = wish_problems(wish)
    if problems:
        raise BadByHand(" ".join(problems), reasons=problems)
    contact = standing(wish.contact)
    _not_own(actor, contact)
    sender = company()
    with transaction.atomic():
        change = ByHand.objects.create(
            kind=wish.kind,
            campaign=wish.campaign,
            contact=contact,
            referral=wish.referral,
            benefit=wish.benefit,
            benefit_settings=wish_settings(wish),
            amount=wish.amount,
            unit=wish.unit,
            reason=wish.reason.strip(),
            asked_by=actor,
            four_eyes=sender.four_eyes,
            four_eyes_amount=sender.four_eyes_amount,
            four_eyes_unit=sender.currency,
            asked_at=now,
        )
        audit(verb="by_hand_ask", row=change, actor=actor, after=_facts(change), reason=change.reason)
        _covered(change)
        if not needs_second(change):
            _decide(change, actor, now)
    return change


def by_hand_agree(*, change: ByHand, actor: User, now: datetime) -> ByHand:
    """The second person agrees, and it is carried out. The database decides whether `actor` may be that person.

    Raises FourEyes, OwnReward, NotAllowed and Stale, or TooMuch when there is less left by now.
    """
    with transaction.atomic():
        _not_own(actor, change.contact)
        _decide(change, actor, now)
    return change


def by_hand_refuse(*, change: ByHand, actor: User, reason: str, now: datetime) -> None:
    """Nothing happens; also by whoever had asked for it. Raises NotAllowed and Stale."""
    if not reason.strip():
        raise NotAllowed(_("Please say why."))
    with transaction.atomic():
        move(change, to=Status.REFUSED, table=ByHand.MOVES, decided_by=actor, decided_at=now)
        audit(verb="by_hand_refuse", row=change, actor=actor, after=_facts(change), reason=reason)


def needs_second(change: ByHand) -> bool:
    """Has somebody else to agree? The database holds the same."""
    if change.four_eyes == "above":
        return change.unit != change.four_eyes_unit or change.amount > change.four_eyes_amount
    return change.four_eyes == "always"


def _not_own(actor: User, contact: Contact) -> None:
    if actor.contact_id is not None and actor.contact_id == contact.pk:
        raise OwnReward(_("This is about yourself. Somebody else has to do it."))


def _covered(change: ByHand) -> None:
    """Asking for more than there is would only disappoint whoever is to agree."""
    there = {
        Kind.CREDIT_LESS: lambda: account_get(_credit(change)).balance,
        Kind.WRITE_OFF: lambda: debt_of(change.contact, change.unit),
    }
    if change.kind in there and change.amount > there[Kind(change.kind)]():
        raise TooMuch(_("There is not as much to take away."))


# --- deciding and carrying out ----------------------------------------------------------------------------------------


def _decide(change: ByHand, actor: User, now: datetime) -> None:
    try:
        with transaction.atomic():
            move(change, to=Status.DONE, table=ByHand.MOVES, decided_by=actor, decided_at=now)
    except IntegrityError as error:
        if FOUR_EYES_CONSTRAINT not in str(error):
            raise
        raise FourEyes(_("You asked for this. A second person has to agree.")) from error
    audit(verb="by_hand_done", row=change, actor=actor, after=_facts(change))
    CARRY_OUT[change.kind](change, now)


def _grant(change: ByHand, now: datetime) -> None:
    reward = by_hand_grant(change=change, now=now)
    ByHand.objects.filter(pk=change.pk).update(reward=reward)
    change.reward = reward


def _credit_more(change: ByHand, now: datetime) -> None:
    _post(change, _funding(change), _credit(change), gettext_noop("account credit added by hand"), now)


def _credit_less(change: ByHand, now: datetime) -> None:
    """Raises TooMuch when they have spent it by now."""
    memo = gettext_noop("account credit taken away by hand")
    try:
        _post(change, _credit(change), _funding(change), memo, now)
    except Overdrawn as refusal:
        raise TooMuch(_("They have not as much account credit left.")) from refusal


def _write_off(change: ByHand, now: datetime) -> None:
    debt_write_off(change=change, now=now)


CARRY_OUT: Mapping[str, Callable[[ByHand, datetime], None]] = {
    Kind.GRANT: _grant,
    Kind.CREDIT_MORE: _credit_more,
    Kind.CREDIT_LESS: _credit_less,
    Kind.WRITE_OFF: _write_off,
}


def _post(change: ByHand, debit: AccountRef, credit: AccountRef, memo: str, now: datetime) -> None:
    if _is_test(change):
        return
    post(
        key=f"by_hand:{change.public_id}",
        debit=debit,
        credit=credit,
        amount=change.amount,
        reference=change.public_id,
        memo=memo,
        now=now,
    )


def _funding(change: ByHand) -> AccountRef:
    return AccountRef(Account.Kind.FUNDING, change.campaign.public_id, change.unit)


def _credit(change: ByHand) -> AccountRef:
    return AccountRef(Account.Kind.CREDIT, change.contact.public_id, change.unit)


def _is_test(change: ByHand) -> bool:
    return change.campaign.is_test or change.contact.is_test


def _facts(change: ByHand) -> dict[str, Any]:
    return {"kind": change.kind, "status": change.status, "amount": change.amount, "unit": change.unit}
