"""Tiers and the table of demand in the console, and a tier beside a person's name."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from advocates.models import User
from campaigns.models import Campaign
from campaigns.portal.shell import SESSION_KEY
from config.lib import clock
from rewards.models import DemandRate, Tier, TierMove, TierPolicy
from rewards.promises import region_block
from rewards.services.tiers import tier_save
from tests.factories.campaigns import campaign_made
from tests.factories.referrals import enrolled, referred
from tests.factories.rewards import rule_of, won

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


@pytest.fixture
def campaign(company: object) -> Campaign:
    return campaign_made()


def test_a_marketer_adds_changes_and_removes_a_tier(client: Client, ada: User, campaign: Campaign) -> None:
    client.force_login(ada)
    typed = {
        "campaign": campaign.pk,
        "name": "Silver",
        "key": "silver",
        "from_confirmed": 0,
        "times": "1.25",
        "benefits": "Early access",
    }
    assert client.post(reverse("admin:rewards_tier_add"), typed).status_code == 302
    tier = Tier.objects.get()
    assert (tier.multiplier, tier.benefits) == (12_500, "Early access")
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


def test_the_pages_of_a_tier_tell_who_stands_there_and_who_came(client: Client, ada: User, campaign: Campaign) -> None:
    now = clock.now()
    for key, since in (("bronze", 0), ("gold", 1)):
        tier_save(campaign=campaign, key=key, name=key.title(), from_confirmed=since, benefits="A dinner", actor=None)
    rule_of(campaign, now=now)
    lena = enrolled(campaign, now=now)
    won(referred(lena, now=now), now=now)
    campaign.referrals.update(converted_at=now - timedelta(days=100))
    client.force_login(ada)
    gold = Tier.objects.get(key="gold")
    page = client.get(reverse("admin:rewards_tier_change", args=[gold.pk])).content.decode()
    assert "More advocates stand in “Gold” (1) than there were conversions in the last 90 days (0)." in page
    assert f"{lena.contact} came to Gold" in page
    assert client.get(reverse("admin:rewards_tier_changelist")).status_code == 200
    assert "1 confirmed referral" in client.get(reverse("admin:rewards_tiermove_changelist")).content.decode()
    person = client.get(reverse("admin:advocates_contact_change", args=[lena.contact_id])).content.decode()
    assert "Came to the tier Gold of “Give and get”" in person

    policy = reverse("admin:rewards_tierpolicy_add")
    assert client.post(policy, {"campaign": campaign.pk, "demote_after_months": 6}).status_code == 302
    change = reverse("admin:rewards_tierpolicy_change", args=[TierPolicy.objects.get().pk])
    assert client.post(change, {"demote_after_months": ""}).status_code == 302
    assert TierPolicy.objects.get().demote_after_months is None
    assert TierMove.objects.count() == 1


def test_the_portal_says_where_somebody_stands(client: Client, campaign: Campaign) -> None:
    now = clock.now()
    for key, since, times in (("bronze", 0, 10_000), ("gold", 2, 15_000)):
        brings = "A dinner with us" if since else ""
        tier_save(
            campaign=campaign,
            key=key,
            name=key.title(),
            from_confirmed=since,
            multiplier=times,
            benefits=brings,
            actor=None,
        )
    lena = enrolled(campaign, now=now)
    won(referred(lena, now=now), now=now)
    session = client.session
    session[SESSION_KEY] = lena.contact_id
    session.save()
    page = client.get(reverse("campaigns:portal"), headers={"accept-language": "en"}).content.decode()
    for words in ("Where you stand", "1 confirmed friend", "1 more friend brings you to Gold.", "A dinner with us"):
        assert words in page


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
