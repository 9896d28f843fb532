import pytest

from campaigns.models import Campaign
from config.lib.states import NotAllowed, Stale, TransitionTable, move

LIGHT = TransitionTable({"red": ["green"], "green": ["amber", "red"]})


def test_a_table_allows_what_stands_in_it():
    assert LIGHT.allows("red", "green")
    assert not LIGHT.allows("green", "green")
    assert LIGHT.following("green") == {"amber", "red"}


def test_a_state_that_stands_nowhere_on_the_left_is_an_end():
    assert LIGHT.following("amber") == frozenset()
    with pytest.raises(NotAllowed):
        LIGHT.check("amber", "green")


@pytest.fixture
def campaign(db):
    return Campaign.objects.create(slug="spring", name="Spring")


def test_a_move_changes_the_row_and_tells_where_it_came_from(campaign):
    assert move(campaign, to="active", table=Campaign.MOVES, name="Summer") == "draft"
    stored = Campaign.objects.get()
    assert (campaign.status, campaign.name) == (stored.status, stored.name) == ("active", "Summer")


def test_a_forbidden_move_changes_nothing(campaign):
    with pytest.raises(NotAllowed):
        move(campaign, to="ended", table=Campaign.MOVES)
    assert Campaign.objects.get().status == "draft"


def test_who_read_an_old_state_is_told_so(campaign):
    as_read_before = Campaign.objects.get()
    move(campaign, to="active", table=Campaign.MOVES)
    with pytest.raises(Stale):
        move(as_read_before, to="scheduled", table=Campaign.MOVES)
    assert as_read_before.status == "draft"
    assert Campaign.objects.get().status == "active"
