"""Evidence is gathered for the pure decision here, and what was decided is written down."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from advocates.models import User
from campaigns.models import Campaign, Enrolment
from referrals.cookies import Touch
from referrals.models import AttributionDecision, Referral
from referrals.services.attribution import Decision, Evidence, Friend, Judged, Terms, attribution_decide


def terms_of(campaign: Campaign) -> Terms:
    return Terms(campaign.public_id, campaign.touch, timedelta(days=campaign.attribution_window_days))


def evidence_of(enrolment: Enrolment, *, method: str, channel: str = "", touch: Touch | None = None) -> Evidence:
    return Evidence(
        method=method,
        enrolment=enrolment.public_id,
        advocate=enrolment.contact.public_id,
        campaign=enrolment.campaign.public_id,
        channel=touch.channel if touch else channel,
        first_at=touch.first_at if touch else None,
        last_at=touch.last_at if touch else None,
        is_off=enrolment.status != Enrolment.Status.ACTIVE,
    )


def device_decide(
    *, campaign: Campaign, named: str, touches: Iterable[Touch], friend: Friend, now: datetime
) -> tuple[Decision, dict[str, Enrolment]]:
    """The decision from a code that was named and links that a device remembers, with the enrolments by their key."""
    remembered = list(touches)
    codes = {touch.code for touch in remembered} | ({named} if named else set())
    rows = Enrolment.objects.filter(code__in=codes).select_related("campaign", "contact__details") if codes else []
    by_code = {row.code: row for row in rows}
    evidence = [evidence_of(by_code[named], method=Referral.Method.CODE)] if named in by_code else []
    evidence += [
        evidence_of(by_code[touch.code], method=Referral.Method.COOKIE, touch=touch)
        for touch in remembered
        if touch.code in by_code
    ]
    decision = attribution_decide(evidence, terms=terms_of(campaign), friend=friend, now=now)
    return decision, {row.public_id: row for row in by_code.values()}


def decision_write(
    *,
    referral: Referral,
    decision: Decision | None,
    now: datetime,
    actor: User | None = None,
    reason: str = "",
) -> AttributionDecision:
    """Keep why this advocate; without a decision the way in which the referral came was the only evidence."""
    candidates = [candidate_json(judged) for judged in decision.candidates] if decision else [_alone(referral)]
    return AttributionDecision.objects.create(
        referral=referral,
        enrolment=referral.enrolment,
        method=referral.method,
        channel=referral.channel,
        candidates=candidates,
        decided_at=now,
        actor=actor,
        reason=reason[:500],
    )


def candidate_json(judged: Judged) -> dict[str, Any]:
    return {
        "enrolment": judged.evidence.enrolment,
        "method": judged.evidence.method,
        "channel": judged.evidence.channel,
        "won": judged.has_won,
        "code": judged.code,
        "values": dict(judged.values),
    }


def _alone(referral: Referral) -> dict[str, Any]:
    piece = Evidence(referral.method, referral.enrolment.public_id, channel=referral.channel)
    return candidate_json(Judged(piece, True, referral.method))
