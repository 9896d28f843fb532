"""Words are published as agreed, and only so; taken back, they are gone."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from advocates.errors import BadFact
from advocates.models import AuditEntry, Consent, Contact, Moment, User
from advocates.services.consents import consent_withdraw
from campaigns import models
from campaigns.errors import PlacesMissing
from campaigns.models import Campaign, OutboundMessage
from campaigns.services import testimonials as service
from campaigns.services.portal import portal_link_create
from campaigns.testimonials import published
from config.lib import clock
from config.lib.states import NotAllowed, Stale
from tests.factories.campaigns import campaign_made

pytestmark = pytest.mark.django_db

Status = models.Testimonial.Status
PAGE = "/portal/testimonial/"
WORDS = "The best <b>coffee</b> & the kindest people."
FORM = {
    "text": WORDS,
    "shown_name": "Omar D.",
    "shown_company": "Boston",
    "places": ["website", "print"],
    "consent": "on",
}


def handed_in(contact: Contact, now: datetime, **changes: Any) -> models.Testimonial:
    facts: dict[str, Any] = {
        "text": WORDS,
        "shown_name": "Omar D.",
        "shown_company": "Boston",
        "places": ["website"],
        "language": "en",
        "consent_version": "testimonial-1",
        "consent_text": "I agree.",
    }
    return service.testimonial_submit(contact=contact, now=now, **(facts | changes))


def shown(campaign: Campaign, language: str = "en") -> list[str]:
    return [said.text for said in published(campaign, language)]


@pytest.fixture
def said(omar: Contact, now: datetime) -> models.Testimonial:
    return handed_in(omar, now)


@pytest.fixture
def portal(client: Client, omar: Contact) -> Client:
    client.post("/" + portal_link_create(contact=omar, now=clock.now()).split("/", 3)[3])
    return client


class TestServices:
    def test_the_text_agreed_to_is_kept_with_version_and_time(
        self, said: models.Testimonial, omar: Contact, now: datetime
    ) -> None:
        consent = Consent.objects.get(contact=omar, channel=Consent.Channel.PUBLISH)
        assert (consent.text_version, consent.given_at, consent.source) == ("testimonial-1", now, "portal")
        assert (said.consent_text, said.consented_at, said.status) == ("I agree.", now, Status.SUBMITTED)
        assert AuditEntry.objects.filter(verb="consent.given").exists()

    def test_nothing_is_shown_before_staff_have_read_it(
        self, said: models.Testimonial, campaign: Campaign, mira: User, now: datetime
    ) -> None:
        assert shown(campaign) == []
        service.testimonial_publish(testimonial=said, actor=mira, campaign=None, now=now)
        assert shown(campaign) == [WORDS]
        assert Moment.objects.get().kind == Moment.Kind.TESTIMONIAL
        message = OutboundMessage.objects.get(mail="testimonial_published")
        assert "/portal/testimonial/" in message.text
        assert "website" in message.text

    def test_taken_back_it_is_gone_at_once_and_stays_so(
        self, said: models.Testimonial, campaign: Campaign, mira: User, now: datetime
    ) -> None:
        service.testimonial_publish(testimonial=said, actor=mira, campaign=None, now=now)
        service.testimonial_withdraw(testimonial=said, now=now)
        assert shown(campaign) == []
        assert Consent.objects.get(channel="publish").withdrawn_at == now
        assert AuditEntry.objects.filter(verb="testimonial.withdrawn").exists()
        with pytest.raises(NotAllowed):
            service.testimonial_publish(testimonial=said, actor=mira, campaign=None, now=now)

    def test_of_two_only_the_one_taken_back_goes(
        self, said: models.Testimonial, campaign: Campaign, omar: Contact, mira: User
    ) -> None:
        other = handed_in(omar, clock.now(), text="Another")
        for one in (said, other):
            service.testimonial_publish(testimonial=one, actor=mira, campaign=None, now=clock.now())
        service.testimonial_withdraw(testimonial=said, now=clock.now())
        assert shown(campaign) == ["Another"]

    def test_a_consent_taken_back_elsewhere_takes_it_down_too(
        self, said: models.Testimonial, campaign: Campaign, omar: Contact, mira: User, now: datetime
    ) -> None:
        service.testimonial_publish(testimonial=said, actor=mira, campaign=None, now=now)
        consent_withdraw(contact=omar, channel="publish", source="console", actor=mira, now=now)
        assert shown(campaign) == []

    def test_who_was_forgotten_stands_nowhere(
        self, said: models.Testimonial, campaign: Campaign, mira: User, now: datetime
    ) -> None:
        service.testimonial_publish(testimonial=said, actor=mira, campaign=None, now=now)
        Contact.objects.update(erased_at=now)
        assert shown(campaign) == []

    def test_only_where_and_in_the_language_that_was_agreed_to(
        self, campaign: Campaign, omar: Contact, mira: User, now: datetime
    ) -> None:
        only_print = handed_in(omar, now, places=["print"])
        other_campaign = handed_in(omar, now, text="Elsewhere")
        german = handed_in(omar, now, text="Sehr gut", language="de")
        service.testimonial_publish(testimonial=only_print, actor=mira, campaign=None, now=now)
        service.testimonial_publish(testimonial=other_campaign, actor=mira, campaign=campaign_made(), now=now)
        service.testimonial_publish(testimonial=german, actor=mira, campaign=None, now=now)
        assert (shown(campaign), shown(campaign, "de")) == ([], ["Sehr gut"])

    def test_three_are_shown_the_newest_first(
        self, campaign: Campaign, omar: Contact, mira: User, now: datetime
    ) -> None:
        for number in range(5):
            one = handed_in(omar, now, text=str(number))
            service.testimonial_publish(testimonial=one, actor=mira, campaign=None, now=now)
        assert shown(campaign) == ["4", "3", "2"]

    def test_of_two_who_decide_one_is_told_that_it_changed(
        self, said: models.Testimonial, mira: User, now: datetime
    ) -> None:
        seen_by_other = models.Testimonial.objects.get()
        service.testimonial_withdraw(testimonial=said, now=now)
        with pytest.raises(Stale):
            service.testimonial_publish(testimonial=seen_by_other, actor=mira, campaign=None, now=now)
        assert not OutboundMessage.objects.exists()
        assert not Moment.objects.exists()

    def test_without_a_place_or_too_long_it_is_refused(self, omar: Contact, now: datetime) -> None:
        with pytest.raises(PlacesMissing):
            handed_in(omar, now, places=["the moon"])
        with pytest.raises(BadFact):
            handed_in(omar, now, text="x" * 1001)
        assert not Consent.objects.filter(channel="publish").exists()


class TestPortal:
    def test_a_stranger_is_sent_to_the_sign_in(self, client: Client, company: object) -> None:
        assert client.get(PAGE).status_code == 302
        assert client.post(PAGE, FORM).status_code == 302
        assert not models.Testimonial.objects.exists()

    def test_nothing_is_ticked_beforehand(self, portal: Client) -> None:
        text = portal.get(PAGE).text
        assert "checked" not in text
        assert "I agree that Fernway Coffee publishes these words" in text

    def test_words_are_handed_in_and_taken_back(self, portal: Client, campaign: Campaign, mira: User) -> None:
        assert portal.post(PAGE, FORM).headers["Location"] == f"{PAGE}?sent=1"
        said = models.Testimonial.objects.get()
        assert (said.places, said.signature, said.language) == (["website", "print"], "Omar D., Boston", "en")
        assert said.consent_text.startswith("I agree that Fernway Coffee")
        assert "is being read" in portal.get(PAGE).text
        service.testimonial_publish(testimonial=said, actor=mira, campaign=None, now=clock.now())
        landing = portal.get(f"/c/{campaign.slug}/").text
        assert "&lt;b&gt;coffee&lt;/b&gt; &amp; the kindest" in landing
        assert "Omar D., Boston" in landing
        portal.get(reverse("campaigns:testimonial_take_back", args=[said.public_id]))
        assert shown(campaign) == [WORDS]
        portal.post(reverse("campaigns:testimonial_take_back", args=[said.public_id]))
        assert WORDS not in portal.get(f"/c/{campaign.slug}/").text
        assert "taken back by you" in portal.get(PAGE).text

    def test_somebody_elses_words_cannot_be_taken_back(self, portal: Client, lena: Contact, now: datetime) -> None:
        theirs = handed_in(lena, now)
        url = reverse("campaigns:testimonial_take_back", args=[theirs.public_id])
        assert portal.post(url).status_code == 404
        theirs.refresh_from_db()
        assert theirs.status == Status.SUBMITTED

    @pytest.mark.parametrize("missing", ["text", "shown_name", "places", "consent"])
    def test_what_is_missing_is_said(self, portal: Client, missing: str) -> None:
        form = {name: value for name, value in FORM.items() if name != missing}
        answer = portal.post(PAGE, form)
        assert answer.status_code == 200
        assert "invalid-feedback" in answer.text
        assert not models.Testimonial.objects.exists()

    def test_the_home_page_leads_there(self, portal: Client) -> None:
        assert PAGE in portal.get("/portal/").text


class TestConsole:
    def test_staff_publish_and_decline_but_never_edit(
        self, client: Client, said: models.Testimonial, campaign: Campaign
    ) -> None:
        client.force_login(User.objects.create_superuser("root@fernway.example", "a long pass phrase", name="Root"))
        page = reverse("admin:campaigns_testimonial_change", args=[said.pk])
        text = client.get(page).text
        assert "&lt;b&gt;coffee" in text
        assert "I agree." in text
        assert client.post(page, {"text": "Better words"}).status_code == 403
        client.post(reverse("admin:campaigns_testimonial_verb", args=[said.pk, "publish"]), {"campaign": campaign.pk})
        assert shown(campaign) == [WORDS]
        decline = reverse("admin:campaigns_testimonial_verb", args=[said.pk, "decline"])
        assert client.post(decline, {"reason": ""}).status_code == 200
        assert shown(campaign) == [WORDS]
        client.post(decline, {"reason": "Names a rival"})
        assert shown(campaign) == []
        assert AuditEntry.objects.get(verb="testimonial.declined").reason == "Names a rival"
        assert "Omar D." in client.get(reverse("admin:campaigns_testimonial_changelist")).text
        person = reverse("admin:advocates_contact_change", args=[said.contact.pk])
        assert "the kindest people" in client.get(person).text
