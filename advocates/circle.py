"""Who belongs to the inner circle is a person's choice; the machine suggests, and says why in words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import F
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from advocates.models import Contact, Suppression
from advocates.selectors import contact_email, suppressed_among
from config.lib.money import Money, money_words
from config.lib.registry import Registry

# So many candidates are weighed for each suggestion wanted: enough to leave some out and to rank by further signals.
POOL_FACTOR = 4
OFTEN = 3


@dataclass(frozen=True, slots=True)
class Reason:
    points: int
    words: str


@dataclass(frozen=True, slots=True)
class Signal:
    """`read` looks at all candidates at once, in one query at most, and answers by contact id; silence says nothing."""

    name: str
    read: Callable[[Sequence[Contact]], Mapping[int, Reason]]


@dataclass(frozen=True, slots=True)
class Suggestion:
    contact: Contact
    score: int
    reasons: list[str]


SIGNALS: Registry[Signal] = Registry("circle signal")


def suggestions(*, limit: int = 50) -> list[Suggestion]:
    """Promoters who bought, may be written to and were not decided about yet, the most promising first."""
    candidates = _reachable(_candidates(limit * POOL_FACTOR))
    readings = [signal.read(candidates) for signal in SIGNALS]
    found = [_suggestion(contact, readings) for contact in candidates]
    return sorted(found, key=lambda suggestion: -suggestion.score)[:limit]


def promoter(candidates: Sequence[Contact]) -> dict[int, Reason]:
    return {
        contact.pk: Reason(
            (contact.nps_score - Contact.PASSIVE_FROM) * 20,
            gettext("Would recommend us: %(score)s of 10, answered on %(day)s")
            % {"score": contact.nps_score, "day": date_format(contact.nps_at)},
        )
        for contact in candidates
        if contact.nps_score is not None and contact.nps_at
    }


def often_bought(candidates: Sequence[Contact]) -> dict[int, Reason]:
    return {
        contact.pk: Reason(
            min(contact.purchases_count, 20),
            ngettext("Bought once", "Bought %(count)s times", contact.purchases_count)
            % {"count": contact.purchases_count},
        )
        for contact in candidates
        if contact.purchases_count
    }


def long_known(candidates: Sequence[Contact]) -> dict[int, Reason]:
    return {
        contact.pk: Reason(5, gettext("Customer since %(day)s") % {"day": date_format(contact.customer_since)})
        for contact in candidates
        if contact.customer_since
    }


def worth(candidates: Sequence[Contact]) -> dict[int, Reason]:
    return {
        contact.pk: Reason(
            5,
            gettext("Bought for %(amount)s in all")
            % {"amount": money_words(Money(contact.lifetime_amount, contact.lifetime_unit))},
        )
        for contact in candidates
        if contact.lifetime_amount and contact.purchases_count >= OFTEN
    }


def _candidates(count: int) -> list[Contact]:
    return list(
        Contact.objects.living()
        .promoters()
        .customers()
        .filter(circle=None, is_test=False)
        .select_related("details")
        .prefetch_related("keys")
        .order_by(F("nps_score").desc(), F("purchases_count").desc(), "pk")[:count]
    )


def _reachable(candidates: Sequence[Contact]) -> list[Contact]:
    emails = {contact.pk: contact_email(contact) for contact in candidates}
    held = suppressed_among(filter(None, emails.values()), scope=Suppression.Scope.ASKS)
    return [contact for contact in candidates if emails[contact.pk] and emails[contact.pk] not in held]


def _suggestion(contact: Contact, readings: Sequence[Mapping[int, Reason]]) -> Suggestion:
    reasons = [reading[contact.pk] for reading in readings if contact.pk in reading]
    return Suggestion(contact, sum(reason.points for reason in reasons), [reason.words for reason in reasons])
