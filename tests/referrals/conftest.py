from datetime import datetime

import pytest

from advocates.models import User
from campaigns.models import Campaign, Company, Enrolment
from referrals.models import Referral
from tests.cast import OMAR
from tests.factories.campaigns import campaign_made
from tests.factories.referrals import enrolled, referred


@pytest.fixture
def campaign(company: Company, maya: User) -> Campaign:
    return campaign_made(slug="give-and-get", default_owner=maya)


@pytest.fixture
def link(campaign: Campaign, now: datetime) -> Enrolment:
    """Lena's."""
    return enrolled(campaign, now=now)


@pytest.fixture
def other_link(campaign: Campaign, now: datetime) -> Enrolment:
    """Omar's."""
    return enrolled(campaign, now=now, person=OMAR)


@pytest.fixture
def ben(link: Enrolment, now: datetime) -> Referral:
    """Ben, recommended by Lena a moment ago."""
    return referred(link, now=now)
