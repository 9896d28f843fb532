"""An advocate says “I referred this person”. Evidence is gathered, a colleague decides, the answer is a sentence.

Said once for each friend: whoever says it again hears how the first stands.
"""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from advocates.errors import IdentityConflict
from advocates.identity import email_key, phone_key
from advocates.likeness import match_name
from advocates.models import Contact, ContactDetails, ContactKey, User
from advocates.services.audit import audit
from advocates.services.contacts import ContactFacts, ContactRef, contact_find, contact_upsert
from advocates.standing import standing
from campaigns.models import Enrolment
from config.lib.insert_once import insert_once
from config.lib.states import move
from referrals.claim_words import Answer
from referrals.errors import FriendMissing, OwnClaim, ReasonNeeded, SelfReferral
from referrals.models import Claim, Referral, ReferralEvent
from referrals.selectors import claim_due
from referrals.services.attribution import Decision, Judged
from referrals.services.claim_evidence import NAMED, claim_decision, counts_from, evidence_gather
from referrals.services.claim_letters import (
    tell_claim_answered,
    tell_claim_noted,
    tell_claim_overdue,
    tell_claim_to_decide,
)
from referrals.services.decisions import evidence_of
from referrals.services.joining import events_join
from referrals.services.letters import tell_friend_and_staff
from referrals.services.referrals.entry import Entry, referral_enter
from referrals.services.referrals.reassigning import referral_reassign

Method = Referral.Method
BATCH = 100


def claim_make(
    *, enrolment: Enrolment, friend: ContactFacts, note: str, source: str, now: datetime
) -> tuple[Claim, bool]:
    """The claim, and whether it is new.

    `friend`: an address or a number; a name alone only where exactly one person bears it, and never from a page.
    Raises SelfReferral, FriendMissing, and BadEmail, BadPhone or BadFact for what cannot be a person.
    """
    with transaction.atomic():
        contact, by, key = _named(friend, source=source, now=now)
        if standing(contact) == standing(enrolment.contact):
            raise SelfReferral(_("Nobody can recommend us to themselves."))
        claim, is_new = insert_once(
            Claim,
            unique=["claim_key"],
            enrolment=enrolment,
            friend=contact,
            claim_key=claim_key(enrolment, contact),
            note=note.strip()[:500],
            evidence=[{"code": NAMED, "values": {"by": by, "key": key and key.pk}}],
            claimed_at=now,
            decide_by=claim_due(since=now),
        )
        if is_new:
            _evidence_keep(claim, now=now)
            tell_claim_noted(claim=claim, now=now)
            tell_claim_to_decide(claim=claim, now=now)
    return claim, is_new


def claim_grant(*, claim: Claim, actor: User, reason: str, now: datetime) -> Referral:
    """The advocate has the credit: a referral is made, or taken over from whoever had it.

    Raises ReasonNeeded, OwnClaim, Stale, what referral_enter raises, and NotAllowed where a reward for the friend
    was approved for somebody else: then only a reward by hand can make it good.
    """
    _check(claim, actor=actor, reason=reason)
    with transaction.atomic():
        _evidence_keep(claim, now=now)
        move(
            claim,
            to=Claim.Status.GRANTED,
            table=Claim.MOVES,
            answer=Answer.GRANTED,
            reason=reason[:500],
            decided_by=actor,
            decided_at=now,
        )
        referral = _credit(claim, actor=actor, reason=reason, now=now)
        Claim.objects.filter(pk=claim.pk).update(referral=referral)
        claim.referral = referral
        audit(verb="claim_granted", row=claim, actor=actor, after={"referral": referral.public_id}, reason=reason)
        tell_claim_answered(claim=claim, now=now)
    return referral


def claim_decline(*, claim: Claim, actor: User, answer: str, reason: str, now: datetime) -> None:
    """No, and the advocate reads the sentence of `answer` (referrals/claim_words.py); `reason` stays in the house.

    Raises ReasonNeeded, OwnClaim and Stale.
    """
    _check(claim, actor=actor, reason=reason)
    with transaction.atomic():
        _evidence_keep(claim, now=now)
        move(
            claim,
            to=Claim.Status.DECLINED,
            table=Claim.MOVES,
            answer=Answer(answer),
            reason=reason[:500],
            decided_by=actor,
            decided_at=now,
        )
        audit(verb="claim_declined", row=claim, actor=actor, after={"answer": answer}, reason=reason)
        tell_claim_answered(claim=claim, now=now)


