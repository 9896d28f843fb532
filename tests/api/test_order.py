"""News of one friend in every order, through the API: what counts in the end does not depend on it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from advocates.models import Contact
from campaigns.models import Campaign, Enrolment
from config.lib import clock
from config.lib.money import Money
from referrals.models import EarlyRefund, Referral, ReferralEvent
from referrals.services.events import early_refunds_settle
from referrals.services.referrals import referral_move, referral_review, referral_take_back
from tests.api.conftest import Call
from tests.cast import BEN, NOOR, OMAR
from tests.factories.campaigns import campaign_made
from tests.factories.referrals import enrolled, referred

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    return clock.now()


@pytest.fixture
def link(campaign: Campaign, now: datetime) -> Enrolment:
    """Lena's."""
    return enrolled(campaign, now=now)


@pytest.fixture
def ben(link: Enrolment, now: datetime) -> Referral:
    return referred(link, now=now)


def sale(number: int = 1, *, ago: timedelta = timedelta(minutes=1), **changes: Any) -> dict[str, Any]:
    return {
        "event_id": f"order-{number}",
        "type": "purchase",
        "occurred_at": (clock.now() - ago).isoformat(),
        "friend": {"email": BEN.email},
        "amount": 5_000,
        "currency": "USD",
    } | changes


def told(call: Call, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = call("post", path, body)
    assert answer.status_code in (200, 201, 202), answer.content
    found: dict[str, Any] = answer.json()
    return found


def submitted(call: Call, link: Enrolment, **friend: Any) -> dict[str, Any]:
    body = {"referral_code": link.code, "friend": {"email": BEN.email, **friend}}
    return told(call, f"campaigns/{link.campaign.slug}/referrals", body)


def name_of(event: ReferralEvent) -> str:
    return "deal" if event.source == ReferralEvent.CONSOLE else event.event_id


def how_it_stands() -> dict[str, Any]:
    referral = Referral.objects.get()
    events = referral.events.exclude(type__in=[*ReferralEvent.OWN_TYPES])
    return {
        "status": referral.status,
        "is_confirmed": referral.is_confirmed,
        "numbers": sorted((name_of(event), event.sequence) for event in events),
        "won_by": sorted(events.filter(status_to="converted").values_list("event_id", flat=True)),
        "bought": Contact.objects.get(pk=referral.friend_id).purchases_count,
    }


# --- in every order -----------------------------------------------------------------------------------------------


NEWS: dict[str, Callable[[Call, Enrolment], Any]] = {
    "submitted": lambda shop, link: submitted(shop, link, name=BEN.name),
    "signup": lambda shop, _link: told(shop, "events", sale(1, type="signup", amount=None, currency=None)),
    "sale": lambda shop, _link: told(shop, "events", sale(2)),
    "refund": lambda shop, _link: told(shop, "refunds", {"event_id": "back-2", "refunds": "order-2"}),
}


@pytest.mark.parametrize("order", list(permutations(NEWS)), ids="-".join)
def test_the_order_of_news_decides_nothing(call: Call, link: Enrolment, order: tuple[str, ...]) -> None:
    for name in order:
        NEWS[name](call, link)

    stands = how_it_stands()
    assert (stands["is_confirmed"], stands["bought"]) == (False, 0)
    assert ("order-1", 1) in stands["numbers"]
    assert Referral.objects.get().events.filter(type="refund").count() == 1
    told(call, "events", sale(3))
    assert how_it_stands()["is_confirmed"]
    assert ("order-3", 1) in how_it_stands()["numbers"]


@pytest.mark.parametrize("order", list(permutations(["submitted", "signup", "sale"])), ids="-".join)
def test_each_told_twice_counts_once(call: Call, link: Enrolment, order: tuple[str, ...]) -> None:
    for name in order:
        NEWS[name](call, link)
        if name != "submitted":
            NEWS[name](call, link)

    assert how_it_stands() == {
        "status": "converted",
        "is_confirmed": True,
        "numbers": [("order-1", 1), ("order-2", 1)],
        "won_by": ["order-2"],
        "bought": 1,
    }


# --- before the referral ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ago", "counts"),
    [
        (timedelta(hours=1), True),
        (timedelta(hours=23, minutes=59), True),
        (timedelta(days=1, minutes=1), False),
        (timedelta(days=89), False),
    ],
    ids=["an hour", "nearly a day", "more than a day", "long ago"],
)
@pytest.mark.parametrize("is_told_first", [True, False])
def test_a_sale_up_to_a_day_before_counts_whenever_it_is_told(
    call: Call,
    link: Enrolment,
    ago: timedelta,
    counts: bool,
    is_told_first: bool,
) -> None:
    Campaign.objects.update(known_customers="accept")
    if is_told_first:
        told(call, "events", sale(ago=ago))
    submitted(call, link)
    answer = told(call, "events", sale(ago=ago))

    assert (answer["referral"] is not None, answer["duplicate"]) == (counts, is_told_first)
    assert Referral.objects.get().is_confirmed is counts


