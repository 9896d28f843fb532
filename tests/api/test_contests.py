"""GET contests/{id} and POST contests/{id}/draw: the record, and the draw, once."""

from datetime import timedelta
from typing import Any

import pytest

from advocates.models import User
from campaigns.models import Campaign
from campaigns.services.api_keys import api_key_create
from config.lib import clock
from rewards.models import Contest
from rewards.services.contest_entries import entry_add_free
from rewards.services.contests import contest_open, contest_save
from tests.api.conftest import Call
from tests.cast import LENA, MEI, contact_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def contest(campaign: Campaign, ada: User) -> Contest:
    """Open since yesterday, with two entries."""
    now = clock.now()
    draft = Contest(
        campaign=campaign,
        key="spring",
        name="A week on the coast",
        starts_at=now - timedelta(days=1),
        ends_at=now + timedelta(days=1),
        prizes=[{"name": "A week on the coast", "count": 1}],
        free_entry_route="Send us a postcard.",
    )
    contest = contest_open(contest=contest_save(contest=draft, actor=ada), actor=ada, now=now)
    for person in (LENA, MEI):
        entry_add_free(contest=contest, contact=contact_of(person), actor=ada, now=now)
    return contest


def test_a_contest_is_drawn_once_and_its_record_read(call: Call, contest: Contest) -> None:
    path = f"contests/{contest.public_id}"
    before = call("get", path).json()
    assert (before["status"], before["seed"], before["winners"]) == ("open", "", [])
    assert before["entries"] == [
        {"number": 1, "person": 1, "valid": True},
        {"number": 2, "person": 2, "valid": True},
    ]
    assert problem(call("post", f"{path}/draw", {})) == (409, "too_early")

    Contest.objects.update(ends_at=clock.now())
    drawn = call("post", f"{path}/draw", {}, idempotency_key="once")
    assert drawn.status_code == 200
    after = call("get", path).json()
    assert after == drawn.json()
    assert len(after["seed"]) == 64
    (winner,) = after["winners"]
    assert winner["contact"] in (contact_of(LENA).public_id, contact_of(MEI).public_id)
    assert call("post", f"{path}/draw", {}, idempotency_key="once").json() == after
    assert problem(call("post", f"{path}/draw", {})) == (409, "contest_closed")


def test_a_test_key_draws_no_real_contest_and_nothing_more_is_said(call: Call, contest: Contest) -> None:
    Contest.objects.update(ends_at=clock.now())
    key = api_key_create(name="Try", source="try", scope="write", is_test=True, now=clock.now())[1]
    path = f"contests/{contest.public_id}/draw"
    assert problem(call("post", path, {}, key=key)) == (404, "not_found")
    assert call("post", path, {"seed": "mine"}).status_code == 422
    assert problem(call("post", "contests/cnt_nothing/draw", {})) == (404, "not_found")


def problem(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]
