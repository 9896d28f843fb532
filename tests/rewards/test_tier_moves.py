"""Tiers over time: reached, told, left again, and paid to the cent."""

from datetime import datetime, timedelta

import pytest

from advocates.models import User
from campaigns.models import Campaign, Enrolment, OutboundMessage
from referrals.models import Referral
from referrals.services.referrals import referral_reassign, referral_take_back
from rewards.errors import BadTier
from rewards.ledger.check import ledger_problems
from rewards.models import Reward, Tier, TierMove, TierPolicy
from rewards.play.backtest import backtest
from rewards.play.setting import standing_rules
from rewards.saturation import saturation_of
from rewards.services.evaluation import rewards_evaluate
from rewards.services.tier_moves import tiers_lower
from rewards.services.tiers import tier_remove, tier_save
from rewards.tiers import place_words, places_of
from tests.advocates.segment_people import names_in, segment_made
from tests.cast import LENA, MEI, Person
from tests.factories.campaigns import campaign_made
from tests.factories.referrals import enrolled, referred
from tests.factories.rewards import balances, rule_of, won

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]

DAY = timedelta(days=1)
LADDER = (("bronze", 0, 10_000), ("silver", 5, 12_500), ("gold", 10, 15_000))


@pytest.fixture
def campaign(company: object, now: datetime) -> Campaign:
    made = campaign_made()
    for key, since, times in LADDER:
        brings = "Early access\nA dinner with us" if key == "gold" else ""
        tier_save(
            campaign=made,
            key=key,
            name=key.title(),
            from_confirmed=since,
            multiplier=times,
            benefits=brings,
            actor=None,
        )
    rule_of(made, now=now, calculator="tier_multiplier", amounts={"USD": 1_000})
    return made


@pytest.fixture
def lena(campaign: Campaign, now: datetime) -> Enrolment:
    return enrolled(campaign, now=now, person=LENA)


def friends(enrolment: Enrolment, first: int, last: int, *, now: datetime) -> list[Referral]:
    """Won one after the other; the counters of tests start with 1."""
    made = []
    for number in range(first, last + 1):
        person = Person(f"Friend {number}", f"friend{number}@mail.example")
        made.append(referred(enrolment, now=now, person=person))
        won(made[-1], now=now)
    return made


def moves() -> list[tuple[str | None, str | None, int]]:
    rows = TierMove.objects.order_by("pk").values_list("tier_from__key", "tier_to__key", "confirmed")
    return list(rows)


def stands(enrolment: Enrolment) -> str:
    [place] = places_of(enrolment.contact)
    return place_words(place)


def last_paid() -> int:
    return Reward.objects.latest("pk").amount


def test_eleven_friends_climb_bronze_silver_and_gold_and_are_paid_to_the_cent(lena: Enrolment, now: datetime) -> None:
    friends(lena, 1, 11, now=now)
    amounts = list(Reward.objects.order_by("pk").values_list("amount", flat=True))
    assert amounts == [1_000] * 5 + [1_250] * 5 + [1_500], "the 10th makes Gold and pays at Silver"
    assert moves() == [("bronze", "silver", 5), ("silver", "gold", 10)]
    mails = OutboundMessage.objects.filter(mail="tier_reached", contact=lena.contact).order_by("pk")
    silver, gold = [" ".join(mail.text.split()) for mail in mails]
    assert "5" in silver
    assert "Early access" in gold
    assert balances() == {"funding": -12_750, "credit": 12_750}
    assert ledger_problems() == []


def test_a_refund_lowers_the_count_and_with_it_the_tier_but_no_reward_of_it(
    lena: Enrolment, now: datetime, mira: User
) -> None:
    """Nobody keeps a tier by sales that went back; what other friends have earned at that tier stays as it was."""
    made = friends(lena, 1, 6, now=now)
    assert last_paid() == 1_250
    later = now + DAY
    for referral in made[:2]:
        referral.refresh_from_db()
        referral_take_back(referral=referral, actor=mira, reason="Sent back", now=later)
        rewards_evaluate(later)
    assert moves() == [("bronze", "silver", 5), ("silver", "bronze", 4)]
    assert stands(lena) == "Bronze: 1 more friend to Silver"
    standing = Reward.objects.filter(status="fulfilled").order_by("pk").values_list("amount", flat=True)
    assert list(standing) == [1_000, 1_000, 1_000, 1_250]

    friends(lena, 7, 8, now=later)
    assert [last_paid(), moves()[-1]] == [1_250, ("bronze", "silver", 5)]
    # The sale came again within the month: they know already.
    assert OutboundMessage.objects.filter(mail="tier_reached").count() == 1
    assert ledger_problems() == []


