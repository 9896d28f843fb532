"""From days of purchases to what the model reads, and how well it would have told what came. Pure, like the model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from advocates.customer_base.bg_nbd import BgNbd, History, fit, grouped

WEEK = 7
Days = Mapping[int, Sequence[date]]


@dataclass(frozen=True, slots=True)
class Backtest:
    """Fitted on what was known at a day and asked for the `weeks` after it, beside the plain guess that as many repeat
    purchases come as in the period before. Errors are means of what one customer was missed by, in purchases.
    """

    customers: int
    weeks: float
    actual: int
    expected: float
    plain: int
    error: float
    plain_error: float


def history(days: Sequence[date], *, until: date) -> History | None:
    """What was known of a customer on the evening of `until`; None for whoever had not bought. Days in their order."""
    known = [day for day in days if day <= until]
    if not known:
        return None
    first = known[0]
    return History(repeats=len(known) - 1, recency=(known[-1] - first).days / WEEK, age=(until - first).days / WEEK)


def histories(days: Days, *, until: date) -> dict[History, int]:
    """The histories of a customer base, equal ones together."""
    found = (history(of_one, until=until) for of_one in days.values())
    return grouped(row for row in found if row)


def backtest(days: Days, *, cut: date, until: date) -> Backtest:
    """How well the model fitted on what was known at `cut` tells the purchases from then to `until`.

    Raises ValueError or ArithmeticError as the fit does.
    """
    base = {key: known for key, of_one in days.items() if (known := history(of_one, until=cut))}
    model = fit(grouped(base.values()))
    weeks = (until - cut).days / WEEK
    guesses = {known: model.expected(known, weeks=weeks) for known in set(base.values())}
    actual = {key: sum(cut < day <= until for day in days[key]) for key in base}
    plain = {key: sum(cut - (until - cut) < day <= cut for day in days[key][1:]) for key in base}
    return Backtest(
        customers=len(base),
        weeks=weeks,
        actual=sum(actual.values()),
        expected=sum(guesses[known] for known in base.values()),
        plain=sum(plain.values()),
        error=sum(abs(guesses[known] - actual[key]) for key, known in base.items()) / len(base),
        plain_error=sum(abs(plain[key] - actual[key]) for key in base) / len(base),
    )


def texts(model: BgNbd) -> dict[str, str]:
    """The parameters as decimal numbers in text: no floats at rest."""
    return {name: f"{getattr(model, name):.9f}" for name in ("r", "alpha", "a", "b")}


def model_of(parameters: Mapping[str, str]) -> BgNbd:
    """A model from what `texts` wrote."""
    return BgNbd(**{name: float(value) for name, value in parameters.items()})
