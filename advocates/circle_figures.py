"""How good the suggestions are, and what came of the people who were chosen."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, DateTimeField, F, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django_stubs_ext import StrOrPromise

from advocates.circle import OUTCOMES, SIGNALS, Outcome, signals_in
from advocates.models import CircleChoice, CircleSuggestion, Contact

Status = CircleChoice.Status
YES_OR_NO = (Status.MEMBER, Status.DISMISSED)


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Of how many suggestions that people decided about they took the person in. Who was put off is not decided."""

    label: StrOrPromise
    decided: int
    taken: int

    @property
    def percent(self) -> int:
        return round(100 * self.taken / self.decided) if self.decided else 0


@dataclass(frozen=True, slots=True)
class Brought:
    """What a group of people did since they were chosen, or since they were suggested and not chosen."""

    label: StrOrPromise
    people: int
    active: int
    total: int

    @property
    def percent(self) -> int:
        return round(100 * self.active / self.people) if self.people else 0


def acceptance() -> tuple[Acceptance, list[Acceptance]]:
    """Of all suggestions, and of those that a signal spoke for; the most trusted signal first."""
    decided: Counter[str] = Counter()
    taken: Counter[str] = Counter()
    rows = CircleSuggestion.objects.filter(decision__in=YES_OR_NO).values_list("decision", "reasons")
    for decision, reasons in rows.iterator():
        names = ["", *signals_in(reasons)]
        decided.update(names)
        taken.update(names if decision == Status.MEMBER else [])
    signals = [Acceptance(signal.label, decided[signal.name], taken[signal.name]) for signal in SIGNALS]
    known = [one for one in signals if one.decided]
    return Acceptance("", decided[""], taken[""]), sorted(known, key=lambda one: -one.percent)


def brought() -> list[dict[str, Any]]:
    """For each outcome: the chosen beside those who were suggested and not chosen."""
    return [
        {
            "label": outcome.label,
            "chosen": _brought(outcome, chosen_people()),
            "others": _brought(outcome, people_not_chosen()),
        }
        for outcome in OUTCOMES
    ]


def chosen_people() -> QuerySet[Contact]:
    """Members, `since` when."""
    members = Contact.objects.living().filter(circle__status=Status.MEMBER, is_test=False)
    return members.annotate(since=F("circle__chosen_at"))


def people_not_chosen() -> QuerySet[Contact]:
    """Once suggested and not in the circle, `since` the first suggestion."""
    suggested = CircleSuggestion.objects.filter(contact=OuterRef("pk")).order_by().values("contact")
    first = suggested.annotate(first=Min("suggested_at")).values("first")
    # From the few who were suggested, not from all people with a look at each.
    others = Contact.objects.living().filter(is_test=False, pk__in=CircleSuggestion.objects.values("contact"))
    not_chosen = others.exclude(circle__status=Status.MEMBER)
    return not_chosen.annotate(since=Subquery(first, output_field=DateTimeField()))


def _brought(outcome: Outcome, people: QuerySet[Contact]) -> Brought:
    counted = people.annotate(brought=outcome.count).aggregate(
        people=Count("pk"), active=Count("pk", filter=Q(brought__gt=0)), total=Coalesce(Sum("brought"), 0)
    )
    return Brought(outcome.label, **counted)


def signal_names(suggestions: Iterable[CircleSuggestion]) -> Counter[str]:
    """How many of these suggestions each signal speaks for."""
    return Counter(name for suggestion in suggestions for name in signals_in(suggestion.reasons))
