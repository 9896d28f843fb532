"""What becomes of this app's rows when two contacts turn out to be one person, and when they are told apart again."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from advocates.people import Move, rows_moved, rows_moved_back
from config.lib.insert_once import insert_once
from referrals.fraud.one_person import ONE_PERSON
from referrals.fraud.rule import HOLD_FROM
from referrals.locks import referrals_locked
from referrals.models import Claim, FraudSignal, Referral, ReferralEvent


def referral_merge(move: Move) -> list[Any]:
    """`["advocate" | "friend" | "held", id]` for each change.

    Nobody becomes their own advocate: such a referral stays as it is and a person looks at it. Of two friends of one
    campaign the second stays with the stub.
    """
    referrals_locked(Q(advocate__in=[move.kept, move.gone]) | Q(friend__in=[move.kept, move.gone]))
    held = [["held", pk] for pk in _own_held(move)]
    given = Referral.objects.filter(advocate=move.gone).exclude(friend=move.kept)
    taken = Referral.objects.filter(friend=move.kept).values("campaign")
    received = Referral.objects.filter(friend=move.gone).exclude(advocate=move.kept).exclude(campaign__in=taken)
    return [
        *held,
        *(["advocate", pk] for pk in _moved("advocate", given, move)),
        *(["friend", pk] for pk in _moved("friend", received, move)),
    ]


def referral_unmerge(move: Move, changed: Sequence[Any]) -> None:
    for role in ("advocate", "friend"):
        rows_moved_back(Referral, role, move, [pk for what, pk in changed if what == role])
    for pk in (pk for what, pk in changed if what == "held"):
        _let_go(pk)


def referralevent_merge(move: Move) -> list[Any]:
    """Facts go with the person, those of a referral that stays stay with it."""
    facts = ReferralEvent.objects.filter(contact=move.gone).exclude(referral__friend=move.gone)
    return _moved("contact", facts, move)


def referralevent_unmerge(move: Move, ids: Sequence[Any]) -> None:
    rows_moved_back(ReferralEvent, "contact", move, ids)


def claim_merge(move: Move) -> list[Any]:
    """Claims about the person follow them; where the same advocate said it of both, the second stays with the stub."""
    moved = []
    for claim in Claim.objects.filter(friend=move.gone).select_related("enrolment").order_by("pk"):
        key = f"{claim.enrolment.public_id}:{move.kept.public_id}"
        if not Claim.objects.filter(claim_key=key).exists():
            Claim.objects.filter(pk=claim.pk).update(friend=move.kept, claim_key=key)
            moved.append(claim.pk)
    return moved


def claim_unmerge(move: Move, ids: Sequence[Any]) -> None:
    for claim in Claim.objects.filter(pk__in=ids, friend=move.kept).select_related("enrolment"):
        key = f"{claim.enrolment.public_id}:{move.gone.public_id}"
        Claim.objects.filter(pk=claim.pk).update(friend=move.gone, claim_key=key)


def _moved(path: str, rows: Any, move: Move) -> list[Any]:
    return rows_moved(rows.model, path, move, among={"pk__in": list(rows.values_list("pk", flat=True))})


def _own_held(move: Move) -> list[Any]:
    """Referrals between the two, now held for a look. Where it was noticed before, somebody may have decided since."""
    between = Q(advocate=move.gone, friend=move.kept) | Q(advocate=move.kept, friend=move.gone)
    noticed = FraudSignal.objects.filter(rule=ONE_PERSON.name, points__gt=0).values("referral")
    own = list(Referral.objects.filter(between).exclude(pk__in=noticed).order_by("pk"))
    for referral in own:
        values = {"referral": referral, "rule": ONE_PERSON.name, "points": HOLD_FROM}
        signal, _is_new = insert_once(FraudSignal, unique=["referral", "rule"], **values)
        FraudSignal.objects.filter(pk=signal.pk).update(points=HOLD_FROM)
        clear = Referral.objects.filter(pk=referral.pk, review=Referral.Review.CLEAR)
        clear.update(review=Referral.Review.HELD, updated_at=move.now)
    return [referral.pk for referral in own]


def _let_go(pk: int) -> None:
    """Two people after all. What else was noticed of the referral still counts, and so does what a person decided."""
    FraudSignal.objects.filter(referral=pk, rule=ONE_PERSON.name).update(points=0)
    points = sum(FraudSignal.objects.filter(referral=pk).values_list("points", flat=True))
    if points < HOLD_FROM:
        Referral.objects.filter(pk=pk, review=Referral.Review.HELD).update(review=Referral.Review.CLEAR)
