"""Picked from the catalogue: cards by code, things by post, causes, surprises; and what points buy."""

from datetime import datetime, timedelta

import pytest
from django.db import connection

from advocates.models import Contact, User
from advocates.services.merging import contacts_merge, merge_undo
from campaigns.models import Campaign, OutboundMessage
from config.lib.money import Money
from config.lib.states import NotAllowed
from referrals.models import Referral
from referrals.services.referrals import referral_take_back
from rewards.addresses import address_opened
from rewards.errors import (
    AddressMissing,
    AlreadyPicked,
    BadCodes,
    BadItem,
    InsufficientCredit,
    NothingToPick,
    NotOffered,
    OutOfStock,
    OwnReward,
)
from rewards.ledger.check import ledger_problems
from rewards.models import Account, CatalogueItem, Charity, GiftCode, GiftOrder, Reward
from rewards.services.catalogue import stock_add
from rewards.services.evaluation import rewards_evaluate
from rewards.services.expiring import reward_expire
from rewards.services.gift_codes import gift_code_of, gift_codes_add
from rewards.services.gift_orders import (
    ADDRESS_KEPT,
    gift_address_set,
    gift_addresses_blank,
    gift_open,
    gift_order_cancel,
    gift_order_send,
    gift_pick,
    points_exchange,
)
from rewards.services.maturing import rewards_mature
from tests.cast import BEN, LENA, NOOR, OMAR, SOFIA, YUKI, contact_of
from tests.factories.campaigns import campaign_made
from tests.factories.gifts import HOME, card_of, gift_earned, item_of, points_given
from tests.factories.rewards import balances

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]

MUG = {"benefit": "merchandise", "amounts": {"piece": 1}, "benefit_settings": {"item": "mug"}}


@pytest.fixture
def campaign(company: object) -> Campaign:
    return campaign_made()


@pytest.fixture
def lena(db: None) -> Contact:
    return contact_of(LENA)


def reasons(reward: Reward) -> list[str]:
    reward.refresh_from_db()
    return reward.pending_reasons


def stock(item: CatalogueItem) -> int | None:
    item.refresh_from_db()
    return item.stock


# --- gift cards -------------------------------------------------------------------------------------------------------


def test_a_card_is_picked_and_its_code_is_there_at_once(campaign: Campaign, ada: User, now: datetime) -> None:
    card = card_of("bookshop", "BOOK-1", "BOOK-2", actor=ada, now=now)
    reward = gift_earned(campaign, friend=BEN, now=now)
    assert reasons(reward) == ["awaiting_choice"]
    assert balances() == {"funding": -5_000, "reserved": 5_000}

    order = gift_pick(reward=reward, item=card, now=now)

    reward.refresh_from_db()
    assert (reward.status, order.status) == ("fulfilled", "sent")
    assert gift_code_of(order) == "BOOK-1"
    assert balances() == {"funding": -5_000, "paid": 5_000}
    mail = OutboundMessage.objects.get(mail="gift_given")
    assert "BOOK-1" not in str(mail.__dict__), "a code is money: no mail carries it"
    with pytest.raises(AlreadyPicked):
        gift_pick(reward=reward, item=card, now=now)
    assert ledger_problems() == []


