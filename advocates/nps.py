"""The Net Promoter Score: percent of promoters less percent of detractors (Reichheld, HBR 12/2003), -100 to 100."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from advocates.models import Contact, NpsAnswer
from config.lib.rounding import round_half_away

PERIOD = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class NpsFigures:
    promoters: int = 0
    passives: int = 0
    detractors: int = 0

    @property
    def count(self) -> int:
        return self.promoters + self.passives + self.detractors

    @property
    def score(self) -> int | None:
        """None where nobody answered: that is not a score of 0."""
        return round_half_away(100 * (self.promoters - self.detractors), self.count) if self.count else None


def nps_figures(answers: QuerySet[NpsAnswer]) -> NpsFigures:
    """Of these answers; those of test contacts stand in no figure."""
    is_promoter = Q(score__gte=Contact.PROMOTER_FROM)
    is_detractor = Q(score__lt=Contact.PASSIVE_FROM)
    found = answers.filter(contact__is_test=False).aggregate(
        promoters=Count("pk", filter=is_promoter),
        passives=Count("pk", filter=~is_promoter & ~is_detractor),
        detractors=Count("pk", filter=is_detractor),
    )
    return NpsFigures(**found)


def nps_now_and_before(now: datetime) -> tuple[NpsFigures, NpsFigures]:
    """The last 90 days, and the 90 before them."""
    began = now - PERIOD
    answers = NpsAnswer.objects.all()
    return nps_figures(answers.between(began, now)), nps_figures(answers.between(began - PERIOD, began))
