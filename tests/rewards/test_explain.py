"""'Why did I not get a reward?': for staff every step, for the person what they may know, in their language."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from advocates.models import AuditEntry, Contact, Purchase, Suppression, User
from advocates.services.nps import nps_record
from advocates.services.suppression import suppression_add
from campaigns.models import Campaign, OutboundMessage
from campaigns.portal.shell import SESSION_KEY
from referrals.models import Referral, ReferralEvent
from rewards.explain.happenings import happening_of, happenings_of
from rewards.explain.own import open_matters, own_words
from rewards.explain.person import findings_of
from rewards.explain.steps import step_groups
from rewards.models import Evaluation, Reward
from rewards.services.evaluation import rewards_evaluate
from rewards.services.explaining import explanation_of
from rewards.services.rules import ConditionDraft, LimitDraft
from tests.cast import NOOR
from tests.factories.campaigns import campaign_made
from tests.factories.referrals import enrolled, referred
from tests.factories.rewards import rule_of, won

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


@pytest.fixture
def campaign(company: object) -> Campaign:
    return campaign_made()


@pytest.fixture
def referral(campaign: Campaign, now: datetime) -> Referral:
    rule_of(
        campaign,
        now=now,
        conditions=[ConditionDraft("minimum_amount", {"amounts": {"USD": 50_000}})],
        limits=[LimitDraft("rewards", "advocate", 1, window="year")],
    )
    return referred(enrolled(campaign, now=now), now=now)


@pytest.fixture
def console(client: Client, ada: User) -> Client:
    client.force_login(ada)
    return client


def text(answer: Any) -> str:
    return str(answer.content.decode())


# --- the steps of a rule ----------------------------------------------------------------------------------------------


def step(code: str, passed: bool, group: str = "all", **values: Any) -> dict[str, Any]:
    return {"code": code, "passed": passed, "group": group, "values": values}


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ([step("first", True, sequence=1)], [("", "holds", "success")]),
        ([step("first", False, sequence=2)], [("", "does not hold", "danger")]),
        (
            [step("first", False, "any", sequence=2), step("friend_is_new", True, "any")],
            [("At least one of these has to hold:", "does not hold", "neutral"), ("", "holds", "success")],
        ),
        (
            [step("first", False, "any", sequence=2), step("friend_is_new", False, "any")],
            [("At least one of these has to hold:", "does not hold", "danger"), ("", "does not hold", "danger")],
        ),
        (
            [step("friend_is_new", False, "not"), step("first", True, "not", sequence=1)],
            [("None of these may hold:", "does not hold", "success"), ("", "holds", "danger")],
        ),
        (
            [step("friend_is_new", True), step("due", True, amount=5, unit="USD")],
            [("", "holds", "success"), ("How much:", "amount", "accent")],
        ),
        ([step("limit_reached", False, limit=3)], [("", "limit", "danger")]),
        ([step("currency_mismatch", False, unit="CHF")], [("", "stops here", "danger")]),
    ],
)
def test_each_line_says_how_it_went(steps: list[dict[str, Any]], told: list[tuple[str, str, str]]) -> None:
    lines = [
        (str(group.title) if place == 0 else "", str(line.label), line.tone)
        for group in step_groups(steps)
        for place, line in enumerate(group.lines)
    ]
    assert lines == told


# --- for staff --------------------------------------------------------------------------------------------------------


def test_an_event_tells_each_rule_with_its_numbers(console: Client, referral: Referral, now: datetime) -> None:
    event = won(referral, now=now)
    page = text(console.get(reverse("admin:rewards_why_event", args=[event.public_id])))
    for words in ("The friend became a customer", "nothing earned", "pays nothing", "does not hold"):
        assert words in page
    assert "The sale is worth $100.00; at least $500.00 are asked for." in page


def test_an_event_that_nobody_looked_at_says_so(referral: Referral) -> None:
    event = referral.events.get(type=ReferralEvent.CLAIMED)
    Evaluation.objects.filter(source="referral_event", source_id=event.pk).delete()
    told = happening_of(event.public_id)
    assert told
    assert not told.is_evaluated
    assert "The rules have not looked at this yet" in told.notes[-1]


def test_the_reward_leads_to_its_event_and_back(console: Client, campaign: Campaign, now: datetime) -> None:
    rule_of(campaign, now=now)
    event = won(referred(enrolled(campaign, now=now), now=now), now=now)
    reward = Reward.objects.get()
    where = reverse("admin:rewards_why_event", args=[event.public_id])
    assert where in text(console.get(reverse("admin:rewards_reward_change", args=[reward.pk])))
    page = text(console.get(where))
    assert reverse("admin:rewards_reward_change", args=[reward.pk]) in page
    assert "$20.00 are due." in page


@pytest.mark.parametrize("by", ["mail", "name", "event", "code", "order"])
def test_one_box_finds_by_whatever_is_known(console: Client, referral: Referral, now: datetime, by: str) -> None:
    event = won(referral, now=now)
    friend = referral.friend
    Purchase.objects.create(contact=friend, source="till", external_id="O-77", occurred_at=now, amount=100, unit="USD")
    typed = {
        "mail": friend.keys.get(kind="email").shown,
        "name": friend.details.name,
        "event": event.event_id,
        "code": referral.enrolment.code,
        "order": "O-77",
    }[by]
    answer = console.post(reverse("admin:rewards_why"), {"about": typed}, follow=True)
    whose = referral.advocate if by == "code" else friend
    assert reverse("admin:rewards_why_person", args=[whose.public_id]) in text(answer) + answer.request["PATH_INFO"]
    assert "?" not in answer.request["PATH_INFO"] + answer.request["QUERY_STRING"]


def test_who_may_not_see_rewards_asks_nothing(client: Client, referral: Referral, now: datetime) -> None:
    nobody = User.objects.create_user("nobody@fernway.example", name="Nobody", is_staff=True)
    client.force_login(nobody)
    for name, args in (("why", []), ("why_person", [referral.friend.public_id])):
        assert client.get(reverse(f"admin:rewards_{name}", args=args)).status_code == 403


def sentences(contact: Contact, now: datetime) -> str:
    return " ".join(finding.words for finding in findings_of(contact, now=now))


def test_what_never_happened_is_said_too(referral: Referral, campaign: Campaign, now: datetime) -> None:
    assert "We know of no purchase by this person since" in sentences(referral.friend, now)
    assert "Nobody has recommended this person" in sentences(referral.advocate, now)
    Campaign.objects.filter(pk=campaign.pk).update(status=Campaign.Status.ENDED)
    assert "which has ended and takes nobody new" in sentences(referral.advocate, now)
    Purchase.objects.create(
        contact=referral.friend, source="till", external_id="O-78", occurred_at=now, amount=100, unit="USD"
    )
    assert "Purchase “O-78” of $1.00" in sentences(referral.friend, now)


def test_an_event_outside_of_the_window_says_until_when_it_counted(referral: Referral, now: datetime) -> None:
    late = ReferralEvent.objects.create(
        source="shop",
        event_id="late-1",
        type="purchase",
        contact=referral.friend,
        occurred_at=referral.credit_until + timedelta(days=3),
        recorded_at=now,
    )
    [told] = [one for one in happenings_of(referral.friend) if one.row.public_id == late.public_id]
    assert "It came too late" in " ".join(told.notes)


def test_an_answer_to_the_survey_tells_what_the_rules_made_of_it(
    console: Client, campaign: Campaign, now: datetime
) -> None:
    at_least = ConditionDraft("fact_at_least", {"name": "score", "value": 9})
    rule_of(campaign, now=now, key="thanks", trigger="nps_answered", conditions=[at_least])
    advocate = enrolled(campaign, now=now).contact
    told = {
        score: nps_record(
            contact=advocate,
            score=score,
            via="api",
            source="survey",
            event_id=f"S-{score}",
            occurred_at=now + timedelta(minutes=1),
            now=now + timedelta(minutes=1),
        )[0]
        for score in (9, 8)
    }
    rewards_evaluate(now + timedelta(minutes=2))
    reward = Reward.objects.get()
    page = text(console.get(reverse("admin:rewards_why_event", args=[told[9].public_id])))
    for words in ("Would recommend us: 9 of 10", "$20.00", reverse("admin:rewards_reward_change", args=[reward.pk])):
        assert words in page
    assert told[9].public_id in text(console.get(reverse("admin:rewards_reward_change", args=[reward.pk])))
    assert "Would recommend us: 9 of 10" in text(console.get(reverse("admin:rewards_evaluation_changelist")))
    [low] = [one for one in happenings_of(advocate) if one.row.public_id == told[8].public_id]
    assert (low.outcome[1], low.campaign) == ("neutral", campaign)
    assert [rule.sentence != "" for rule in low.rules] == [True]


# --- for the person ---------------------------------------------------------------------------------------------------

# What only the house may say.
HOUSE_WORDS = ("fraud", "honest", "suspicio", "segment", "check_", "advocate-credit", "budget", "review")


def test_an_advocate_reads_steps_and_not_what_was_bought(referral: Referral, now: datetime) -> None:
    won(referral, now=now)
    [matter] = open_matters(referral.advocate)
    told = " ".join(matter.words)
    assert "has become a customer" in told
    assert "It did not meet a condition of the campaign." in told
    assert "100" not in told
    assert "500" not in told


def test_a_friend_reads_their_own_reason(campaign: Campaign, now: datetime) -> None:
    minimum = [ConditionDraft("minimum_amount", {"amounts": {"USD": 50_000}})]
    rule_of(campaign, now=now, key="friend-credit", recipient="friend", conditions=minimum)
    referral = referred(enrolled(campaign, now=now), now=now)
    assert "We know of no purchase of yours" in " ".join(own_words(referral.friend))
    won(referral, now=now)
    assert "The purchase was below the smallest amount that counts, $500.00." in " ".join(own_words(referral.friend))


@pytest.mark.parametrize("review", [Referral.Review.HELD, Referral.Review.REFUSED])
def test_nobody_outside_reads_a_word_of_suspicion(referral: Referral, now: datetime, review: str) -> None:
    won(referral, now=now)
    Referral.objects.filter(pk=referral.pk).update(review=review)
    for contact in (referral.advocate, referral.friend):
        told = " ".join(own_words(contact)).lower()
        assert told
        assert not [word for word in HOUSE_WORDS if word in told]


def test_the_answer_is_in_the_person_s_language(referral: Referral) -> None:
    told = {}
    for language in ("en", "de"):
        Contact.objects.filter(pk=referral.advocate.pk).update(language=language)
        referral.advocate.refresh_from_db()
        told[language] = explanation_of(referral.advocate)
    assert all(told.values())
    assert told["en"] != told["de"]


def press(console: Client, contact: Contact, key: str = "one") -> str:
    where = reverse("admin:rewards_why_send", args=[contact.public_id])
    return text(console.post(where, {"press": key}, follow=True))


def test_the_answer_is_sent_once_for_each_press(console: Client, referral: Referral, ada: User) -> None:
    for key in ("one", "one", "two"):
        assert "The answer goes out to" in press(console, referral.advocate, key)
    assert OutboundMessage.objects.filter(mail="reward_explained", contact=referral.advocate).count() == 2
    assert AuditEntry.objects.filter(verb="reward_explained", actor=ada).count() == 2


def test_staff_are_told_that_an_address_is_held_back(console: Client, referral: Referral, now: datetime) -> None:
    address = referral.advocate.keys.get(kind="email").shown
    suppression_add(address=address, scope=Suppression.Scope.ALL, reason=Suppression.Reason.BOUNCED, now=now)
    assert "No mail can go to this person" in press(console, referral.advocate)
    assert not OutboundMessage.objects.filter(mail="reward_explained").exists()


def test_the_portal_says_why_this_amount_and_why_nothing_yet(client: Client, campaign: Campaign, now: datetime) -> None:
    rule_of(campaign, now=now, hold_days=14)
    enrolment = enrolled(campaign, now=now)
    won(referred(enrolment, now=now), now=now)
    referred(enrolment, now=now, person=NOOR)
    session = client.session
    session[SESSION_KEY] = enrolment.contact_id
    session.save()
    page = text(client.get(reverse("rewards:wallet"), headers={"accept-language": "en"}))
    assert "When the friend becomes a customer, the advocate gets $20.00 in account credit." in page
    assert "thanks to Ben Carter" in page
    assert "Nothing yet" in page
    assert "Noor Haddad came in over your recommendation" in page
    # What the friend paid is the friend's own affair.
    assert "$100.00" not in page
