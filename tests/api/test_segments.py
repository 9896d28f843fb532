"""The API tells in which segments somebody is, and why somebody cannot recommend."""

import pytest

from advocates.services.segment_refresh import segment_refresh
from campaigns.models import Campaign
from config.lib import clock
from tests.advocates.segment_people import segment_made
from tests.api.conftest import Call

pytestmark = pytest.mark.django_db

LENA = {"external_id": "C-1001", "email": "lena.vogt@posteo.example", "name": "Lena Vogt", "purchases_count": 3}


def test_a_contact_carries_its_segments(call: Call) -> None:
    made = call("post", "contacts", LENA).json()
    assert made["segments"] == []
    now = clock.now()
    segment = segment_made("Buyers", ("purchases", "at_least", 3), now=now)
    segment_refresh(segment=segment, now=now)
    [shown] = call("get", f"contacts/{made['id']}").json()["segments"]
    assert (shown["id"], shown["name"]) == (segment.public_id, "Buyers")


def test_who_is_in_no_segment_of_the_campaign_is_told_so(call: Call, campaign: Campaign) -> None:
    call("post", "contacts", LENA)
    campaign.segments.add(segment_made("Big buyers", ("purchases", "at_least", 30), now=clock.now()))
    answer = call("post", "campaigns/give-and-get/enrolments", {"contact": {"external_id": "C-1001"}})
    assert (answer.status_code, answer.json()["code"]) == (422, "not_eligible")
    assert answer.json()["reasons"] == ["not_in_segment"]
