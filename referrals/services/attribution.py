"""Who gets the credit: pure, from all evidence at hand, each piece judged and none forgotten.

The ladder: staff say so, a code that was named, a coupon at the checkout, a link that the device remembers, the
address, the phone number, a name that the advocate gave, a claim. Who was recommended before stays with whoever did.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from campaigns.models import Campaign
from referrals.errors import AlreadyReferred, ExistingCustomer, LinkOff, SelfReferral
from referrals.models import Referral

Method = Referral.Method
LADDER: Sequence[str] = (
    Method.STAFF,
    Method.CODE,
    Method.COUPON,
    Method.COOKIE,
    Method.EMAIL,
    Method.PHONE,
    Method.NAME,
    Method.CLAIM,
)

# Why a piece of evidence lost, beside the codes of referrals/errors.py.
LINK_OFF = LinkOff.code
OTHER_CAMPAIGN = "other_campaign"
WINDOW_OVER = "window_over"
OUTRANKED = "outranked"
NOT_FIRST = "not_first"
NOT_LAST = "not_last"
SAME_ADVOCATE = "same_advocate"
REASSIGNED = "reassigned"


@dataclass(frozen=True, slots=True)
class Evidence:
    """`enrolment`, `advocate`, `campaign`: keys of whom it speaks for. `first_at`, `last_at`: of a link, followed."""

    method: str
    enrolment: str
    advocate: str = ""
    campaign: str = ""
    channel: str = ""
    first_at: datetime | None = None
    last_at: datetime | None = None
    is_off: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """What the campaign says: its key, whose link counts, how long it is remembered."""

    campaign: str
    touch: str
    window: timedelta


@dataclass(frozen=True, slots=True)
class Friend:
    """`came_by`: key of the enrolment that has recommended them in this campaign before."""

    key: str = ""
    came_by: str = ""
    is_known_customer: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """A piece of evidence and what became of it: `code` is the method of a winner, else why it lost."""

    evidence: Evidence
    has_won: bool
    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """`winner` None: nobody, and `refusal` says why where somebody was named; the winner stands first."""

    winner: Evidence | None
    refusal: str
    candidates: tuple[Judged, ...]


def attribution_decide(evidence: Iterable[Evidence], *, terms: Terms, friend: Friend, now: datetime) -> Decision:
    """Judge every piece of evidence. A link counts while the window has not passed since it was last followed."""
    pieces = sorted(evidence, key=lambda piece: LADDER.index(piece.method))
    void = [judged for piece in pieces if (judged := _void(piece, terms, now))]
    gone = {id(judged.evidence) for judged in void}
    standing = [piece for piece in pieces if id(piece) not in gone]
    if not standing:
        return Decision(None, void[0].code if void else "", tuple(void))
    best = _best(standing, terms)
    refusal = _refusal(best, friend)
    if refusal:
        lost = [Judged(piece, False, refusal if piece is best else OUTRANKED) for piece in standing]
        return Decision(None, refusal, (*lost, *void))
    others = [_beaten(piece, best, terms) for piece in standing if piece is not best]
    return Decision(best, "", (Judged(best, True, best.method, _moments(best)), *others, *void))


def _void(piece: Evidence, terms: Terms, now: datetime) -> Judged | None:
    if piece.campaign != terms.campaign:
        return Judged(piece, False, OTHER_CAMPAIGN)
    if piece.is_off:
        return Judged(piece, False, LINK_OFF)
    # A device remembers whole seconds.
    if piece.last_at and now.replace(microsecond=0) - piece.last_at > terms.window:
        return Judged(piece, False, WINDOW_OVER, {"days": terms.window.days} | _moments(piece))
    return None


def _best(standing: Sequence[Evidence], terms: Terms) -> Evidence:
    """The highest rung; of several links the first or the last that was followed, as the campaign says."""
    rung = [piece for piece in standing if piece.method == standing[0].method]
    firsts = [(piece.first_at, number) for number, piece in enumerate(rung) if piece.first_at]
    lasts = [(piece.last_at, number) for number, piece in enumerate(rung) if piece.last_at]
    if not firsts or not lasts:
        return rung[0]
    _moment, number = min(firsts) if terms.touch == Campaign.Touch.FIRST else max(lasts)
    return rung[number]


def _refusal(best: Evidence, friend: Friend) -> str:
    if friend.key and best.advocate == friend.key:
        return SelfReferral.code
    if friend.came_by:
        return AlreadyReferred.code
    return ExistingCustomer.code if friend.is_known_customer else ""


def _beaten(piece: Evidence, best: Evidence, terms: Terms) -> Judged:
    if piece.enrolment == best.enrolment:
        return Judged(piece, False, SAME_ADVOCATE, _moments(piece))
    if piece.method != best.method or not piece.last_at:
        return Judged(piece, False, OUTRANKED, {"by": best.method} | _moments(piece))
    code = NOT_FIRST if terms.touch == Campaign.Touch.FIRST else NOT_LAST
    return Judged(piece, False, code, _moments(piece))


def _moments(piece: Evidence) -> dict[str, str]:
    if piece.first_at is None or piece.last_at is None:
        return {}
    return {"first_at": piece.first_at.isoformat(), "last_at": piece.last_at.isoformat()}
