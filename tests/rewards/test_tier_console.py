"""Tiers and the table of demand in the console, and a tier beside a person's name."""

import pytest
from django.test import Client
from django.urls import reverse

from advocates.models import User
from campaigns.models import Campaign
from config.lib import clock
from rewards.models import DemandRate, Tier
from rewards.promises import region_block
from tests.factories.campaigns import campaign_made
from tests.factories.referrals import enrolled

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


@pytest.fixture
def campaign(company: object) -> Campaign:
    return campaign_made()


def test_a_marketer_adds_changes_and_removes_a_tier(client: Client, ada: User, campaign: Campaign) -> None:
    client.force_login(ada)
    typed = {"campaign": campaign.pk, "name": "Silver", "key": "silver", "from_confirmed": 0, "times": "1.25"}
    assert client.post(reverse("admin:rewards_tier_add"), typed).status_code == 302
    tier = Tier.objects.get()
    assert tier.multiplier == 12_500
    page = reverse("admin:rewards_tier_change", args=[tier.pk])
    assert "1.25" in client.get(page).content.decode()
    assert client.post(page, typed | {"times": "1.5"}).status_code == 302
    assert Tier.objects.get().multiplier == 15_000
    campaign_page = reverse("admin:campaigns_campaign_change", args=[campaign.pk])
    assert "Silver" in client.get(campaign_page).content.decode()
    person = enrolled(campaign, now=clock.now()).contact
    person_page = reverse("admin:advocates_contact_change", args=[person.pk])
    assert "Silver · Give and get" in client.get(person_page).content.decode()
    assert client.post(reverse("admin:rewards_tier_verb", args=[tier.pk, "remove"])).status_code == 302
    assert not Tier.objects.exists()


def test_a_line_of_demand_is_added_and_ended(client: Client, ada: User, campaign: Campaign) -> None:
    client.force_login(ada)
    typed = {"campaign": campaign.pk, "region": "Boston", "unit": "USD", "amount": 100_000}
    assert client.post(reverse("admin:rewards_demandrate_add"), typed).status_code == 302
    rate = DemandRate.objects.get()
    assert "Boston" in client.get(reverse("admin:rewards_demandrate_changelist"), {"holds": "now"}).content.decode()
    assert client.get(reverse("admin:rewards_demandrate_change", args=[rate.pk])).status_code == 200
    assert client.post(reverse("admin:rewards_demandrate_verb", args=[rate.pk, "end"])).status_code == 302
    assert DemandRate.objects.get().valid_until is not None


def test_a_campaign_that_pays_no_demand_names_no_regions(campaign: Campaign) -> None:
    assert region_block(None, campaign) == ""  # type: ignore[arg-type]
