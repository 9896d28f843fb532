"""What mails, links and referrals say for the inner circle, and what the chosen brought."""

from datetime import timedelta

import pytest

from advocates.circle import SIGNALS, names_in, reasons_in_words, reasons_kept
from advocates.circle_figures import brought
from advocates.models import CircleChoice, Contact
from advocates.services.circle import circle_choose
from advocates.services.circle_suggest import circle_suggest
from campaigns.models import MessageEvent, OutboundMessage
from campaigns.services.enrolments import share_record
from referrals.models import Referral
from tests.cast import BEN, LENA, MEI, NOOR, OMAR, SOFIA, contact_of
from tests.factories.campaigns import campaign_made
from tests.factories.referrals import enrolled, referred
from tests.factories.rewards import won

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]

Status = CircleChoice.Status


def read(name, contact, now):
    return SIGNALS[name].read([contact], now).get(contact.pk)


def words_of(name, reading):
    kept = reasons_kept({name: reading})
    return reasons_in_words(kept, names_in(kept))[0].words


def test_who_came_by_a_friend_is_told_by_whose_word_and_no_name_is_kept(now):
    referral = referred(enrolled(campaign_made(), now=now), now=now)
    assert read("came_by_a_friend", referral.friend, now) is None
    won(referral, now=now)
    reading = read("came_by_a_friend", referral.friend, now)
    assert reading.values == {"person": referral.advocate.public_id}
    assert words_of("came_by_a_friend", reading) == "came by a referral of Lena Vogt"
    Contact.objects.get(pk=referral.advocate.pk).details.delete()
    assert words_of("came_by_a_friend", reading) == "came by a referral"


def test_who_brought_friends_before_brings_more(now):
    link = enrolled(campaign_made(), now=now)
    *_others, last = [referred(link, now=now, person=person) for person in (BEN, SOFIA, NOOR)]
    reading = read("brought_friends", link.contact, now)
    assert (reading.points, words_of("brought_friends", reading)) == (30, "has referred 3 friends already")
    won(last, now=now)
    reading = read("brought_friends", link.contact, now)
    assert words_of("brought_friends", reading) == "has referred 3 friends already, one of them became a customer"
    Referral.objects.update(status=Referral.Status.REJECTED, converted_at=None)
    assert read("brought_friends", link.contact, now) is None


def a_mail(contact, at, *, opened):
    mail = OutboundMessage.objects.create(
        dedupe_key=f"{contact.pk}-{at}", mail="ask", nature="ask", contact=contact, language="en", due_at=at, sent_at=at
    )
    if opened:
        MessageEvent.objects.create(message=mail, kind=MessageEvent.Kind.OPENED, occurred_at=at)


def test_who_opened_the_last_two_mails_reads_us(now):
    lena, mei, omar = contact_of(LENA), contact_of(MEI), contact_of(OMAR)
    for contact, opened in ((lena, (False, True, True)), (mei, (True, True, False)), (omar, (True,))):
        for place, is_read in enumerate(opened):
            a_mail(contact, now - timedelta(days=9 - place), opened=is_read)
    readings = SIGNALS["reads_mails"].read([lena, mei, omar], now)
    assert set(readings) == {lena.pk}
    assert words_of("reads_mails", readings[lena.pk]) == "opened the last two mails"


def test_who_shared_a_link_lately_is_asked_sooner(now):
    link = enrolled(campaign_made(), now=now)
    for days in (1, 2, 500):
        share_record(enrolment=link, channel="mail", now=now - timedelta(days=days))
    reading = read("shared_a_link", link.contact, now)
    assert (reading.points, words_of("shared_a_link", reading)) == (10, "shared a link 2 times lately")


def test_the_chosen_are_set_beside_those_who_were_not(now, maya):
    """Only what came after the choice counts: who brought friends before was chosen for it."""
    campaign = campaign_made()
    people = {person: contact_of(person, nps_score=10, nps_at=now) for person in (LENA, MEI, OMAR)}
    links = {person: enrolled(campaign, now=now, person=person) for person in people}
    referred(links[LENA], now=now - timedelta(days=1), person=BEN)
    circle_suggest(now)
    circle_choose(contact=people[LENA], status=Status.MEMBER, actor=maya, now=now)
    circle_choose(contact=people[MEI], status=Status.DISMISSED, actor=maya, now=now)
    later = now + timedelta(days=9)
    won(referred(links[LENA], now=later, person=SOFIA), now=later)
    referred(links[OMAR], now=later, person=NOOR)

    friends, customers = brought()

    assert (friends["chosen"].people, friends["chosen"].active, friends["chosen"].total) == (1, 1, 1)
    assert (friends["others"].people, friends["others"].active, friends["others"].total) == (2, 1, 1)
    assert (customers["chosen"].total, customers["others"].total) == (1, 0)
    assert (friends["chosen"].percent, friends["others"].percent) == (100, 50)
