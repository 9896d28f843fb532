"""Gifts on a person's own pages: to pick, to open, to have sent, to have for points."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from advocates.models import Contact, User
from campaigns.models import Campaign
from campaigns.portal.shell import SESSION_KEY
from rewards.addresses import address_opened
from rewards.models import GiftOrder, Reward
from rewards.services.gift_orders import gift_order_send
from tests.cast import BEN, LENA, NOOR, OMAR, contact_of
from tests.factories.campaigns import campaign_made
from tests.factories.gifts import HOME, card_of, gift_earned, item_of, points_given

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]

ENGLISH = {"accept-language": "en"}
WHERE = {"name": HOME.name, "street": HOME.street, "postcode": HOME.postcode, "city": HOME.city, "country": "DE"}


@pytest.fixture
def campaign(company: object) -> Campaign:
    return campaign_made()


@pytest.fixture
def lena(db: None) -> Contact:
    contact = contact_of(LENA)
    Contact.objects.filter(pk=contact.pk).update(language="en")
    contact.refresh_from_db()
    return contact


def signed_in(contact: Contact) -> Client:
    client = Client(headers=ENGLISH)
    session = client.session
    session[SESSION_KEY] = contact.pk
    session.save()
    return client


def page(answer: Any) -> str:
    assert answer.status_code == 200
    text: str = answer.content.decode()
    return text


def test_a_card_is_picked_from_the_wallet_and_its_code_stands_there(
    campaign: Campaign, lena: Contact, ada: User, now: datetime
) -> None:
    card = card_of("bookshop", "BOOK-1", actor=ada, now=now, category="books", terms="Type it in at the till.")
    card_of("garden-centre", "GREEN-1", actor=ada, now=now, category="garden")
    reward = gift_earned(campaign, friend=BEN, now=now)
    portal = signed_in(lena)
    wallet = reverse("rewards:wallet")
    gifts = reverse("rewards:gift", args=[reward.public_id])
    assert gifts in page(portal.get(wallet))
    assert "Garden Centre" in page(portal.get(gifts))
    assert "Garden Centre" not in page(portal.get(gifts, {"category": "books"}))
    item = reverse("rewards:gift_item", args=[reward.public_id, card.public_id])
    assert "Type it in at the till." in page(portal.get(item))
    assert not GiftOrder.objects.exists(), "looking takes nothing"

    assert "“Bookshop” is yours." in page(portal.post(item, follow=True))
    assert "BOOK-1" in page(portal.get(wallet))
    assert portal.get(gifts).status_code == 302
    assert "already" in page(portal.post(item, follow=True))


def test_nobody_sees_or_takes_what_is_somebody_elses(campaign: Campaign, ada: User, now: datetime) -> None:
    card = card_of("bookshop", "BOOK-1", actor=ada, now=now)
    reward = gift_earned(campaign, friend=BEN, now=now)
    stranger = signed_in(contact_of(OMAR))
    assert stranger.get(reverse("rewards:gift", args=[reward.public_id])).status_code == 404
    item = reverse("rewards:gift_item", args=[reward.public_id, card.public_id])
    assert stranger.post(item).status_code == 404
    assert Client().get(item).status_code == 302


def test_a_thing_asks_for_size_and_address_and_says_when_it_was_sent(
    campaign: Campaign, lena: Contact, sam: User, now: datetime
) -> None:
    shirt = item_of("shirt", now=now, needs_address=True, variants=["S", "M"], countries=["AT", "DE"])
    rule = {"benefit": "merchandise", "amounts": {"piece": 1}, "benefit_settings": {"item": "shirt"}}
    reward = gift_earned(campaign, friend=BEN, now=now, **rule)
    portal = signed_in(lena)
    item = reverse("rewards:gift_item", args=[reward.public_id, shirt.public_id])
    assert portal.get(reverse("rewards:gift", args=[reward.public_id])).headers["location"] == item
    form = page(portal.get(item))
    assert '<option value="DE" selected>Germany</option>' in form
    assert "France" not in form
    page(portal.post(item, WHERE))
    assert not GiftOrder.objects.exists(), "the size is missing"

    said = page(portal.post(item, WHERE | {"variant": "M"}, follow=True))
    assert "You get a mail as soon as it is on its way." in said
    assert "Shirt · M" in said
    assert "will be sent" in said
    assert "next payout" not in said
    order = GiftOrder.objects.get()
    assert address_opened(order.sealed_address) == HOME
    gift_order_send(order=order, actor=sam, note="DHL 0034", now=now)
    assert "DHL 0034" in page(portal.get(reverse("rewards:wallet")))


def test_a_surprise_shows_its_odds_and_asks_where_to_send_what_it_is(
    campaign: Campaign, lena: Contact, now: datetime
) -> None:
    item_of("headphones", now=now, stock=1, needs_address=True)
    item_of("sticker", now=now, stock=0)
    pool = [{"item": "headphones", "weight": 1}, {"item": "sticker", "weight": 199}]
    wanted = {"benefit": "mystery", "amounts": {"piece": 1}, "benefit_settings": {"pool": pool}}
    reward = gift_earned(campaign, friend=BEN, now=now, **wanted)
    portal = signed_in(lena)
    gift = reverse("rewards:gift", args=[reward.public_id])
    looked = page(portal.get(gift))
    assert "100%" in looked, "of what is there"
    assert "Sticker" not in looked
    said = page(portal.post(gift, follow=True))
    assert "It is: Headphones!" in said
    assert "You get a mail" in page(portal.post(gift, WHERE, follow=True))
    reward.refresh_from_db()
    assert reward.status == Reward.Status.APPROVED
    assert "Headphones" in page(portal.get(reverse("rewards:wallet")))


def test_points_are_exchanged_once_however_often_the_form_is_sent(lena: Contact, ada: User, now: datetime) -> None:
    points_given(lena, 1_000, now=now)
    home, points = reverse("campaigns:portal"), reverse("rewards:points")
    portal = signed_in(lena)
    assert points not in page(portal.get(home)), "there is nothing to be had"
    card = card_of("bookshop", "BOOK-1", "BOOK-2", actor=ada, now=now, least=5_000, price=400, price_unit="points")
    assert points in page(portal.get(home))
    assert "1,000 points" in page(portal.get(points))
    item = reverse("rewards:points_item", args=[card.public_id])
    form = portal.get(item).context["form"]
    sent = {"order": form.fields["order"].initial}

    assert "BOOK-1" in page(portal.post(item, sent, follow=True))
    page(portal.post(item, sent, follow=True))
    assert GiftOrder.objects.count() == 1
    assert "BOOK-2" in page(portal.post(item, {"order": "another"}, follow=True))
    assert "cannot be had at the moment" in page(portal.post(item, {"order": "a third"}, follow=True))
    assert GiftOrder.objects.count() == 2


def test_what_is_not_ready_cannot_be_taken_and_says_from_when(
    campaign: Campaign, lena: Contact, ada: User, now: datetime
) -> None:
    card = card_of("bookshop", "BOOK-1", actor=ada, now=now)
    reward = gift_earned(campaign, friend=NOOR, now=now, hold_days=3650)
    portal = signed_in(lena)
    assert "It is yours from" in page(portal.get(reverse("rewards:gift", args=[reward.public_id])))
    item = reverse("rewards:gift_item", args=[reward.public_id, card.public_id])
    assert "is not ready yet" in page(portal.post(item, follow=True))
