"""The same rows as the query itself, with neighbours and figures, and its SQL written once."""

import pytest
from django.db.models import Count, Q, QuerySet

from advocates.models import Contact, ContactKey, Purchase
from config.lib.question import Question

pytestmark = pytest.mark.django_db


@pytest.fixture
def built() -> list[int]:
    return []


@pytest.fixture
def sales_since(built):
    def build(**values):
        built.append(1)
        sales = Purchase.objects.select_related("contact__details").filter(source=values["source"])
        sales = sales.filter(occurred_at__gte=values["since"], amount__gte=values["least"], contact__is_test=False)
        return sales.annotate(all_of_them=Count("contact__purchases")).order_by("pk")

    return Question(build)


def test_an_answer_is_as_the_query_gives_it(sales_since, built, now):
    lena = Contact.objects.create(metadata={"shop": ["north"]})
    for amount in (100, 500, 900):
        lena.purchases.create(source="shop", external_id=str(amount), occurred_at=now, amount=amount, unit="USD")
    found = sales_since(source="shop", since=now, least=500)
    assert [(sale.amount, sale.all_of_them, sale.contact.metadata) for sale in found] == [
        (500, 3, {"shop": ["north"]}),
        (900, 3, {"shop": ["north"]}),
    ]
    assert getattr(found[0].contact, "details", None) is None
    assert found[0].occurred_at == now
    assert not sales_since(source="till", since=now, least=500)
    assert sales_since(source="shop", since=now, least=1)[2] == found[1]


@pytest.mark.postgres
def test_its_sql_is_written_once_for_each_set_of_names(built, now):
    def build(**values: str) -> "QuerySet[ContactKey]":
        built.append(1)
        given = Q()
        for value in values.values():
            given |= Q(value=value)
        return ContactKey.objects.filter(given).order_by("pk")

    keys = Question(build)
    lena = Contact.objects.create()
    for value in ("a", "b"):
        lena.keys.create(kind="email", value=value, shown=value)
    assert [len(keys(first="a")), len(keys(first="b")), len(keys(first="a", second="b")), len(keys(first="x"))] == [
        1, 1, 2, 0,
    ]  # fmt: skip
    assert len(built) == 2


@pytest.mark.postgres
def test_a_value_that_the_sql_would_not_hold_is_refused(now):
    with pytest.raises(ValueError, match="does not reach"):
        Question(lambda name: Purchase.objects.filter(source__startswith=name))(name="shop")