def test_who_bought_more_than_a_day_before_is_a_customer(call: Call, link: Enrolment) -> None:
    told(call, "events", sale(ago=timedelta(days=2)))
    answer = call(
        "post",
        f"campaigns/{link.campaign.slug}/referrals",
        {"referral_code": link.code, "friend": {"email": BEN.email}},
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "existing_customer")


def test_what_joins_says_so_and_is_looked_at_again(call: Call, link: Enrolment) -> None:
    event = told(call, "events", sale())
    body = submitted(call, link)

    joined = ReferralEvent.objects.get(type="joined")
    assert joined.metadata == {"events": [event["id"]]}
    assert (body["status"], call("get", f"referrals/{body['id']}").json()["status"]) == ("converted", "converted")
    assert ReferralEvent.objects.get(event_id="order-1").referral == joined.referral


def test_an_event_of_another_campaign_does_not_join(call: Call, link: Enrolment, now: datetime) -> None:
    other = campaign_made()
    told(call, "events", sale(campaign=other.slug))
    submitted(call, link)

    assert Referral.objects.get().status == "submitted"
    assert not ReferralEvent.objects.filter(type="joined").exists()


def test_an_event_joins_one_campaign_only(call: Call, link: Enrolment, now: datetime) -> None:
    told(call, "events", sale())
    first = submitted(call, link)
    second = submitted(call, enrolled(campaign_made(), now=now))

    assert (first["status"], second["status"]) == ("converted", "submitted")


def test_with_a_code_the_sale_that_bore_it_wins_and_the_earlier_signup_joins(call: Call, link: Enrolment) -> None:
    told(call, "events", sale(1, type="signup", amount=None, currency=None, ago=timedelta(hours=2)))
    answer = told(call, "events", sale(2, referral_code=link.code))

    assert answer["attribution"]["method"] == "code"
    assert how_it_stands()["numbers"] == [("order-1", 1), ("order-2", 1)]
    assert how_it_stands()["won_by"] == ["order-2"]


def test_a_late_sale_with_a_code_brings_those_after_it_along(call: Call, link: Enrolment) -> None:
    told(call, "events", sale(2, ago=timedelta(days=10)))
    told(call, "events", sale(1, ago=timedelta(days=30), referral_code=link.code))

    stands = how_it_stands()
    assert (stands["won_by"], stands["numbers"]) == (["order-1"], [("order-1", 1), ("order-2", 2)])


def test_who_bought_before_the_sale_with_the_code_is_a_customer(call: Call, link: Enrolment) -> None:
    told(call, "events", sale(1, ago=timedelta(hours=3)))
    told(call, "events", sale(2, referral_code=link.code))

    assert not Referral.objects.exists()
    assert ReferralEvent.objects.get(event_id="order-2").reason == "existing_customer"


def test_one_referral_tells_who_was_in_question(call: Call, link: Enrolment) -> None:
    body = submitted(call, link)
    lena = {"referral_code": link.code, "method": "code", "channel": "", "won": True, "code": "code", "values": {}}

    assert call("get", f"referrals/{body['id']}").json()["attribution"]["candidates"] == [lena]
    assert call("get", "referrals").json()["items"][0]["attribution"]["candidates"] == []