def test_a_friend_who_goes_to_somebody_else_moves_both(
    campaign: Campaign, lena: Enrolment, now: datetime, mira: User
) -> None:
    mei = enrolled(campaign, now=now, person=MEI)
    campaign.rules.update(hold_days=14)
    made = friends(lena, 1, 5, now=now)
    friends(mei, 6, 9, now=now)
    assert moves() == [("bronze", "silver", 5)]
    made[4].refresh_from_db()
    referral_reassign(referral=made[4], enrolment=mei, actor=mira, reason="She brought him", now=now + DAY)
    rewards_evaluate(now + DAY)
    assert stands(lena) == "Bronze: 1 more friend to Silver"
    assert stands(mei) == "Silver: 5 more friends to Gold"
    assert set(moves()[1:]) == {("silver", "bronze", 4), ("bronze", "silver", 5)}
    assert OutboundMessage.objects.filter(mail="tier_reached", contact=mei.contact).count() == 1


def test_who_brings_nobody_for_long_steps_down_and_one_friend_brings_all_back(
    campaign: Campaign, lena: Enrolment, now: datetime
) -> None:
    friends(lena, 1, 10, now=now)
    assert tiers_lower(now + 400 * DAY) == {"lowered": 0}, "without a policy nobody is moved down"
    policy = TierPolicy.objects.create(campaign=campaign, demote_after_months=6)
    assert tiers_lower(now + 180 * DAY) == {"lowered": 0}
    half_a_year = now + 182 * DAY
    assert [tiers_lower(half_a_year), tiers_lower(half_a_year)] == [{"lowered": 1}, {"lowered": 0}]
    assert tiers_lower(half_a_year + 60 * DAY) == {"lowered": 0}, "one step each time"
    assert stands(lena) == "Silver: 1 more friend to Gold"
    [mail] = OutboundMessage.objects.filter(mail="tier_lowered")
    assert "Mit 1 weiterem Freund erreichst du Gold." in " ".join(mail.text.split())

    gold = segment_made("gold", ("tier", "is", f"{campaign.public_id}:gold"), now=now)
    silver = segment_made("silver", ("tier", "is", f"{campaign.public_id}:silver"), now=now)
    assert [names_in(gold, half_a_year), names_in(silver, half_a_year)] == [set(), {LENA.name}]

    next_year = half_a_year + 190 * DAY
    assert tiers_lower(next_year) == {"lowered": 1}
    assert stands(lena) == "Bronze: 1 more friend to Gold"
    assert tiers_lower(next_year + 190 * DAY) == {"lowered": 0}, "below the lowest there is nothing"

    back = next_year + 200 * DAY
    friends(lena, 11, 12, now=back)
    newest = Reward.objects.order_by("-pk").values_list("amount", flat=True)[:2]
    assert list(newest) == [1_500, 1_000], "the first pays at the tier before it, the next at Gold"
    assert [move[:2] for move in moves()] == [
        ("bronze", "silver"),
        ("silver", "gold"),
        ("gold", "silver"),
        ("silver", "bronze"),
        ("bronze", "gold"),
    ]
    played = backtest(campaign=campaign, rules=standing_rules(campaign), since=None, now=back)
    assert played.would_totals.by_unit == played.paid_totals.by_unit, "played anew, it comes to the same"
    TierMove.objects.filter(key__startswith="idle:").update(confirmed=99)
    assert stands(lena).startswith("Bronze")
    policy.delete()
    assert stands(lena) == "Gold", "without the policy everybody stands by their friends"


def test_a_top_tier_with_more_members_than_conversions_is_told(
    campaign: Campaign, lena: Enrolment, now: datetime
) -> None:
    Tier.objects.filter(key="gold").update(from_confirmed=6)
    friends(lena, 1, 6, now=now)
    early = saturation_of(campaign, now)
    assert early
    assert (early.tier.key, early.members, early.conversions, early.is_saturated) == ("gold", 1, 6, False)
    late = saturation_of(campaign, now + 91 * DAY)
    assert late
    assert (late.members, late.conversions, late.is_saturated) == (1, 0, True)
    TierPolicy.objects.create(campaign=campaign, demote_after_months=1)
    tiers_lower(now + 91 * DAY)
    later = saturation_of(campaign, now + 91 * DAY)
    assert later
    assert later.members == 0


def test_a_tier_in_which_somebody_stood_stays(lena: Enrolment, now: datetime) -> None:
    friends(lena, 1, 5, now=now)
    with pytest.raises(BadTier, match="have stood in “Silver”"):
        tier_remove(tier=Tier.objects.get(key="silver"), actor=None)
    tier_remove(tier=Tier.objects.get(key="gold"), actor=None)
