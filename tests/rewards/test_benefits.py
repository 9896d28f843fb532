"""What is given: a choice becomes what was chosen, months and upgrades follow one another, and what comes back does."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from advocates.models import AuditEntry, User
from advocates.services.contacts import ContactFacts
from campaigns.models import Campaign, OutboundMessage
from campaigns.portal.shell import SESSION_KEY
from config.lib.money import Money
from config.lib.months import months_later
from referrals.models import Referral
from referrals.services.events import EventFacts, event_record, refund_record
from referrals.services.referrals import referral_take_back
from rewards.errors import AlreadyChosen, BadRule, NothingToChoose, UnknownOption
from rewards.ledger.check import ledger_problems
from rewards.models import BudgetPeriod, Coupon, Reward
from rewards.services.choosing import reward_choose
from rewards.services.evaluation import rewards_evaluate
from rewards.services.periods import periods_tend
from rewards.services.rewards import reward_decline
from rewards.services.rules import LimitDraft
from tests.cast import BEN, LENA, NOOR, Person, contact_of
from tests.factories.campaigns import campaign_made
from tests.factories.referrals import enrolled, referred
from tests.factories.rewards import balances, budget_of, rule_of, won

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]

MONEY = {"key": "money", "name": "Money", "benefit": "cash"}
CREDIT = {"key": "credit", "name": "Credit with a bonus", "benefit": "credit", "amount": 2_500, "unit": "USD"}
COUPON = {"key": "coupon", "name": "A coupon", "benefit": "coupon", "amount": 1_000, "unit": "percent"}
MONTHS = {
    "key": "months",
    "name": "Free months",
    "benefit": "free_months",
    "amount": 4,
    "unit": "month",
    "settings": {"name": "Premium"},
}


@pytest.fixture
def campaign(company: object) -> Campaign:
    return campaign_made()


def choice_rule(campaign: Campaign, now: datetime, *options: dict[str, Any], **wanted: Any) -> None:
    settings = {"options": list(options) or [MONEY, CREDIT, COUPON, MONTHS]}
    rule_of(campaign, now=now, **{"benefit": "choice", "benefit_settings": settings} | wanted)


def win(campaign: Campaign, now: datetime, friend: Person = BEN) -> Referral:
    referral = referred(enrolled(campaign, now=now), now=now, person=friend)
    won(referral, now=now)
    referral.refresh_from_db()
    return referral


def choose(option: str, now: datetime) -> Reward:
    return reward_choose(reward=Reward.objects.get(), option=option, now=now)


# --- a choice ---------------------------------------------------------------------------------------------------------


def test_a_choice_waits_and_becomes_what_is_chosen_once(campaign: Campaign, now: datetime) -> None:
    choice_rule(campaign, now)
    win(campaign, now)
    reward = Reward.objects.get()
    assert (reward.status, reward.pending_reasons, reward.benefit) == ("pending", ["awaiting_choice"], "choice")
    assert [(option["key"], option["amount"], option["unit"]) for option in reward.options] == [
        ("money", 2_000, "USD"),
        ("credit", 2_500, "USD"),
        ("coupon", 1_000, "percent"),
        ("months", 4, "month"),
    ]
    assert balances() == {"funding": -2_000, "reserved": 2_000}

    with pytest.raises(UnknownOption):
        choose("moon", now)
    reward = choose("credit", now)
    assert (reward.status, reward.benefit, reward.amount, reward.chosen) == ("fulfilled", "credit", 2_500, "credit")
    assert balances() == {"funding": -2_500, "credit": 2_500}
    with pytest.raises(AlreadyChosen):
        choose("money", now)
    assert AuditEntry.objects.filter(verb="reward_choose").count() == 1
    assert ledger_problems() == []


@pytest.mark.parametrize(
    ("option", "status", "books"),
    [
        ("money", "approved", {"funding": -2_000, "owed": 2_000}),
        ("coupon", "fulfilled", {}),
        ("months", "fulfilled", {"funding": -4, "paid": 4}),
    ],
)
def test_what_was_chosen_is_carried_out_and_booked_in_its_own_unit(
    campaign: Campaign, now: datetime, option: str, status: str, books: dict[str, int]
) -> None:
    choice_rule(campaign, now)
    win(campaign, now)
    assert choose(option, now).status == status
    assert balances() == books
    assert Coupon.objects.count() == (option == "coupon")
    assert ledger_problems() == []


def test_one_may_choose_while_the_waiting_time_runs(campaign: Campaign, now: datetime) -> None:
    choice_rule(campaign, now, hold_days=14)
    win(campaign, now)
    assert Reward.objects.get().pending_reasons == ["on_hold", "awaiting_choice"]
    reward = choose("months", now)
    assert (reward.status, reward.pending_reasons, reward.unit) == ("pending", ["on_hold"], "month")
    assert balances() == {"funding": -4, "reserved": 4}


def test_what_was_declined_is_not_to_be_chosen(campaign: Campaign, now: datetime, mira: User) -> None:
    choice_rule(campaign, now)
    win(campaign, now)
    reward_decline(reward=Reward.objects.get(), actor=mira, reason="A test order", now=now)
    with pytest.raises(NothingToChoose):
        choose("money", now)
    assert balances() == {}


def bought(campaign: Campaign, now: datetime) -> Referral:
    """For 100 USD, in the shop."""
    referral = referred(enrolled(campaign, now=now), now=now)
    facts = EventFacts(
        event_id="order-1",
        type="purchase",
        occurred_at=now,
        friend=ContactFacts(email=BEN.email),
        amount=Money(10_000, "USD"),
    )
    event_record(facts=facts, source="shop", now=now)
    rewards_evaluate(now)
    return referral


def refunded(event_id: str, amount: int, now: datetime) -> None:
    refund_record(source="shop", event_id=event_id, refunds="order-1", amount=Money(amount, "USD"), reason="", now=now)
    rewards_evaluate(now)


def test_what_is_chosen_comes_down_with_the_sale_before_and_after_the_choice(campaign: Campaign, now: datetime) -> None:
    share = {"calculator": "percent", "parameters": {"basis_points": 2_000}, "amounts": {}}
    choice_rule(campaign, now, MONEY, CREDIT, MONTHS, hold_days=14, **share)
    bought(campaign, now)
    refunded("back-1", 5_000, now)
    reward = Reward.objects.get()
    assert (reward.amount, [option["amount"] for option in reward.options]) == (1_000, [1_000, 1_250, 2])
    reward = choose("months", now)
    assert (reward.amount, reward.unit, balances()) == (2, "month", {"funding": -2, "reserved": 2})

    refunded("back-2", 2_500, now)
    assert Reward.objects.get().amount == 1
    refunded("back-3", 2_500, now)
    assert Reward.objects.get().status == "cancelled"
    assert balances() == {}
    assert ledger_problems() == []


def test_the_budget_gets_back_what_a_smaller_option_leaves(campaign: Campaign, now: datetime) -> None:
    less = {"key": "less", "name": "Less", "benefit": "credit", "amount": 500, "unit": "USD"}
    choice_rule(campaign, now, MONEY, less, budget=budget_of(campaign, 10_000))
    win(campaign, now)
    choose("less", now)
    assert BudgetPeriod.objects.get().used == 500
    assert balances() == {"funding": -500, "credit": 500}


@pytest.mark.parametrize(
    ("given", "wanted", "sentence"),
    [
        ({"options": [MONEY]}, {}, "at least two"),
        ({"options": [MONEY, MONEY]}, {}, "twice"),
        ({"options": [MONEY, MONTHS | {"unit": "USD"}]}, {}, "cannot be given in the unit"),
        ({"options": [MONEY, MONTHS | {"settings": {}}]}, {}, "“name” is missing"),
        ({"options": [MONEY, {"key": "c", "name": "C", "benefit": "choice"}]}, {}, "no such choice"),
        ({"options": [MONEY, {"key": "a", "name": "A", "benefit": "upgrade", "settings": {"name": "P"}}]}, {}, "USD"),
        ({"options": [MONEY, CREDIT]}, {"limits": [LimitDraft("amount", "advocate", 9_000)]}, "worth more"),
        ({}, {"benefit": "donation", "benefit_settings": {"charity": "moon"}}, "moon"),
        ({}, {"benefit": "service", "benefit_settings": {"name": "Cleaning"}}, "USD"),
        (
            {},
            {"benefit": "upgrade", "benefit_settings": {"name": "A"}, "amounts": {"day": 3}, "recipient": "charity"},
            "good cause",
        ),
    ],
)
def test_what_cannot_be_given_is_said_when_the_rule_is_saved(
    campaign: Campaign, now: datetime, given: dict[str, Any], wanted: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(BadRule) as refusal:
        rule_of(campaign, now=now, **{"benefit": "choice", "benefit_settings": given} | wanted)
    assert sentence in str(refusal.value)


def test_the_portal_offers_the_choice_and_takes_it_once(campaign: Campaign, now: datetime, client: Client) -> None:
    choice_rule(campaign, now)
    win(campaign, now)
    session = client.session
    session[SESSION_KEY] = contact_of(LENA).pk
    session.save()
    url = reverse("rewards:choose", args=[Reward.objects.get().public_id])
    assert url in client.get(reverse("rewards:wallet"), headers={"accept-language": "en"}).content.decode()
    page = client.get(url, headers={"accept-language": "en"}).content.decode()
    assert "4 months free of charge" in page
    assert Reward.objects.get().chosen == ""

    client.post(url, {"option": "months"})
    assert Reward.objects.get().benefit == "free_months"
    client.post(url, {"option": "money"})
    assert Reward.objects.get().benefit == "free_months"
    assert (
        "Free months: “Premium”"
        in client.get(reverse("rewards:wallet"), headers={"accept-language": "en"}).content.decode()
    )

    session[SESSION_KEY] = contact_of(NOOR).pk
    session.save()
    assert client.get(url).status_code == 404


# --- months, upgrades, services ---------------------------------------------------------------------------------------


def test_free_months_follow_one_another(campaign: Campaign, now: datetime) -> None:
    rule_of(campaign, now=now, benefit="free_months", benefit_settings={"name": "Premium"}, amounts={"month": 1})
    win(campaign, now)
    win(campaign, now, friend=NOOR)
    first, second = Reward.objects.order_by("pk")
    assert (first.status, first.starts_at, first.ends_at) == ("fulfilled", now, months_later(now, 1))
    assert (second.starts_at, second.ends_at) == (first.ends_at, months_later(now, 2))
    assert balances() == {"funding": -2, "paid": 2}
    assert "Premium" in OutboundMessage.objects.filter(mail="reward_given").latest("pk").text


def test_an_upgrade_that_has_not_begun_comes_back_and_one_that_runs_ends(campaign: Campaign, now: datetime) -> None:
    rule_of(campaign, now=now, benefit="upgrade", benefit_settings={"name": "Business"}, amounts={"day": 30})
    running, ahead = win(campaign, now), win(campaign, now, friend=NOOR)
    later = now + timedelta(days=3)
    for referral in (ahead, running):
        referral_take_back(referral=referral, actor=None, reason="sent back", now=later)
    rewards_evaluate(later)
    assert Reward.objects.get(referral=ahead).status == "reversed"
    stays = Reward.objects.get(referral=running)
    assert (stays.status, stays.ends_at) == ("fulfilled", later)
    assert balances() == {"funding": -30, "paid": 30}
    assert ledger_problems() == []


def test_who_has_an_upgrade_is_told_before_it_ends_unless_it_goes_on(
    campaign: Campaign, now: datetime, client: Client
) -> None:
    rule_of(campaign, now=now, benefit="upgrade", benefit_settings={"name": "Business"}, amounts={"day": 30})
    win(campaign, now)
    win(campaign, now, friend=NOOR)
    # The first goes on with the second; of that one they are told in its last days, once.
    told = [periods_tend(now + timedelta(days=days))["told"] for days in (1, 20, 40, 50, 50, 61)]
    assert told == [0, 0, 0, 1, 0, 0]
    assert "30 Tage" in OutboundMessage.objects.get(mail="reward_ends").subject
    session = client.session
    session[SESSION_KEY] = contact_of(LENA).pk
    session.save()
    assert "It begins on" in client.get(reverse("rewards:wallet"), headers={"accept-language": "en"}).text


def test_a_service_is_given_and_stays_given(campaign: Campaign, now: datetime) -> None:
    rule_of(campaign, now=now, benefit="service", benefit_settings={"name": "Cleaning"}, amounts={"piece": 1})
    referral = win(campaign, now)
    assert Reward.objects.get().status == "fulfilled"
    referral_take_back(referral=referral, actor=None, reason="sent back", now=now)
    rewards_evaluate(now)
    assert Reward.objects.get().status == "fulfilled"
    assert balances() == {"funding": -1, "paid": 1}


def test_a_month_ends_on_the_same_day_or_on_the_last() -> None:
    assert months_later(datetime(2026, 1, 31, tzinfo=UTC), 1) == datetime(2026, 2, 28, tzinfo=UTC)
    assert months_later(datetime(2026, 11, 15, tzinfo=UTC), 3) == datetime(2027, 2, 15, tzinfo=UTC)


def test_staff_choose_for_somebody_who_called(campaign: Campaign, now: datetime, client: Client, ada: User) -> None:
    choice_rule(campaign, now)
    win(campaign, now)
    reward = Reward.objects.get()
    client.force_login(ada)
    page = reverse("admin:rewards_reward_change", args=[reward.pk])
    assert "Free months (4 months free of charge)" in client.get(page).text
    client.post(reverse("admin:rewards_reward_verb", args=[reward.pk, "choose"]), {"option": "months"})
    chosen = Reward.objects.get()
    assert (chosen.benefit, chosen.events.get(reason="chosen: Free months").actor) == ("free_months", ada)
    assert "Choose for the person" not in client.get(page).text