# --- several campaigns --------------------------------------------------------------------------------------------


def test_a_code_of_another_campaign_makes_a_second_referral_there(call: Call, link: Enrolment, now: datetime) -> None:
    submitted(call, link)
    other = enrolled(campaign_made(), now=now, person=OMAR)
    answer = told(call, "events", sale(referral_code=other.code))

    assert Referral.objects.get(public_id=answer["referral"]).campaign == other.campaign
    assert Referral.objects.get(campaign=link.campaign).status == "submitted"
    later = told(call, "events", sale(2, campaign=link.campaign.slug, ago=timedelta(0)))
    assert Referral.objects.get(public_id=later["referral"]).campaign == link.campaign


# --- refunds before their sale ------------------------------------------------------------------------------------


def refund(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {"event_id": f"back-{number}", "refunds": "order-1"} | changes


def test_an_early_refund_waits_under_the_id_of_its_event(call: Call, link: Enrolment) -> None:
    submitted(call, link)
    waits = told(call, "refunds", refund(amount=2_000, currency="USD"))
    again = call("post", "refunds", refund(amount=2_000, currency="USD"))
    assert waits | {"duplicate": True} == again.json()
    assert (again.status_code, waits["referral"], waits["waiting"]) == (200, None, True)

    told(call, "events", sale())
    after = call("post", "refunds", refund(amount=2_000, currency="USD"))

    assert (after.status_code, after.json()["id"], after.json()["waiting"]) == (200, waits["id"], False)
    assert after.json()["referral"] == Referral.objects.get().public_id
    assert how_it_stands()["is_confirmed"]


@pytest.mark.parametrize(
    "other",
    [
        ("refunds", refund(refunds="order-9")),
        ("refunds", refund(amount=1, currency="USD")),
        ("events", {"event_id": "back-1", "type": "purchase", "friend": {"email": BEN.email}}),
    ],
    ids=["of another sale", "of another amount", "as a sale"],
)
def test_the_id_of_an_early_refund_means_one_thing(call: Call, company: object, other: tuple[str, Any]) -> None:
    told(call, "refunds", refund())
    answer = call("post", *other)

    assert (answer.status_code, answer.json()["code"]) == (409, "event_id_reused")


def test_an_early_refund_may_not_bear_the_id_of_an_event(call: Call, company: object) -> None:
    told(call, "events", sale(7))
    answer = call("post", "refunds", refund(event_id="order-7", refunds="order-9"))

    assert (answer.status_code, answer.json()["code"]) == (409, "event_id_reused")


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"amount": 5_001, "currency": "USD"}, "refund_too_large"),
        ({"amount": 1, "currency": "EUR"}, "currency_mismatch"),
    ],
)
def test_a_sale_is_never_refused_for_a_refund_that_does_not_fit(
    call: Call,
    company: object,
    asked: dict[str, Any],
    code: str,
) -> None:
    told(call, "refunds", refund(**asked))
    told(call, "events", sale())

    assert EarlyRefund.objects.get().refused == code
    assert Contact.objects.get().lifetime_amount == 5_000


def test_two_early_refunds_come_in_their_order(call: Call, company: object) -> None:
    told(call, "refunds", refund(1, amount=4_000, currency="USD"))
    told(call, "refunds", refund(2))
    told(call, "events", sale())

    assert list(ReferralEvent.objects.filter(type="refund").values_list("amount", flat=True)) == [4_000, 1_000]


def test_a_refund_that_no_sale_follows_is_given_up_after_90_days(call: Call, now: datetime) -> None:
    told(call, "refunds", refund(reason="Ben sent it back"))

    assert early_refunds_settle(now + timedelta(days=89)) == {"settled": 0, "missed": 0}
    assert early_refunds_settle(clock.now() + timedelta(days=90, seconds=1)) == {"settled": 0, "missed": 1}
    assert (EarlyRefund.objects.get().refused, EarlyRefund.objects.get().reason) == ("no_sale", "")


