from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from advocates.customer_base.histories import model_of, texts
from advocates.models import Contact, CustomerModel, CustomerScore, Purchase
from advocates.services import scores
from advocates.services.jobs import job_run
from advocates.services.returns import purchase_return
from advocates.services.scores import customer_model_fit, customers_score
from tests.advocates.test_customer_base import PUBLISHED

pytestmark = pytest.mark.django_db

# A Monday.
TODAY = datetime(2026, 3, 2, 12, tzinfo=UTC)


def customers(*counts, unit="EUR", **facts):
    """One for each number of purchases; the first bought last, each purchase is worth 10."""
    made = [
        Contact(
            relation="customer",
            purchases_count=count,
            lifetime_amount=count * 10_00,
            lifetime_unit=unit,
            first_purchase_at=TODAY - timedelta(days=400),
            last_purchase_at=TODAY - timedelta(days=place),
            **facts,
        )
        for place, count in enumerate(counts)
    ]
    return Contact.objects.bulk_create(made)


def bought(contact, *days_ago):
    rows = [
        Purchase(
            contact=contact,
            source="shop",
            external_id=f"{contact.pk}-{days}",
            occurred_at=TODAY - timedelta(days=days),
            amount=10_00,
            unit="EUR",
        )
        for days in days_ago
    ]
    Purchase.objects.bulk_create(rows)


def quintiles(name):
    return list(CustomerScore.objects.order_by("contact_id").values_list(name, flat=True))


def fitted(now=TODAY):
    return CustomerModel.objects.create(parameters=texts(PUBLISHED), customers=1, fitted_at=now)


def test_each_fifth_of_ten_different_customers_is_two():
    customers(10, 9, 8, 7, 6, 5, 4, 3, 2, 1)
    customers_score(now=TODAY)
    best_first = [5, 5, 4, 4, 3, 3, 2, 2, 1, 1]
    assert quintiles("recency") == quintiles("frequency") == quintiles("value") == best_first


def test_equal_customers_stand_alike_in_the_middle_of_their_places():
    customers(1, 1, 1, 1, 1, 1, 2, 2, 3, 4)
    customers_score(now=TODAY)
    assert quintiles("frequency") == [2] * 6 + [4] * 2 + [5, 5]


def test_where_all_are_equal_nobody_is_best_or_worst():
    customers(*[3] * 7)
    customers_score(now=TODAY)
    assert quintiles("frequency") == [3] * 7


def test_value_is_compared_within_one_currency():
    customers(1, 2, 3, 4, 5, unit="EUR")
    customers(100, 200, 300, 400, 500, unit="JPY")
    customers_score(now=TODAY)
    assert quintiles("value") == [1, 2, 3, 4, 5] * 2
    assert quintiles("frequency") == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]


def test_only_living_customers_with_a_known_purchase_count():
    kept = customers(1)[0]
    customers(2, is_test=True)
    customers(3, erased_at=TODAY)
    customers(4, merged_into=kept)
    Contact.objects.create(purchases_count=7)  # told as a number only: nobody knows when
    customers_score(now=TODAY)
    assert list(CustomerScore.objects.values_list("contact_id", flat=True)) == [kept.pk]


def test_who_no_longer_counts_loses_the_score():
    first, _second = customers(1, 2)
    customers_score(now=TODAY)
    Contact.objects.filter(pk=first.pk).update(is_test=True)
    assert customers_score(now=TODAY) == {"quintiles": 1, "forgotten": 1, "expected": 0}


def test_a_second_run_writes_nothing():
    for contact in customers(1, 2, 3, 4, 5):
        bought(contact, 100, 50)
    fitted()
    first = customers_score(now=TODAY)
    # Later in the same week nobody has bought.
    again = customers_score(now=TODAY + timedelta(days=3))
    assert first == {"quintiles": 5, "forgotten": 0, "expected": 5}
    assert again == {"quintiles": 0, "forgotten": 0, "expected": 0}
    assert set(CustomerScore.objects.values_list("scored_at", flat=True)) == {TODAY}


def test_the_model_says_what_to_expect_of_each():
    often, once = customers(3, 1)
    bought(often, 300, 200, 10)
    bought(once, 300)
    newest = fitted()
    customers_score(now=TODAY)
    assert often.score.model == newest
    assert often.score.expected_milli > once.score.expected_milli > 0
    assert (once.score.alive_bp, often.score.alive_bp < 10_000) == (10_000, True)


def test_two_purchases_of_one_day_are_one_and_what_came_back_is_none():
    twice, cleaned = customers(2, 2)
    bought(twice, 100)
    bought(cleaned, 100, 50)
    Purchase.objects.create(
        contact=twice,
        source="shop",
        external_id="again",
        occurred_at=TODAY - timedelta(days=100, hours=1),
        amount=10_00,
        unit="EUR",
    )
    purchase_return(
        purchase=Purchase.objects.get(external_id=f"{cleaned.pk}-50"),
        source="shop",
        event_id="back",
        money=None,
        kind="returned",
        occurred_at=TODAY,
    )
    fitted()
    customers_score(now=TODAY)
    assert twice.score.expected_milli == cleaned.score.expected_milli


def test_without_a_model_nothing_is_expected_of_anybody():
    bought(customers(1)[0], 100)
    customers_score(now=TODAY)
    assert CustomerScore.objects.get().expected_milli is None


def test_the_newest_model_speaks():
    bought(customers(1)[0], 100)
    fitted()
    newest = fitted(TODAY + timedelta(days=7))
    customers_score(now=TODAY + timedelta(days=7))
    assert CustomerScore.objects.get().model == newest


def test_too_few_who_came_again_make_no_model():
    for contact in customers(2, 2, 1):
        bought(contact, 100, 50)
    assert customer_model_fit(now=TODAY) == {"customers": 3, "repeat_customers": 3, "needed": 200, "fitted": 0}
    assert not CustomerModel.objects.exists()


def test_a_model_is_fitted_and_tells_how_well_it_would_have_done():
    for number, contact in enumerate(customers(*[2] * 330)):
        bought(contact, *{90 + number, 90 + number - number % 80, 1 + number % 60} if number % 3 else [90 + number])
    assert customer_model_fit(now=TODAY)["fitted"] == 1
    model = CustomerModel.objects.get()
    assert model_of(model.parameters).r > 0
    assert {"log_likelihood", "actual", "expected", "plain", "error", "plain_error"} <= set(model.figures)
    assert all(isinstance(value, str) for value in model.figures.values())


def test_of_a_large_base_every_kth_customer_is_asked(monkeypatch):
    monkeypatch.setattr(scores, "FITTED_CUSTOMERS", 10)
    for contact in customers(*[1] * 30):
        bought(contact, 100)
    assert customer_model_fit(now=TODAY)["customers"] in (7, 8)


def test_queries_grow_with_pages_and_not_with_customers(monkeypatch):
    for contact in customers(*range(1, 31)):
        bought(contact, 100)
    fitted()
    with CaptureQueriesContext(
        connection,
    ) as one_page:
        customers_score(now=TODAY)
    assert len(one_page) < 12


@pytest.mark.django_db(transaction=True)
def test_both_jobs_run_by_name(company):
    assert job_run(name="customer_model_fit").result["fitted"] == 0
    assert job_run(name="customers_score").result == {"quintiles": 0, "forgotten": 0, "expected": 0}
