import pytest

from config.lib.registry import DuplicateEntry, Registry


def test_entries_keep_the_order_in_which_they_came():
    jobs: Registry[int] = Registry("job")
    jobs.register("second", 2)
    jobs.register("first", 1)
    assert list(jobs) == [2, 1]
    assert jobs.names() == ["second", "first"]
    assert jobs.items() == [("second", 2), ("first", 1)]
    assert len(jobs) == 2


def test_two_rooms_cannot_claim_one_name():
    jobs: Registry[int] = Registry("job")
    jobs.register("sweep", 1)
    with pytest.raises(DuplicateEntry, match="job “sweep”"):
        jobs.register("sweep", 2)
    assert jobs["sweep"] == 1


def test_what_was_never_registered_is_not_there():
    jobs: Registry[int] = Registry("job")
    assert "sweep" not in jobs
    assert jobs.get("sweep") is None
    with pytest.raises(KeyError):
        jobs["sweep"]
