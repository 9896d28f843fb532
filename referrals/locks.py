"""Row locks of this app, taken in this order: referral, then event, then enrolment. A contact is held before them."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.db.models import Q, QuerySet

from campaigns.models import Enrolment
from config.lib.question import Question
from referrals.models import Referral, ReferralEvent


def referral_locked(pk: int) -> Referral:
    """The row as it stands now, held until the transaction ends. Numbers of its events are given under this lock."""
    # Without joins: a row that was given to somebody else while we waited would no longer match and be missed.
    Referral.objects.select_for_update().get(pk=pk)
    return Referral.objects.select_related("campaign", "enrolment", "advocate", "friend").get(pk=pk)


# What is selected from `first` is the row as it was locked, its advocate then looked up by that row.
FIRST_AND_ITS_ADVOCATE = """
WITH first AS ({sql}), own AS (
    SELECT enrolment.id FROM campaigns_enrolment AS enrolment, first
    WHERE NOT first.is_confirmed AND (enrolment.id = first.enrolment_id
        OR (enrolment.campaign_id = first.campaign_id AND enrolment.contact_id = first.advocate_id))
    ORDER BY enrolment.id FOR NO KEY UPDATE OF enrolment
)
SELECT first.*, (SELECT count(*) FROM own) FROM first
"""


Referrals = Callable[..., "QuerySet[Referral]"]


def first_referral_locked(build: Referrals, **values: Any) -> Referral | None:
    """The first of `build(**values)`, held as by `referral_locked`, and while it is not confirmed its advocate as by
    `advocate_locked`. Its neighbours are to be read afterwards.
    """
    return next(iter(_first(build)(**values)), None)


@cache
def _first(build: Referrals) -> Question[Referral]:
    return Question(lambda **values: build(**values).select_for_update()[:1], wrap=FIRST_AND_ITS_ADVOCATE)


def event_locked(pk: int) -> ReferralEvent:
    """Held while it is reckoned how much of it has been given back."""
    ReferralEvent.objects.select_for_update().get(pk=pk)
    return ReferralEvent.objects.select_related("contact", "campaign").get(pk=pk)


def events_locked(which: Q) -> list[ReferralEvent]:
    """All of these, in the order of recording."""
    return list(ReferralEvent.objects.select_for_update(of=("self",)).filter(which).order_by("pk"))


def advocate_locked(referral: Referral) -> None:
    """Hold the advocate's enrolment: how many friends of theirs are confirmed is counted by one caller at a time.

    Somebody who was merged may have a second one in the campaign; what came over that counts for who they are now.
    """
    own = Q(pk=referral.enrolment_id) | Q(campaign=referral.campaign_id, contact=referral.advocate_id)
    list(Enrolment.objects.select_for_update(no_key=True).filter(own).order_by("pk").values_list("pk"))


def referrals_locked(which: Q) -> list[Referral]:
    """All of these, in the order of their ids, held until the transaction ends."""
    return list(Referral.objects.select_for_update(of=("self",)).filter(which).order_by("pk"))
