"""What rules may know of an event, and which events there are. What they make of it is tested without a database."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from advocates.models import CircleChoice, CircleLevel, Contact, NpsAnswer, Purchase, User
from advocates.services.contacts import ContactFacts
from advocates.services.nps import nps_record
from campaigns.models import Campaign
from campaigns.services.enrolments import share_record
from config.lib.money import Money
from referrals.models import Referral, ReferralEvent
from referrals.services.events import EventFacts, event_record, refund_record
from referrals.services.referrals import Entry, friend_claim, referral_move
from rewards.models import Coupon, Evaluation, Reward
from rewards.quotes import quote
from rewards.rules.facts import Facts, Item, Tier, Value
from rewards.services.evaluation import rewards_evaluate
from rewards.services.rules import ConditionDraft, RuleDraft, rule_save
from rewards.services.tiers import tier_save
from rewards.triggers import EVENT_SOURCES, known
from tests.advocates.segment_people import segment_made
from tests.cast import BEN, NOOR, Person, contact_of
from tests.factories.campaigns import campaign_made
from tests.factories.referrals import enrolled, referred
from tests.factories.rewards import friend_coupon, rule_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]

DAY = timedelta(days=1)


@pytest.fixture
def campaign(company: object) -> Campaign:
    return campaign_made()


def told(event_type: str, *, now: datetime, number: int = 1, person: Person = BEN, **facts: Any) -> ReferralEvent:
    """Another system tells of somebody."""
    event = EventFacts(
        event_id=f"{event_type}-{number}",
        type=event_type,
        occurred_at=now,
        friend=ContactFacts(email=person.email),
        **facts,
    )
    return event_record(facts=event, source="shop", now=now).event


def facts_of(event: ReferralEvent, now: datetime) -> Facts:
    occasion = EVENT_SOURCES["referral_event"].load(event.pk)
    assert occasion
    return known(occasion, now)[0].facts


def asking(campaign: Campaign, *conditions: ConditionDraft, now: datetime, trigger: str = "purchase") -> None:
    rule_of(campaign, now=now, key="asking", trigger=trigger, conditions=conditions)


# --- facts ------------------------------------------------------------------------------------------------------------


def test_the_sale_is_known_line_by_line(campaign: Campaign, now: datetime) -> None:
    referred(enrolled(campaign, now=now), now=now)
    items = [{"product": "plus", "quantity": 12, "amount": 900, "sku": "P-1"}, {"product": "starter"}]
    event = told("purchase", now=now, amount=Money(9_900, "USD"), items=items, region="Leeds", metadata={"agents": 3})
    facts = facts_of(event, now)
    assert facts.items == (Item("plus", 12, 900, "P-1"), Item("starter"))
    assert (facts.region, facts.metadata, facts.event_type) == ("Leeds", {"agents": 3}, "purchase")
    assert (facts.value, facts.sequence, facts.days_since_signup) == (Value(9_900, "USD"), 1, 0)
    assert facts.triggers == {"purchase", "converted"}


def test_events_are_counted_in_the_order_in_which_they_were_recorded(campaign: Campaign, now: datetime) -> None:
    asking(campaign, ConditionDraft("events_at_least", {"type": "visit", "count": 2}), now=now)
    referred(enrolled(campaign, now=now), now=now)
    for number in (1, 2, 3):
        told("visit", now=now, number=number)
    refund_record(source="shop", event_id="back", refunds="visit-2", amount=None, reason="", now=now)
    purchase = told("purchase", now=now, amount=Money(100, "USD"))
    told("visit", now=now, number=4)
    assert facts_of(purchase, now).counts == {"visit": 2}


@pytest.mark.parametrize(
    ("bought", "since", "is_new", "last"),
    [
        ([], None, True, None),
        ([datetime(2026, 3, 31, 23, 30, tzinfo=UTC)], None, False, date(2026, 4, 1)),
        ([], date(2025, 1, 2), False, date(2025, 1, 2)),
    ],
    ids=["never", "a purchase, on the campaign's day", "somebody told so"],
)
def test_when_the_friend_had_bought_last(
    bought: list[datetime], since: date | None, is_new: bool, last: date | None, now: datetime
) -> None:
    campaign = campaign_made(time_zone="Europe/Oslo", known_customers="accept")
    asking(campaign, ConditionDraft("not_customer_for", {"months": 6}), ConditionDraft("friend_is_new"), now=now)
    referral = referred(enrolled(campaign, now=now), now=now)
    Contact.objects.filter(pk=referral.friend_id).update(customer_since=since)
    for number, at in enumerate(bought):
        Purchase.objects.create(
            contact=referral.friend, source="till", external_id=str(number), occurred_at=at, amount=1, unit="USD"
        )
    facts = facts_of(told("purchase", now=now + DAY, amount=Money(100, "USD")), now)
    assert (facts.friend_is_new, facts.friend_last_bought) == (is_new, last)


def test_how_the_advocate_stands_is_known_where_a_rule_asks(campaign: Campaign, maya: User, now: datetime) -> None:
    tier_save(campaign=campaign, key="bronze", name="Bronze", from_confirmed=0, actor=None)
    tier_save(campaign=campaign, key="silver", name="Silver", from_confirmed=1, multiplier=12_500, actor=None)
    level = CircleLevel.objects.create(name="Ambassadors", rank=1)
    promoters = segment_made("Promoters", ("nps", "is", "promoter"), now=now)
    asking(
        campaign,
        ConditionDraft("advocate_tier", {"tiers": ["silver"]}),
        ConditionDraft("circle_level", {"levels": ["Ambassadors"]}),
        ConditionDraft("advocate_segment", {"segment": promoters.public_id}),
        now=now,
    )
    enrolment = enrolled(campaign, now=now)
    referred(enrolment, now=now)
    CircleChoice.objects.create(contact=enrolment.contact, status="member", level=level, chosen_by=maya, chosen_at=now)
    Contact.objects.filter(pk=enrolment.contact_id).update(
        nps_score=10, nps_at=now, relation="partner", purchases_count=4
    )
    first = told("purchase", now=now, amount=Money(100, "USD"))
    second = told("purchase", now=now, number=2, amount=Money(100, "USD"))

    stood = facts_of(first, now).parties["advocate"]
    assert stood.tier == Tier("bronze", 0)
    assert (stood.circle_level, stood.segments) == ("Ambassadors", frozenset({promoters.public_id}))
    assert (stood.relation, stood.purchases) == ("partner", 4)
    assert facts_of(second, now).parties["advocate"].tier == Tier("silver", 1, 12_500)
    # An event that triggers no such rule asks for nothing of it.
    assert facts_of(told("visit", now=now), now).parties["advocate"].tier is None


def test_a_draw_is_the_same_at_each_look_and_another_for_each_event(campaign: Campaign, now: datetime) -> None:
    referred(enrolled(campaign, now=now), now=now)
    event, other = told("visit", now=now), told("visit", now=now, number=2)
    draws = [facts_of(one, now).draw for one in (event, event, other)]
    assert draws[0] == draws[1] != draws[2]
    assert draws[0] > 10**6


def test_an_event_with_plain_rules_is_read_in_two_statements(campaign: Campaign, now: datetime) -> None:
    rule_of(campaign, now=now, conditions=[ConditionDraft("first")])
    referred(enrolled(campaign, now=now), now=now)
    rewards_evaluate(now)
    event = told("visit", now=now)
    facts_of(event, now)  # the process remembers the rules from now on
    with CaptureQueriesContext(connection) as asked:
        facts_of(event, now)
    assert len(asked) == 2, [query["sql"][:90] for query in asked]


def test_remembered_rules_are_dropped_as_soon_as_one_changes(campaign: Campaign, now: datetime) -> None:
    def amounts() -> list[int]:
        return [rule.amounts["USD"] for rule in quote(campaign=campaign, at=now).rules]

    rule_of(campaign, now=now)
    assert amounts() == [2_000]
    with CaptureQueriesContext(connection) as asked:
        amounts()
    assert len(asked) == 1
    rule_of(campaign, now=now, amounts={"USD": 500})
    assert amounts() == [500]
    stood = quote(campaign=campaign, at=now).rows["advocate-credit"]
    stood.hold_days = 99
    assert quote(campaign=campaign, at=now).rows["advocate-credit"].hold_days == 0


# --- triggers ---------------------------------------------------------------------------------------------------------


def earned(campaign: Campaign, now: datetime) -> list[tuple[str, str]]:
    rewards_evaluate(now)
    return list(Reward.objects.filter(campaign=campaign).order_by("pk").values_list("rule_key", "recipient_kind"))


@pytest.mark.parametrize("trigger", ["enrolled", "shared", "claimed", "contacted", "qualified", "converted", "visit"])
def test_each_step_is_a_trigger(campaign: Campaign, maya: User, trigger: str, now: datetime) -> None:
    rule_of(campaign, now=now, key=trigger, trigger=trigger)
    enrolment = enrolled(campaign, now=now)
    share_record(enrolment=enrolment, channel="whatsapp", now=now)
    entry = Entry(enrolment=enrolment, source="landing", method=Referral.Method.CODE)
    claim = friend_claim(entry=entry, friend=ContactFacts(email=BEN.email, name=BEN.name), now=now)
    assert claim.referral
    for step in ("contacted", "qualified"):
        referral = Referral.objects.get(pk=claim.referral.pk)
        referral_move(referral=referral, to=step, actor=maya, now=now)
    told("visit", now=now)
    referral = Referral.objects.get(pk=claim.referral.pk)
    referral_move(referral=referral, to="converted", actor=maya, now=now, deal=Money(1_000, "USD"))
    assert earned(campaign, now) == [(trigger, "advocate")]


@pytest.mark.parametrize(("score", "count"), [(9, 1), (8, 0)])
def test_an_answer_to_the_survey_is_a_trigger(campaign: Campaign, score: int, count: int, now: datetime) -> None:
    enrolment = enrolled(campaign_made(), now=now - DAY)
    enrolled(campaign, now=now)
    at_least = ConditionDraft("fact_at_least", {"name": "score", "value": 9})
    rule_of(campaign, now=now, key="thanks", trigger="nps_answered", conditions=[at_least])
    answered(enrolment.contact, score, now=now)
    assert len(earned(campaign, now)) == count


def test_who_recommends_nothing_and_what_a_file_knows_earn_nothing(campaign: Campaign, now: datetime) -> None:
    answer = answered(contact_of(NOOR), 10, now=now)
    enrolment = enrolled(campaign, now=now)
    rule_of(campaign, now=now, key="thanks", trigger="nps_answered")
    old = answered(enrolment.contact, 10, via="import", now=now)
    assert earned(campaign, now) == []
    [step] = Evaluation.objects.get(source="nps_answer", source_id=answer.pk).trace
    assert step["steps"][0]["code"] == "no_campaign"
    assert not Evaluation.objects.filter(source="nps_answer", source_id=old.pk).exists()


def answered(contact: Contact, score: int, *, now: datetime, via: str = "api") -> NpsAnswer:
    answer, _is_new = nps_record(
        contact=contact,
        score=score,
        via=via,
        source="shop",
        event_id=f"nps-{contact.pk}-{via}",
        occurred_at=now,
        now=now,
    )
    return answer


@pytest.mark.parametrize(
    ("change", "person", "count"),
    [
        ({}, BEN, 1),
        ({"status": "expired"}, BEN, 0),
        ({"expires_at": datetime(2026, 1, 1, tzinfo=UTC)}, BEN, 0),
        ({}, NOOR, 0),
    ],
    ids=["good", "over", "run out before the purchase", "somebody else's"],
)
def test_a_coupon_of_ours_that_was_good_is_a_trigger(
    campaign: Campaign, change: dict[str, Any], person: Person, count: int, now: datetime
) -> None:
    friend_coupon(campaign, now=now)
    rule_of(campaign, now=now, key="redeemed", trigger="coupon_redeemed", amounts={"USD": 1_500})
    entry = Entry(enrolment=enrolled(campaign, now=now), source="landing", method=Referral.Method.CODE)
    friend_claim(entry=entry, friend=ContactFacts(email=BEN.email, name=BEN.name), now=now)
    rewards_evaluate(now)
    Coupon.objects.update(**change)
    told("purchase", now=now, person=person, coupon=Coupon.objects.get().code, amount=Money(5_000, "USD"))
    rewards_evaluate(now)
    assert Reward.objects.filter(rule_key="redeemed", recipient_kind="advocate").count() == count


def test_a_refund_takes_back_a_part_of_the_sale_and_nobodys_standing(campaign: Campaign, now: datetime) -> None:
    promoters = segment_made("Promoters", ("nps", "is", "promoter"), now=now)
    draft = RuleDraft(
        key="share",
        trigger="purchase",
        recipient="advocate",
        benefit="credit",
        calculator="percent",
        parameters={"basis_points": 1_000},
        conditions=[ConditionDraft("advocate_segment", {"segment": promoters.public_id})],
    )
    rule_save(campaign=campaign, draft=draft, actor=None, now=now - DAY)
    enrolment = enrolled(campaign, now=now)
    Contact.objects.filter(pk=enrolment.contact_id).update(nps_score=10, nps_at=now)
    referred(enrolment, now=now)
    told("purchase", now=now, amount=Money(10_000, "USD"))
    rewards_evaluate(now)
    Contact.objects.filter(pk=enrolment.contact_id).update(nps_score=2, nps_at=now)
    refund_record(source="shop", event_id="back", refunds="purchase-1", amount=Money(4_000, "USD"), reason="", now=now)
    rewards_evaluate(now)
    reward = Reward.objects.get()
    assert reward.amount - reward.taken_back == 600
