from datetime import UTC, datetime, timedelta

import pytest

from config.lib import clock


@pytest.mark.django_db
def test_the_clock_is_in_utc_and_right():
    read = clock.now()
    assert read.tzinfo is UTC
    assert abs(read - datetime.now(UTC)) < timedelta(seconds=5)


@pytest.mark.django_db
def test_the_clock_goes_on_inside_a_transaction():
    first = clock.now()
    assert clock.now() > first