def test_the_sweep_finds_a_refund_told_at_the_moment_of_its_sale(call: Call, company: object, now: datetime) -> None:
    told(call, "refunds", refund())
    EarlyRefund.objects.update(refunds="order-9")
    told(call, "events", sale())
    EarlyRefund.objects.update(refunds="order-1")

    assert early_refunds_settle(now) == {"settled": 1, "missed": 0}
    assert Contact.objects.get().purchases_count == 0


# --- confirmed friends and revival --------------------------------------------------------------------------------


def test_confirmed_friends_are_counted_in_the_order_of_recording(
    call: Call, link: Enrolment, now: datetime, maya: Any
) -> None:
    for person in (BEN, NOOR):
        referred(link, now=now, person=person)
    ben, noor = Referral.objects.order_by("pk")

    def last() -> int:
        return ReferralEvent.objects.latest("pk").confirmed_count

    counts = []
    for step in (
        lambda: told(call, "events", sale(1)),
        lambda: told(call, "events", sale(2, friend={"email": NOOR.email})),
        lambda: told(call, "events", sale(3)),
        lambda: told(call, "refunds", refund()),
        lambda: told(call, "events", sale(4, friend={"email": NOOR.email})),
        lambda: told(call, "events", sale(5)),
        lambda: referral_take_back(referral=Referral.objects.get(pk=ben.pk), actor=maya, reason="Wrong", now=now),
        lambda: referral_move(referral=Referral.objects.get(pk=ben.pk), to="converted", actor=maya, now=now),
        lambda: referral_review(
            referral=Referral.objects.get(pk=noor.pk), honest="refused", actor=maya, reason="No", now=now
        ),
    ):
        step()
        counts.append(last())
    assert counts == [1, 2, 2, 1, 1, 2, 1, 2, 1]


def test_the_next_sale_wins_again_what_was_wholly_taken_back(call: Call, link: Enrolment) -> None:
    submitted(call, link)
    told(call, "events", sale(1))
    told(call, "refunds", refund(amount=2_000, currency="USD"))
    assert how_it_stands()["is_confirmed"]
    told(call, "refunds", refund(2))
    assert (how_it_stands()["status"], how_it_stands()["is_confirmed"]) == ("converted", False)

    told(call, "events", sale(2, amount=7_000))

    referral = Referral.objects.get()
    assert (referral.is_confirmed, referral.deal_amount) == (True, 7_000)
    assert how_it_stands()["won_by"] == ["order-1", "order-2"]
    assert how_it_stands()["numbers"] == [("order-1", 1), ("order-2", 1)]


def test_a_later_sale_that_went_back_leaves_it_confirmed(call: Call, link: Enrolment) -> None:
    submitted(call, link)
    told(call, "events", sale(1))
    told(call, "events", sale(2))
    told(call, "refunds", refund(refunds="order-2"))

    assert how_it_stands()["is_confirmed"]
    assert how_it_stands()["won_by"] == ["order-1"]


def test_a_deal_is_gone_with_the_sale_that_proved_it(call: Call, ben: Referral, maya: Any, now: datetime) -> None:
    referral_move(referral=ben, to="converted", actor=maya, now=now, deal=Money(5_000, "USD"))
    told(call, "events", sale(1))
    told(call, "refunds", refund())
    assert not how_it_stands()["is_confirmed"]

    told(call, "events", sale(2))

    assert how_it_stands()["is_confirmed"]
    assert how_it_stands()["numbers"] == [("deal", 1), ("order-1", 0), ("order-2", 1)]


def test_who_was_found_not_honest_is_not_won_again(call: Call, ben: Referral, maya: Any, now: datetime) -> None:
    told(call, "events", sale(1))
    referral_review(referral=Referral.objects.get(), honest="refused", actor=maya, reason="Same person", now=now)
    told(call, "events", sale(2))

    assert not how_it_stands()["is_confirmed"]
    assert how_it_stands()["won_by"] == ["order-1"]
