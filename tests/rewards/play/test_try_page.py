"""The form in the console: what is tried shows what it would bring, and nothing is kept."""

from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from advocates.models import User
from campaigns.models import Campaign
from rewards.models import Reward
from tests.factories.campaigns import campaign_made
from tests.factories.referrals import enrolled, referred
from tests.factories.rewards import rule_of, won

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


@pytest.fixture
def campaign(company: object, now: datetime) -> Campaign:
    campaign = campaign_made(conversion_events=["purchase"])
    rule_of(campaign, now=now, amounts={"USD": 5_000})
    return campaign


def tried(client: Client, campaign: Campaign, **typed: Any) -> str:
    url = reverse("admin:rewards_rewardrule_try", args=[campaign.pk])
    fields = {
        "on": "one",
        "advocate": "Ada",
        "friend": "Ben",
        "friends": 11,
        "event": "purchase",
        "amount": "90.00",
        "day": "2026-03-03",
        "rules": client.get(url).context["form"].initial["rules"],
    }
    return client.post(url, fields | typed).content.decode()


def test_the_form_shows_what_would_be_paid_and_writes_nothing(client: Client, mira: User, campaign: Campaign) -> None:
    client.force_login(mira)
    page = client.get(reverse("admin:campaigns_campaign_change", args=[campaign.pk])).content.decode()
    assert reverse("admin:rewards_rewardrule_try", args=[campaign.pk]) in page

    with CaptureQueriesContext(connection) as asked:
        page = tried(client, campaign)
    assert "Would be paid: $550.00." in page
    assert "Under the rules as you changed them" not in page
    written = [one["sql"] for one in asked if one["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert [sql for sql in written if "session" not in sql] == []
    assert not Reward.objects.exists()


def test_rules_are_changed_before_they_are_tried(client: Client, mira: User, campaign: Campaign) -> None:
    client.force_login(mira)
    rules = '[[rules]]\nkey = "a"\ntrigger = "converted"\nrecipient = "advocate"\nbenefit = "credit"\n'
    limit = 'limits = [{ measure = "amount", per = "advocate", window = "year", over = "partial", value = 50000 }]\n'
    page = tried(client, campaign, rules=rules + "amounts = { USD = 5000 }\n" + limit)
    assert "Would be paid: $500.00." in page
    assert "Under the rules as you changed them" in page
    assert "What pays nothing, and why" in page
    assert "“colour” is not known here" in tried(client, campaign, rules=rules + 'colour = "red"\n')


def test_a_file_a_year_and_what_somebody_expects(client: Client, mira: User, campaign: Campaign) -> None:
    client.force_login(mira)
    events = b"event_id,type,advocate,friend,amount,currency\no-1,purchase,ada@example.com,ben@example.com,9000,USD\n"
    assert "Would be paid: $50.00." in tried(client, campaign, on="file", events=SimpleUploadedFile("e.csv", events))
    assert "Line 2: “amount” must be" in tried(
        client, campaign, on="file", events=SimpleUploadedFile("e.csv", events.replace(b"9000", b"90.00"))
    )
    assert "This field is required." in tried(client, campaign, on="file")
    assert "Too little is known" in tried(client, campaign, on="year")

    expected = {"on": "assumed", "friends_a_month": 40, "buyers": 25, "sale": "80", "spread": 50}
    page = tried(client, campaign, **expected)
    assert "a month, between $" in page
    assert page.count("segment-chart") == 1
    assert [line for line in page.splitlines() if "a month, between" in line] == [
        line for line in tried(client, campaign, **expected).splitlines() if "a month, between" in line
    ]


def test_a_year_that_was_names_its_people(client: Client, mira: User, campaign: Campaign, now: datetime) -> None:
    client.force_login(mira)
    enrolment = enrolled(campaign, now=now)
    won(referred(enrolment, now=now), now=now)
    page = tried(client, campaign, on="year")
    assert f">{enrolment.contact.details.name}</a>" in page
    assert enrolment.contact.public_id not in page


def test_who_may_not_change_rules_may_not_try_them(client: Client, sam: User, campaign: Campaign) -> None:
    client.force_login(sam)
    assert client.get(reverse("admin:rewards_rewardrule_try", args=[campaign.pk])).status_code == 403
