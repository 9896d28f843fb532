"""PUT campaigns/{slug}/demand: the table as it stands from now on. And the tier of a person."""

from typing import Any

import pytest

from advocates.models import AuditEntry
from campaigns.models import Campaign
from config.lib import clock
from rewards.models import DemandRate
from rewards.services.tiers import tier_save
from tests.api.conftest import Call
from tests.factories.referrals import enrolled

pytestmark = pytest.mark.django_db

PATH = "campaigns/give-and-get/demand"
BOSTON = {"region": "Boston", "amount": 100_000, "currency": "USD"}
LEEDS = {"region": "Leeds", "amount": 0, "currency": "USD", "from": "2100-01-01T00:00:00Z"}


def test_the_table_is_put_as_a_whole_and_the_same_again_changes_nothing(call: Call, campaign: Campaign) -> None:
    answer = call("put", PATH, [BOSTON, LEEDS])
    assert answer.status_code == 200
    boston, leeds = answer.json()["items"]
    assert {name: boston[name] for name in ("region", "amount", "currency", "until")} == BOSTON | {"until": None}
    assert leeds["from"].startswith("2100-01-01")
    assert call("put", PATH, [BOSTON, LEEDS]).json() == answer.json()
    assert AuditEntry.objects.filter(verb="demand_put").count() == 1
    assert call("put", PATH, []).json() == {"items": []}
    assert list(DemandRate.objects.values_list("region", flat=True)) == ["Boston"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ([BOSTON | {"amount": True}], "0.amount"),
        ([BOSTON | {"amount": -1}], "0.amount"),
        ([BOSTON | {"currency": "BEANS"}], "0.currency"),
        ([BOSTON | {"region": ""}], "0.region"),
        ([BOSTON | {"begins": "2100-01-01T00:00:00Z"}], "0.begins"),
        ([BOSTON, BOSTON | {"amount": 5}], "1.from"),
        ([BOSTON | {"from": "2100-01-02T00:00:00Z", "until": "2100-01-01T00:00:00Z"}], "0.until"),
    ],
)
def test_what_is_wrong_with_a_line_is_said(call: Call, campaign: Campaign, body: Any, field: str) -> None:
    answer = call("put", PATH, body)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert not DemandRate.objects.exists()


def test_an_unknown_campaign_has_no_table(call: Call) -> None:
    assert call("put", "campaigns/nowhere/demand", [BOSTON]).status_code == 404


def test_a_contact_carries_its_tier(call: Call, campaign: Campaign) -> None:
    contact = enrolled(campaign, now=clock.now()).contact
    assert call("get", f"contacts/{contact.public_id}").json()["tier"] is None
    tier_save(campaign=campaign, key="bronze", name="Bronze", from_confirmed=0, actor=None)
    assert call("get", f"contacts/{contact.public_id}").json()["tier"] == "bronze"
