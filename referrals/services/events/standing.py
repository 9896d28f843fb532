"""What stands when an event arrives, in one look: taken under the locks, so that numbers and counts are exact."""

from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery

from advocates.models import Contact, ContactKey, Purchase
from config.lib.question import Question
from referrals.models import EarlyRefund, Referral, ReferralEvent
from referrals.services.facts import confirmed, numbered, won_by_hand
from referrals.services.letters import Addresses

EMAIL = ContactKey.Kind.EMAIL


@dataclass(frozen=True, slots=True)
class Standing:
    """`referral` with its neighbours; `numbered` events of that type; `by_hand` is the console's unproved *won*."""

    is_recorded: bool
    is_bought: bool
    is_refunded: bool
    referral: Referral | None = None
    numbered: int = 0
    confirmed: int = 0
    by_hand: int | None = None
    addresses: Addresses | None = None


def standing_now(*, contact: Contact, referral: Referral | None, source: str, event_id: str, type: str) -> Standing:  # noqa: A002
    """`contact` and `referral` are held."""
    row: Any
    seen: Any
    if referral is None:
        [row] = _of_contact(contact=contact.pk, source=source, event_id=event_id)
        return Standing(row.is_recorded, row.is_bought, row.is_refunded)
    [seen] = _of_referral(referral=referral.pk, source=source, event_id=event_id, type=type)
    seen.friend = contact
    return Standing(
        is_recorded=seen.is_recorded,
        is_bought=seen.is_bought,
        is_refunded=seen.is_refunded,
        referral=seen,
        numbered=seen.numbered,
        confirmed=seen.confirmed_friends,
        by_hand=seen.by_hand,
        addresses=Addresses(seen.advocate_address or "", seen.friend_address or ""),
    )


class RowCount(Subquery):
    """How many rows a query has."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def _known(*, source: Any, event_id: Any) -> dict[str, Exists]:
    early = EarlyRefund.objects.filter(Q(event_id=event_id) | Q(refunds=event_id), source=source, settled_at=None)
    return {
        "is_recorded": Exists(ReferralEvent.objects.filter(source=source, event_id=event_id)),
        "is_bought": Exists(Purchase.objects.filter(source=source, external_id=event_id)),
        "is_refunded": Exists(early),
    }


def _contact_query(*, contact: int, source: str, event_id: str) -> QuerySet[Contact]:
    return Contact.objects.filter(pk=contact).annotate(**_known(source=source, event_id=event_id))


def _referral_query(*, referral: int, source: str, event_id: str, type: str) -> QuerySet[Referral]:  # noqa: A002
    friends = confirmed(OuterRef("campaign"), OuterRef("advocate"), is_test=OuterRef("is_test"))
    return (
        Referral.objects.select_related("campaign__brand", "enrolment", "advocate__details")
        .filter(pk=referral)
        .annotate(
            numbered=RowCount(numbered(referral, type=type).values("pk")),
            confirmed_friends=RowCount(friends.values("pk")),
            by_hand=Subquery(won_by_hand(referral).values("pk")[:1]),
            advocate_address=_address("advocate"),
            friend_address=_address("friend"),
            **_known(source=source, event_id=event_id),
        )
    )


def _address(of: str) -> Subquery:
    """The one learnt last, as `contact_email` has it."""
    keys = ContactKey.objects.filter(contact=OuterRef(of), kind=EMAIL)
    return Subquery(keys.order_by("-pk").values("shown")[:1], output_field=CharField())


_of_contact = Question(_contact_query)
_of_referral = Question(_referral_query)
