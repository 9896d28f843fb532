"""Where events come from: a literal list. Each source loads its event with what stands on the rows at hand."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db.models import Model, QuerySet

from advocates.models import NpsAnswer
from campaigns.models import EnrolmentEvent
from referrals.models import ReferralEvent
from rewards.triggers.advocates import enrolment_event_load, nps_answer_load
from rewards.triggers.occasion import Occasion
from rewards.triggers.referral_events import referral_event_load


@dataclass(frozen=True, slots=True)
class EventSource:
    """`load(pk)`: the occasion; None for an event that belongs to no campaign. Raises DoesNotExist.

    `rows()`: those that the engine looks at.
    """

    model: type[Model]
    load: Callable[[int], Occasion | None]
    rows: Callable[[], QuerySet[Model]]


def nps_answers() -> QuerySet[NpsAnswer]:
    """Nobody is paid for what a file knows of earlier years."""
    return NpsAnswer.objects.exclude(via=NpsAnswer.Via.IMPORT)


EVENT_SOURCES: Mapping[str, EventSource] = {
    "referral_event": EventSource(ReferralEvent, referral_event_load, ReferralEvent.objects.all),
    "enrolment_event": EventSource(EnrolmentEvent, enrolment_event_load, EnrolmentEvent.objects.all),
    "nps_answer": EventSource(NpsAnswer, nps_answer_load, nps_answers),
}
