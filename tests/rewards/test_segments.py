"""Rules pay by segment: who is in it when the event is evaluated."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from advocates.errors import SegmentInUse
from advocates.models import Contact, Segment, User
from advocates.services.segments import segment_retire
from campaigns.models import Campaign
from rewards.checks import terms_sentences
from rewards.errors import BadRule
from rewards.models import Evaluation, Reward
from rewards.rules.conditions import condition_build
from rewards.rules.facts import Facts, Party
from rewards.rules.parameters import BadParameters
from rewards.services.evaluation import rewards_evaluate
from rewards.services.rules import ConditionDraft
from rewards.words import staff_sentence, trace_words
from tests.advocates.segment_people import names_in, segment_made
from tests.factories.campaigns import campaign_made
from tests.factories.referrals import enrolled, referred
from tests.factories.rewards import rule_of, won

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


@pytest.fixture
def campaign(company: object) -> Campaign:
    return campaign_made()


@pytest.fixture
def promoters(now: datetime) -> Segment:
    return segment_made("Our darlings", ("nps", "is", "promoter"), now=now)


def by_segment(segment: Segment, kind: str = "advocate_segment", group: str = "all") -> list[ConditionDraft]:
    return [ConditionDraft(kind, {"segment": segment.public_id}, group)]


def promote(contact: Contact, now: datetime) -> None:
    Contact.objects.filter(pk=contact.pk).update(nps_score=10, nps_at=now)


FACTS = {"event_key": "e", "campaign_key": "c", "triggers": frozenset({"converted"})}


@pytest.mark.parametrize("kind", ["advocate_segment", "friend_segment"])
@pytest.mark.parametrize(("segments", "passed"), [({"seg_a"}, True), ({"seg_b"}, False), (set(), False)])
def test_the_condition_is_pure(kind: str, segments: set[str], passed: bool, now: datetime) -> None:
    person = Party("con_1", segments=frozenset(segments))
    known: dict[str, Any] = FACTS | {"local_date": now.date(), "parties": {kind.removesuffix("_segment"): person}}
    verdict = condition_build(kind, {"segment": "seg_a"}).check(Facts(**known))
    assert (verdict.code, verdict.passed, verdict.values) == (kind, passed, {"segment": "seg_a"})


@pytest.mark.parametrize("parameters", [{}, {"segment": ""}, {"segment": 5}, {"segment": "x", "more": 1}])
def test_a_condition_without_a_segment_is_none(parameters: dict[str, Any]) -> None:
    with pytest.raises(BadParameters):
        condition_build("advocate_segment", parameters)


def test_promoters_earn_more_than_everybody_else(campaign: Campaign, promoters: Segment, now: datetime) -> None:
    rule_of(campaign, now=now, key="more", amounts={"USD": 3_500}, conditions=by_segment(promoters))
    rule_of(campaign, now=now, key="usual", amounts={"USD": 2_500}, conditions=by_segment(promoters, group="not"))
    referral = referred(enrolled(campaign, now=now), now=now)
    promote(referral.advocate, now)
    won(referral, now=now)
    assert Reward.objects.get().amount == 3_500


def test_how_the_advocate_stands_at_the_event_decides(campaign: Campaign, promoters: Segment, now: datetime) -> None:
    rule_of(campaign, now=now, conditions=by_segment(promoters))
    won(referred(enrolled(campaign, now=now), now=now), now=now)
    assert not Reward.objects.exists()
    trace = Evaluation.objects.get(source="referral_event", trace__0__rule="advocate-credit").trace
    assert trace_words(trace[0]["steps"][0]) == "The advocate is not in the segment “Our darlings”."


def test_a_rule_may_ask_about_the_friend(campaign: Campaign, promoters: Segment, now: datetime) -> None:
    rule_of(campaign, now=now, conditions=by_segment(promoters, "friend_segment"))
    referral = referred(enrolled(campaign, now=now), now=now)
    promote(referral.friend, now)
    won(referral, now=now)
    assert Reward.objects.count() == 1


@pytest.mark.parametrize("group", ["all", "not"])
def test_while_a_segment_has_a_problem_the_money_waits(
    campaign: Campaign, promoters: Segment, group: str, now: datetime
) -> None:
    rule_of(campaign, now=now, conditions=by_segment(promoters, group=group))
    referral = referred(enrolled(campaign, now=now), now=now)
    promoters.conditions.update(field="gone")
    won(referral, now=now)
    assert not Reward.objects.exists()
    promoters.conditions.update(field="nps", value="promoter" if group == "not" else "unknown")
    assert rewards_evaluate(now + timedelta(hours=1))["failed"] == 0
    assert Reward.objects.count() == 1


def test_a_rule_names_a_segment_that_is_there(campaign: Campaign, promoters: Segment, now: datetime) -> None:
    segment_retire(segment=promoters, actor=None, now=now)
    with pytest.raises(BadRule, match="Choose a segment that is in use"):
        rule_of(campaign, now=now, conditions=by_segment(promoters))


def test_a_segment_is_not_put_to_rest_under_a_rule(campaign: Campaign, promoters: Segment, now: datetime) -> None:
    rule_of(campaign, now=now, conditions=by_segment(promoters))
    with pytest.raises(SegmentInUse):
        segment_retire(segment=promoters, actor=None, now=now)


def test_staff_read_the_name_and_nobody_else(campaign: Campaign, promoters: Segment, now: datetime) -> None:
    rule = rule_of(campaign, now=now, conditions=by_segment(promoters))
    assert "The advocate is in the segment “Our darlings”." in staff_sentence(rule)
    [public] = terms_sentences(campaign)
    assert "Only for advocates of a chosen group." in public
    assert "darlings" not in public


def test_rewards_earned_can_be_asked_about(campaign: Campaign, now: datetime) -> None:
    rule_of(campaign, now=now)
    referral = referred(enrolled(campaign, now=now), now=now)
    won(referral, now=now)
    names = [referral.advocate.details.name]
    assert names_in(segment_made("One", ("rewards", "at_least", 1), now=now), now) == set(names)
    assert names_in(segment_made("None", ("rewards", "at_most", 0), now=now), now).isdisjoint(names)


def test_the_form_of_a_rule_offers_segments_by_name(
    client: Client, campaign: Campaign, promoters: Segment, mira: User, now: datetime
) -> None:
    mira.is_superuser = True
    mira.save()
    client.force_login(mira)
    rule = rule_of(campaign, now=now, conditions=by_segment(promoters))
    page = client.get(reverse("admin:rewards_rewardrule_edit", args=[rule.pk])).text
    assert f'<option value="{promoters.public_id}" selected>Our darlings</option>' in page
