"""Why this advocate, and why not somebody else, in words for staff."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _, ngettext

from referrals.models import Referral
from referrals.services import attribution

Method = Referral.Method
Values = Mapping[str, Any]


def candidate_words(candidate: Mapping[str, Any]) -> str:
    """The sentence for one entry of AttributionDecision.candidates; its code where nobody has found words yet."""
    words = (WON if candidate["won"] else LOST).get(candidate["code"])
    return words(candidate["values"]) if words else str(candidate["code"])


def _day(values: Values, name: str) -> str:
    return date_format(localtime(datetime.fromisoformat(values[name])), "DATETIME_FORMAT") if name in values else "–"


def _followed(values: Values) -> str:
    if not values.get("last_at"):
        return _("Their link was followed on the friend's device.")
    return _("Their link was followed on the friend's device, last on %(when)s.") % {"when": _day(values, "last_at")}


def _window_over(values: Values) -> str:
    return ngettext(
        "The link was last followed on %(when)s; this campaign remembers it for %(days)s day.",
        "The link was last followed on %(when)s; this campaign remembers it for %(days)s days.",
        values.get("days", 0),
    ) % {"when": _day(values, "last_at"), "days": values.get("days", 0)}


def _outranked(values: Values) -> str:
    if values.get("by") not in Method.values:
        return _("Something stronger spoke for somebody else.")
    return _("Something stronger spoke for somebody else: %(method)s.") % {"method": Method(values["by"]).label}


WON: Mapping[str, Callable[[Values], str]] = {
    Method.STAFF: lambda values: _("A colleague said so."),
    Method.CODE: lambda values: _("Their referral code was named."),
    Method.COUPON: lambda values: _("The coupon at the checkout came from them."),
    Method.COOKIE: _followed,
    Method.EMAIL: lambda values: _("They had invited this e-mail address."),
    Method.PHONE: lambda values: _("They had invited this phone number."),
    Method.NAME: lambda values: _("They had named this person."),
    Method.CLAIM: lambda values: _("They claimed the recommendation, and a colleague agreed."),
}

LOST: Mapping[str, Callable[[Values], str]] = {
    attribution.LINK_OFF: lambda values: _("The link was switched off."),
    attribution.OTHER_CAMPAIGN: lambda values: _("The link belongs to another campaign."),
    attribution.WINDOW_OVER: _window_over,
    attribution.OUTRANKED: _outranked,
    attribution.NOT_FIRST: lambda values: (
        _("Followed on %(when)s; in this campaign the first link counts.") % {"when": _day(values, "first_at")}
    ),
    attribution.NOT_LAST: lambda values: (
        _("Followed on %(when)s; in this campaign the last link counts.") % {"when": _day(values, "last_at")}
    ),
    attribution.SAME_ADVOCATE: lambda values: _("It speaks for the same advocate."),
    attribution.REASSIGNED: lambda values: _("A colleague gave the credit to somebody else."),
}
