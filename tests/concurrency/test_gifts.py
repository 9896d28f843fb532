"""The last mug, the last code, one reward picked for twice, one balance spent twice, some with an unguarded twin."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from threading import Barrier
from typing import Any

import pytest

from advocates.models import Contact, User
from rewards.errors import OutOfStock
from rewards.ledger.check import ledger_problems
from rewards.models import CatalogueItem, GiftCode, GiftOrder
from rewards.services import gift_giving
from rewards.services.catalogue import stock_add
from rewards.services.gift_orders import gift_pick, points_exchange
from tests.cast import BEN, LENA, OMAR, contact_of
from tests.concurrency.race import meet, run_together
from tests.factories.campaigns import campaign_made
from tests.factories.gifts import card_of, gift_earned, item_of, points_given

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("company")]

MEETING_SECONDS = 1.0


def exchanging(contact: Contact, item: CatalogueItem, key: str, now: datetime) -> Callable[[], Any]:
    return partial(points_exchange, contact=contact, item=item, order_key=key, now=now)


def kinds(answers: list[Any]) -> list[str]:
    return sorted(type(answer).__name__ for answer in answers)


@pytest.fixture
def two(now: datetime) -> list[Contact]:
    people = [contact_of(LENA), contact_of(OMAR)]
    for contact in people:
        points_given(contact, 1_000, now=now)
    return people


def stock_taken_unguarded(looked: Barrier) -> Callable[..., None]:
    """Look, then save: the way that the conditional UPDATE stands against."""

    def take(*, item: CatalogueItem, count: int) -> None:
        mine = CatalogueItem.objects.get(pk=item.pk)
        meet(looked, seconds=MEETING_SECONDS)
        if (mine.stock or 0) < count:
            raise OutOfStock("")
        CatalogueItem.objects.filter(pk=item.pk).update(stock=(mine.stock or 0) - count)

    return take


def test_the_last_one_goes_to_one_person(two: list[Contact], now: datetime) -> None:
    mug = item_of("mug", now=now, stock=1, price=300, price_unit="points")
    answers = run_together(*[exchanging(contact, mug, contact.public_id, now) for contact in two])

    assert kinds(answers) == ["OutOfStock", "tuple"]
    mug.refresh_from_db()
    assert (mug.stock, GiftOrder.objects.count()) == (0, 1)
    assert ledger_problems() == []


def test_without_the_guard_one_mug_is_promised_twice(
    two: list[Contact], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    mug = item_of("mug", now=now, stock=1, price=300, price_unit="points")
    monkeypatch.setattr(gift_giving, "stock_take", stock_taken_unguarded(Barrier(2)))
    answers = run_together(*[exchanging(contact, mug, contact.public_id, now) for contact in two])
    assert kinds(answers) == ["tuple", "tuple"]
    assert GiftOrder.objects.count() == 2


def code_taken_unguarded(looked: Barrier) -> Callable[..., GiftCode]:
    def take(*, order: GiftOrder, now: datetime) -> GiftCode:
        code = GiftCode.objects.filter(item=order.item, order=None).earliest("pk")
        meet(looked, seconds=MEETING_SECONDS)
        GiftCode.objects.filter(pk=code.pk).update(order=order)
        return code

    return take


def test_the_last_code_goes_to_one_person(two: list[Contact], ada: User, now: datetime) -> None:
    card = card_of("bookshop", "BOOK-1", actor=ada, now=now, least=5_000, price=300, price_unit="points")
    answers = run_together(*[exchanging(contact, card, contact.public_id, now) for contact in two])

    assert kinds(answers) == ["OutOfStock", "tuple"]
    assert GiftCode.objects.get().order == GiftOrder.objects.get()


def test_without_the_guard_two_read_the_same_code(
    two: list[Contact], ada: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = card_of("bookshop", "BOOK-1", actor=ada, now=now, least=5_000, price=300, price_unit="points")
    monkeypatch.setattr(gift_giving, "code_take", code_taken_unguarded(Barrier(2)))
    answers = run_together(*[exchanging(contact, card, contact.public_id, now) for contact in two])
    assert kinds(answers) == ["tuple", "tuple"], "both were told that it is theirs"


def test_one_reward_is_picked_for_once(ada: User, now: datetime) -> None:
    card = card_of("bookshop", "BOOK-1", "BOOK-2", actor=ada, now=now)
    reward = gift_earned(campaign_made(), friend=BEN, now=now)
    picking = partial(gift_pick, reward=reward, item=card, now=now)
    answers = run_together(picking, picking, picking)

    assert kinds(answers) == ["AlreadyPicked", "AlreadyPicked", "GiftOrder"]
    assert GiftCode.objects.filter(order=None).count() == 1
    assert ledger_problems() == []


def test_a_balance_is_spent_once(now: datetime) -> None:
    mug = item_of("mug", now=now, stock=5, price=300, price_unit="points")
    lena = contact_of(LENA)
    points_given(lena, 400, now=now)
    answers = run_together(*[exchanging(lena, mug, f"portal:{number}", now) for number in range(3)])

    assert kinds(answers) == ["InsufficientCredit", "InsufficientCredit", "tuple"]
    mug.refresh_from_db()
    assert mug.stock == 4, "what could not be paid went back on the shelf"
    assert ledger_problems() == []


def test_one_form_sent_twice_at_once_is_one_order(now: datetime) -> None:
    mug = item_of("mug", now=now, stock=5, price=300, price_unit="points")
    lena = contact_of(LENA)
    points_given(lena, 1_000, now=now)
    answers = run_together(*[exchanging(lena, mug, "portal:one", now) for _time in range(3)])

    assert sorted(is_new for _order, is_new in answers) == [False, False, True]
    assert len({order.pk for order, _is_new in answers}) == 1
    mug.refresh_from_db()
    assert mug.stock == 4


def test_stock_that_comes_while_it_is_taken_is_not_lost(two: list[Contact], ada: User, now: datetime) -> None:
    mug = item_of("mug", now=now, stock=5, price=300, price_unit="points")
    more = partial(stock_add, item=mug, count=10, actor=ada, now=now)
    run_together(more, *[exchanging(contact, mug, contact.public_id, now) for contact in two])
    mug.refresh_from_db()
    assert mug.stock == 13
