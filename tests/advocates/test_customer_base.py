"""The customer-base model against what its authors published, and against what really happened at CDNOW."""

from datetime import date
from math import inf, lgamma, log

import pytest
from hypothesis import given, strategies as st

from advocates.customer_base.bg_nbd import BgNbd, History, fit, grouped, hypergeometric
from advocates.customer_base.histories import backtest, histories, history, model_of, texts
from advocates.customer_base.minimise import minimise
from tests.advocates.cdnow import CUSTOMERS, days_of_purchases, published_tenth

# Fader, Hardie, Lee (2005), table 2.
PUBLISHED = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426)
LOG_LIKELIHOOD = -9582.4
CALIBRATED = date(1997, 9, 30)
END = date(1998, 6, 30)
# The authors' worked example: customer 1 of the sample.
FIRST = History(repeats=2, recency=213 / 7, age=272 / 7)


@pytest.fixture(scope="module")
def cdnow():
    return days_of_purchases()


def test_the_published_parameters_come_out_of_the_published_sample(cdnow):
    sample = {customer: cdnow[customer] for customer in published_tenth()}
    known = histories(sample, until=CALIBRATED)
    model = fit(known)
    assert sum(known.values()) == 2_357
    assert model.log_likelihood(known) == pytest.approx(LOG_LIKELIHOOD, abs=0.05)
    for name in ("r", "alpha", "a", "b"):
        assert getattr(model, name) == pytest.approx(getattr(PUBLISHED, name), abs=0.002), name


def test_every_tenth_customer_by_number_is_another_sample(cdnow):
    tenth = {customer: days for customer, days in cdnow.items() if customer % 10 == 0}
    assert fit(histories(tenth, until=CALIBRATED)).r == pytest.approx(PUBLISHED.r, abs=0.03)
    assert set(tenth) != published_tenth()


def test_the_authors_worked_example_comes_out():
    assert PUBLISHED.expected(FIRST, weeks=39) == pytest.approx(1.226, abs=0.0005)
    assert PUBLISHED.alive(FIRST) == pytest.approx(0.7266, abs=0.0005)


def test_fitted_on_39_weeks_it_tells_the_next_39_better_than_the_last_period_does(cdnow, capsys):
    told = backtest(cdnow, cut=CALIBRATED, until=END)
    with capsys.disabled():
        print(
            f"\nCDNOW, {told.customers} customers, {told.weeks:.0f} weeks ahead: {told.actual} purchases came, "
            f"{told.expected:.0f} expected ({told.expected / told.actual - 1:+.1%}), "
            f"{told.plain} by 'last period again' ({told.plain / told.actual - 1:+.1%}); "
            f"missed by {told.error:.3f} and {told.plain_error:.3f} a customer."
        )
    assert told.customers == CUSTOMERS
    assert told.error < 0.95 * told.plain_error
    assert abs(told.expected - told.actual) < 0.7 * abs(told.plain - told.actual)


def test_in_the_published_sample_all_repeat_purchases_of_78_weeks_are_met_within_six_percent(cdnow):
    """The authors report four percent too few by week 78, reckoned from the first purchases alone."""
    sample = {customer: cdnow[customer] for customer in published_tenth()}
    told = backtest(sample, cut=CALIBRATED, until=END)
    known = sum(row.repeats * count for row, count in histories(sample, until=CALIBRATED).items())
    assert known + told.expected == pytest.approx(known + told.actual, rel=0.06)
    assert told.error < told.plain_error


def test_the_likelihood_is_that_of_the_paper():
    """Equation 6 written down as it stands, for a history with and one without repeats."""
    m = PUBLISHED
    for row in (FIRST, History(0, 0.0, 38.86)):
        x, recency, age = row.repeats, row.recency, row.age
        a4 = log(m.a) - log(m.b + max(x, 1) - 1) - (m.r + x) * log(m.alpha + recency)
        a3 = -(m.r + x) * log(m.alpha + age)
        a1 = lgamma(m.r + x) - lgamma(m.r) + m.r * log(m.alpha)
        a2 = lgamma(m.a + m.b) + lgamma(m.b + x) - lgamma(m.b) - lgamma(m.a + m.b + x)
        plain = a1 + a2 + log(2.718281828459045**a3 + (x > 0) * 2.718281828459045**a4)
        assert m.log_likelihood({row: 3}) == pytest.approx(3 * plain)


rows = st.builds(
    lambda x, recency, since: History(x, recency if x else 0.0, (recency if x else 0.0) + since),
    st.integers(0, 2_000),
    st.floats(0, 1_000),
    st.floats(0, 1_000),
)
models = st.builds(BgNbd, *[st.floats(0.01, 50)] * 4)


@given(models, rows, st.floats(0.1, 104))
def test_answers_are_chances_and_counts_for_any_history(model, row, weeks):
    alive, expected = model.alive(row), model.expected(row, weeks=weeks)
    assert 0 <= alive <= 1
    assert -1e-6 <= expected < inf
    assert model.expected(row, weeks=2 * weeks) >= expected - 1e-6


def test_where_the_formula_has_a_gap_the_model_has_none():
    for a in (1.0, 1.0 + 1e-9):
        beside = BgNbd(0.243, 4.414, 1.0001, 2.426).expected(FIRST, weeks=39)
        assert BgNbd(0.243, 4.414, a, 2.426).expected(FIRST, weeks=39) == pytest.approx(beside, rel=1e-3)


def test_who_stays_away_long_is_less_likely_to_be_active():
    chances = [PUBLISHED.alive(History(6, 10.0, 10.0 + weeks)) for weeks in (0, 5, 20, 100)]
    assert chances == sorted(chances, reverse=True)
    assert PUBLISHED.alive(History(0, 0.0, 500.0)) == 1


def test_nothing_is_expected_of_no_time():
    assert PUBLISHED.expected(FIRST, weeks=0) == 0
    assert PUBLISHED.expected_new(weeks=0) == 0


def test_newcomers_are_expected_to_buy_as_a_history_of_nothing():
    fresh = PUBLISHED.expected(History(0, 0.0, 0.0), weeks=39)
    assert PUBLISHED.expected_new(weeks=39) == pytest.approx(fresh)


def test_a_base_that_never_came_again_cannot_be_fitted():
    with pytest.raises(ValueError, match="Nobody bought again"):
        fit({History(0, 0.0, 10.0): 5})


def test_gauss_series_has_its_known_values():
    assert hypergeometric(1, 1, 2, 0.5) == pytest.approx(2 * log(2))
    assert hypergeometric(0.5, 3, 3, 0.75) == pytest.approx(2.0)  # (1 − z)^−a


def test_a_series_without_an_end_is_said_to_be_one():
    with pytest.raises(ArithmeticError):
        hypergeometric(5, 5, 1, 0.999999)


def test_the_lowest_point_of_a_bent_valley_is_found():
    found = minimise(lambda p: (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2, (-1.2, 1.0))
    assert found == pytest.approx((1.0, 1.0), abs=0.01)
    with pytest.raises(ArithmeticError):
        minimise(lambda p: p[0], (0.0,), most_rounds=5)


def test_days_become_a_history():
    days = [date(1997, 1, 1), date(1997, 8, 2), date(1997, 12, 12)]
    assert history(days, until=CALIBRATED) == History(1, 213 / 7, 272 / 7)
    assert history(days, until=date(1996, 12, 31)) is None
    assert grouped([FIRST, FIRST]) == {FIRST: 2}


def test_parameters_at_rest_are_text():
    assert model_of(texts(PUBLISHED)) == PUBLISHED
    assert all(isinstance(value, str) for value in texts(PUBLISHED).values())
