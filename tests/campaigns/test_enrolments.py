from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from advocates.models import Contact, User
from campaigns.errors import CampaignNotOpen, CampaignNotReady, NotEligible
from campaigns.models import Campaign, Company, Enrolment, EnrolmentEvent
from campaigns.news import fact_recorded
from campaigns.selectors import advocate_url, copy_for, enrolment_by_code, enrolment_of_token, is_open, share_url
from campaigns.services.campaigns import COPY_FIELDS, campaign_move, campaigns_turn, copy_write, what_is_missing
from campaigns.services.enrolments import enrolment_create, enrolment_switch, share_record
from config.lib.ids import CODE_ALPHABET
from config.lib.states import NotAllowed
from tests.factories.campaigns import campaign_made, copy_made

pytestmark = pytest.mark.django_db

Status = Campaign.Status


def test_an_advocate_has_one_code_for_a_campaign(campaign: Campaign, omar: Contact, now: datetime) -> None:
    first, is_new = enrolment_create(campaign=campaign, contact=omar, now=now)
    again, is_new_again = enrolment_create(campaign=campaign, contact=omar, now=now)
    assert (first, is_new, is_new_again) == (again, True, False)
    assert set(first.code) <= set(CODE_ALPHABET)
    assert first.terms_seen == copy_for(campaign, "en")


def test_a_code_is_found_as_people_write_it(enrolment: Enrolment) -> None:
    written = f" {enrolment.code[:4].lower()}-{enrolment.code[4:]} "
    assert enrolment_by_code(written) == enrolment
    assert enrolment_by_code("NOBODY") is None
    assert enrolment_by_code("x" * 10_000) is None


def test_a_paused_campaign_takes_nobody_new_and_keeps_who_is_in(
    campaign: Campaign, enrolment: Enrolment, omar: Contact, lena: Contact, now: datetime
) -> None:
    campaign.status = Status.PAUSED
    assert enrolment_create(campaign=campaign, contact=omar, now=now) == (enrolment, False)
    with pytest.raises(CampaignNotOpen):
        enrolment_create(campaign=campaign, contact=lena, now=now)


def test_who_was_erased_cannot_recommend(campaign: Campaign, omar: Contact, now: datetime) -> None:
    omar.erased_at = now
    with pytest.raises(NotEligible) as refusal:
        enrolment_create(campaign=campaign, contact=omar, now=now)
    assert refusal.value.extra == {"reasons": ["erased"]}


def test_a_step_is_told_upward_after_the_commit(
    enrolment: Enrolment, now: datetime, committed: Callable[[], Any]
) -> None:
    heard: list[tuple[str, int]] = []

    def listen(source: str, pk: int, **_signal: Any) -> None:
        heard.append((source, pk))

    fact_recorded.connect(listen)
    try:
        with committed():
            event = share_record(enrolment=enrolment, channel="whatsapp", now=now)
            assert heard == []
    finally:
        fact_recorded.disconnect(listen)
    assert heard == [("enrolment_event", event.pk)]


def test_a_link_is_switched_off_and_on_with_a_trace(enrolment: Enrolment, maya: User, now: datetime) -> None:
    for to in (Enrolment.Status.DISABLED, Enrolment.Status.ACTIVE):
        enrolment_switch(enrolment=enrolment, to=to, actor=maya, reason="leaked", now=now)
    steps = EnrolmentEvent.objects.filter(enrolment=enrolment).order_by("pk")
    assert [step.type for step in steps] == ["enrolled", "disabled", "enabled"]


def test_the_addresses_lead_back_to_the_advocate(enrolment: Enrolment, settings: Any) -> None:
    settings.SITE_URL = "https://i.example"
    assert share_url(enrolment, channel="email") == f"https://i.example/r/{enrolment.code}?c=email"
    token = advocate_url(enrolment).split("/")[-2]
    assert enrolment_of_token(token) == enrolment
    assert enrolment_of_token(token[:-1] + ("a" if token[-1] != "a" else "b")) is None


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [(None, None, True), (1, None, False), (-2, -1, False), (-1, 1, True), (0, None, True)],
)
def test_a_campaign_is_open_within_its_dates(
    campaign: Campaign, now: datetime, start: int | None, end: int | None, expected: bool
) -> None:
    campaign.starts_at = None if start is None else now + timedelta(days=start)
    campaign.ends_at = None if end is None else now + timedelta(days=end)
    assert is_open(campaign, now) is expected


def test_a_campaign_starts_only_when_nothing_is_missing(company: Company, mira: User, now: datetime) -> None:
    Company.objects.update(postal_address="")
    draft = campaign_made(status=Status.DRAFT, has_texts=False, conversion_events=[])
    assert len(what_is_missing(draft)) >= 3
    with pytest.raises(CampaignNotReady) as refusal:
        campaign_move(campaign=draft, to=Status.ACTIVE, actor=mira, now=now)
    assert len(refusal.value.extra["reasons"]) >= 3
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


def test_an_ended_campaign_stays_ended(campaign: Campaign, mira: User, now: datetime) -> None:
    campaign_move(campaign=campaign, to=Status.ENDED, actor=mira, now=now)
    with pytest.raises(NotAllowed):
        campaign_move(campaign=campaign, to=Status.ACTIVE, actor=mira, now=now)


def test_the_calendar_ends_what_is_over(campaign: Campaign, now: datetime) -> None:
    Campaign.objects.update(ends_at=now - timedelta(minutes=1))
    assert campaigns_turn(now)["ended"] == 1
    assert campaigns_turn(now)["ended"] == 0


def test_texts_that_people_have_seen_are_followed_by_a_next_version(campaign: Campaign, mira: User) -> None:
    seen = copy_for(campaign, "en")
    texts = {name: getattr(seen, name) for name in COPY_FIELDS} | {"headline": "Better coffee"}
    written = copy_write(campaign=campaign, language="en", texts=texts, actor=mira)
    assert (written.version, seen.version) == (2, 1)
    assert copy_for(campaign, "en") == written
    seen.refresh_from_db()
    assert seen.headline == "Good coffee for your friends"


def test_texts_of_a_draft_are_edited(company: Company, mira: User) -> None:
    draft = campaign_made(status=Status.DRAFT)
    texts = {name: getattr(copy_for(draft, "en"), name) for name in COPY_FIELDS} | {"headline": "Better coffee"}
    assert copy_write(campaign=draft, language="en", texts=texts, actor=mira).version == 1
    assert draft.copies.count() == 1


def test_a_gap_is_filled_from_the_main_language(campaign: Campaign) -> None:
    copy_made(campaign, language="de", headline="Guter Kaffee")
    assert copy_for(campaign, "de").headline == "Guter Kaffee"
    assert copy_for(campaign, "ko").language == "en"
