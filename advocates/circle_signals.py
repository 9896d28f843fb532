"""What speaks for somebody, as far as this app knows. Points add up; about a hundred is as good as it gets."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from advocates.circle import Reading, Signal
from advocates.models import Contact, Moment
from advocates.selectors import NPS_OLD_AFTER

Kind = Moment.Kind
Relation = Contact.Relation

PROMOTER_POINTS = {9: 30, 10: 40}
MOMENT_POINTS = {
    Kind.PUBLIC_PRAISE: 20,
    Kind.TESTIMONIAL: 20,
    Kind.POSITIVE_FEEDBACK: 12,
    Kind.IMPLEMENTATION_DONE: 8,
    Kind.ISSUE_RESOLVED: 6,
    Kind.MILESTONE: 6,
}
MOMENT_LASTS = timedelta(days=365)
KNOWS_THE_BUSINESS = {Relation.INDUSTRY_LEADER: 20, Relation.PARTNER: 15, Relation.VENDOR: 10}
BEST_FIFTH = 5
LIVELY_BP, DORMANT_BP = 7_000, 3_000
YEAR = timedelta(days=365)


def promoter(candidates: Sequence[Contact], now: datetime) -> dict[int, Reading]:
    return {
        contact.pk: _answer(contact.nps_score, contact.nps_at, now)
        for contact in candidates
        if contact.nps_score and contact.nps_score in PROMOTER_POINTS and contact.nps_at
    }


def _answer(score: int, at: datetime, now: datetime) -> Reading:
    is_old = at < now - NPS_OLD_AFTER
    points = PROMOTER_POINTS[score] // (2 if is_old else 1)
    return Reading(points, {"score": score, "on": at.date().isoformat(), "is_old": is_old})


def promoter_words(values: Mapping[str, Any]) -> str:
    said = {"month": _month(values["on"]), "score": values["score"]}
    if values["is_old"]:
        return _("promoter in %(month)s (%(score)s of 10): over a year ago, counts half") % said
    return _("promoter since %(month)s (%(score)s of 10)") % said


def purchases(candidates: Sequence[Contact], now: datetime) -> dict[int, Reading]:
    return {
        contact.pk: Reading(min(contact.purchases_count, 20), {"count": contact.purchases_count})
        for contact in candidates
        if contact.purchases_count
    }


def purchases_words(values: Mapping[str, Any]) -> str:
    return ngettext("one purchase", "%(count)s purchases", values["count"]) % values


def loyal(candidates: Sequence[Contact], now: datetime) -> Iterator[tuple[int, Reading]]:
    for contact in candidates:
        since = contact.customer_since
        years = (now.date() - since) // YEAR if since else 0
        if since and years >= 1:
            yield contact.pk, Reading(min(2 * years, 10), {"on": since.isoformat()})


def loyal_words(values: Mapping[str, Any]) -> str:
    return _("customer since %(month)s") % {"month": _month(values["on"])}


def worth(candidates: Sequence[Contact], now: datetime) -> dict[int, Reading]:
    scores = ((contact, getattr(contact, "score", None)) for contact in candidates)
    return {contact.pk: Reading(15) for contact, score in scores if score and score.value == BEST_FIFTH}


def worth_words(values: Mapping[str, Any]) -> str:
    return _("top fifth by value")


def lively(candidates: Sequence[Contact], now: datetime) -> Iterator[tuple[int, Reading]]:
    for contact in candidates:
        score = getattr(contact, "score", None)
        if score is None or score.alive_bp is None:
            continue
        if score.alive_bp >= LIVELY_BP:
            yield contact.pk, Reading((score.alive_bp - 6_000) // 400, {"bp": score.alive_bp})
        elif score.alive_bp < DORMANT_BP:
            yield contact.pk, Reading(-10, {"bp": score.alive_bp})


def lively_words(values: Mapping[str, Any]) -> str:
    return _("chance to be still active %(percent)s %%") % {"percent": values["bp"] // 100}


def moments(candidates: Sequence[Contact], now: datetime) -> dict[int, Reading]:
    """The best moment of the last year."""
    found = Moment.objects.filter(
        contact__in=[contact.pk for contact in candidates], kind__in=MOMENT_POINTS, occurred_at__gte=now - MOMENT_LASTS
    )
    best: dict[int, Reading] = {}
    for contact, kind, at in found.order_by("-occurred_at", "-pk").values_list("contact", "kind", "occurred_at"):
        points = MOMENT_POINTS[Kind(kind)]
        if contact not in best or points > best[contact].points:
            best[contact] = Reading(points, {"kind": kind, "on": at.date().isoformat()})
    return best


MOMENT_WORDS = {
    Kind.PUBLIC_PRAISE: gettext_lazy("praised us in public in %(month)s"),
    Kind.TESTIMONIAL: gettext_lazy("gave a testimonial in %(month)s"),
    Kind.POSITIVE_FEEDBACK: gettext_lazy("praised us in %(month)s"),
    Kind.IMPLEMENTATION_DONE: gettext_lazy("everything was set up in %(month)s"),
    Kind.ISSUE_RESOLVED: gettext_lazy("a problem was solved in %(month)s"),
    Kind.MILESTONE: gettext_lazy("reached a milestone in %(month)s"),
}


def moments_words(values: Mapping[str, Any]) -> str:
    return str(MOMENT_WORDS[Kind(values["kind"])] % {"month": _month(values["on"])})


def business(candidates: Sequence[Contact], now: datetime) -> dict[int, Reading]:
    return {
        contact.pk: Reading(KNOWS_THE_BUSINESS[Relation(contact.relation)], {"relation": contact.relation})
        for contact in candidates
        if contact.relation in KNOWS_THE_BUSINESS
    }


def business_words(values: Mapping[str, Any]) -> str:
    return _("knows the business: %(relation)s") % {"relation": Relation(values["relation"]).label}


def _month(day: str) -> str:
    return date_format(date.fromisoformat(day), "YEAR_MONTH_FORMAT")


CIRCLE_SIGNALS = (
    Signal("promoter", gettext_lazy("would recommend us"), promoter, promoter_words),
    Signal("purchases", gettext_lazy("bought"), purchases, purchases_words),
    Signal("loyal", gettext_lazy("long a customer"), lambda people, now: dict(loyal(people, now)), loyal_words),
    Signal("worth", gettext_lazy("top fifth by value"), worth, worth_words),
    Signal("lively", gettext_lazy("still active"), lambda people, now: dict(lively(people, now)), lively_words),
    Signal("moments", gettext_lazy("a happy moment"), moments, moments_words),
    Signal("business", gettext_lazy("knows the business"), business, business_words),
)
