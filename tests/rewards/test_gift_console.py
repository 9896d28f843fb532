"""The catalogue and its orders in the console: what staff type, see and send."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from advocates.models import User
from rewards.models import CatalogueItem, GiftCode, GiftOrder
from rewards.services.gift_orders import points_exchange
from tests.cast import BEN, LENA, contact_of
from tests.factories.campaigns import campaign_made
from tests.factories.gifts import HOME, gift_earned, item_of, points_given
from tests.factories.rewards import rule_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]

TYPED = {
    "name": "Bookshop",
    "key": "bookshop",
    "kind": "gift_card",
    "category": "books",
    "countries": "DE, AT",
    "unit": "EUR",
    "least": 5000,
    "most": 5000,
    "is_active": "on",
}


def page(answer: Any) -> str:
    assert answer.status_code == 200
    text: str = answer.content.decode()
    return text


def do(client: Client, row: Any, verb: str, **data: Any) -> str:
    url = reverse(f"admin:rewards_{row._meta.model_name}_verb", args=[row.pk, verb])
    return page(client.post(url, data, follow=True))


def test_an_item_is_made_stocked_and_given_codes(client: Client, ada: User) -> None:
    client.force_login(ada)
    add = reverse("admin:rewards_catalogueitem_add")
    assert "Countries are two capital letters" in page(client.post(add, TYPED | {"countries": "Germany"}))
    assert client.post(add, TYPED).status_code == 302
    item = CatalogueItem.objects.get()
    assert (item.countries, item.stock) == (["DE", "AT"], None)

    said = do(client, item, "codes", codes="ONE-1\nTWO-2\n\nONE-1", amount=5000, valid_until="2030-12-31")
    assert "New codes: 2. Known before: 1." in said
    shown = page(client.get(reverse("admin:rewards_catalogueitem_change", args=[item.pk])))
    assert "Codes of €50.00 left" in shown
    assert "ONE-1" not in shown
    assert GiftCode.objects.count() == 2
    assert "Nobody could pick a card of that worth" in do(client, item, "codes", codes="X", amount=4000)

    assert "In stock now: 3." in do(client, item, "stock", count=3)
    assert "There are not so many of it." in do(client, item, "stock", count=-4)
    assert "Bookshop" in page(client.get(reverse("admin:rewards_catalogueitem_changelist")))
    changed = reverse("admin:rewards_catalogueitem_change", args=[item.pk])
    assert client.post(changed, TYPED | {"name": "Book shop", "stock": 99}).status_code == 302
    item.refresh_from_db()
    assert (item.name, item.stock) == ("Book shop", 3), "an order in between would be lost"


def test_a_parcel_is_sent_by_who_may_and_its_address_seen_by_nobody_else(
    client: Client, sam: User, maya: User, now: datetime
) -> None:
    item_of("mug", now=now, needs_address=True, price=300, price_unit="points")
    lena = contact_of(LENA)
    points_given(lena, 300, now=now)
    order, _new = points_exchange(
        contact=lena, item=CatalogueItem.objects.get(), order_key="portal:1", address=HOME, now=now
    )
    url = reverse("admin:rewards_giftorder_change", args=[order.pk])
    client.force_login(maya)
    assert "Seestraße" not in page(client.get(url))
    assert client.post(reverse("admin:rewards_giftorder_verb", args=[order.pk, "send"])).status_code == 403

    client.force_login(sam)
    assert "Gifts to send" in page(client.get(reverse("admin:index")))
    assert "Seestraße 12, 13353 Berlin, DE" in page(client.get(url))
    assert "Noted as sent." in do(client, order, "send", note="DHL 0034")
    order.refresh_from_db()
    assert (order.status, order.note, order.sent_by) == ("sent", "DHL 0034", sam)
    assert "Lena Vogt" in page(client.get(reverse("admin:rewards_giftorder_changelist")))
    assert "Gifts to send" not in page(client.get(reverse("admin:index")))


def test_an_order_for_a_reward_is_called_off_with_it(client: Client, sam: User, now: datetime) -> None:
    item_of("mug", now=now, stock=1)
    rule = {"benefit": "merchandise", "amounts": {"piece": 1}, "benefit_settings": {"item": "mug"}}
    reward = gift_earned(campaign_made(), friend=BEN, now=now, **rule)
    client.force_login(sam)
    shown = page(client.get(reverse("admin:rewards_reward_change", args=[reward.pk])))
    assert reverse("admin:rewards_giftorder_change", args=[GiftOrder.objects.get().pk]) in shown
    assert "Called off." in do(client, GiftOrder.objects.get(), "cancel", reason="Broken")
    reward.refresh_from_db()
    assert reward.status == "cancelled"


def test_staff_read_odds_and_the_exact_cost_of_a_surprise(client: Client, ada: User, now: datetime) -> None:
    item_of("headphones", now=now, stock=1, cost=9_000)
    item_of("sticker", now=now, cost=50)
    pool = [{"item": "headphones", "weight": 1}, {"item": "sticker", "weight": 1}]
    wanted = {"benefit": "mystery", "amounts": {"piece": 1}, "benefit_settings": {"pool": pool}}
    rule_of(campaign_made(), now=now, key="surprise", **wanted)
    client.force_login(ada)
    url = reverse("admin:rewards_mystery")
    said = page(client.get(url, {"draws": 2}))
    # Half: the dear one, then a sticker. Half: a sticker, then half and half.
    assert "Opening 2 costs $68.13 on average." in said
    assert "50%" in said
    CatalogueItem.objects.filter(key="sticker").update(cost=None)
    assert "Say for each item what one costs us" in page(client.get(url, {"draws": "many"}))
    client.logout()
    assert client.get(url).status_code == 302
