from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from advocates.admin.purchase_panels import purchases_story
from advocates.api import contact_out
from advocates.customer_base.bg_nbd import BgNbd
from advocates.customer_base.figures import MONTHS, CurrencyFigures, PurchaseFigures, purchase_figures
from advocates.customer_base.histories import texts
from advocates.models import AuditEntry, CustomerModel, CustomerScore, Purchase, User
from advocates.services.purchases import purchase_record
from advocates.services.returns import purchase_return
from config.lib.money import Money
from tests.cast import LENA, contact_of

pytestmark = pytest.mark.django_db

MARCH = datetime(2026, 3, 1, 12, tzinfo=UTC)
TODAY = date(2026, 6, 15)


@pytest.fixture
def root(client):
    """A colleague who may everything, signed in."""
    user = User.objects.create_superuser("root@fernway.example", "a long pass phrase", name="Root")
    client.force_login(user)
    return user


@pytest.fixture
def lena():
    return contact_of(LENA)


def buy(contact, number, *, cents=10_00, unit="EUR", days=0):
    at = MARCH + timedelta(days=days)
    money = Money(cents, unit)
    return purchase_record(contact=contact, source="shop", external_id=number, occurred_at=at, money=money)[0]


def bring_back(purchase, *, money=None, kind="returned"):
    purchase_return(
        purchase=purchase, source="shop", event_id=f"back-{purchase.pk}", money=money, kind=kind, occurred_at=MARCH
    )


def page_of(purchase):
    return reverse("admin:advocates_purchase_change", args=[purchase.pk])


def verb_of(purchase, name):
    return reverse("admin:advocates_purchase_verb", args=[purchase.pk, name])


def person_page(client, contact):
    return client.get(reverse("admin:advocates_contact_change", args=[contact.pk])).text


# --- figures ---


def test_figures_of_nobody_are_none(lena):
    assert purchase_figures(lena, today=TODAY) == PurchaseFigures()


def test_figures_count_what_still_counts(lena):
    for number, days in enumerate([0, 10, 10, 40]):
        buy(lena, f"A-{number}", days=days)
    bring_back(buy(lena, "A-4", days=90))
    bring_back(buy(lena, "A-5", days=20), money=Money(4_00, "EUR"))
    figures = purchase_figures(lena, today=TODAY)
    assert (figures.count, figures.first_at, figures.last_at) == (5, MARCH, MARCH + timedelta(days=40))
    # From four days of purchase, forty days apart in all; a third of six came back.
    assert (figures.days_between, figures.returned_bp) == (13, 3333)
    assert figures.values == [CurrencyFigures("EUR", 60_00, 14_00)]


def test_one_purchase_has_no_days_between(lena):
    buy(lena, "A-1")
    assert purchase_figures(lena, today=TODAY).days_between is None


def test_values_stand_by_currency_the_usual_one_first(lena):
    buy(lena, "A-1", unit="USD")
    for number in range(2):
        buy(lena, f"B-{number}", unit="EUR")
    assert [value.unit for value in purchase_figures(lena, today=TODAY).values] == ["EUR", "USD"]


def test_months_run_up_to_this_one_and_have_gaps(lena):
    buy(lena, "A-1")
    buy(lena, "A-2", days=31)
    buy(lena, "A-3", days=32)
    months = purchase_figures(lena, today=TODAY).months
    assert (len(months), months[0].start, months[-1].start) == (MONTHS, date(2024, 7, 1), date(2026, 6, 1))
    assert [month.count for month in months[-4:]] == [1, 2, 0, 0]


# --- the person's page ---


def test_the_persons_page_shows_what_they_bought(client, root, lena, company):
    for number in range(8):
        buy(lena, f"A-{number}", days=number * 10)
    bring_back(buy(lena, "B-1", unit="USD", days=5))
    text = person_page(client, lena)
    for words in ("A-7", "10 days", "11 %", "<svg viewBox", "€80.00", "$10.00", "All purchases"):
        assert words in text, words
    assert "style=" not in text.split('<figure class="months">')[1].split("</figure>")[0]


def test_the_persons_page_says_what_to_expect(client, root, lena, company):
    buy(lena, "A-1")
    CustomerScore.objects.create(
        contact=lena, recency=5, frequency=3, value=4, expected_milli=2_345, alive_bp=8_700, scored_at=MARCH
    )
    text = person_page(client, lena)
    assert "Expected purchases in the next year: <strong>2.3</strong>" in text
    assert "<strong>87 %</strong>" in text
    assert "3 of 5" in text


def test_without_a_model_nothing_is_promised(client, root, lena, company):
    buy(lena, "A-1")
    CustomerScore.objects.create(contact=lena, recency=5, frequency=3, value=4, scored_at=MARCH)
    text = person_page(client, lena)
    assert "Expected purchases" not in text
    assert "3 of 5" in text


