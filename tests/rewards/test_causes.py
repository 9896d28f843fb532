"""Donations to good causes: promised, given, sent and called back, to the cent; and how far a fundraiser has come."""

from datetime import date, datetime, timedelta

import pytest
from django.test import Client

from advocates.models import User
from advocates.services.contacts import ContactFacts
from campaigns.models import Campaign, OutboundMessage
from config.lib.money import Money
from referrals.models import ReferralEvent
from referrals.services.events import EventFacts, event_record, refund_record
from rewards.causes import Raised, Sums, raised_by, sums_of, to_review
from rewards.checks import causes_check
from rewards.errors import NotEnoughDonated
from rewards.ledger.check import ledger_problems
from rewards.models import Charity, Fundraiser, Reward
from rewards.services.causes import charity_check, charity_save, donation_note, fundraiser_save
from rewards.services.evaluation import rewards_evaluate
from tests.cast import BEN, NOOR, SOFIA, YUKI
from tests.factories.campaigns import campaign_made
from tests.factories.referrals import enrolled, referred
from tests.factories.rewards import balances, charity_made, rule_of, won

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


@pytest.fixture
def campaign(company: object) -> Campaign:
    return campaign_made()


@pytest.fixture
def rivers(ada: User, now: datetime) -> Charity:
    return charity_made(ada, now)


def donation_rule(campaign: Campaign, now: datetime, recipient: str = "advocate") -> None:
    rule_of(
        campaign,
        now=now,
        key="donation",
        recipient=recipient,
        benefit="donation",
        amounts={"USD": 1_500},
        benefit_settings={"charity": "rivers"},
    )


def sale(campaign: Campaign, now: datetime) -> ReferralEvent:
    return won(referred(enrolled(campaign, now=now), now=now), now=now)


def taken_back(event: ReferralEvent, now: datetime) -> None:
    back = f"back-{event.pk}"
    refund_record(source=event.source, event_id=back, refunds=event.event_id, amount=None, reason="", now=now)
    rewards_evaluate(now)


@pytest.mark.parametrize("recipient", ["advocate", "charity"])
def test_a_donation_stands_for_the_good_cause_until_it_is_sent(
    campaign: Campaign, rivers: Charity, ada: User, now: datetime, recipient: str
) -> None:
    donation_rule(campaign, now, recipient)
    sale(campaign, now)
    reward = Reward.objects.get()
    assert (reward.status, reward.charity) == ("fulfilled", rivers)
    assert (reward.contact is None) == (recipient == "charity")
    assert OutboundMessage.objects.filter(mail="reward_given").exists() == (recipient == "advocate")
    assert sums_of(rivers) == [Sums("USD", promised=0, to_send=1_500, sent=0)]

    with pytest.raises(NotEnoughDonated):
        donation_note(charity=rivers, money=Money(1_501, "USD"), proof="T-1", actor=ada, now=now)
    donation_note(charity=rivers, money=Money(1_000, "USD"), proof="T-2", actor=ada, now=now)
    assert sums_of(rivers) == [Sums("USD", promised=0, to_send=500, sent=1_000)]
    assert balances() == {"funding": -1_500, "donated": 500, "paid": 1_000}
    assert ledger_problems() == []


def test_nobody_asks_a_good_cause_to_return_what_was_sent(
    campaign: Campaign, rivers: Charity, ada: User, now: datetime
) -> None:
    donation_rule(campaign, now)
    enrolment = enrolled(campaign, now=now)
    events = [won(referred(enrolment, now=now, person=person), now=now) for person in (BEN, NOOR, SOFIA)]
    assert sums_of(rivers) == [Sums("USD", promised=0, to_send=4_500, sent=0)]
    donation_note(charity=rivers, money=Money(2_500, "USD"), proof="T-1", actor=ada, now=now)
    taken_back(events[0], now)
    assert sums_of(rivers) == [Sums("USD", promised=0, to_send=500, sent=2_500)]
    taken_back(events[1], now)
    assert sums_of(rivers) == [Sums("USD", promised=0, to_send=500, sent=2_500)]
    assert sorted(Reward.objects.values_list("status", flat=True)) == ["fulfilled", "fulfilled", "reversed"]
    assert balances() == {"funding": -3_000, "donated": 500, "paid": 2_500}
    assert ledger_problems() == []


def test_a_good_cause_that_may_not_be_given_to_gets_nothing_new(
    campaign: Campaign, rivers: Charity, ada: User, now: datetime
) -> None:
    donation_rule(campaign, now, "charity")
    assert causes_check(campaign) == []
    event = sale(campaign, now)
    rivers.is_active = False
    charity_save(charity=rivers, actor=ada, now=now)
    assert len(causes_check(campaign)) == 1
    won(referred(enrolled(campaign, now=now), now=now, person=NOOR), now=now)
    assert Reward.objects.count() == 1
    # What it was given before is not asked back by a part of a refund that leaves the amount as it is.
    refund_record(source=event.source, event_id="a", refunds=event.event_id, amount=Money(1, "USD"), reason="", now=now)
    rewards_evaluate(now)
    assert Reward.objects.get().status == "fulfilled"


def test_a_registration_is_looked_at_again_in_time(rivers: Charity, ada: User, now: datetime) -> None:
    assert list(to_review(date(2027, 10, 1))) == []
    assert list(to_review(date(2027, 10, 20))) == [rivers]
    charity_check(charity=rivers, actor=ada, review_date=date(2028, 11, 1), now=now)
    assert list(to_review(date(2027, 10, 20))) == []


def test_a_fundraiser_of_a_thousand_with_two_gifts_stands_at_fifty_five(
    campaign: Campaign, rivers: Charity, ada: User, now: datetime, client: Client
) -> None:
    fundraiser = Fundraiser(campaign=campaign, charity=rivers, title="A boat for the river", goal=100_000, unit="USD")
    fundraiser_save(fundraiser=fundraiser, actor=ada)
    gifts = [(BEN, 25_000), (NOOR, 30_000), (SOFIA, 10_000)]
    for number, (person, amount) in enumerate(gifts):
        referred(enrolled(campaign, now=now), now=now, person=person)
        facts = EventFacts(
            event_id=f"gift-{number}",
            type="donation",
            occurred_at=now + timedelta(minutes=1),
            friend=ContactFacts(email=person.email),
            amount=Money(amount, "USD"),
        )
        event_record(facts=facts, source="shop", now=now + timedelta(minutes=1))
    refund_record(source="shop", event_id="back", refunds="gift-2", amount=None, reason="", now=now)
    assert raised_by(fundraiser) == Raised(55_000, 2, 55)
    page = client.get(f"/c/{campaign.slug}/").content.decode()
    assert 'value="55"' in page
    assert "$550.00 of $1,000.00" in page

    fundraiser.counts_rewards = True
    donation_rule(campaign, now)
    won(referred(enrolled(campaign, now=now), now=now, person=YUKI), now=now)
    assert raised_by(fundraiser) == Raised(56_500, 2, 56)
