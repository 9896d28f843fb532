"""Claims in words: the evidence for staff; for the advocate the answer, which says nothing about the friend."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _, gettext_lazy as _lazy, ngettext
from django_stubs_ext import StrOrPromise

from advocates.models import ContactKey
from referrals.errors import ExistingCustomer, LinkOff, SelfReferral
from referrals.models import Claim, Referral
from referrals.services import claim_evidence
from referrals.services.claim_evidence import named_by

Values = Mapping[str, Any]


class Answer(models.TextChoices):
    GRANTED = "granted", _lazy("granted")
    NOT_SHOWN = "not_shown", _lazy("nothing shows it")
    OTHER_WAY = "other_way", _lazy("they found us in another way")
    TOO_LATE = "too_late", _lazy("it came too late")
    NOT_BY_TERMS = "not_by_terms", _lazy("the terms of the campaign do not allow it")


REFUSALS = [(answer.value, answer.label) for answer in Answer if answer is not Answer.GRANTED]

ANSWERS: Mapping[str, StrOrPromise] = {
    Answer.GRANTED: _lazy("We looked at it, and you are right: the recommendation is yours. Thank you."),
    Answer.NOT_SHOWN: _lazy(
        "We looked at it and found nothing that shows that they came through you, so we cannot count it."
    ),
    Answer.OTHER_WAY: _lazy(
        "We looked at it. What we have says that they found us in another way, so it does not count."
    ),
    Answer.TOO_LATE: _lazy("We looked at it. It reached us too late for this campaign, so we cannot count it."),
    Answer.NOT_BY_TERMS: _lazy("We looked at it. By the terms of this campaign it cannot be counted."),
}


def answer_words(claim: Claim) -> str:
    """The sentence for the advocate; empty until somebody has decided."""
    return str(ANSWERS[claim.answer]) if claim.answer else ""


def friend_label(claim: Claim) -> str:
    """Whom the advocate meant, as they named them; nothing that they did not know themselves."""
    key = ContactKey.objects.filter(pk=named_by(claim)["key"], contact=claim.friend_id).first()
    return key.shown if key else _("the person you told us about")


def fact_words(fact: Mapping[str, Any]) -> str:
    words = FACTS.get(fact["code"])
    return words(fact["values"]) if words else str(fact["code"])


def fact_speaks(fact: Mapping[str, Any]) -> bool | None:
    """For the claim, against it, or neither."""
    code, values = fact["code"], fact["values"]
    if code == claim_evidence.LINK_FOLLOWED:
        return True
    if code == claim_evidence.CAME_BY:
        return bool(values["is_own"])
    if code == claim_evidence.BOUGHT:
        return False if values["is_before"] else None
    if code == claim_evidence.LADDER:
        return bool(values["is_own"])
    return None


def _when(values: Values, name: str) -> str:
    return date_format(localtime(datetime.fromisoformat(values[name])), "DATETIME_FORMAT")


def _enrolled(values: Values) -> str:
    return _("They have recommended us since %(when)s.") % {"when": _when(values, "at")}


def _followed(values: Values) -> str:
    return ngettext(
        "Their link was followed %(count)d time on the friend's device, last on %(when)s.",
        "Their link was followed %(count)d times on the friend's device, last on %(when)s.",
        values["count"],
    ) % {"count": values["count"], "when": _when(values, "last_at")}


def _shared(values: Values) -> str:
    return ngettext(
        "They shared their link %(count)d time, last on %(when)s.",
        "They shared their link %(count)d times, last on %(when)s.",
        values["count"],
    ) % {"count": values["count"], "when": _when(values, "last_at")}


def _came_by(values: Values) -> str:
    when, method = _when(values, "at"), Referral.Method(values["method"]).label
    if values["is_own"]:
        return _("The friend stands as theirs already, since %(when)s: %(method)s.") % {"when": when, "method": method}
    return _("The friend came by somebody else, on %(when)s: %(method)s.") % {"when": when, "method": method}


def _bought(values: Values) -> str:
    sentence = ngettext(
        "The friend has bought %(count)d time, first on %(when)s.",
        "The friend has bought %(count)d times, first on %(when)s.",
        values["count"],
    ) % {"count": values["count"], "when": _when(values, "first_at")}
    return (
        f"{sentence} {_('That was before a recommendation of theirs could count.')}"
        if values["is_before"]
        else sentence
    )


def _ladder(values: Values) -> str:
    if values["refusal"]:
        return str(REFUSED.get(values["refusal"], values["refusal"]))
    method = Referral.Method(values["method"]).label
    if values["is_own"]:
        return _("All in all it speaks for them; the strongest: %(method)s.") % {"method": method}
    return _("All in all something stronger speaks for somebody else: %(method)s.") % {"method": method}


NAMED_BY = {
    "email": _lazy("They named the friend by an e-mail address."),
    "phone": _lazy("They named the friend by a phone number."),
    "name": _lazy("They named the friend by name; exactly one person bears it."),
}
REFUSED: Mapping[str, StrOrPromise] = {
    ExistingCustomer.code: _lazy(
        "All in all: the friend was a customer already, and this campaign is for people who are new."
    ),
    SelfReferral.code: _lazy("All in all: advocate and friend are one person."),
    LinkOff.code: _lazy("All in all: the link of this advocate is switched off."),
}
FACTS: Mapping[str, Callable[[Values], str]] = {
    claim_evidence.NAMED: lambda values: str(NAMED_BY[values["by"]]),
    claim_evidence.ENROLLED: _enrolled,
    claim_evidence.SHARED: _shared,
    claim_evidence.LINK_FOLLOWED: _followed,
    claim_evidence.CAME_BY: _came_by,
    claim_evidence.BOUGHT: _bought,
    claim_evidence.LADDER: _ladder,
}
