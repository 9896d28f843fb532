"""GET catalogue, POST rewards/{id}/pick and POST contacts/{id}/exchange."""

import pytest

from advocates.models import User
from campaigns.models import Campaign
from config.lib import clock
from rewards.models import GiftOrder
from tests.api.conftest import Call
from tests.cast import BEN, LENA, NOOR, contact_of
from tests.factories.gifts import card_of, gift_earned, item_of, points_given

pytestmark = pytest.mark.django_db

ADDRESS = {"name": "Lena Vogt", "street": "Seestraße 12", "city": "Berlin", "country": "DE"}


def test_the_catalogue_is_listed_by_unit_amount_country_and_price(call: Call, campaign: Campaign, ada: User) -> None:
    now = clock.now()
    card_of("bookshop", "BOOK-1", actor=ada, now=now, countries=["DE", "AT"], category="books")
    item_of("mug", now=now, stock=0, price=300, price_unit="points")

    def keys(query: str) -> list[str]:
        return [item["key"] for item in call("get", f"catalogue{query}").json()["items"]]

    assert keys("") == ["mug", "bookshop"]
    assert keys("?unit=USD&amount=5000&country=DE&category=books&kind=gift_card") == ["bookshop"]
    assert keys("?country=US") == ["mug"]
    assert keys("?unit=USD&amount=0") == []
    [mug] = call("get", "catalogue?priced=true").json()["items"]
    assert (mug["price"], mug["in_stock"]) == ({"amount": 300, "unit": "points"}, False)
    [card] = call("get", "catalogue?unit=USD&amount=5000").json()["items"]
    assert (card["least"], card["most"], card["in_stock"]) == ({"amount": 1, "currency": "USD"}, None, True)
    assert call("get", "catalogue?unit=USD&amount=4000").json()["items"][0]["in_stock"] is False


def test_a_gift_is_picked_once(call: Call, campaign: Campaign, ada: User) -> None:
    now = clock.now()
    card_of("bookshop", "BOOK-1", actor=ada, now=now)
    reward = gift_earned(campaign, friend=BEN, now=now)
    path = f"rewards/{reward.public_id}/pick"
    assert call("post", path, {"item": "nothing"}).status_code == 404
    assert call("post", path, {"item": 5}).status_code == 422
    assert call("post", path, {}).json()["code"] == "nothing_to_pick"

    answer = call("post", path, {"item": "bookshop"})
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["reward"]) == ("sent", reward.public_id)
    assert "BOOK-1" not in answer.content.decode()
    again = call("post", path, {"item": "bookshop"})
    assert (again.status_code, again.json()["code"]) == (409, "already_picked")
    other = gift_earned(campaign, friend=NOOR, now=now)
    refused = call("post", f"rewards/{other.public_id}/pick", {"item": "bookshop"})
    assert (refused.status_code, refused.json()["code"]) == (409, "out_of_stock")


def test_points_buy_once_by_event_id(call: Call, campaign: Campaign) -> None:
    now = clock.now()
    item_of("mug", now=now, needs_address=True, price=300, price_unit="points")
    lena = contact_of(LENA)
    points_given(lena, 500, now=now)
    path = f"contacts/{lena.public_id}/exchange"
    body = {"item": "mug", "event_id": "order-1"}
    assert call("post", path, body).json()["code"] == "address_missing"
    assert call("post", path, body | {"address": ADDRESS | {"country": "Germany"}}).status_code == 422

    first = call("post", path, body | {"address": ADDRESS})
    assert first.status_code == 201
    assert (first.json()["status"], first.json()["price"]) == ("ordered", {"amount": 300, "unit": "points"})
    again = call("post", path, body | {"address": ADDRESS})
    assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])
    short = call("post", path, {"item": "mug", "event_id": "order-2", "address": ADDRESS})
    assert (short.status_code, short.json()["code"]) == (409, "insufficient_credit")
    assert GiftOrder.objects.count() == 1
