"""The pace of each budget in the period that runs now, read from its counter."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Min, QuerySet, Sum

from campaigns.models import Campaign
from rewards.models import Budget, BudgetPeriod, Reward
from rewards.rules.limits import period_key
from rewards.rules.pace import Pace, period_days
from rewards.triggers import local_date

# Nothing is paid anew by a campaign that has ended or has not begun.
RUNNING = (Campaign.Status.ACTIVE, Campaign.Status.PAUSED)


@dataclass(frozen=True, slots=True)
class Paced:
    """A budget, the counter of the period that runs now (None: nothing was set aside yet), and its pace.

    `waiting_amount`: what stands in line for it, in minor units.
    """

    budget: Budget
    period: BudgetPeriod | None
    key: str
    pace: Pace
    waiting_amount: int


def running_budgets() -> QuerySet[Budget]:
    return Budget.objects.filter(campaign__status__in=RUNNING, campaign__is_test=False)


def paced(budgets: QuerySet[Budget], now: datetime) -> list[Paced]:
    rows = list(budgets.select_related("campaign__default_owner"))
    keys = {one.pk: period_key(one.period, local_date(now, one.campaign)) for one in rows}
    counters = _counters(keys)
    lines = _lines(keys)
    return [_paced(one, keys[one.pk], counters.get(one.pk), lines.get(one.pk, (0, 0)), now) for one in rows]


def paced_one(budget: Budget, now: datetime) -> Paced:
    return paced(Budget.objects.filter(pk=budget.pk), now)[0]


def _paced(budget: Budget, key: str, period: BudgetPeriod | None, line: tuple[int, int], now: datetime) -> Paced:
    today = local_date(now, budget.campaign)
    first, last = period_days(budget.period, today) or _whole_campaign(budget, period, today)
    used = period.used if period else 0
    waiting, waiting_amount = line
    return Paced(budget, period, key, Pace(budget.amount, used, first, last, today, waiting), waiting_amount)


def _whole_campaign(budget: Budget, period: BudgetPeriod | None, today: date) -> tuple[date, date | None]:
    """From the campaign's start, or, where none is said, from the first reward that it paid."""
    campaign = budget.campaign
    first = campaign.starts_at or _first_paid(period)
    begins = min(local_date(first, campaign), today) if first else today
    return begins, max(local_date(campaign.ends_at, campaign), begins) if campaign.ends_at else None


def _first_paid(period: BudgetPeriod | None) -> datetime | None:
    if period is None:
        return None
    first: datetime | None = Reward.objects.filter(budget_period=period).aggregate(first=Min("created_at"))["first"]
    return first


def _counters(keys: Mapping[int, str]) -> dict[int, BudgetPeriod]:
    rows = BudgetPeriod.objects.filter(budget__in=keys, period_key__in=set(keys.values()))
    return {row.budget_id: row for row in rows if row.period_key == keys[row.budget_id]}


def _lines(budgets: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Of each budget: how many stand in line for it, and for how much."""
    waiting = Reward.objects.waiting_for_budget().filter(rule__budget__in=budgets).order_by()
    rows: Sequence[tuple[int, int, int]] = list(
        waiting.values("rule__budget")
        .annotate(count=Count("pk"), total=Sum("amount"))
        .values_list("rule__budget", "count", "total")
    )
    return {budget: (count, total) for budget, count, total in rows}
