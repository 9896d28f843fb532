"""Contests and good causes in the console and the portal: what each role may do, and what the pages say."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from advocates.admin.base import page_url
from advocates.models import AuditEntry, Contact, User
from advocates.people import PERSONAL_DATA
from advocates.services.merging import contacts_merge
from campaigns.models import Campaign
from campaigns.portal.shell import SESSION_KEY
from config.lib import clock
from config.roles import create_roles
from rewards.contests import entries_of, published
from rewards.models import Charity, Contest, ContestEntry, ContestName, Donation
from rewards.services.contest_entries import entry_add_free, entry_void
from rewards.services.contests import contest_draw, contest_name_set, contest_open, contest_save
from tests.cast import LENA, MEI, contact_of
from tests.factories.campaigns import campaign_made
from tests.factories.referrals import enrolled

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]

DAY = timedelta(days=1)


@pytest.fixture
def campaign(company: object) -> Campaign:
    create_roles()
    return campaign_made()


@pytest.fixture
def contest(campaign: Campaign, ada: User) -> Contest:
    """Open since yesterday, until tomorrow."""
    now = clock.now()
    draft = Contest(
        campaign=campaign,
        key="spring",
        name="A week on the coast",
        starts_at=now - DAY,
        ends_at=now + DAY,
        prizes=[{"name": "A week on the coast", "count": 1}],
        free_entry_route="Send us a postcard.",
    )
    return contest_open(contest=contest_save(contest=draft, actor=ada), actor=ada, now=now)


def do(client: Client, row: Contest | ContestEntry | Charity, verb: str, **data: str) -> str:
    return client.post(f"{page_url(row).removesuffix('change/')}do/{verb}/", data, follow=True).content.decode()


def test_marketing_makes_opens_and_enters_and_finance_draws(
    campaign: Campaign, mira: User, tom: User, client: Client
) -> None:
    client.force_login(mira)
    now = clock.now()
    typed = {
        "campaign": campaign.pk,
        "name": "A week on the coast",
        "key": "spring",
        "starts_at_0": (now - DAY).date().isoformat(),
        "starts_at_1": "00:00",
        "ends_at_0": (now + DAY).date().isoformat(),
        "ends_at_1": "00:00",
        "prizes_per_person": 1,
        "prize_lines": "A week on the coast\n2 x A bag of coffee",
        "countries": "it, BR",
    }
    add = reverse("admin:rewards_contest_add")
    assert client.get(add).status_code == 200
    assert "is the code of no country" in client.post(add, typed | {"countries": "Narnia"}).content.decode()
    assert client.post(add, typed).status_code == 302
    contest = Contest.objects.get()
    assert contest.prizes == [{"name": "A week on the coast", "count": 1}, {"name": "A bag of coffee", "count": 2}]
    assert contest.excluded_countries == ["BR", "IT"]
    assert "No rule gives entries" in client.get(page_url(contest)).content.decode()

    assert "the page is public" in do(client, contest, "open")
    assert "Entry 1 was noted" in do(client, contest, "enter", email="lena@posteo.example", name="Lena")
    assert "has entered this way already" in do(client, contest, "enter", email="lena@posteo.example")
    entry = ContestEntry.objects.get()
    assert client.get(page_url(entry)).status_code == 200
    assert "Lena" in client.get(reverse("admin:rewards_contestentry_changelist")).content.decode()

    Contest.objects.update(ends_at=clock.now())
    client.force_login(tom)
    assert "the winners can be drawn" in client.get(page_url(contest)).content.decode()
    assert "Contests to draw" in client.get(reverse("admin:index")).content.decode()
    assert "Drawn: 1 winner" in do(client, contest, "draw")
    assert "Lena" in client.get(page_url(contest)).content.decode()
    assert AuditEntry.objects.filter(verb="contest_drawn", actor=tom).count() == 1


def test_who_may_not_draw_does_not_and_an_entry_is_made_void_with_a_reason(
    contest: Contest, maya: User, mira: User, client: Client
) -> None:
    entry = entry_add_free(contest=contest, contact=contact_of(LENA), actor=mira, now=clock.now())
    Contest.objects.update(ends_at=clock.now())
    client.force_login(maya)
    url = page_url(contest).removesuffix("change/")
    assert client.post(f"{url}do/draw/", {}).status_code == 403
    client.force_login(mira)
    assert "does not count any more" in do(client, entry, "void", reason="own order")
    entry.refresh_from_db()
    assert entry.void_reason == "own order"
    assert client.get(page_url(contest)).status_code == 200


def test_somebody_sees_their_entries_and_chooses_a_name(contest: Contest, ada: User, client: Client) -> None:
    now = clock.now()
    lena = enrolled(contest.campaign, now=now).contact
    session = client.session
    session[SESSION_KEY] = lena.pk
    session.save()
    path = reverse("rewards:portal_contests")
    assert "No contest" not in client.get(path).content.decode()
    entry_add_free(contest=contest, contact=lena, actor=ada, now=now)
    assert "Numbers: 1." in client.get(path).content.decode()
    assert "A week on the coast" in client.get(reverse("campaigns:portal")).content.decode()
    said = client.post(path, {"contest": contest.public_id, "public_name": "Lena V."}, follow=True).content.decode()
    assert "you stand as “Lena V.”" in said
    bad = client.post(path, {"contest": contest.public_id, "public_name": "a\x00b"}, follow=True).content.decode()
    assert "at most 60 characters" in bad
    assert ContestName.objects.get().public_name == "Lena V."
    assert client.post(path, {"contest": "cnt_other", "public_name": "x"}).status_code == 404
    contest_draw(contest=contest, actor=ada, now=contest.ends_at)
    assert "You have won: A week on the coast" in client.get(path).content.decode()


def test_two_people_who_are_one_have_one_line_until_the_draw_which_stands(
    contest: Contest, ada: User, now: datetime
) -> None:
    lena, mei = contact_of(LENA), contact_of(MEI)
    at = clock.now()
    for contact in (lena, mei):
        entry_add_free(contest=contest, contact=contact, actor=ada, now=at)
        contest_name_set(contest=contest, contact=contact, public_name=contact.public_id[-4:], now=at)
    Contest.objects.update(prizes=[{"name": "Coffee", "count": 2}])
    merged(lena, mei, ada)
    assert [line.person for line in published(contest)] == [1, 1]
    assert ContestName.objects.filter(contact=lena).count() == 1
    contest_draw(contest=contest, actor=ada, now=contest.ends_at)
    assert contest.winners.count() == 1
    assert entries_of(lena).count() == 2


def merged(kept: Contact, gone: Contact, actor: User) -> None:
    contacts_merge(kept=kept, gone=gone, actor=actor, reason="the same", now=clock.now())


def test_who_is_forgotten_leaves_numbers_and_no_name(contest: Contest, ada: User) -> None:
    lena, at = contact_of(LENA), clock.now()
    entry = entry_add_free(contest=contest, contact=lena, actor=ada, now=at)
    contest_name_set(contest=contest, contact=lena, public_name="Lena V.", now=at)
    entry_void(entry=entry, actor=ada, reason="Lena is a colleague", now=at)
    for name in ("rewards.contestentry", "rewards.contestname"):
        told = PERSONAL_DATA[name].export(lena)
        assert told[0]["contest"] == "A week on the coast"
        PERSONAL_DATA[name].erase(lena, at)
    entry.refresh_from_db()
    assert entry.void_reason == "withdrawn"
    assert not ContestName.objects.exists()


def test_a_good_cause_is_entered_checked_again_and_sent_to(campaign: Campaign, mira: User, client: Client) -> None:
    client.force_login(mira)
    day = clock.now().date()
    typed = {
        "name": "Clean Rivers",
        "key": "rivers",
        "description": "Takes plastic out of rivers.",
        "country": "gb",
        "registration_number": "1234567",
        "review_date": (day + timedelta(days=5)).isoformat(),
        "is_active": "on",
    }
    add = reverse("admin:rewards_charity_add")
    assert "within the next three years" in client.post(add, typed | {"review_date": "2020-01-01"}).content.decode()
    assert client.post(add, typed).status_code == 302
    charity = Charity.objects.get()
    assert (charity.country, charity.checked_by) == ("GB", mira)
    page = client.get(page_url(charity)).content.decode()
    assert "is to be checked again by" in page
    assert "Good causes to check again" in client.get(reverse("admin:index")).content.decode()
    assert "to be looked at again by" in do(client, charity, "check", review_date=(day + 365 * DAY).isoformat())
    assert "Good causes to check again" not in client.get(reverse("admin:index")).content.decode()
    for name in ("charity", "donation", "fundraiser"):
        assert client.get(reverse(f"admin:rewards_{name}_changelist")).status_code == 200
    assert not Donation.objects.exists()


def test_a_fundraiser_is_set_up_in_whole_units(campaign: Campaign, mira: User, client: Client) -> None:
    client.force_login(mira)
    typed = {
        "campaign": campaign.pk,
        "title": "A boat",
        "event_type": "donation",
        "goal_amount": "1000.00",
        "unit": "usd",
    }
    add = reverse("admin:rewards_fundraiser_add")
    assert "no such small coins" in client.post(add, typed | {"goal_amount": "1.001"}).content.decode()
    assert "Say which good cause" in client.post(add, typed | {"counts_rewards": "on"}).content.decode()
    assert client.post(add, typed).status_code == 302
    fundraiser = campaign.fundraiser
    assert (fundraiser.goal, fundraiser.unit) == (100_000, "USD")
    page = client.get(page_url(fundraiser)).content.decode()
    assert "$1,000.00" in page
