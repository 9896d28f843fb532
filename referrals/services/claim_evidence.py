"""What speaks for a claim and what against it, from what we know ourselves: codes and values, no name, no address."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min, QuerySet

from advocates.models import Contact, Purchase
from advocates.standing import standing
from campaigns.models import EnrolmentEvent
from referrals.known import is_known_customer
from referrals.models import Claim, Referral, Visit
from referrals.services.attribution import Decision, Evidence, Friend, attribution_decide
from referrals.services.decisions import evidence_of, terms_of

Method = Referral.Method
Fact = dict[str, Any]

NAMED = "named"
ENROLLED = "enrolled"
SHARED = "shared"
LINK_FOLLOWED = "link_followed"
CAME_BY = "came_by"
BOUGHT = "bought"
LADDER = "ladder"
# By what the advocate named the friend; the rung of the ladder that it is where nobody knew the friend before.
RUNGS = {"email": Method.EMAIL, "phone": Method.PHONE, "name": Method.NAME}


def evidence_gather(*, claim: Claim, now: datetime) -> list[Fact]:
    """`[{"code", "values"}]` as it stands now. `claim` needs no row yet; its `evidence` says how the friend was named.

    The last fact is the answer of the ladder (referrals/services/attribution.py), which staff may follow or not.
    """
    return list(_facts(claim, now))


def claim_decision(*, claim: Claim, now: datetime) -> Decision:
    """The ladder, with the claim, what the claimant's link shows, and the recommendation that stands."""
    earlier = _earlier(claim)
    friend = Friend(
        key=standing(claim.friend).public_id,
        is_known_customer=is_known_customer(claim.friend, claim.enrolment.campaign, before=counts_from(claim)),
    )
    return attribution_decide(
        _pieces(claim, earlier), terms=terms_of(claim.enrolment.campaign), friend=friend, now=claim.claimed_at
    )


def counts_from(claim: Claim) -> datetime:
    """Who bought before this was no news: the advocate was not with us yet, or the window was over."""
    window = terms_of(claim.enrolment.campaign).window
    return max(claim.enrolment.enrolled_at, claim.claimed_at - window)


def named_by(claim: Claim) -> Fact:
    """`{"by": email | phone | name, "key": of the ContactKey or None}`."""
    return next((fact["values"] for fact in claim.evidence if fact["code"] == NAMED), {"by": "name", "key": None})


def _facts(claim: Claim, now: datetime) -> Iterator[Fact]:
    yield _fact(NAMED, **named_by(claim))
    yield _fact(ENROLLED, at=claim.enrolment.enrolled_at)
    if shared := _span(claim.enrolment.events.filter(type=EnrolmentEvent.Type.SHARED)):
        yield _fact(SHARED, **shared)
    if followed := _followed(claim):
        yield _fact(LINK_FOLLOWED, **followed)
    if earlier := _earlier(claim):
        is_own = earlier.enrolment_id == claim.enrolment_id
        yield _fact(CAME_BY, at=earlier.submitted_at, method=earlier.method, is_own=is_own)
    if bought := _bought(claim.friend):
        yield _fact(BOUGHT, **bought, is_before=bought["first_at"] < counts_from(claim))
    yield _fact(LADDER, **_ladder(claim, now))


def _fact(code: str, **values: Any) -> Fact:
    plain = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}
    return {"code": code, "values": plain}


def _pieces(claim: Claim, earlier: Referral | None) -> list[Evidence]:
    mine = claim.enrolment
    pieces = [evidence_of(mine, method=Method.CLAIM)]
    if _was_unknown(claim):
        pieces.append(evidence_of(mine, method=RUNGS[named_by(claim)["by"]]))
    if followed := _followed(claim):
        link = evidence_of(mine, method=Method.COOKIE)
        pieces.append(_moments(link, followed))
    if earlier:
        pieces.append(evidence_of(earlier.enrolment, method=earlier.method, channel=earlier.channel))
    return pieces


def _moments(link: Evidence, followed: Fact) -> Evidence:
    return Evidence(
        method=link.method,
        enrolment=link.enrolment,
        advocate=link.advocate,
        campaign=link.campaign,
        first_at=followed["first_at"],
        last_at=followed["last_at"],
        is_off=link.is_off,
    )


def _was_unknown(claim: Claim) -> bool:
    """Had the friend neither come nor bought when the claim was made? Then it was named beforehand."""
    earlier, bought = _earlier(claim), _bought(claim.friend)
    came_before = earlier is not None and earlier.submitted_at < claim.claimed_at
    return not came_before and not (bought and bought["first_at"] < claim.claimed_at)


def _earlier(claim: Claim) -> Referral | None:
    rows = Referral.objects.select_related("enrolment__campaign", "enrolment__contact")
    return rows.filter(campaign=claim.enrolment.campaign_id, friend=claim.friend_id).first()


def _followed(claim: Claim) -> Fact:
    """Clicks on the claimant's link on the device on which the friend came in; empty where there are none."""
    evidence = Referral.objects.filter(friend=claim.friend_id).values_list("evidence", flat=True)
    visitors = {found["visitor"] for found in evidence if found.get("visitor")}
    return _span(Visit.objects.filter(enrolment=claim.enrolment_id, visitor__in=visitors)) if visitors else {}


def _bought(friend: Contact) -> Fact:
    return _span(Purchase.objects.filter(contact=friend, status__in=Purchase.COUNTING))


def _span(rows: "QuerySet[Any]") -> Fact:
    span = rows.aggregate(count=Count("pk"), first_at=Min("occurred_at"), last_at=Max("occurred_at"))
    return dict(span) if span["count"] else {}


def _ladder(claim: Claim, now: datetime) -> Fact:
    decision = claim_decision(claim=claim, now=now)
    winner = decision.winner
    return {
        "is_own": bool(winner and winner.enrolment == claim.enrolment.public_id),
        "method": winner.method if winner else "",
        "refusal": decision.refusal,
    }