def test_codes_are_sealed_and_taken_up_once(ada: User, now: datetime) -> None:
    card = card_of("bookshop", "BOOK-1", "BOOK-1", "BOOK-2", actor=ada, now=now)
    again = gift_codes_add(
        item=card, codes=["BOOK-2 ", "", "BOOK-3"], worth=Money(5_000, "USD"), valid_until=None, actor=ada, now=now
    )
    assert (again.added, again.known) == (1, 1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM rewards_giftcode")
        assert "BOOK" not in str(cursor.fetchall())
    for codes, worth in ((["X\0"], Money(5_000, "USD")), ([" "], Money(5_000, "USD")), (["X"], Money(5_000, "EUR"))):
        with pytest.raises(BadCodes):
            gift_codes_add(item=card, codes=codes, worth=worth, valid_until=None, actor=ada, now=now)


def test_without_codes_it_waits_and_goes_on_when_they_are_uploaded(
    campaign: Campaign, ada: User, now: datetime
) -> None:
    card = card_of("bookshop", "BOOK-1", actor=ada, now=now)
    first = gift_earned(campaign, friend=BEN, now=now, benefit_settings={"item": "bookshop"})
    assert first.status == "fulfilled", "there was nothing to ask the person"
    second = gift_earned(campaign, friend=NOOR, now=now)
    assert reasons(second) == ["out_of_stock"]

    uploaded = gift_codes_add(
        item=card, codes=["BOOK-9"], worth=Money(5_000, "USD"), valid_until=None, actor=ada, now=now
    )

    assert uploaded.resumed == 1
    second.refresh_from_db()
    assert second.status == "fulfilled"
    assert gift_code_of(second.gift_order) == "BOOK-9"


def test_what_may_be_picked_goes_by_unit_worth_category_and_country(
    campaign: Campaign, ada: User, now: datetime
) -> None:
    card = card_of("bookshop", "BOOK-1", actor=ada, now=now, category="books")
    others = [
        card_of("in-euro", actor=ada, now=now, unit="EUR"),
        card_of("too-small", actor=ada, now=now, most=4_999),
        card_of("too-large", actor=ada, now=now, least=5_001),
        card_of("abroad", actor=ada, now=now, countries=["US", "GB"], category="books"),
        card_of("garden", actor=ada, now=now, category="garden"),
        item_of("mug", now=now),
    ]
    reward = gift_earned(campaign, friend=BEN, now=now, benefit_settings={"category": "books"})
    for other in others:
        with pytest.raises(NotOffered):
            gift_pick(reward=reward, item=other, now=now)
    CatalogueItem.objects.filter(pk=card.pk).update(is_active=False)
    with pytest.raises(NotOffered):
        gift_pick(reward=reward, item=card, now=now)


def test_nothing_is_picked_before_the_waiting_time_is_over(campaign: Campaign, ada: User, now: datetime) -> None:
    card = card_of("bookshop", "BOOK-1", actor=ada, now=now)
    reward = gift_earned(campaign, friend=BEN, now=now, hold_days=14)
    assert reasons(reward) == ["on_hold", "awaiting_choice"]
    with pytest.raises(NothingToPick):
        gift_pick(reward=reward, item=card, now=now)
    assert not OutboundMessage.objects.filter(mail="reward_to_take").exists()
    rewards_mature(now + timedelta(days=14))
    assert reasons(reward) == ["awaiting_choice"]
    assert OutboundMessage.objects.filter(mail="reward_to_take").count() == 1
    assert gift_pick(reward=reward, item=card, now=now + timedelta(days=14)).status == "sent"


def test_a_card_may_be_given_to_a_good_cause(campaign: Campaign, ada: User, now: datetime) -> None:
    charity = Charity.objects.create(
        key="reef",
        name="Reef Fund",
        description="Corals.",
        country="GB",
        registration_number="1154",
        checked_by=ada,
        checked_at=now,
        review_date=now.date(),
    )
    cause = item_of("reef", now=now, kind="donation", unit="USD", charity=charity, cost=None, cost_unit="")
    reward = gift_earned(campaign, friend=BEN, now=now)
    gift_pick(reward=reward, item=cause, now=now)

    reward.refresh_from_db()
    assert (reward.status, reward.charity) == ("fulfilled", charity)
    assert balances() == {"funding": -5_000, "donated": 5_000}
    assert ledger_problems() == []


# --- things that are sent ---------------------------------------------------------------------------------------------


def test_a_thing_is_sent_to_an_address_that_is_sealed_and_forgotten(
    campaign: Campaign, sam: User, now: datetime
) -> None:
    mug = item_of("mug", now=now, needs_address=True, variants=["red", "blue"], stock=2)
    reward = gift_earned(campaign, friend=BEN, now=now, **MUG)
    with pytest.raises(AddressMissing):
        gift_pick(reward=reward, item=mug, variant="red", now=now)
    with pytest.raises(BadItem):
        gift_pick(reward=reward, item=mug, variant="green", address=HOME, now=now)
    assert stock(mug) == 2

    order = gift_pick(reward=reward, item=mug, variant="red", address=HOME, now=now)
    reward.refresh_from_db()
    assert (reward.status, order.status, stock(mug)) == ("approved", "ordered", 1)
    assert balances() == {"funding": -1, "reserved": 1}
    assert "Seestra" not in order.sealed_address
    assert address_opened(order.sealed_address) == HOME

    gift_order_send(order=order, actor=sam, note="DHL 00340434", now=now)
    reward.refresh_from_db()
    assert (reward.status, reward.fulfilled_at) == ("fulfilled", now)
    assert balances() == {"funding": -1, "paid": 1}
    with pytest.raises(NotAllowed):
        gift_order_send(order=order, actor=sam, note="", now=now)
    assert gift_addresses_blank(now + ADDRESS_KEPT - timedelta(days=1)) == {"blanked": 0}
    assert gift_addresses_blank(now + ADDRESS_KEPT) == {"blanked": 1}
    order.refresh_from_db()
    assert order.sealed_address == ""
    assert ledger_problems() == []


def test_nobody_sends_a_gift_to_themselves(campaign: Campaign, sam: User, lena: Contact, now: datetime) -> None:
    item_of("mug", now=now)
    order = gift_earned(campaign, friend=BEN, now=now, **MUG).gift_order
    sam.contact = lena
    with pytest.raises(OwnReward):
        gift_order_send(order=order, actor=sam, note="", now=now)


def test_stock_never_runs_below_nothing_and_who_waits_is_served_in_turn(
    campaign: Campaign, ada: User, now: datetime
) -> None:
    mug = item_of("mug", now=now, stock=1)
    rewards = [gift_earned(campaign, friend=friend, now=now, **MUG) for friend in (BEN, NOOR, SOFIA)]
    assert [reward.status for reward in rewards] == ["approved", "pending", "pending"]
    assert stock(mug) == 0
    with pytest.raises(OutOfStock):
        gift_pick(reward=rewards[1], item=mug, now=now)
    with pytest.raises(BadItem):
        stock_add(item=mug, count=-1, actor=ada, now=now)

    stock_add(item=mug, count=1, actor=ada, now=now)
    for reward in rewards:
        reward.refresh_from_db()
    assert [reward.status for reward in rewards] == ["approved", "approved", "pending"]
    assert stock(mug) == 0


def test_a_sale_that_goes_away_before_sending_puts_it_back_on_the_shelf(
    campaign: Campaign, ada: User, now: datetime
) -> None:
    mug = item_of("mug", now=now, stock=1)
    reward = gift_earned(campaign, friend=BEN, now=now, **MUG)
    referral = Referral.objects.get()
    referral_take_back(referral=referral, actor=ada, reason="They called it off.", now=now)
    rewards_evaluate(now)

    reward.refresh_from_db()
    order = GiftOrder.objects.get()
    assert (reward.status, order.status, order.reward, stock(mug)) == ("cancelled", "cancelled", None, 1)
    assert balances() == {}


def test_staff_call_an_order_off_with_a_reason(campaign: Campaign, sam: User, now: datetime) -> None:
    mug = item_of("mug", now=now, stock=1)
    order = gift_earned(campaign, friend=BEN, now=now, **MUG).gift_order
    with pytest.raises(NotAllowed):
        gift_order_cancel(order=order, actor=sam, reason=" ", now=now)
    gift_order_cancel(order=order, actor=sam, reason="Broken in the stock room", now=now)
    assert Reward.objects.get().status == "cancelled"
    assert (stock(mug), balances()) == (1, {})


# --- surprises --------------------------------------------------------------------------------------------------------


def test_a_surprise_is_drawn_when_it_is_opened_and_never_a_fourth_of_three(
    campaign: Campaign, lena: Contact, now: datetime
) -> None:
    best = item_of("headphones", now=now, stock=3, needs_address=True)
    pool = [{"item": "headphones", "weight": 1_000}]
    wanted = {"benefit": "mystery", "amounts": {"piece": 1}, "benefit_settings": {"pool": pool}}
    rewards = [gift_earned(campaign, friend=BEN, now=now, **wanted)]
    rewards += [gift_earned(campaign, friend=friend, now=now) for friend in (NOOR, SOFIA)]
    for reward in rewards:
        assert reasons(reward) == ["awaiting_choice"]
        order = gift_open(reward=reward, now=now)
        assert order.item == best
        assert reasons(reward) == ["awaiting_address"]
    fourth = gift_earned(campaign, friend=YUKI, now=now)
    assert reasons(fourth) == ["out_of_stock"]
    with pytest.raises(OutOfStock):
        gift_open(reward=fourth, now=now)
    with pytest.raises(AlreadyPicked):
        gift_open(reward=rewards[0], now=now)

    gift_address_set(reward=rewards[0], address=HOME, now=now)
    rewards[0].refresh_from_db()
    assert rewards[0].status == "approved"
    with pytest.raises(NothingToPick):
        gift_address_set(reward=rewards[0], address=HOME, now=now)
    assert stock(best) == 0


def test_what_was_drawn_and_not_taken_goes_back_on_the_shelf(campaign: Campaign, now: datetime) -> None:
    best = item_of("headphones", now=now, stock=1, needs_address=True)
    pool = [{"item": "headphones", "weight": 1}]
    wanted = {"benefit": "mystery", "amounts": {"piece": 1}, "benefit_settings": {"pool": pool}}
    reward = gift_earned(campaign, friend=BEN, now=now, **wanted)
    gift_open(reward=reward, now=now)
    Reward.objects.update(expires_at=now, warned_at=now)
    assert reward_expire(reward_id=reward.pk, now=now)
    assert (GiftOrder.objects.get().status, stock(best)) == ("cancelled", 1)
    assert balances() == {"funding": -1, "expired": 1}


def test_gifts_go_over_to_the_one_who_stays_and_back(
    campaign: Campaign, lena: Contact, sam: User, now: datetime
) -> None:
    item_of("mug", now=now, price=300, price_unit="points", needs_address=True)
    points_given(lena, 300, now=now)
    mug, omar = CatalogueItem.objects.get(), contact_of(OMAR)
    order, _new = points_exchange(contact=lena, item=mug, order_key="portal:1", address=HOME, now=now)
    merge = contacts_merge(kept=omar, gone=lena, actor=sam, reason="One person", now=now)
    order.refresh_from_db()
    assert order.contact == omar
    gift_order_cancel(order=order, actor=sam, reason="None left", now=now)
    assert Account.objects.get(kind="credit", party_key=omar.public_id).balance == 300
    merge_undo(merge=merge, actor=sam, now=now)
    order.refresh_from_db()
    assert order.contact == lena
    assert ledger_problems() == []


# --- points -----------------------------------------------------------------------------------------------------------


def test_points_buy_at_their_price_once_for_one_key(lena: Contact, ada: User, now: datetime) -> None:
    card = card_of("bookshop", "BOOK-1", "BOOK-2", actor=ada, now=now, least=5_000, price=800, price_unit="points")
    points_given(lena, 1_000, now=now)

    order, is_new = points_exchange(contact=lena, item=card, order_key="shop:1", now=now)
    again, is_new_again = points_exchange(contact=lena, item=card, order_key="shop:1", now=now)

    assert (is_new, is_new_again, again) == (True, False, order)
    assert (order.status, gift_code_of(order)) == ("sent", "BOOK-1")
    assert balances() == {"funding": -1_000, "credit": 200, "paid": 800}
    with pytest.raises(InsufficientCredit):
        points_exchange(contact=lena, item=card, order_key="shop:2", now=now)
    assert GiftCode.objects.filter(order=None).count() == 1, "what could not be paid stays on the shelf"
    assert ledger_problems() == []


def test_points_come_back_when_it_cannot_be_sent(lena: Contact, sam: User, now: datetime) -> None:
    mug = item_of("mug", now=now, stock=1, price=300, price_unit="points")
    points_given(lena, 300, now=now)
    order, _new = points_exchange(contact=lena, item=mug, order_key="portal:1", now=now)
    assert balances() == {"funding": -300, "paid": 300}

    gift_order_cancel(order=order, actor=sam, reason="Sold out after all", now=now)

    assert balances() == {"funding": -300, "credit": 300}
    assert stock(mug) == 1
    assert OutboundMessage.objects.filter(mail="gift_called_off").exists()


def test_what_cannot_be_meant_is_refused_with_a_sentence(ada: User, now: datetime) -> None:
    for wrong in (
        {"kind": "donation", "unit": "USD"},
        {"unit": "USD"},
        {"kind": "gift_card"},
        {"least": 5, "most": 4},
        {"price": 5},
        {"countries": ["Germany"]},
        {"cost_unit": ""},
    ):
        with pytest.raises(BadItem):
            item_of("wrong", now=now, **wrong)
    assert not CatalogueItem.objects.exists()
