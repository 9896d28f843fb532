"""What referrals say for the inner circle: who came by one, who brought friends, and what the chosen bring."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from advocates.circle import PERSON, Outcome, Reading, Signal
from advocates.models import Contact
from referrals.models import Referral

Status = Referral.Status
NOT_COUNTED = (Status.REJECTED,)


def came_by_a_friend(candidates: Sequence[Contact], now: datetime) -> dict[int, Reading]:
    """Who was recommended and stayed knows how it feels; by whose word they came is said."""
    came = Referral.objects.filter(friend__in=_ids(candidates), status=Status.CONVERTED, is_test=False)
    rows = came.order_by("-submitted_at", "-pk").values_list("friend_id", "advocate__public_id")
    return {friend: Reading(10, {PERSON: advocate}) for friend, advocate in rows}


def came_words(values: Mapping[str, Any]) -> str:
    if values[PERSON]:
        return _("came by a referral of %(person)s") % values
    return _("came by a referral")


def brought_friends(candidates: Sequence[Contact], now: datetime) -> dict[int, Reading]:
    mine = Referral.objects.filter(advocate__in=_ids(candidates), is_test=False).exclude(status__in=NOT_COUNTED)
    counted = (
        mine.order_by()
        .values("advocate_id")
        .annotate(friends=Count("pk"), won=Count("pk", filter=Q(status=Status.CONVERTED)))
    )
    return {row["advocate_id"]: Reading(min(10 * row["friends"] + 5 * row["won"], 30), _counts(row)) for row in counted}


def _counts(row: Mapping[str, Any]) -> dict[str, int]:
    return {"friends": row["friends"], "won": row["won"]}


def brought_words(values: Mapping[str, Any]) -> str:
    friends = (
        ngettext("has referred one friend already", "has referred %(friends)s friends already", values["friends"])
        % values
    )
    if not values["won"]:
        return friends
    won = ngettext(
        "%(friends)s, one of them became a customer", "%(friends)s, %(won)s of them became customers", values["won"]
    )
    return won % {"friends": friends, "won": values["won"]}


def _ids(candidates: Sequence[Contact]) -> list[int]:
    return [contact.pk for contact in candidates]


def _number(**condition: Any) -> Coalesce:
    """Referrals of each contact since `since`."""
    mine = Referral.objects.filter(
        advocate=OuterRef("pk"), submitted_at__gte=OuterRef("since"), is_test=False, **condition
    ).exclude(status__in=NOT_COUNTED)
    counted = mine.order_by().values("advocate").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))


REFERRAL_SIGNALS = (
    Signal("came_by_a_friend", gettext_lazy("came by a referral"), came_by_a_friend, came_words),
    Signal("brought_friends", gettext_lazy("has referred friends"), brought_friends, brought_words),
)
REFERRAL_OUTCOMES = (
    Outcome("friends", gettext_lazy("Friends referred"), _number()),
    Outcome("won", gettext_lazy("Friends who became customers"), _number(status=Status.CONVERTED)),
)