def test_purchases_that_another_system_only_counts_are_told_apart(client, root, company):
    lena = contact_of(LENA, purchases_count=7)
    buy(lena, "A-1")
    assert "1 is known one by one" in person_page(client, lena)


def test_who_bought_nothing_has_no_panel(client, root, lena, company):
    assert 'class="bought"' not in person_page(client, lena)


def test_the_story_tells_sales_and_what_came_back(lena):
    bring_back(buy(lena, "A-1"), money=Money(4_00, "EUR"))
    bring_back(buy(lena, "A-2"), kind="cancelled")
    titles = {step.title for step in purchases_story(lena, 10)}
    assert titles == {"Bought for €10.00", "€4.00 came back", "€10.00 was cancelled"}


# --- the purchase's page ---


def test_staff_say_that_a_part_came_back(client, root, lena, company):
    sale = buy(lena, "A-1")
    client.post(verb_of(sale, "came-back"), {"amount": "4.50", "reason": "One cup was broken"})
    lena.refresh_from_db()
    text = client.get(page_of(sale)).text
    assert lena.lifetime_amount == 5_50
    for words in ("€4.50 came back", "One cup was broken", "Root", "€5.50 is left", "partly returned"):
        assert words in text, words


def test_staff_say_that_an_order_was_cancelled(client, root, lena, company):
    sale = buy(lena, "A-1")
    client.post(verb_of(sale, "cancelled"), {"amount": "", "reason": "Out of stock"})
    sale.refresh_from_db()
    assert sale.status == Purchase.Status.CANCELLED
    assert AuditEntry.objects.get(verb="purchase.take_back").actor == root
    assert verb_of(sale, "came-back") not in client.get(page_of(sale)).text


@pytest.mark.parametrize(
    ("amount", "words"), [("10.01", "At most €10.00"), ("0.001", "no such small coins"), ("0", "At most €10.00")]
)
def test_what_cannot_come_back_is_refused_in_words(client, root, lena, company, amount, words):
    sale = buy(lena, "A-1")
    answer = client.post(verb_of(sale, "came-back"), {"amount": amount, "reason": "x"}, follow=True)
    assert words in answer.text
    sale.refresh_from_db()
    assert sale.status == Purchase.Status.COMPLETE


def test_sales_staff_may_look_and_take_nothing_back(client, maya, lena, company):
    sale = buy(lena, "A-1")
    client.force_login(maya)
    assert verb_of(sale, "came-back") not in client.get(page_of(sale)).text
    assert client.post(verb_of(sale, "came-back"), {"amount": "", "reason": "x"}).status_code == 403


# --- the model's page ---


def test_each_fit_tells_how_well_it_would_have_done(client, root, company):
    figures = {
        "log_likelihood": "-9582.400",
        "backtest_customers": "2357",
        "backtest_weeks": "39.0",
        "actual": "1882",
        "expected": "1653.3",
        "plain": "2457",
        "error": "0.7500",
        "plain_error": "0.9000",
    }
    parameters = texts(BgNbd(0.243, 4.414, 0.793, 2.426))
    better = CustomerModel.objects.create(parameters=parameters, figures=figures, customers=2357, fitted_at=MARCH)
    worse = CustomerModel.objects.create(
        parameters=parameters, figures=figures | {"error": "0.95"}, customers=2357, fitted_at=MARCH
    )
    untried = CustomerModel.objects.create(parameters=parameters, figures={}, customers=2357, fitted_at=MARCH)
    assert "1,653" in client.get(reverse("admin:advocates_customermodel_changelist")).text
    said = [
        client.get(reverse("admin:advocates_customermodel_change", args=[model.pk])).text
        for model in (better, worse, untried)
    ]
    assert "missed a customer by 0.75 purchases" in said[0]
    assert "do not lean on the model" in said[1]
    assert "too little time" in said[2]


# --- the API ---


def test_the_api_tells_figures_and_score(lena, now):
    buy(lena, "A-1")
    bring_back(buy(lena, "A-2", days=10), money=Money(2_50, "EUR"))
    CustomerScore.objects.create(
        contact=lena, recency=5, frequency=3, value=4, expected_milli=2_345, alive_bp=8_700, scored_at=MARCH
    )
    told = contact_out(lena, now=now).dict()
    assert told["purchases"] == {
        "count": 2,
        "first_at": "2026-03-01T12:00:00+00:00",
        "last_at": "2026-03-11T12:00:00+00:00",
        "days_between": 10,
        "returned_bp": 5_000,
        "values": [{"currency": "EUR", "bought": 20_00, "returned": 2_50, "kept": 17_50}],
    }
    assert told["score"] == {
        "recency": 5,
        "frequency": 3,
        "value": 4,
        "expected_milli": 2_345,
        "alive_bp": 8_700,
        "at": "2026-03-01T12:00:00+00:00",
    }
