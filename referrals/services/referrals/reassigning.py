"""Staff give the credit to somebody else, until money was said yes to. What the events earn is reckoned anew."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from advocates.models import User
from advocates.services.audit import audit
from advocates.standing import standing
from campaigns.models import Enrolment
from config.lib.registry import Registry
from config.lib.states import NotAllowed, Stale
from referrals.errors import ReasonNeeded, SelfReferral
from referrals.locks import advocate_locked, referral_locked
from referrals.models import Referral, ReferralEvent
from referrals.services.attribution import REASSIGNED, Decision, Evidence, Judged
from referrals.services.decisions import decision_write, evidence_of
from referrals.services.facts import fact_of

# Rooms above say why not, in a sentence, or an empty string. They hold what they look at until the transaction ends.
REASSIGN_GUARDS: Registry[Callable[[Referral], str]] = Registry("guard of reassignment")
# What it does to money, in a sentence, or an empty string.
REASSIGN_STAKES: Registry[Callable[[Referral], str]] = Registry("stake of reassignment")


def referral_reassign(
    *,
    referral: Referral,
    enrolment: Enrolment,
    actor: User,
    reason: str,
    method: str = Referral.Method.STAFF,
    now: datetime,
) -> ReferralEvent:
    """The friend was recommended by somebody else of the same campaign. `method`: by whose word, if not by staff's.

    Rewards of the former advocate that nobody has approved are cancelled, and the events are evaluated for the new one
    (rewards read the event `reassigned`). Raises ReasonNeeded, SelfReferral, Stale, and NotAllowed once a reward was
    approved, for another campaign, or for the same advocate.
    """
    if not reason.strip():
        raise ReasonNeeded(_("Say why, in a few words."))
    with transaction.atomic():
        locked = referral_locked(referral.pk)
        if locked.enrolment_id != referral.enrolment_id:
            raise Stale(_("Somebody changed this a moment ago. Look at it again before you go on."))
        _check(locked, enrolment)
        before = locked.enrolment
        advocate_locked(locked)
        _give(locked, enrolment, method, now)
        event = fact_of(
            locked,
            type=ReferralEvent.REASSIGNED,
            actor=actor,
            reason=reason[:500],
            metadata={"from": before.public_id, "to": enrolment.public_id},
            now=now,
        )
        decision_write(
            referral=locked, decision=_decision(before, enrolment, method), actor=actor, reason=reason, now=now
        )
        audit(
            verb="referral_reassigned",
            row=locked,
            actor=actor,
            before={"enrolment": before.public_id},
            after={"enrolment": enrolment.public_id},
            reason=reason,
        )
        return event


def _check(referral: Referral, enrolment: Enrolment) -> None:
    if enrolment.campaign_id != referral.campaign_id:
        raise NotAllowed(_("This code belongs to another campaign."))
    if enrolment.pk == referral.enrolment_id:
        raise NotAllowed(_("This advocate has the credit already."))
    if standing(enrolment.contact) == standing(referral.friend):
        raise SelfReferral(_("Nobody can recommend us to themselves."))
    for guard in REASSIGN_GUARDS:
        why_not = guard(referral)
        if why_not:
            raise NotAllowed(why_not)


def _give(referral: Referral, enrolment: Enrolment, method: str, now: datetime) -> None:
    advocate = standing(enrolment.contact)
    values = {"enrolment": enrolment, "advocate": advocate, "method": method, "updated_at": now}
    Referral.objects.filter(pk=referral.pk).update(**values)
    for name, value in values.items():
        setattr(referral, name, value)
    advocate_locked(referral)


def _decision(before: Enrolment, after: Enrolment, method: str) -> Decision:
    won: Evidence = evidence_of(after, method=method)
    lost = evidence_of(before, method=Referral.Method.STAFF)
    return Decision(won, "", (Judged(won, True, won.method), Judged(lost, False, REASSIGNED)))
