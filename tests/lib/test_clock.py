import time
from datetime import UTC, datetime, timedelta

import pytest

from config.lib import clock
from config.lib.lately import Lately


@pytest.mark.django_db
def test_the_clock_is_in_utc_and_right():
    read = clock.now()
    assert read.tzinfo is UTC
    assert abs(read - datetime.now(UTC)) < timedelta(seconds=5)


@pytest.mark.django_db
def test_the_clock_goes_on_inside_a_transaction():
    first = clock.now()
    assert clock.now() > first


@pytest.mark.django_db
@pytest.mark.postgres
def test_the_database_is_asked_for_the_time_once_a_second(monkeypatch, django_assert_num_queries):
    passed = [time.monotonic()]
    monkeypatch.setattr(Lately, "SECONDS", 1.0)
    monkeypatch.setattr(clock, "shared", clock.SharedClock())
    monkeypatch.setattr(time, "monotonic", lambda: passed[0])
    with django_assert_num_queries(1):
        first = clock.now()
        passed[0] += 0.75
        assert clock.now() - first == timedelta(seconds=0.75)
    passed[0] += 0.25
    with django_assert_num_queries(1):
        later = clock.now()
    assert abs(later - datetime.now(UTC)) < timedelta(seconds=5)


@pytest.mark.django_db
@pytest.mark.postgres
def test_asking_anew_never_turns_the_clock_back(monkeypatch):
    monkeypatch.setattr(Lately, "SECONDS", 0.0002)
    read = [clock.now() for _look in range(200)]
    assert read == sorted(read)
