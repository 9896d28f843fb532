"""Why this advocate: the newest decision of a referral, the winner first, each of the others with its reason."""

from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from advocates.admin.base import page_url
from advocates.selectors import display_name
from campaigns.models import Enrolment
from referrals.attribution_words import candidate_words
from referrals.models import AttributionDecision, Referral

Method = Referral.Method


def attribution_section(referral: Referral) -> dict[str, Any]:
    """`{"rows": [{"won", "who", "url", "method", "words"}], "note"}`; no rows for referrals of older days."""
    decision = referral.decisions.select_related("actor").order_by("-pk").first()
    if decision is None:
        return {"rows": [], "note": ""}
    keys = {candidate["enrolment"] for candidate in decision.candidates}
    rows = Enrolment.objects.filter(public_id__in=keys).select_related("contact__details")
    enrolments = {row.public_id: row for row in rows.prefetch_related("contact__keys")}
    return {
        "rows": [_row(candidate, enrolments.get(candidate["enrolment"])) for candidate in decision.candidates],
        "note": _note(decision),
    }


def _row(candidate: dict[str, Any], enrolment: Enrolment | None) -> dict[str, Any]:
    return {
        "won": candidate["won"],
        "who": display_name(enrolment.contact) if enrolment else candidate["enrolment"],
        "url": page_url(enrolment.contact) if enrolment else "",
        "method": Method(candidate["method"]).label,
        "words": candidate_words(candidate),
    }


def _note(decision: AttributionDecision) -> str:
    if decision.actor is None or not decision.reason:
        return ""
    when = date_format(localtime(decision.decided_at), "DATETIME_FORMAT")
    return _("Decided by %(who)s on %(when)s: %(reason)s") % {
        "who": decision.actor,
        "when": when,
        "reason": decision.reason,
    }
