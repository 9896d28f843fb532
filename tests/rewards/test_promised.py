"""What was promised at sign-up, and the figures of programmes that hang on it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from advocates.models import Contact, User
from advocates.services.contacts import ContactFacts
from campaigns.models import Campaign
from config.lib.money import Money
from referrals.models import Referral, ReferralEvent
from referrals.services.events import EventFacts, event_record
from referrals.services.referrals import referral_reassign
from rewards.errors import BadDemand, BadTier
from rewards.models import DemandRate, Evaluation, Quote, Reward
from rewards.promises import needs_nobody, promise_lines
from rewards.services.demand import DemandDraft, demand_put
from rewards.services.evaluation import rewards_evaluate
from rewards.services.rules import ConditionDraft, LimitDraft
from rewards.services.tiers import tier_remove, tier_save
from rewards.tiers import place_words, places_of
from tests.advocates.segment_people import names_in, segment_made
from tests.cast import BEN, LENA, NOOR, Person, contact_of
from tests.factories.campaigns import campaign_made
from tests.factories.referrals import enrolled, referred
from tests.factories.rewards import rule_of, won

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]

DAY = timedelta(days=1)


@pytest.fixture
def campaign(company: object) -> Campaign:
    return campaign_made()


def friend(number: int) -> Person:
    return Person(f"Friend {number}", f"friend{number}@example.com")


def told(event_type: str, *, now: datetime, number: int = 1, person: Person = BEN, **facts: Any) -> ReferralEvent:
    event = EventFacts(
        event_id=f"{event_type}-{person.email}-{number}",
        type=event_type,
        occurred_at=now,
        friend=ContactFacts(email=person.email),
        **facts,
    )
    recorded = event_record(facts=event, source="shop", now=now).event
    rewards_evaluate(now)
    return recorded


def due(kind: str = "advocate") -> int:
    return sum(reward.amount for reward in Reward.objects.filter(recipient_kind=kind).exclude(status="cancelled"))


def table(campaign: Campaign, *lines: tuple[Any, ...], now: datetime) -> list[DemandRate]:
    """Lines (region, dollars, begins, ends)."""
    drafts = [DemandDraft(region, Money(dollars * 100, "USD"), *rest) for region, dollars, *rest in lines]
    return demand_put(campaign=campaign, table=drafts, by="shop", now=now)


# --- programmes -------------------------------------------------------------------------------------------------------


def doordash(now: datetime, **facts: Any) -> tuple[Campaign, Referral]:
    campaign = campaign_made(conversion_events=["signup"], **facts)
    steps = {
        "trigger": "delivery",
        "calculator": "steps",
        "parameters": {"steps": {"50": 4_000, "100": 10_000}, "of": "demand"},
        "amounts": {},
        "conditions": [ConditionDraft("within_days", {"days": 30})],
    }
    rule_of(campaign, now=now, key="advocate-steps", **steps, limits=[LimitDraft("friends", "advocate", 15)])
    rule_of(campaign, now=now, key="friend-steps", recipient="friend", **steps)
    table(campaign, ("Boston", 1_000), now=now - DAY)
    referral = referred(enrolled(campaign, now=now), now=now)
    told("signup", now=now, region="Boston")
    return campaign, referral


def delivered(referral: Referral, *, up_to: int, now: datetime) -> None:
    """Deliveries one by one; those in between are looked at without a rule that could pay for them."""
    so_far = referral.events.filter(type="delivery").count()
    rows = [
        ReferralEvent(
            source="shop",
            event_id=f"delivery-{number}",
            type="delivery",
            contact=referral.friend,
            referral=referral,
            campaign=referral.campaign,
            sequence=number,
            occurred_at=now,
            recorded_at=now,
        )
        for number in range(so_far + 1, up_to)
    ]
    made = ReferralEvent.objects.bulk_create(rows)
    looks = [Evaluation(source="referral_event", source_id=event.pk, evaluated_at=now) for event in made]
    Evaluation.objects.bulk_create(looks)
    told("delivery", now=now, number=up_to)


def test_doordash_keeps_what_was_quoted(now: datetime) -> None:
    campaign, referral = doordash(now)
    table(campaign, ("Boston", 200), now=now + DAY)
    delivered(referral, up_to=50, now=now + 10 * DAY)
    assert (due("advocate"), due("friend")) == (40_000, 40_000)
    delivered(referral, up_to=60, now=now + 20 * DAY)
    assert (due("advocate"), due("friend")) == (40_000, 40_000)
    delivered(referral, up_to=100, now=now + 30 * DAY)
    assert (due("advocate"), due("friend")) == (100_000, 100_000)


def test_doordash_pays_what_was_reached_by_the_deadline(now: datetime) -> None:
    _campaign, referral = doordash(now)
    delivered(referral, up_to=50, now=now + 10 * DAY)
    delivered(referral, up_to=100, now=now + 31 * DAY)
    assert (due("advocate"), due("friend")) == (40_000, 40_000)


def test_a_campaign_may_follow_the_table_instead(now: datetime) -> None:
    campaign, referral = doordash(now, quote_days=0)
    table(campaign, ("Boston", 200), now=now + DAY)
    delivered(referral, up_to=50, now=now + 10 * DAY)
    assert due("advocate") == 8_000


def test_a_quote_holds_for_so_many_days(now: datetime) -> None:
    campaign, referral = doordash(now, quote_days=5)
    table(campaign, ("Boston", 200), now=now + DAY)
    delivered(referral, up_to=50, now=now + 4 * DAY)
    delivered(referral, up_to=100, now=now + 6 * DAY)
    # 40 % of 1,000 while it stood, then what 200 leaves of the step between.
    assert due("friend") == 40_000 + 12_000


def test_loyalty_tiers_pay_an_event_at_the_tier_before_it(campaign: Campaign, now: datetime) -> None:
    for key, since, times in (("bronze", 0, 10_000), ("silver", 5, 12_500), ("gold", 10, 15_000)):
        tier_save(campaign=campaign, key=key, name=key.title(), from_confirmed=since, multiplier=times, actor=None)
    rule_of(campaign, now=now, calculator="tier_multiplier", amounts={"USD": 1_000})
    enrolment = enrolled(campaign, now=now)
    for number in range(1, 12):
        won(referred(enrolment, now=now, person=friend(number)), now=now)
    amounts = list(Reward.objects.order_by("pk").values_list("amount", flat=True))
    assert amounts == [1_000] * 5 + [1_250] * 5 + [1_500]
    [place] = places_of(enrolment.contact)
    assert (place.confirmed, place.tier and place.tier.key, place_words(place)) == (11, "gold", "Gold")


def test_stitch_fix_pays_promoters_more_and_says_so_before(campaign: Campaign, now: datetime) -> None:
    promoters = segment_made("Our darlings", ("nps", "is", "promoter"), now=now)
    named = {"segment": promoters.public_id}
    inside, outside = (ConditionDraft("advocate_segment", named, group) for group in ("all", "not"))
    rule_of(campaign, now=now, key="more", amounts={"USD": 3_500}, conditions=[inside])
    rule_of(campaign, now=now, key="usual", amounts={"USD": 2_500}, conditions=[outside])
    lena, noor = enrolled(campaign, now=now), enrolled(campaign, now=now, person=NOOR)
    Contact.objects.filter(pk=lena.contact_id).update(nps_score=10, nps_at=now)
    [promoter] = promise_lines(campaign=campaign, advocate=lena.contact, now=now)
    [other] = promise_lines(campaign=campaign, advocate=noor.contact, now=now)
    assert ("$35.00" in promoter.what, "$25.00" in other.what) == (True, True)
    assert promoter.because == "Because you belong to a group of customers whom we thank in particular."
    assert other.because == ""
    assert "darlings" not in str([promoter, other])

    first = referred(lena, now=now, person=friend(1))
    second = referred(noor, now=now, person=friend(2))
    # A promoter when the friend came in: the better of promised and present.
    rewards_evaluate(now)
    Contact.objects.filter(pk=lena.contact_id).update(nps_score=3, nps_at=now)
    won(first, now=now)
    won(second, now=now)
    assert [reward.amount for reward in Reward.objects.order_by("pk")] == [3_500, 2_500]


# --- quotes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quote_days", "after", "amount"),
    [(None, 300, 2_000), (30, 29, 2_000), (30, 31, 500), (0, 1, 500)],
    ids=["the credit window", "while it stands", "afterwards", "never"],
)
def test_the_rules_of_sign_up_count_while_the_quote_stands(
    quote_days: int | None, after: int, amount: int, now: datetime
) -> None:
    campaign = campaign_made(quote_days=quote_days)
    rule_of(campaign, now=now)
    referral = referred(enrolled(campaign, now=now), now=now)
    rewards_evaluate(now)
    rule_of(campaign, now=now + 101 * DAY, amounts={"USD": 500})
    won(referral, now=now + after * DAY)
    assert Reward.objects.get().amount == amount
    assert Quote.objects.count() == 1


def test_a_referral_from_before_quotes_goes_on_by_its_sign_up(now: datetime) -> None:
    campaign = campaign_made(quote_days=0)
    rule_of(campaign, now=now)
    referral = referred(enrolled(campaign, now=now), now=now)
    rewards_evaluate(now)
    Quote.objects.all().delete()
    rule_of(campaign, now=now + 101 * DAY, amounts={"USD": 500})
    won(referral, now=now + 2 * DAY)
    assert Reward.objects.get().amount == 2_000
    assert not Quote.objects.exists()


def test_the_first_event_that_tells_a_region_freezes_it(campaign: Campaign, now: datetime) -> None:
    regions = {"Leeds": {"USD": 700}, "Boston": {"USD": 900}}
    rule_of(campaign, now=now, trigger="purchase", calculator="by_region", parameters={"regions": regions}, amounts={})
    referred(enrolled(campaign, now=now), now=now)
    told("visit", now=now)
    told("visit", now=now, number=2, region="Leeds")
    told("purchase", now=now, region="Boston", amount=Money(100, "USD"))
    assert Quote.objects.get().region == "Leeds"
    assert due() == 700


# --- tiers and demand -------------------------------------------------------------------------------------------------


def test_what_is_wrong_with_a_tier_is_said(campaign: Campaign, now: datetime) -> None:
    tier = tier_save(campaign=campaign, key="silver", name="Silver", from_confirmed=5, actor=None)
    rule_of(campaign, now=now, conditions=[ConditionDraft("advocate_tier", {"tiers": ["silver"]})])
    with pytest.raises(BadTier, match="Another tier begins at 5"):
        tier_save(campaign=campaign, key="gold", name="Gold", from_confirmed=5, actor=None)
    with pytest.raises(BadTier, match="needs a name"):
        tier_save(campaign=campaign, key="gold", name=" ", from_confirmed=6, actor=None)
    with pytest.raises(BadTier, match="asks about this tier"):
        tier_remove(tier=tier, actor=None)


def test_people_are_found_by_their_tier(campaign: Campaign, now: datetime) -> None:
    for key, since in (("bronze", 0), ("silver", 1)):
        tier_save(campaign=campaign, key=key, name=key.title(), from_confirmed=since, actor=None)
    lena, _noor = enrolled(campaign, now=now), enrolled(campaign, now=now, person=NOOR)
    [below] = places_of(lena.contact)
    assert place_words(below) == "Bronze: 1 more friend to Silver"
    won(referred(lena, now=now), now=now)
    found = {
        key: names_in(segment_made(key, ("tier", "is", f"{campaign.public_id}:{key}"), now=now), now)
        for key in ("bronze", "silver")
    }
    assert found == {"bronze": {NOOR.name}, "silver": {LENA.name}}


def test_a_new_table_ends_and_begins_lines_and_edits_none(campaign: Campaign, now: datetime) -> None:
    soon = now + 5 * DAY
    first = table(campaign, ("Boston", 1_000), ("Leeds", 300, None, soon), ("Oslo", 50, soon), now=now)
    assert [rate.region for rate in first] == ["Boston", "Leeds", "Oslo"]
    again = table(campaign, ("Boston", 1_000), ("Leeds", 300, None, soon), ("Oslo", 50, soon), now=now + DAY)
    assert [rate.pk for rate in again] == [rate.pk for rate in first]
    table(campaign, ("Boston", 200), now=now + 2 * DAY)
    rows = DemandRate.objects.order_by("region", "valid_from").values_list("region", "amount", "valid_until")
    assert list(rows) == [
        ("Boston", 100_000, now + 2 * DAY),
        ("Boston", 20_000, None),
        ("Leeds", 30_000, now + 2 * DAY),
    ]


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([("  ", 1)], "A region has 1 to 64 characters"),
        ([("Leeds", 1, 2 * DAY, DAY)], "ends after it begins"),
        ([("Leeds", 1), ("Leeds", 2)], "hold at the same time"),
        ([("Leeds", 1, None, 3 * DAY), ("Leeds", 2, 2 * DAY)], "hold at the same time"),
    ],
)
def test_a_table_that_cannot_hold_is_refused_as_a_whole(
    campaign: Campaign, lines: list[Any], sentence: str, now: datetime
) -> None:
    dated = [(region, amount, *[now + one if one else None for one in rest]) for region, amount, *rest in lines]
    with pytest.raises(BadDemand, match=sentence):
        table(campaign, ("Boston", 5), *dated, now=now)
    assert not DemandRate.objects.exists()


def test_a_region_without_demand_is_not_invited(now: datetime) -> None:
    campaign, _referral = doordash(now)
    leeds, boston = (contact_of(person, region=region) for person, region in ((NOOR, "Leeds"), (LENA, "Boston")))
    assert [needs_nobody(campaign, person, now) for person in (leeds, boston)] == [True, False]
    assert promise_lines(campaign=campaign, advocate=leeds, now=now) == []
    [line] = promise_lines(campaign=campaign, advocate=boston, now=now)
    assert "$1,000.00" in line.what
    assert line.because == "Because Boston needs people now."


def test_the_room_that_is_left_is_told(campaign: Campaign, now: datetime) -> None:
    year = LimitDraft("amount", "advocate", 50_000, window="year", over="partial")
    rule_of(campaign, now=now, limits=[year])
    enrolment = enrolled(campaign, now=now)
    won(referred(enrolment, now=now), now=now)
    [line] = promise_lines(campaign=campaign, advocate=enrolment.contact, now=now)
    assert line.limits[0].startswith("At most $500.00 a calendar year for you.")
    assert "$20.00 of it is used." in line.limits[0]
    assert line.until.startswith("For a friend who comes in today it stands until")


def test_who_gets_the_credit_instead_is_promised_how_they_stand(campaign: Campaign, ada: User, now: datetime) -> None:
    promoters = segment_made("Promoters", ("nps", "is", "promoter"), now=now)
    rule_of(campaign, now=now, conditions=[ConditionDraft("advocate_segment", {"segment": promoters.public_id})])
    lena, noor = enrolled(campaign, now=now), enrolled(campaign, now=now, person=NOOR)
    Contact.objects.filter(pk=lena.contact_id).update(nps_score=10, nps_at=now)
    referral = referred(lena, now=now)
    rewards_evaluate(now)
    assert Quote.objects.get().segments == [promoters.public_id]
    referral_reassign(referral=referral, enrolment=noor, reason="told by the friend", actor=ada, now=now)
    rewards_evaluate(now)
    assert Quote.objects.get().segments == []
