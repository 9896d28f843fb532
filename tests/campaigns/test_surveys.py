"""The right people are asked, once; a link changes nothing, a press answers, and no name stands anywhere."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from advocates.models import AuditEntry, Consent, Contact, NpsAnswer, Segment, SegmentMember, Suppression, User
from advocates.services.consents import consent_record, consent_withdraw
from advocates.services.contacts import ContactFacts, contact_upsert
from advocates.services.moments import complaint_open, complaint_settle
from advocates.services.suppression import suppression_add
from campaigns.errors import CampaignNotReady, SurveyClosed
from campaigns.models import Campaign, Company, Enrolment, NpsSurvey, OutboundMessage, SurveyInvitation
from campaigns.selectors import invitation_of_token, survey_url
from campaigns.services.enrolments import enrolment_create
from campaigns.services.surveys import (
    due_people,
    survey_answer,
    survey_ask,
    survey_end,
    survey_start,
    surveys_send,
)
from config.lib import clock
from config.lib.states import NotAllowed

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def survey(company: Company) -> NpsSurvey:
    return NpsSurvey.objects.create(name="Twice a year", status=NpsSurvey.Status.ACTIVE)


@pytest.fixture
def invitation(survey: NpsSurvey, omar: Contact) -> SurveyInvitation:
    return SurveyInvitation.objects.create(survey=survey, contact=omar, invited_at=clock.now())


@pytest.fixture
def page(invitation: SurveyInvitation) -> str:
    return "/" + survey_url(invitation).split("/", 3)[3]


def asked() -> list[str]:
    return sorted(OutboundMessage.objects.filter(mail="nps_survey").values_list("to_address", flat=True))


class TestAsking:
    def test_customers_are_asked_in_their_own_language(
        self, survey: NpsSurvey, omar: Contact, lena: Contact, now: datetime
    ) -> None:
        contact_upsert(facts=ContactFacts(email="lead@mail.example", relation="lead"), source="crm", now=now)
        assert surveys_send(now) == {"asked": 2}
        assert {message.language for message in OutboundMessage.objects.all()} == {"en", "de"}
        message = OutboundMessage.objects.get(contact=omar)
        invitation = SurveyInvitation.objects.get(contact=omar)
        for score in range(11):
            assert f"{survey_url(invitation)}?score={score}" in message.html
        assert survey_url(invitation) in message.text
        assert "omar" not in survey_url(invitation).lower()
        assert message.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    def test_nobody_is_asked_twice_and_everybody_rests(
        self, survey: NpsSurvey, company: Company, omar: Contact, now: datetime
    ) -> None:
        for later in (now, now + DAY, now + (survey.repeat_after_days - 1) * DAY):
            surveys_send(later)
        assert len(asked()) == 1
        omar.refresh_from_db()
        assert omar.last_asked_at == now
        surveys_send(now + max(survey.repeat_after_days, company.ask_rest_days) * DAY)
        assert len(asked()) == 2

    def test_a_second_survey_waits_too(self, survey: NpsSurvey, omar: Contact, now: datetime) -> None:
        NpsSurvey.objects.create(name="Another", status=NpsSurvey.Status.ACTIVE)
        assert surveys_send(now) == {"asked": 1}

    def test_who_answered_lately_by_another_way_is_left_out(
        self, survey: NpsSurvey, omar: Contact, now: datetime
    ) -> None:
        Contact.objects.filter(pk=omar.pk).update(nps_score=9, nps_at=now - 10 * DAY)
        assert surveys_send(now) == {"asked": 0}

    def test_the_daily_limit_holds(self, survey: NpsSurvey, omar: Contact, lena: Contact, now: datetime) -> None:
        NpsSurvey.objects.update(daily_limit=1)
        assert [surveys_send(now + hours * timedelta(hours=1))["asked"] for hours in (0, 1, 23, 24)] == [1, 0, 0, 1]

    def test_who_complained_unsubscribed_or_gave_no_basis_is_left_out(
        self, survey: NpsSurvey, omar: Contact, lena: Contact, maya: User, now: datetime
    ) -> None:
        complaint_open(contact=omar, note="It leaks.", actor=maya, now=now)
        suppression_add(address="lena.vogt@posteo.example", scope=Suppression.Scope.ASKS, reason="staff", now=now)
        assert surveys_send(now) == {"asked": 0}
        complaint_settle(contact=omar, actor=maya, now=now)
        consent_record(contact=omar, channel="email", basis=Consent.Basis.OPT_IN, source="form", given_at=now)
        consent_withdraw(contact=omar, channel="email", source="form", now=now)
        assert surveys_send(now) == {"asked": 0}
        assert not SurveyInvitation.objects.exists()
        assert not Contact.objects.exclude(last_asked_at=None).exists()

    def test_a_segment_says_whom(self, survey: NpsSurvey, omar: Contact, lena: Contact, now: datetime) -> None:
        survey.segment = Segment.objects.create(name="Germany")
        survey.save()
        SegmentMember.objects.create(segment=survey.segment, contact=lena, joined_at=now)
        assert list(due_people(survey, now=now)) == [lena]
        surveys_send(now)
        assert asked() == ["lena.vogt@posteo.example"]

    def test_only_running_surveys_ask(self, survey: NpsSurvey, omar: Contact, mira: User, now: datetime) -> None:
        survey_end(survey=survey, actor=mira, now=now)
        assert surveys_send(now) == {"asked": 0}
        with pytest.raises(NotAllowed):
            survey_end(survey=survey, actor=mira, now=now)
        survey_start(survey=survey, actor=mira, now=now)
        assert surveys_send(now) == {"asked": 1}
        assert AuditEntry.objects.filter(verb="survey.moved", actor=mira).count() == 2

    def test_without_a_postal_address_no_survey_starts(self, survey: NpsSurvey, mira: User, now: datetime) -> None:
        NpsSurvey.objects.update(status=NpsSurvey.Status.DRAFT)
        Company.objects.update(postal_address="")
        survey.refresh_from_db()
        with pytest.raises(CampaignNotReady):
            survey_start(survey=survey, actor=mira, now=now)

    def test_who_was_forgotten_meanwhile_is_not_asked(self, survey: NpsSurvey, omar: Contact, now: datetime) -> None:
        Contact.objects.update(erased_at=now)
        assert not survey_ask(survey=survey, contact=omar, now=now)


class TestThePage:
    def test_looking_changes_nothing(self, client: Client, page: str, omar: Contact) -> None:
        for query in ("", "?score=7", "?score=77", "?score=<b>", "?comment=x"):
            assert client.get(page + query).status_code == 200
            assert client.head(page + query).status_code == 200
        assert client.get(f"{page}thanks/").status_code == 302
        assert not NpsAnswer.objects.exists()
        assert not SurveyInvitation.objects.exclude(answered_at=None).exists()

    def test_the_figure_of_the_link_is_chosen_and_no_name_is_shown(
        self, client: Client, page: str, omar: Contact
    ) -> None:
        text = client.get(f"{page}?score=7").text
        assert 'value="7" required checked' in " ".join(text.split())
        assert text.count("checked") == 1
        assert text.count('type="radio"') == 11
        assert "Omar" not in text
        assert "omar" not in text

    def test_it_speaks_the_language_of_the_mail(self, client: Client, survey: NpsSurvey, lena: Contact) -> None:
        asked_lena = SurveyInvitation.objects.create(survey=survey, contact=lena, invited_at=clock.now())
        answer = client.get(survey_url(asked_lena))
        assert answer.headers["Content-Language"] == "de"
        assert 'lang="de"' in answer.text

    @pytest.mark.parametrize(
        ("score", "words"), [(10, "makes our day"), (8, "that helps"), (3, "gets in touch with you")]
    )
    def test_a_press_answers_and_says_what_comes_next(
        self, client: Client, page: str, omar: Contact, score: int, words: str
    ) -> None:
        answer = client.post(page, {"score": score, "comment": "<b>Because</b>"})
        assert answer.headers["Location"] == f"{page}thanks/"
        thanks = client.get(answer.headers["Location"]).text
        assert words in thanks
        assert "Omar" not in thanks
        omar.refresh_from_db()
        said = NpsAnswer.objects.get()
        assert (omar.nps_score, said.via, said.comment) == (score, NpsAnswer.Via.SURVEY, "<b>Because</b>")
        assert said.survey_invitation.answered_at is not None
        assert "&lt;b&gt;Because" in client.get(page).text
        assert NpsAnswer.objects.to_answer().exists() == (score == 3)

    def test_a_promoter_who_recommends_gets_their_link(
        self, client: Client, page: str, campaign: Campaign, omar: Contact, enrolment: Enrolment
    ) -> None:
        client.post(page, {"score": 9})
        assert "/a/enr_" in client.get(f"{page}thanks/").text
        client.post(page, {"score": 2})
        assert "/a/enr_" not in client.get(f"{page}thanks/").text

    def test_a_detractor_without_words_is_asked_for_them(self, client: Client, page: str, omar: Contact) -> None:
        client.post(page, {"score": 1})
        assert "what went wrong" in client.get(f"{page}thanks/").text

    def test_the_answer_can_be_changed(self, client: Client, page: str, omar: Contact) -> None:
        client.post(page, {"score": 9})
        client.post(page, {"score": 4, "comment": "It broke"})
        omar.refresh_from_db()
        assert omar.nps_score == 4
        assert NpsAnswer.objects.get().comment == "It broke"

    @pytest.mark.parametrize(
        "form", [{}, {"score": "11"}, {"score": "x"}, {"score": ""}, {"score": 5, "comment": "x" * 2001}]
    )
    def test_nonsense_is_said_beside_the_form(
        self, client: Client, page: str, omar: Contact, form: dict[str, object]
    ) -> None:
        answer = client.post(page, form)
        assert answer.status_code == 200
        assert "invalid-feedback" in answer.text
        assert not NpsAnswer.objects.exists()

    @pytest.mark.parametrize("how", ["unknown", "old", "changed too late", "erased", "other purpose"])
    def test_every_dead_link_shows_one_friendly_page(
        self, client: Client, page: str, invitation: SurveyInvitation, how: str
    ) -> None:
        now = clock.now()
        if how == "old":
            SurveyInvitation.objects.update(invited_at=now - 61 * DAY)
        if how == "changed too late":
            SurveyInvitation.objects.update(answered_at=now - 31 * DAY)
        if how == "erased":
            Contact.objects.update(erased_at=now)
        path = {"unknown": "/survey/nobody/", "other purpose": page.replace("sin_", "sin_x")}.get(how, page)
        answers = [client.get(path), client.get(f"{path}thanks/"), client.post(path, {"score": 3})]
        assert [answer.status_code for answer in answers] == [410] * 3
        assert "This survey is over" in answers[0].text
        assert not NpsAnswer.objects.exists()

    def test_the_token_says_nothing_but_the_invitation(self, invitation: SurveyInvitation) -> None:
        token = survey_url(invitation).rstrip("/").rsplit("/", 1)[1]
        assert invitation_of_token(token) == invitation
        assert invitation_of_token(token[:-1] + ("A" if token[-1] != "A" else "B")) is None

    def test_the_answer_goes_to_whom_they_were_merged_into(
        self, invitation: SurveyInvitation, omar: Contact, lena: Contact
    ) -> None:
        Contact.objects.filter(pk=omar.pk).update(merged_into=lena)
        found = SurveyInvitation.objects.select_related("contact__merged_into").get()
        assert survey_answer(invitation=found, score=9, comment="", now=clock.now()).contact == lena

    def test_a_closed_survey_takes_no_answer(self, invitation: SurveyInvitation) -> None:
        with pytest.raises(SurveyClosed):
            survey_answer(invitation=invitation, score=9, comment="", now=clock.now() + 61 * DAY)


class TestConsole:
    @pytest.fixture
    def console(self, client: Client) -> Client:
        client.force_login(User.objects.create_superuser("root@fernway.example", "a long pass phrase", name="Root"))
        return client

    def test_a_survey_is_made_started_and_ended(self, console: Client, company: Company, omar: Contact) -> None:
        form = {"name": "Autumn", "segment": "", "repeat_after_days": "180", "daily_limit": "50"}
        console.post(reverse("admin:campaigns_npssurvey_add"), form)
        survey = NpsSurvey.objects.get()
        assert (survey.status, survey.created_by.name if survey.created_by else "") == ("draft", "Root")
        page = reverse("admin:campaigns_npssurvey_change", args=[survey.pk])
        assert "1 person is due today" in console.get(page).text
        console.post(reverse("admin:campaigns_npssurvey_verb", args=[survey.pk, "start"]))
        assert "within the hour" in console.get(page).text
        surveys_send(clock.now())
        assert "within the hour" not in console.get(page).text
        invitation = SurveyInvitation.objects.get()
        survey_answer(invitation=invitation, score=10, comment="", now=clock.now())
        text = console.get(page).text
        assert "100 %" in text
        assert "+100" in text
        console.post(reverse("admin:campaigns_npssurvey_verb", args=[survey.pk, "end"]))
        survey.refresh_from_db()
        assert survey.status == NpsSurvey.Status.ENDED
        assert console.get(reverse("admin:campaigns_npssurvey_changelist")).status_code == 200

    def test_a_month_of_rest_is_the_least(self, console: Client, company: Company) -> None:
        form = {"name": "Autumn", "segment": "", "repeat_after_days": "7", "daily_limit": "50"}
        assert console.post(reverse("admin:campaigns_npssurvey_add"), form).status_code == 200
        assert not NpsSurvey.objects.exists()


def test_an_enrolment_of_a_closed_campaign_is_no_invitation(
    client: Client, page: str, campaign: Campaign, omar: Contact, now: datetime
) -> None:
    enrolment_create(campaign=campaign, contact=omar, now=now)
    Campaign.objects.update(status=Campaign.Status.ENDED)
    client.post(page, {"score": 9})
    assert "/a/enr_" not in client.get(f"{page}thanks/").text
