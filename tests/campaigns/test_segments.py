"""Segments decide who may recommend and whom a campaign asks; what campaigns know can be asked about."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from advocates.errors import SegmentInUse
from advocates.models import AuditEntry, Contact, Segment, User
from advocates.services.segment_refresh import segment_refresh
from advocates.services.segments import segment_retire
from campaigns.errors import CampaignNotOpen, NotEligible
from campaigns.models import Campaign, Company, Enrolment, EnrolmentEvent, MessageEvent, NpsSurvey, OutboundMessage
from campaigns.services import asks
from campaigns.services.asks import AskResult, asks_send, asks_send_to_segment
from campaigns.services.enrolments import enrolment_create, not_eligible_reasons, share_record
from tests.advocates.segment_people import ago, moment_of, names_in, person, segment_made
from tests.cast import PASSWORD
from tests.factories.campaigns import campaign_made

pytestmark = pytest.mark.django_db


@pytest.fixture
def buyers(now: datetime) -> Segment:
    return segment_made("Buyers", ("purchases", "at_least", 3), now=now)


# --- who may recommend ---


def test_only_people_of_the_segments_may_recommend(
    campaign: Campaign, buyers: Segment, omar: Contact, lena: Contact, now: datetime
) -> None:
    assert not_eligible_reasons(campaign, lena, now) == []
    campaign.segments.add(buyers)
    assert not_eligible_reasons(campaign, omar, now) == []
    assert not_eligible_reasons(campaign, lena, now) == ["not_in_segment"]
    with pytest.raises(NotEligible) as refusal:
        enrolment_create(campaign=campaign, contact=lena, now=now)
    assert refusal.value.extra["reasons"] == ["not_in_segment"]
    campaign.segments.add(segment_made("Germans", ("country", "is", "DE"), now=now))
    assert not_eligible_reasons(campaign, lena, now) == []


def test_what_counts_is_how_somebody_stands_now_and_not_the_last_count(
    campaign: Campaign, buyers: Segment, omar: Contact, lena: Contact, now: datetime
) -> None:
    campaign.segments.add(buyers)
    segment_refresh(segment=buyers, now=now)
    Contact.objects.filter(pk=omar.pk).update(purchases_count=1)
    Contact.objects.filter(pk=lena.pk).update(purchases_count=5)
    assert not_eligible_reasons(campaign, omar, now) == ["not_in_segment"]
    assert not_eligible_reasons(campaign, lena, now) == []


def test_who_is_in_the_campaign_stays_in(campaign: Campaign, buyers: Segment, lena: Contact, now: datetime) -> None:
    enrolment, _is_new = enrolment_create(campaign=campaign, contact=lena, now=now)
    campaign.segments.add(buyers)
    assert enrolment_create(campaign=campaign, contact=lena, now=now) == (enrolment, False)


def test_a_segment_with_a_problem_lets_nobody_in(
    campaign: Campaign, buyers: Segment, omar: Contact, now: datetime
) -> None:
    campaign.segments.add(buyers)
    buyers.conditions.update(field="gone")
    assert not_eligible_reasons(campaign, omar, now) == ["not_in_segment"]


def test_a_segment_is_not_put_to_rest_under_a_campaign_or_a_survey(
    campaign: Campaign, buyers: Segment, now: datetime
) -> None:
    campaign.segments.add(buyers)
    NpsSurvey.objects.create(name="Spring", segment=buyers)
    with pytest.raises(SegmentInUse) as refusal:
        segment_retire(segment=buyers, actor=None, now=now)
    assert refusal.value.extra["reasons"] == ["Campaign: Give and get", "NPS survey: Spring"]
    Campaign.objects.update(status=Campaign.Status.ENDED)
    NpsSurvey.objects.update(status=NpsSurvey.Status.ENDED)
    segment_retire(segment=buyers, actor=None, now=now)


# --- asking a segment ---


def test_a_segment_is_asked_with_the_reasons_for_who_is_left_out(
    campaign: Campaign, company: Company, omar: Contact, mira: User, now: datetime
) -> None:
    segment = segment_made("Customers", ("purchases", "at_least", 1), now=now)
    person("Rested", purchases_count=2, last_asked_at=ago(now, company.ask_rest_days))
    person("Resting", purchases_count=2, last_asked_at=ago(now, 1))
    person("Unreachable", purchases_count=2, email=None)
    moment_of(person("Cross", purchases_count=2), "complaint", ago(now, 2))
    person("Stranger")
    result = asks_send_to_segment(campaign=campaign, segment=segment, actor=mira, now=now)
    assert result == AskResult(asked=2, resting=1, without_address=1, complaint=1)
    assert result.left_out == 3
    assert set(Enrolment.objects.values_list("contact__details__name", flat=True)) == {"Omar Diallo", "Rested"}
    entry = AuditEntry.objects.get(verb="asked")
    counts = {"asked": 2, "resting": 1, "without_address": 1, "complaint": 1}
    assert entry.after == counts | {"segment": segment.public_id}
    again = asks_send_to_segment(campaign=campaign, segment=segment, actor=mira, now=now)
    assert (again.asked, again.resting) == (0, 3)


def test_of_a_large_segment_some_are_asked_at_a_time(
    campaign: Campaign, mira: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asks, "ASKED_AT_ONCE", 2)
    for number in range(5):
        person(f"Person {number}", purchases_count=1)
    segment = segment_made("Customers", ("purchases", "at_least", 1), now=now)
    results = [asks_send_to_segment(campaign=campaign, segment=segment, actor=mira, now=now) for _time in range(4)]
    assert [(one.asked, one.waiting) for one in results] == [(2, 3), (2, 1), (1, 0), (0, 0)]


def test_a_closed_campaign_asks_no_segment(campaign: Campaign, buyers: Segment, mira: User, now: datetime) -> None:
    campaign.status = Campaign.Status.ENDED
    with pytest.raises(CampaignNotOpen):
        asks_send_to_segment(campaign=campaign, segment=buyers, actor=mira, now=now)


def test_who_has_an_open_complaint_is_not_asked_with_the_circle_either(
    campaign: Campaign, omar: Contact, mira: User, now: datetime
) -> None:
    moment_of(omar, "complaint", ago(now, 2))
    assert asks_send(campaign=campaign, contacts=[omar], actor=mira, now=now) == AskResult(complaint=1)
    assert not OutboundMessage.objects.exists()


# --- what campaigns know ---


def test_who_takes_part_who_shared_and_who_reads_our_mails(
    campaign: Campaign, omar: Contact, lena: Contact, now: datetime
) -> None:
    other = campaign_made(name="Other")
    enrolment, _is_new = enrolment_create(campaign=campaign, contact=omar, now=now)
    share_record(enrolment=enrolment, channel="mail", now=ago(now, 5))
    message = OutboundMessage.objects.create(
        dedupe_key="one", mail="ask", nature="ask", contact=lena, language="de", to_address="x@y.example", due_at=now
    )
    MessageEvent.objects.create(message=message, kind="opened", occurred_at=ago(now, 20))
    MessageEvent.objects.create(message=message, kind="clicked", occurred_at=ago(now, 10))
    asked: list[tuple[str, str, Any, set[str]]] = [
        ("campaign", "is", campaign.public_id, {"Omar Diallo"}),
        ("campaign", "is_not", campaign.public_id, {"Lena Vogt"}),
        ("campaign", "one_of", [other.public_id], set()),
        ("shared", "within", 7, {"Omar Diallo"}),
        ("shared", "never", None, {"Lena Vogt"}),
        ("mail_opened", "within", 30, {"Lena Vogt"}),
        ("mail_opened", "within", 15, set()),
        ("mail_opened", "longer_ago", 15, {"Lena Vogt"}),
        ("mail_clicked", "not_within", 15, {"Omar Diallo"}),
    ]
    assert EnrolmentEvent.objects.filter(type="shared").count() == 1
    for number, (field, operator, value, names) in enumerate(asked):
        assert names_in(segment_made(f"{number}", (field, operator, value), now=now), now) == names


# --- the console ---


@pytest.fixture
def console(client: Client, mira: User) -> Client:
    mira.is_superuser = True
    mira.save()
    client.login(email=mira.email, password=PASSWORD)
    return client


def test_staff_choose_who_may_recommend_and_leave_a_trace(console: Client, campaign: Campaign, buyers: Segment) -> None:
    resting = Segment.objects.create(name="Resting", is_active=False)
    url = reverse("admin:campaigns_campaign_change", args=[campaign.pk])
    form = console.get(url).context["adminform"].form
    assert list(form.fields["segments"].queryset) == [buyers]
    shown = {name: value for name, value in form.initial.items() if value is not None}
    posted = shown | {
        "segments": [buyers.pk],
        "conversion_events": '["purchase"]',
        "starts_at_0": "",
        "starts_at_1": "",
    }
    for prefix in {inline.formset.prefix for inline in console.get(url).context["inline_admin_formsets"]}:
        posted |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    answer = console.post(url, posted)
    assert answer.status_code == 302, answer.context["errors"]
    assert list(campaign.segments.all()) == [buyers]
    assert AuditEntry.objects.filter(verb="changed", after={"segments": [buyers.public_id]}).exists()
    assert "Purchases: at least 3" in console.get(url).text
    assert resting not in campaign.segments.all()


def test_a_segment_is_asked_by_a_verb_that_says_who_is_in_it(
    console: Client, campaign: Campaign, buyers: Segment, omar: Contact, now: datetime
) -> None:
    segment_refresh(segment=buyers, now=now - timedelta(minutes=1))
    page = console.get(reverse("admin:campaigns_campaign_change", args=[campaign.pk])).text
    assert "Buyers (1 person). Everybody with this – Purchases: at least 3." in page
    verb = reverse("admin:campaigns_campaign_verb", args=[campaign.pk, "ask-segment"])
    answer = console.post(verb, {"segment": buyers.pk}, follow=True)
    assert "One person is asked." in answer.text
    assert OutboundMessage.objects.filter(mail="ask").count() == 1