def claims_remind(now: datetime) -> dict[str, int]:
    """The job: the team hears of each claim whose time has passed, once; on Today it stands until it is decided."""
    overdue = Claim.objects.filter(status=Claim.Status.OPEN, decide_by__lt=now)
    rows = overdue.select_related("enrolment__campaign", "enrolment__contact__details").order_by("decide_by", "pk")
    return {"late": sum(tell_claim_overdue(claim=claim, now=now) for claim in rows[:BATCH])}


def claim_key(enrolment: Enrolment, friend: Contact) -> str:
    return f"{enrolment.public_id}:{friend.public_id}"


def _named(friend: ContactFacts, *, source: str, now: datetime) -> tuple[Contact, str, ContactKey | None]:
    """Whom the advocate means, by what, and the key under which we know them. Of somebody known nothing is changed."""
    if not (friend.email or friend.phone):
        return _by_name(friend.name), "name", None
    ref = ContactRef(email=friend.email) if friend.email else ContactRef(phone=friend.phone)
    known = contact_find(ref=ref, source=source)
    contact = known or _new(friend, source=source, now=now)
    parsed = email_key(friend.email) if friend.email else phone_key(friend.phone)
    kind = ContactKey.Kind.EMAIL if friend.email else ContactKey.Kind.PHONE
    return contact, str(kind), contact.keys.filter(kind=kind, value=parsed.value).first()


def _new(friend: ContactFacts, *, source: str, now: datetime) -> Contact:
    """A number that is somebody else's is left out: the address decides who this is."""
    try:
        return contact_upsert(facts=friend, source=source, now=now).contact
    except IdentityConflict:
        return contact_upsert(facts=replace(friend, phone=""), source=source, now=now).contact


def _by_name(name: str) -> Contact:
    named = match_name(name) if name.strip() else ""
    found = ContactDetails.objects.filter(match_name=named, contact__merged_into=None, contact__erased_at=None)
    rows = list(found.select_related("contact")[:2]) if named else []
    if len(rows) != 1:
        raise FriendMissing(
            _("Say their e-mail address or phone number: by the name alone it is not clear who is meant.")
        )
    return rows[0].contact


def _check(claim: Claim, *, actor: User, reason: str) -> None:
    if not reason.strip():
        raise ReasonNeeded(_("Say why, in a few words."))
    if actor.contact_id in (claim.enrolment.contact_id, claim.friend_id):
        raise OwnClaim(_("This claim is about you. Somebody else has to decide it."))


def _evidence_keep(claim: Claim, *, now: datetime) -> None:
    """As it stands at this moment, so that the decision can be understood later."""
    claim.evidence = evidence_gather(claim=claim, now=now)
    Claim.objects.filter(pk=claim.pk).update(evidence=claim.evidence)


def _credit(claim: Claim, *, actor: User, reason: str, now: datetime) -> Referral:
    earlier = Referral.objects.filter(campaign=claim.enrolment.campaign_id, friend=claim.friend_id).first()
    if earlier is None:
        return _entered(claim, actor=actor, now=now)
    if earlier.enrolment_id != claim.enrolment_id:
        referral_reassign(
            referral=earlier, enrolment=claim.enrolment, actor=actor, reason=reason, method=Method.CLAIM, now=now
        )
    return earlier


def _entered(claim: Claim, *, actor: User, now: datetime) -> Referral:
    entry = Entry(
        enrolment=claim.enrolment,
        source=ReferralEvent.CONSOLE,
        method=Method.CLAIM,
        note=claim.note,
        entered_by=actor,
        came_at=counts_from(claim),
        decision=_decided(claim, now=now),
    )
    referral = referral_enter(entry=entry, friend=claim.friend, now=now)
    events_join(referral=referral, now=now)
    referral.refresh_from_db()
    if referral.status == Referral.Status.SUBMITTED:
        tell_friend_and_staff(referral, now=now)
    return referral


def _decided(claim: Claim, *, now: datetime) -> Decision:
    """A colleague agreed: that wins; what the ladder looked at stands below it."""
    won = evidence_of(claim.enrolment, method=Method.CLAIM)
    others = [judged for judged in claim_decision(claim=claim, now=now).candidates if judged.evidence != won]
    below = [replace(judged, has_won=False) for judged in others if not judged.has_won]
    return Decision(won, "", (Judged(won, True, won.method), *below))
