"""POST rewards/{id}/choice: what somebody's reward is to be, said once."""

import pytest

from campaigns.models import Campaign
from config.lib import clock
from rewards.models import Reward
from tests.api.conftest import Call
from tests.factories.referrals import enrolled, referred
from tests.factories.rewards import rule_of, won

pytestmark = pytest.mark.django_db

OPTIONS = [
    {"key": "credit", "name": "Credit", "benefit": "credit"},
    {"key": "plan", "name": "A plan", "benefit": "upgrade", "amount": 30, "unit": "day", "settings": {"name": "Pro"}},
]


def test_a_choice_is_made_once_over_the_api(call: Call, campaign: Campaign) -> None:
    now = clock.now()
    rule_of(campaign, now=now, benefit="choice", benefit_settings={"options": OPTIONS})
    won(referred(enrolled(campaign, now=now), now=now), now=now)
    path = f"rewards/{Reward.objects.get().public_id}"
    said = call("get", path).json()
    assert (said["kind"], said["pending_reasons"], said["chosen"]) == ("choice", ["awaiting_choice"], None)
    assert said["options"][1] == {
        "key": "plan",
        "name": "A plan",
        "kind": "upgrade",
        "value": {"amount": 30, "unit": "day"},
    }

    unknown = call("post", f"{path}/choice", {"option": "moon"})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown_option")
    chosen = call("post", f"{path}/choice", {"option": "plan"})
    assert (chosen.status_code, chosen.json()["kind"], chosen.json()["chosen"]) == (200, "upgrade", "plan")
    assert chosen.json()["ends_at"]
    again = call("post", f"{path}/choice", {"option": "plan"})
    assert (again.status_code, again.json()["code"]) == (409, "already_chosen")
    assert call("post", "rewards/rew_unknown/choice", {"option": "plan"}).status_code == 404
