"""The page about one person: everything known, each part for those who may see it."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from advocates.admin.person import PERSON_PANELS, PERSON_STORIES
from advocates.models import CircleChoice, CircleLevel, Contact, Segment, SegmentMember, Suppression, User
from advocates.services.circle import circle_choose
from advocates.services.circle_suggest import circle_suggest
from advocates.services.consents import consent_record
from advocates.services.purchases import purchase_record
from advocates.services.suppression import suppression_add
from campaigns.models import EnrolmentEvent, OutboundMessage
from campaigns.services.enrolments import share_record
from config.lib import clock
from config.lib.money import Money
from config.search import find_people
from tests.cast import BEN, INGRID, LENA, MEI, NOOR, OMAR, SOFIA, YUKI, Person, contact_of
from tests.factories.campaigns import campaign_made
from tests.factories.payouts import approved_cash
from tests.factories.referrals import enrolled, referred
from tests.factories.rewards import won

pytestmark = pytest.mark.django_db

# What the frame and all panels take for one person, whatever is known of them.
QUERIES = 73


@pytest.fixture
def root(client, company):
    user = User.objects.create_superuser("root@fernway.example", "a long pass phrase", name="Root")
    client.force_login(user)
    return user


def reader(client, *permissions):
    user = User.objects.create_user("reader@fernway.example", "a long pass phrase", name="Reader")
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(user)


def page_of(contact):
    return reverse("admin:advocates_contact_change", args=[contact.pk])


def verb_of(contact, name):
    return reverse("admin:advocates_contact_verb", args=[contact.pk, name])


def a_busy_life(person, friends, now, actor):
    """Somebody who bought, was chosen, asked, brought friends and was paid."""
    contact = contact_of(person, nps_score=10, nps_at=now)
    purchase_record(
        contact=contact, source="shop", external_id=f"A-{person.name}", occurred_at=now, money=Money(4_990, "EUR")
    )
    consent_record(contact=contact, channel="email", basis="opt_in", source="shop", given_at=now)
    campaign = campaign_made()
    link = enrolled(campaign, now=now, person=person)
    for number, friend in enumerate(friends):
        referral = referred(link, now=now, person=friend)
        if number == 0:
            won(referral, now=now)
        share_record(enrolment=link, channel="whatsapp", now=now)
        approved_cash(contact, 2_000 + number, now=now)
    circle_choose(contact=contact, status="member", actor=actor, note="Likes to talk", now=now)
    return contact


def test_everything_is_told_on_one_page(client, root, now):
    lena = a_busy_life(LENA, [BEN, SOFIA], now, root)
    text = client.get(page_of(lena)).text
    for words in (
        LENA.name,
        LENA.email,
        LENA.external_id,
        BEN.name,
        "Likes to talk",
        "Taken into the inner circle",
        "Their friend became a customer: Ben Carter",
        "agreed in a form",
        "€20.00",
        "circle.member",
        "Shared the link",
    ):
        assert words in text, words


def test_a_full_life_takes_no_more_queries_than_a_short_one(client, root, now):
    short = a_busy_life(LENA, [BEN], now, root)
    full = a_busy_life(OMAR, [SOFIA, NOOR, YUKI, INGRID], now, root)
    client.get(page_of(short))
    counts = []
    for contact in (short, full):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(page_of(contact))
        counts.append(len(asked))
    assert counts[0] == counts[1] <= QUERIES, counts


PARTS = [
    ("view_circlechoice", "Inner circle"),
    ("view_referral", "Friends they brought"),
    ("view_reward", "Thanks to"),
    ("view_account", "Balance by unit"),
    ("view_enrolment", "Links and codes"),
    ("view_consent", "Agreed to, and held back"),
    ("view_auditentry", "Trail of changes"),
]


@pytest.mark.parametrize(("permission", "words"), PARTS)
def test_each_part_is_for_those_who_may_see_it(permission, words, client, root, now):
    lena = a_busy_life(LENA, [BEN], now, root)
    assert words in client.get(page_of(lena)).text
    reader(client, "view_contact")
    assert f">{words}<" not in client.get(page_of(lena)).text
    User.objects.get(email="reader@fernway.example").user_permissions.add(Permission.objects.get(codename=permission))
    assert words in client.get(page_of(lena)).text


def test_every_part_names_who_may_see_it():
    known = {
        f"{one.content_type.app_label}.{one.codename}" for one in Permission.objects.select_related("content_type")
    }
    named = {panel.permission for panel in PERSON_PANELS} | {story.permission for story in PERSON_STORIES}
    assert named <= known


def test_the_story_shows_the_newest_and_earlier_ones_on_demand(client, root, now):
    lena = contact_of(LENA)
    for day in range(30):
        at = now - timedelta(days=day)
        purchase_record(contact=lena, source="shop", external_id=f"B-{day}", occurred_at=at, money=Money(100, "EUR"))
        consent_record(contact=lena, channel="email", basis="opt_in", source=f"shop-{day}", given_at=at)
    short = client.get(page_of(lena)).text
    assert "Show earlier steps" in short
    longer = client.get(page_of(lena), {"story": "60"}).text
    assert longer.count("Consent given") > short.count("Consent given")
    assert client.get(page_of(lena), {"story": "9" * 400}).status_code == 200


def test_who_was_merged_leads_to_who_they_are_now(client, root, now):
    lena, mei, omar = contact_of(LENA), contact_of(MEI), contact_of(OMAR)
    Contact.objects.filter(pk=mei.pk).update(merged_into=omar)
    Contact.objects.filter(pk=omar.pk).update(merged_into=lena)
    text = client.get(page_of(omar)).text
    assert page_of(lena) in text
    assert verb_of(omar, "take-in") not in text
    assert list(find_people(mei.public_id)) == [lena]
    assert LENA.name in client.get(reverse("admin:advocates_contact_changelist"), {"q": omar.public_id}).text


def test_a_colleague_who_is_a_customer_shows(client, root, now):
    lena = contact_of(LENA)
    assert "works here" not in client.get(page_of(lena)).text
    root.contact = lena
    root.save()
    assert "works here" in client.get(page_of(lena)).text


def test_what_is_held_back_says_why(client, root, now):
    lena = contact_of(LENA)
    suppression_add(address=LENA.email, scope=Suppression.Scope.ASKS, reason=Suppression.Reason.BOUNCED, now=now)
    assert "address does not exist" in client.get(page_of(lena)).text


def test_somebody_is_asked_from_their_page_once(client, root, now):
    campaign = campaign_made()
    lena = contact_of(LENA, purchases_count=3)
    assert "One person is asked." in client.post(verb_of(lena, "ask-now"), {"campaign": campaign.pk}, follow=True).text
    assert OutboundMessage.objects.filter(contact=lena, mail="ask").count() == 1
    again = client.post(verb_of(lena, "ask-now"), {"campaign": campaign.pk}, follow=True).text
    assert "asked not long ago: 1" in again


def test_somebody_is_given_a_link_and_not_written_to(client, root, now):
    campaign = campaign_made()
    lena = contact_of(LENA)
    text = client.post(verb_of(lena, "enrol"), {"campaign": campaign.pk}, follow=True).text
    assert lena.enrolments.get().code in text
    assert not OutboundMessage.objects.exists()
    assert EnrolmentEvent.objects.get().type == EnrolmentEvent.Type.ENROLLED


def test_levels_and_reminders_are_set_on_the_page(client, root, now):
    level = CircleLevel.objects.create(name="Near", rank=1)
    lena, mei = contact_of(LENA), contact_of(MEI)
    client.post(verb_of(lena, "take-in"), {"level": level.pk, "note": "Speaks well of us"})
    assert lena.circle.level == level
    client.post(verb_of(lena, "level"), {"level": "", "note": ""})
    assert CircleChoice.objects.get(contact=lena).level is None
    client.post(verb_of(mei, "later"), {"when": "quarter", "note": ""})
    assert mei.circle.remind_on == clock.now().date() + timedelta(days=91)


def test_why_somebody_is_suggested_stands_on_their_page(client, root, now):
    lena = contact_of(LENA, nps_score=10, nps_at=now, purchases_count=7)
    circle_suggest(now)
    text = client.get(page_of(lena)).text
    assert "Suggested with 47 points, because:" in text
    assert "promoter since November 2026 (10 of 10)" in text


# --- the list ---


def listed(client, **query):
    text = client.get(reverse("admin:advocates_contact_changelist"), query).text
    return {person.name for person in (LENA, MEI, OMAR) if person.name in text}


def test_people_are_cut_by_segment_circle_level_and_complaint(client, root, now):
    lena, mei, omar = contact_of(LENA), contact_of(MEI, nps_score=9, nps_at=now), contact_of(OMAR)
    level = CircleLevel.objects.create(name="Near", rank=1)
    circle_choose(contact=lena, status="member", actor=root, level=level, now=now)
    segment = Segment.objects.create(name="Regulars")
    SegmentMember.objects.create(segment=segment, contact=mei, joined_at=now)
    omar.moments.create(kind="complaint", source="desk", event_id="1", occurred_at=now)
    assert listed(client, circle="member") == {LENA.name}
    assert listed(client, level=str(level.pk)) == {LENA.name}
    assert listed(client, segment=segment.public_id) == {MEI.name}
    assert listed(client, complaint="yes") == {OMAR.name}
    assert listed(client, complaint="no") == {LENA.name, MEI.name}
    assert listed(client, nps="unknown") == {LENA.name, OMAR.name}
    assert listed(client, level="99999999999999999999") == {LENA.name, MEI.name, OMAR.name}


def test_a_person_of_an_unknown_number_leads_back(client, root):
    url = reverse("admin:advocates_contact_change", args=["9" * 30])
    assert client.get(url).status_code == 302


def test_somebody_without_a_name_or_address_has_a_page(client, root, now):
    nobody = contact_of(Person("", "", external_id="C-9"))
    assert client.get(page_of(nobody)).status_code == 200
