"""How good a customer each one is: quintiles in one statement, expectations of a published model page by page."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import F
from django.db.models.functions import TruncDate

from advocates.customer_base.bg_nbd import BgNbd, History, fit
from advocates.customer_base.histories import Backtest, backtest, histories, history, model_of, texts
from advocates.customer_base.rfm import quintiles_forget, quintiles_write
from advocates.models import Contact, CustomerModel, CustomerScore, Purchase
from config.lib.many import update_many

# Fewer who came again say little about how people leave.
REPEAT_CUSTOMERS_NEEDED = 200
# More than these teach the model nothing new; of a larger base every second, third … customer is asked.
FITTED_CUSTOMERS = 50_000
PAGE = 5_000
AHEAD_WEEKS = 52.0
BACKTEST_PART = 3
EXPECTED_AT_MOST = 2**31 - 1
EXPECTED = ("expected_milli", "alive_bp", "model", "scored_at")


def customer_model_fit(*, now: datetime) -> dict[str, int]:
    """Fit the model to the customer base as it is; with too few who came again the answer says so and none is made."""
    days = _fitted_days(now)
    repeat_customers = sum(len(of_one) > 1 for of_one in days.values())
    found = {"customers": len(days), "repeat_customers": repeat_customers, "needed": REPEAT_CUSTOMERS_NEEDED}
    if repeat_customers < REPEAT_CUSTOMERS_NEEDED:
        return found | {"fitted": 0}
    known = histories(days, until=now.date())
    model = fit(known)
    figures = {"log_likelihood": f"{model.log_likelihood(known):.3f}"} | _backtest_texts(days, now.date())
    CustomerModel.objects.create(parameters=texts(model), figures=figures, customers=len(days), fitted_at=now)
    return found | {"fitted": 1}


def customers_score(*, now: datetime) -> dict[str, int]:
    """Bring the scores of all customers up to date; only what changed is written."""
    changed = quintiles_write(now)
    forgotten = quintiles_forget()
    newest = CustomerModel.objects.order_by("-fitted_at", "-pk").first()
    expected = sum(_page_expect(page, newest, now) for page in _pages()) if newest else 0
    return {"quintiles": changed, "forgotten": forgotten, "expected": expected}


def _page_expect(scores: Sequence[CustomerScore], newest: CustomerModel, now: datetime) -> int:
    """Write the expectations of one page of customers; how many changed."""
    model = model_of(newest.parameters)
    days = _days_of([score.contact_id for score in scores], now)
    # To the end of the week: on a day on which somebody did not buy, nothing is written about them.
    week_end = now.date() + timedelta(days=6 - now.weekday())
    changed = []
    for score in scores:
        known = history(days.get(score.contact_id, ()), until=week_end)
        wanted = _expectation(model, known) if known else (None, None)
        if (score.expected_milli, score.alive_bp, score.model_id) != (*wanted, newest.pk):
            score.expected_milli, score.alive_bp = wanted
            score.model, score.scored_at = newest, now
            changed.append(score)
    update_many(changed, fields=EXPECTED)
    return len(changed)


@lru_cache(maxsize=100_000)
def _expectation(model: BgNbd, known: History) -> tuple[int | None, int | None]:
    """Thousandths of purchases within a year, and the chance to be still active in basis points."""
    try:
        expected = model.expected(known, weeks=AHEAD_WEEKS)
    except ArithmeticError:  # a history far outside what the model has seen
        return None, None
    return min(round(max(expected, 0.0) * 1000), EXPECTED_AT_MOST), round(model.alive(known) * 10_000)


def _pages() -> Iterator[list[CustomerScore]]:
    last = 0
    while page := list(CustomerScore.objects.filter(pk__gt=last).order_by("pk")[:PAGE]):
        yield page
        last = page[-1].pk


def _fitted_days(now: datetime) -> dict[int, list[date]]:
    """The days of purchases of all customers who count, or of every k-th of a large base."""
    base = Contact.objects.living().filter(is_test=False, last_purchase_at__isnull=False)
    every = base.count() // FITTED_CUSTOMERS + 1
    ids = list(base.annotate(rest=F("pk") % every).filter(rest=0).order_by("pk").values_list("pk", flat=True))
    days: dict[int, list[date]] = {}
    for start in range(0, len(ids), PAGE):
        days |= _days_of(ids[start : start + PAGE], now)
    return days


def _days_of(contact_ids: Sequence[int], now: datetime) -> dict[int, list[date]]:
    """The days on which each of them bought something that still counts, in order; a day stands once."""
    rows = (
        Purchase.objects.filter(contact__in=contact_ids, status__in=Purchase.COUNTING, occurred_at__lte=now)
        .annotate(day=TruncDate("occurred_at", tzinfo=UTC))
        .order_by("contact_id", "day")
        .values_list("contact_id", "day")
        .distinct()
    )
    days: dict[int, list[date]] = {}
    for contact_id, day in rows:
        days.setdefault(contact_id, []).append(day)
    return days


def _backtest_texts(days: dict[int, list[date]], today: date) -> dict[str, str]:
    """What it would have told of the last third of the time that we know; empty where that cannot be said."""
    first = min(of_one[0] for of_one in days.values())
    cut = today - (today - first) / BACKTEST_PART
    try:
        told = backtest(days, cut=cut, until=today)
    except (ValueError, ArithmeticError):
        return {}
    return _told(told)


def _told(told: Backtest) -> dict[str, Any]:
    return {
        "backtest_customers": str(told.customers),
        "backtest_weeks": f"{told.weeks:.1f}",
        "actual": str(told.actual),
        "expected": f"{told.expected:.1f}",
        "plain": str(told.plain),
        "error": f"{told.error:.4f}",
        "plain_error": f"{told.plain_error:.4f}",
    }
