from datetime import timedelta

import pytest

from advocates.models import Consent, Contact
from advocates.services.contacts import ContactFacts
from campaigns.errors import CampaignNotOpen
from campaigns.models import Campaign, OutboundMessage
from referrals.errors import AlreadyReferred, EventIdReused, ExistingCustomer, LinkOff, SelfReferral, UnknownAdvocate
from referrals.models import Referral, ReferralEvent
from referrals.services.referrals import FriendConsent, referral_heard
from tests.cast import BEN, LENA, NOOR, OMAR, contact_of
from tests.factories.referrals import referred

pytestmark = pytest.mark.django_db


def test_a_friend_becomes_a_referral_with_its_event(link, now):
    referral = referred(link, now=now, event_id="form-7")

    event = referral.events.get()
    assert (event.type, event.source, event.event_id, event.sequence) == ("claimed", "shop", "form-7", 1)
    assert (referral.status, str(referral.owner), referral.review) == ("submitted", "Maya Okafor", "clear")
    assert referral.credit_until == now + timedelta(days=365)
    assert referral.terms_seen == link.campaign.copies.get()


def test_everybody_concerned_is_told_once(link, now):
    referred(link, now=now)

    told = set(OutboundMessage.objects.values_list("mail", "to_address"))
    assert told == {
        ("friend_thanks", BEN.email),
        ("advocate_news", LENA.email),
        ("new_referral", "maya@fernway.example"),
        ("new_referral", "team@fernway.example"),
    }


def test_mails_say_what_they_are_about(link, now):
    referred(link, now=now)

    thanks = OutboundMessage.objects.get(mail="friend_thanks")
    assert "10 % off the first order" in thanks.text
    assert "Lena" in thanks.subject
    assert "{" not in thanks.text + thanks.subject


def test_nobody_recommends_us_to_themselves(link, now):
    with pytest.raises(SelfReferral):
        referred(link, now=now, person=LENA)


def test_an_advocate_learns_of_their_own_earlier_referral(link, ben, now):
    with pytest.raises(AlreadyReferred) as refusal:
        referred(link, now=now)

    assert refusal.value.extra == {"referral": ben.public_id}


def test_another_advocate_learns_nothing_of_it(other_link, ben, now):
    with pytest.raises(AlreadyReferred) as refusal:
        referred(other_link, now=now)

    assert refusal.value.extra == {}


def test_a_customer_is_not_a_new_friend(link, now):
    contact_of(NOOR, purchases_count=1)

    with pytest.raises(ExistingCustomer):
        referred(link, now=now, person=NOOR)


def test_a_campaign_may_take_customers_too(link, now):
    Campaign.objects.update(known_customers=Campaign.KnownCustomers.ACCEPT)
    link.refresh_from_db()
    contact_of(NOOR, purchases_count=1)

    assert referred(link, now=now, person=NOOR).status == "submitted"


@pytest.mark.parametrize("status", ["draft", "paused", "ended"])
def test_a_closed_campaign_takes_nobody(link, now, status):
    link.campaign.status = status

    with pytest.raises(CampaignNotOpen):
        referred(link, now=now)


def test_a_link_switched_off_brings_nobody(link, now):
    link.status = link.Status.DISABLED

    with pytest.raises(LinkOff):
        referred(link, now=now)


def test_a_refusal_leaves_nothing_behind(link, now):
    referred(link, now=now, event_id="form-7")
    people = Contact.objects.count()

    with pytest.raises(EventIdReused):
        referred(link, now=now, person=NOOR, event_id="form-7")

    assert (Contact.objects.count(), Referral.objects.count(), ReferralEvent.objects.count()) == (people, 1, 1)


def test_consent_is_kept_with_its_basis(link, now):
    consent = FriendConsent(source="shop", given_at=now, basis=Consent.Basis.BY_API, text_version="v2")
    referral = referred(link, now=now, consent=consent)

    kept = referral.friend.consents.get()
    assert (kept.channel, kept.basis, kept.text_version) == ("email", "by_api", "v2")


def test_a_referral_heard_by_phone_enrols_the_advocate(campaign, maya, now):
    contact_of(OMAR)

    referral = referral_heard(
        campaign=campaign,
        advocate="+1 202 555 0143",
        friend=ContactFacts(name=BEN.name, phone=BEN.phone),
        consent=None,
        note="Runs a café",
        actor=maya,
        now=now,
    )

    assert (referral.method, referral.entered_by, referral.note) == ("staff", maya, "Runs a café")
    assert referral.enrolment.contact == contact_of(OMAR)


@pytest.mark.parametrize("typed", ["nobody@mail.example", "+49 30 000000", "not a number", "ABCDEFGHJK"])
def test_an_advocate_whom_nobody_knows(campaign, maya, now, typed):
    with pytest.raises(UnknownAdvocate):
        referral_heard(
            campaign=campaign,
            advocate=typed,
            friend=ContactFacts(email=BEN.email),
            consent=None,
            note="",
            actor=maya,
            now=now,
        )
