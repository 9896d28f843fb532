"""What referrals can be asked about people."""

from datetime import datetime
from typing import Any

import pytest

from campaigns.models import Campaign
from referrals.models import Referral
from tests.advocates.segment_people import ago, names_in, segment_made
from tests.cast import BEN, NOOR, contact_of
from tests.factories.campaigns import campaign_made
from tests.factories.referrals import enrolled, referred

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


def test_recommended_won_and_came_by_a_recommendation(now: datetime) -> None:
    campaign: Campaign = campaign_made()
    enrolment = enrolled(campaign, now=now)
    lena = enrolment.contact.details.name
    referral = referred(enrolment, now=now)
    referred(enrolment, now=now, person=NOOR)
    Referral.objects.filter(pk=referral.pk).update(status="converted", submitted_at=ago(now, 40))
    Referral.objects.exclude(pk=referral.pk).update(submitted_at=ago(now, 20))
    contact_of(BEN)
    friends = {BEN.name, NOOR.name}
    asked: list[tuple[str, str, Any, set[str]]] = [
        ("referrals_given", "at_least", 2, {lena}),
        ("referrals_given", "exactly", 1, set()),
        ("referrals_given", "at_most", 0, friends),
        ("referrals_won", "between", [1, 3], {lena}),
        ("referrals_won", "at_least", 2, set()),
        ("referred_lately", "within", 30, {lena}),
        ("referred_lately", "within", 10, set()),
        ("referred_lately", "never", None, friends),
        ("was_referred", "yes", None, friends),
        ("was_referred", "no", None, {lena}),
    ]
    for number, (field, operator, value, names) in enumerate(asked):
        assert names_in(segment_made(f"{number}", (field, operator, value), now=now), now) == names, (field, operator)
